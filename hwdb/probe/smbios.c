/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/smbios.h"

#include <ctype.h>

#include "common/str.h"
#include "hwdb/probe/bytes.h"

#define SMBIOS_MAX  (1 << 20)
#define HEADER_SIZE 4 /* type, size, handle (2) */

void smbios_read(const struct probe *probe, struct smbios *ret)
{
	*ret = (struct smbios){0};
	if (fsroot_read(probe->root, SMBIOS_TABLE, SMBIOS_MAX, &ret->owned, &ret->length) == 0)
		ret->bytes = (const uint8_t *)ret->owned;
}

void smbios_done(struct smbios *table)
{
	free(table->owned);
	*table = (struct smbios){0};
}

char *smbios_version(const uint8_t *bytes, size_t length)
{
	if (length >= 0x18 && memcmp(bytes, "_SM3_", 5) == 0)
		return xasprintf("%u.%u", bytes[7], bytes[8]);
	if (length >= 0x1e && memcmp(bytes, "_SM_", 4) == 0)
		return xasprintf("%u.%u", bytes[6], bytes[7]);
	return NULL;
}

bool smbios_next(const struct smbios *table, size_t *offset, struct smbios_structure *ret)
{
	const uint8_t *bytes;
	size_t left, end;

	if (*offset >= table->length || table->length - *offset < HEADER_SIZE)
		return false;
	bytes = table->bytes + *offset;
	left = table->length - *offset;
	if (bytes[1] < HEADER_SIZE || bytes[1] > left || bytes[0] == SMBIOS_END)
		return false;
	/* Strings, or none, then two NULs; a table that is cut ends without them. */
	end = bytes[1];
	while (end + 1 < left && (bytes[end] || bytes[end + 1]))
		end++;
	*ret = (struct smbios_structure){
		.type = bytes[0],
		.handle = le16(bytes + 2),
		.bytes = bytes,
		.size = bytes[1],
		.strings = (const char *)bytes + bytes[1],
		.strings_length = (end < left ? end + 1 : left) - bytes[1],
	};
	*offset += left - end < 2 ? left : end + 2;
	return true;
}

static bool holds(const struct smbios_structure *structure, size_t offset, size_t length)
{
	return structure->size >= length && offset <= structure->size - length;
}

uint8_t smbios_u8(const struct smbios_structure *structure, size_t offset, uint8_t fallback)
{
	return holds(structure, offset, 1) ? structure->bytes[offset] : fallback;
}

uint16_t smbios_u16(const struct smbios_structure *structure, size_t offset, uint16_t fallback)
{
	return holds(structure, offset, 2) ? le16(structure->bytes + offset) : fallback;
}

uint32_t smbios_u32(const struct smbios_structure *structure, size_t offset, uint32_t fallback)
{
	return holds(structure, offset, 4) ? le32(structure->bytes + offset) : fallback;
}

uint64_t smbios_u64(const struct smbios_structure *structure, size_t offset, uint64_t fallback)
{
	return holds(structure, offset, 8) ? le64(structure->bytes + offset) : fallback;
}

static char *printable(const char *bytes, size_t length)
{
	_cleanup_free_ char *copy = xstrndup(bytes, length);
	char *text = str_trim(copy);

	for (char *c = text; *c; c++)
		if (!isprint((unsigned char)*c))
			*c = '.';
	return *text && !smbios_is_placeholder(text) ? xstrdup(text) : NULL;
}

char *smbios_string(const struct smbios_structure *structure, size_t offset)
{
	const char *at = structure->strings, *end = at + structure->strings_length;
	uint8_t number = smbios_u8(structure, offset, 0);

	/* The first string is number 1; an empty one ends the list. */
	while (number > 0 && at < end && *at) {
		size_t length = strnlen(at, (size_t)(end - at));

		if (--number == 0)
			return printable(at, length);
		at += length + 1 <= (size_t)(end - at) ? length + 1 : length;
	}
	return NULL;
}

bool smbios_is_placeholder(const char *text)
{
	static const char *const words[] = {
		"to be filled by o.e.m.",
		"default string",
		"not specified",
		"none",
		"system manufacturer",
		"system product name",
		"system serial number",
		"0123456789",
		"not applicable",
		"n/a",
		"unknown",
		"no dimm",
		"empty",
		"undefined",
	};
	_cleanup_free_ char *lower = str_lower(text);

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq(lower, words[i]))
			return true;
	return false;
}
