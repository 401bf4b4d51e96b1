/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The structures of an SMBIOS table, one after the other, with every access checked against the
 * bytes that are there: tables of real firmware are cut short, claim wrong lengths and lack
 * strings. Used by the probes of slots, memory, TPM and BMC; only smbios_read() does I/O.
 * Offsets and codes at the users: DMTF DSP0134.
 */
#pragma once

#include "hwdb/probe/probe.h"

#define SMBIOS_TABLE "/sys/firmware/dmi/tables/DMI"

enum smbios_type {
	SMBIOS_PROCESSOR = 4,
	SMBIOS_SLOT = 9,
	SMBIOS_MEMORY_ARRAY = 16,
	SMBIOS_MEMORY_DEVICE = 17,
	SMBIOS_IPMI = 38,
	SMBIOS_ONBOARD = 41,
	SMBIOS_HOST_INTERFACE = 42,
	SMBIOS_TPM = 43,
	SMBIOS_END = 127,
};

/* The table without its entry point; {0} is an empty one. */
struct smbios {
	const uint8_t *bytes;
	size_t length;
	char *owned; /* what smbios_done() frees, or NULL: the bytes are somebody else's */
};

/* One structure; borrows from the table. */
struct smbios_structure {
	uint8_t type;
	uint16_t handle;
	const uint8_t *bytes; /* with the header of four bytes */
	size_t size;
	const char *strings; /* each ends with a NUL, unless the table is cut */
	size_t strings_length;
};

/* An empty table when the machine has none or hides it (it takes root's rights to read). */
void smbios_read(const struct probe *probe, struct smbios *ret);
void smbios_done(struct smbios *table);
#define _cleanup_smbios_ _cleanup_(smbios_done)
/* The version its entry point states, such as "3.2", or NULL. */
char *smbios_version(const uint8_t *bytes, size_t length);

/*
 * Gives the structure at *offset and moves *offset behind it; false at the table's end and where
 * what follows cannot be a structure. Start with 0.
 */
bool smbios_next(const struct smbios *table, size_t *offset, struct smbios_structure *ret);

/* Members by their offset in the structure; `fallback` when the structure is too short. */
uint8_t smbios_u8(const struct smbios_structure *structure, size_t offset, uint8_t fallback);
uint16_t smbios_u16(const struct smbios_structure *structure, size_t offset, uint16_t fallback);
uint32_t smbios_u32(const struct smbios_structure *structure, size_t offset, uint32_t fallback);
uint64_t smbios_u64(const struct smbios_structure *structure, size_t offset, uint64_t fallback);
/*
 * The string whose number stands at `offset`, trimmed, unprintable bytes as dots; NULL when there
 * is none, and for what makers leave in fields they did not fill.
 */
char *smbios_string(const struct smbios_structure *structure, size_t offset);
/* "To be filled by O.E.M." and its like. */
bool smbios_is_placeholder(const char *text);
