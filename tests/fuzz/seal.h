/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Makes signature, length and checksum of an ACPI table right, so that fuzzing gets behind them. */
#pragma once

#include "hwdb/probe/acpi.h"

static inline void acpi_table_seal(uint8_t *table, size_t length, const char *signature)
{
	uint8_t sum = 0;

	if (length < ACPI_HEADER)
		return;
	memcpy(table, signature, 4);
	for (size_t i = 0; i < 4; i++)
		table[4 + i] = (uint8_t)(length >> 8 * i);
	table[9] = 0;
	for (size_t i = 0; i < length; i++)
		sum = (uint8_t)(sum + table[i]);
	table[9] = (uint8_t)-sum;
}
