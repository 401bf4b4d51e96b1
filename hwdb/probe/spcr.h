/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ACPI's Serial Port Console Redirection table, decoded from its bytes. Used by its probe, its test
 * and its fuzz target; no I/O.
 */
#pragma once

#include "hwdb/host.h"

/* Fills the spcr_ members; leaves them alone (false) when the table is damaged or names no port. */
bool spcr_parse(const uint8_t *bytes, size_t length, struct host_firmware *firmware);
