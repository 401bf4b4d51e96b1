/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Memory modules and their sockets, decoded from the bytes of an SMBIOS table (types 16 and 17).
 * Used by the memory probe, its test and its fuzz target; no I/O.
 */
#pragma once

#include "hwdb/probe/smbios.h"

/*
 * Fills slots, empty_slots, maximum_bytes, ecc and dimms of `memory`, which must be zeroed. Modules
 * of arrays that are no system memory (firmware's flash, video memory) are left out.
 */
void dimms_parse(const struct smbios *table, struct host_memory *memory);
