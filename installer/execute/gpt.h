/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * GUID partition tables as they stand on a disk (UEFI 2.10, chapter 5): read, and given the
 * partition GUIDs of the plan, which libparted has no call for. Used by the partition step, by its
 * read-back, and to see what an old disk holds; never makes a table.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

#define GPT_GUID 37 /* "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx" in lower case */
#define GPT_NAME 37 /* 36 UTF-16 units, shown as ASCII */

struct gpt_entry {
	unsigned number; /* from 1 */
	char type[GPT_GUID], uuid[GPT_GUID], name[GPT_NAME];
	uint64_t first, last; /* sectors, both inclusive */
	uint64_t attributes;
};

struct gpt {
	unsigned sector_bytes;
	char disk_uuid[GPT_GUID];
	struct gpt_entry *entries; /* in use, by number */
	size_t n_entries;
};

void gpt_done(struct gpt *gpt);

/*
 * Reads the primary table, or the copy at the end of the device. -ENODATA without a valid one:
 * every checksum and range is checked, the bytes may be anybody's.
 */
int gpt_read(int fd, struct gpt *ret) _must_check_;

#define GPT_ENTRY_BYTES 128 /* of an entry, what UEFI gives a meaning to */
/* The raw entry of a partition, for gpt_set_identities() to put into another table. -ENOENT without
 * it, -ENODATA without a valid table. */
int gpt_read_entry(int fd, unsigned number, uint8_t ret[GPT_ENTRY_BYTES]) _must_check_;

struct gpt_identity {
	unsigned number;
	const char *uuid;
	const uint8_t *entry; /* the whole entry instead of its GUID alone, or NULL */
};
/* Gives partitions their GUIDs or entries, in both copies. -ENODATA without a valid table, -ENOENT
 * for a partition that it does not have. */
int gpt_set_identities(int fd, const struct gpt_identity *identities, size_t count) _must_check_;

/* ISO 3309 CRC-32, as the tables use it. */
uint32_t gpt_crc32(const void *bytes, size_t length);
