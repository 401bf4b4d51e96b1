/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What all ACPI tables have in common: signature, length, checksum. For the parsers of tables. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

#include "hwdb/probe/bytes.h"

#define ACPI_REVISION 8
#define ACPI_HEADER   36

/* The table's length as it says itself, or 0 when it is not that table, cut short or damaged. */
static inline size_t acpi_table_length(const uint8_t *bytes, size_t length, const char *signature,
				       size_t least)
{
	uint8_t sum = 0;

	if (length < ACPI_HEADER || memcmp(bytes, signature, 4) != 0 || le32(bytes + 4) > length ||
	    le32(bytes + 4) < least)
		return 0;
	length = le32(bytes + 4);
	for (size_t i = 0; i < length; i++)
		sum = (uint8_t)(sum + bytes[i]);
	return sum == 0 ? length : 0;
}
