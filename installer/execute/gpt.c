/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/execute/gpt.h"

#include <ctype.h>
#include <endian.h>
#include <errno.h>

#include "common/str.h"
#include "installer/execute/device.h"

/* UEFI 2.10, table 5.5 and 5.6: offsets in the header and in an entry. */
#define HEADER_BYTES       92
#define HEADER_SIZE        12
#define HEADER_CRC         16
#define HEADER_LBA         24
#define HEADER_DISK_GUID   56
#define HEADER_ENTRIES_LBA 72
#define HEADER_COUNT       80
#define HEADER_ENTRY_BYTES 84
#define HEADER_ENTRIES_CRC 88
#define ENTRY_UUID         16
#define ENTRY_FIRST        32
#define ENTRY_LAST         40
#define ENTRY_ATTRIBUTES   48
#define ENTRY_NAME         56
/* Bounds memory against a forged header; UEFI asks for room for 128 entries. */
#define ENTRIES_MAX_BYTES ((uint64_t)1 << 20)

/* One of the two copies, as bytes. */
struct table {
	uint64_t header_offset, entries_offset;
	size_t header_bytes, entries_bytes;
	unsigned count, entry_bytes;
	uint8_t *header, *entries;
};

static void table_done(struct table *table)
{
	free(table->header);
	free(table->entries);
}

static uint32_t get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

static uint64_t get64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

static void put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

uint32_t gpt_crc32(const void *bytes, size_t length)
{
	const uint8_t *at = bytes;
	uint32_t crc = ~(uint32_t)0;

	while (length-- > 0) {
		crc ^= *at++;
		for (unsigned bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? 0xedb88320 : 0);
	}
	return ~crc;
}

void gpt_done(struct gpt *gpt)
{
	free(gpt->entries);
	*gpt = (struct gpt){0};
}

/* The first three fields of a GUID are little-endian, the rest is bytes in order. */
static const uint8_t guid_order[16] = {3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15};

static void guid_to_text(const uint8_t *guid, char ret[GPT_GUID])
{
	char *out = ret;

	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		out += snprintf(out, 3, "%02x", guid[guid_order[i]]);
	}
}

static int guid_from_text(const char *text, uint8_t ret[16])
{
	size_t digits = 0;
	uint8_t bytes[16] = {0};

	for (; *text; text++) {
		int c = tolower((unsigned char)*text);

		if (c == '-')
			continue;
		if (!isxdigit(c) || digits == 32)
			return -EINVAL;
		bytes[digits / 2] =
			(uint8_t)(bytes[digits / 2] << 4 | (isdigit(c) ? c - '0' : c - 'a' + 10));
		digits++;
	}
	if (digits != 32)
		return -EINVAL;
	for (size_t i = 0; i < 16; i++)
		ret[guid_order[i]] = bytes[i];
	return 0;
}

static int read_exactly(int fd, void *buffer, size_t length, uint64_t offset)
{
	ssize_t n = pread(fd, buffer, length, (off_t)offset);

	return n < 0 ? -errno : (size_t)n == length ? 0 : -ENODATA;
}

static bool header_is_sound(const struct table *table, uint64_t lba)
{
	_cleanup_free_ uint8_t *copy = NULL;
	uint32_t size = get32(table->header + HEADER_SIZE);

	if (memcmp(table->header, "EFI PART", 8) != 0 || size < HEADER_BYTES ||
	    size > table->header_bytes || get64(table->header + HEADER_LBA) != lba)
		return false;
	copy = xmalloc(size);
	memcpy(copy, table->header, size);
	put32(copy + HEADER_CRC, 0);
	return gpt_crc32(copy, size) == get32(table->header + HEADER_CRC);
}

static int read_table(int fd, uint64_t lba, unsigned sector, uint64_t device_bytes,
		      struct table *ret)
{
	_cleanup_(table_done) struct table table = {.header_offset = lba * sector,
						    .header_bytes = sector};
	uint64_t entries_lba, bytes;
	int r;

	table.header = xmalloc(sector);
	r = read_exactly(fd, table.header, sector, table.header_offset);
	if (r < 0)
		return r;
	if (!header_is_sound(&table, lba))
		return -ENODATA;
	entries_lba = get64(table.header + HEADER_ENTRIES_LBA);
	table.count = get32(table.header + HEADER_COUNT);
	table.entry_bytes = get32(table.header + HEADER_ENTRY_BYTES);
	bytes = (uint64_t)table.count * table.entry_bytes;
	if (table.entry_bytes < GPT_ENTRY_BYTES || bytes == 0 || bytes > ENTRIES_MAX_BYTES ||
	    entries_lba > device_bytes / sector || bytes > device_bytes - entries_lba * sector)
		return -ENODATA;
	table.entries_offset = entries_lba * sector;
	table.entries_bytes = (size_t)bytes;
	table.entries = xmalloc(table.entries_bytes);
	r = read_exactly(fd, table.entries, table.entries_bytes, table.entries_offset);
	if (r < 0)
		return r;
	if (gpt_crc32(table.entries, table.entries_bytes) !=
	    get32(table.header + HEADER_ENTRIES_CRC))
		return -ENODATA;
	*ret = table;
	table.header = table.entries = NULL;
	return 0;
}

