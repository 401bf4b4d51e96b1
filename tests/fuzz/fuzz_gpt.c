/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk with any partition table: what is read of it must be within it, and an entry that is put
 * back must be the one that was taken. The input is the disk; its checksums are made to fit.
 */
#include <endian.h>
#include <errno.h>
#include <sys/mman.h>

#include "common/str.h"
#include "installer/execute/gpt.h"

#define SECTOR 512

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void put(uint8_t *at, uint64_t value, size_t bytes)
{
	value = htole64(value);
	memcpy(at, &value, bytes);
}

static uint64_t get(const uint8_t *at, size_t bytes)
{
	uint64_t value = 0;

	memcpy(&value, at, bytes);
	return le64toh(value);
}

/* As a forger would; offsets are those of UEFI 2.10, table 5.5. */
static void seal(uint8_t *disk, size_t size, uint64_t lba)
{
	uint8_t *header = disk + lba * SECTOR;
	uint64_t entries = get(header + 72, 8), bytes = get(header + 80, 4) * get(header + 84, 4);

	memcpy(header, "EFI PART", 8);
	put(header + 12, 92, 4);
	put(header + 24, lba, 8);
	if (entries <= size / SECTOR && bytes <= size - entries * SECTOR)
		put(header + 88, gpt_crc32(disk + entries * SECTOR, (size_t)bytes), 4);
	put(header + 16, 0, 4);
	put(header + 16, gpt_crc32(header, 92), 4);
}

static void move_entry(int fd, const struct gpt_entry *entry)
{
	uint8_t taken[GPT_ENTRY_BYTES], found[GPT_ENTRY_BYTES];
	const struct gpt_identity identity = {.number = entry->number, .entry = taken};

	if (gpt_read_entry(fd, entry->number, taken) < 0)
		abort();
	if (gpt_set_identities(fd, &identity, 1) == 0 &&
	    (gpt_read_entry(fd, entry->number, found) < 0 ||
	     memcmp(taken, found, sizeof(taken)) != 0))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_free_ uint8_t *disk = xmalloc(size + 1);
	_cleanup_(gpt_done) struct gpt gpt = {0};
	uint8_t entry[GPT_ENTRY_BYTES];
	_cleanup_close_ int fd = -1;

	if (size < 4 * SECTOR)
		return 0;
	memcpy(disk, data, size);
	seal(disk, size, size / SECTOR - 1);
	seal(disk, size, 1);
	fd = memfd_create("disk", MFD_CLOEXEC);
	if (fd < 0 || write(fd, disk, size) != (ssize_t)size)
		abort();
	if (gpt_read(fd, &gpt) < 0)
		return 0;
	for (size_t i = 0; i < gpt.n_entries; i++)
		if (!gpt.entries[i].number || strlen(gpt.entries[i].name) >= GPT_NAME ||
		    strlen(gpt.entries[i].uuid) != GPT_GUID - 1)
			abort();
	if (gpt.n_entries)
		move_entry(fd, &gpt.entries[gpt.n_entries - 1]);
	if (gpt_read_entry(fd, 0, entry) != -ENOENT)
		abort();
	return 0;
}
