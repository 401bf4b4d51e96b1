/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Serial numbers replaced by made-up ones of the same length and shape, the same for the same
 * serial number, so that equal disks stay apart and links still fit. Used by capture; no I/O.
 */
#pragma once

#include "hwdb/host.h"

struct mask {
	char **words; /* serial numbers, longest first */
	char **masks; /* what stands for each */
	size_t n;
};

/* The serial numbers of the machine, its memory modules and disks, and the machine's UUID. */
void mask_collect(const struct host *host, struct mask *ret);
void mask_done(struct mask *mask);
/* Those that an SMBIOS table holds of the board, the case, processors and power supplies too. */
void mask_collect_smbios(const uint8_t *bytes, size_t length, struct mask *mask);
/* The machine's UUID stands in the table as bytes; another takes its place, the same for the same.
 */
void mask_smbios_uuid(uint8_t *bytes, size_t length);
/* Replaces every occurrence, in place. */
void mask_apply(const struct mask *mask, void *bytes, size_t length);