static bool is_used(const uint8_t *entry)
{
	static const uint8_t unused[16];

	return memcmp(entry, unused, sizeof(unused)) != 0;
}

static void read_name(const uint8_t *entry, char ret[GPT_NAME])
{
	size_t i;

	for (i = 0; i < GPT_NAME - 1; i++) {
		unsigned unit = entry[ENTRY_NAME + 2 * i] | (unsigned)entry[ENTRY_NAME + 2 * i + 1]
								    << 8;

		if (unit == 0)
			break;
		ret[i] = unit >= 0x20 && unit < 0x7f ? (char)unit : '?';
	}
	ret[i] = '\0';
}

static void parse(const struct table *table, unsigned sector, struct gpt *ret)
{
	struct gpt gpt = {.sector_bytes = sector};

	guid_to_text(table->header + HEADER_DISK_GUID, gpt.disk_uuid);
	for (unsigned i = 0; i < table->count; i++) {
		const uint8_t *bytes = table->entries + (size_t)i * table->entry_bytes;
		struct gpt_entry *entry;

		if (!is_used(bytes))
			continue;
		entry = ARRAY_APPEND(gpt.entries, gpt.n_entries);
		entry->number = i + 1;
		guid_to_text(bytes, entry->type);
		guid_to_text(bytes + ENTRY_UUID, entry->uuid);
		entry->first = get64(bytes + ENTRY_FIRST);
		entry->last = get64(bytes + ENTRY_LAST);
		entry->attributes = get64(bytes + ENTRY_ATTRIBUTES);
		read_name(bytes, entry->name);
	}
	*ret = gpt;
}

/* The primary table, else the copy at the end. */
static int read_either(int fd, unsigned *ret_sector, struct table *ret)
{
	unsigned sector = device_sector_bytes(fd);
	uint64_t bytes;
	int r = device_size(fd, &bytes);

	if (r < 0)
		return r;
	if (bytes < 3 * (uint64_t)sector)
		return -ENODATA;
	*ret_sector = sector;
	if (read_table(fd, 1, sector, bytes, ret) == 0)
		return 0;
	return read_table(fd, bytes / sector - 1, sector, bytes, ret);
}

int gpt_read(int fd, struct gpt *ret)
{
	_cleanup_(table_done) struct table table = {0};
	unsigned sector;
	int r = read_either(fd, &sector, &table);

	if (r == 0)
		parse(&table, sector, ret);
	return r;
}

int gpt_read_entry(int fd, unsigned number, uint8_t ret[GPT_ENTRY_BYTES])
{
	_cleanup_(table_done) struct table table = {0};
	const uint8_t *entry;
	unsigned sector;
	int r = read_either(fd, &sector, &table);

	if (r < 0)
		return r;
	if (number == 0 || number > table.count)
		return -ENOENT;
	entry = table.entries + (size_t)(number - 1) * table.entry_bytes;
	if (!is_used(entry))
		return -ENOENT;
	memcpy(ret, entry, GPT_ENTRY_BYTES);
	return 0;
}

static int write_table(int fd, struct table *table)
{
	uint32_t size = get32(table->header + HEADER_SIZE);
	int r;

	put32(table->header + HEADER_ENTRIES_CRC, gpt_crc32(table->entries, table->entries_bytes));
	put32(table->header + HEADER_CRC, 0);
	put32(table->header + HEADER_CRC, gpt_crc32(table->header, size));
	r = device_write(fd, table->entries, table->entries_bytes, table->entries_offset);
	if (r == 0)
		r = device_write(fd, table->header, table->header_bytes, table->header_offset);
	return r;
}

static int set_identities(struct table *table, const struct gpt_identity *identities, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		unsigned number = identities[i].number;
		uint8_t *entry;

		if (number == 0 || number > table->count)
			return -ENOENT;
		entry = table->entries + (size_t)(number - 1) * table->entry_bytes;
		if (!is_used(entry))
			return -ENOENT;
		if (identities[i].entry)
			memcpy(entry, identities[i].entry, GPT_ENTRY_BYTES);
		else if (guid_from_text(identities[i].uuid, entry + ENTRY_UUID) < 0)
			return -EINVAL;
	}
	return 0;
}

int gpt_set_identities(int fd, const struct gpt_identity *identities, size_t count)
{
	_cleanup_(table_done) struct table primary = {0}, backup = {0};
	unsigned sector = device_sector_bytes(fd);
	uint64_t bytes;
	int r = device_size(fd, &bytes);

	if (r < 0)
		return r;
	r = read_table(fd, 1, sector, bytes, &primary);
	if (r == 0)
		r = read_table(fd, bytes / sector - 1, sector, bytes, &backup);
	if (r == 0)
		r = set_identities(&primary, identities, count);
	if (r == 0)
		r = set_identities(&backup, identities, count);
	/* The copy at the end first: whatever happens between, one of the two is whole. */
	if (r == 0)
		r = write_table(fd, &backup);
	if (r == 0)
		r = write_table(fd, &primary);
	return r == 0 && fsync(fd) < 0 ? -errno : r;
}
