/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/own.h"

#include <ctype.h>

#include "common/str.h"

static const struct {
	const char *pattern;
	enum own_kind kind;
} rows[] = {
	{"*.serial", OWN_WORD},
	{"*.product_serial", OWN_WORD},
	{"*.product_uuid", OWN_WORD},
	{"*.asset_tag", OWN_WORD},
	{"*.uuid", OWN_WORD},
	{"*wwn", OWN_WORD},
	{"nics.mac", OWN_WORD},
	{"ibft.*nic_mac", OWN_WORD},
	{"disks.id", OWN_COMPOSED},
	{"disks.links", OWN_COMPOSED},
	{"disks.parents", OWN_COMPOSED},
	{"disks.table_digest", OWN_COMPOSED}, /* of random partition GUIDs */
	{"hbas.disks", OWN_COMPOSED},
};

enum own_kind own_kind_of(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (str_glob(rows[i].pattern, path))
			return rows[i].kind;
	return OWN_NOTHING;
}

/* Groups of hexadecimal digits, `digits` long each; 0 when that is not what stands there. */
static size_t group_length(const uint8_t *bytes, size_t length, size_t digits)
{
	size_t n = 0;

	while (n < length && n <= digits && isxdigit(bytes[n]))
		n++;
	return n == digits ? n : 0;
}

/* "0b5fd8a2-3f0c-4c5e-9d5e-0a1b2c3d4e5f"; names of device-mapper double the dashes. */
static size_t uuid_length(const uint8_t *bytes, size_t length)
{
	static const size_t groups[] = {8, 4, 4, 4, 12};
	size_t at = 0;

	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		size_t n = group_length(bytes + at, length - at, groups[i]);

		if (!n)
			return 0;
		at += n;
		if (i + 1 == ARRAY_SIZE(groups))
			break;
		for (size_t dashes = 0; dashes < 2 && at < length && bytes[at] == '-'; dashes++)
			at++;
	}
	return at == length || !isalnum(bytes[at]) ? at : 0;
}

/* "52:54:00:12:34:56", eight groups for a world-wide name, twenty for InfiniBand; "01-" and a MAC
 * address in what PXE tells (its kind of hardware). */
static size_t mac_length(const uint8_t *bytes, size_t length)
{
	uint8_t separator = length > 2 ? bytes[2] : 0;
	size_t groups = 0, at = 0;

	if (separator != ':' && separator != '-')
		return 0;
	while (group_length(bytes + at, length - at, 2)) {
		groups++;
		at += 2;
		if (at == length || bytes[at] != separator)
			break;
		at++;
	}
	if (at < length && (isalnum(bytes[at]) || bytes[at] == separator))
		return 0;
	return groups == 6 || groups == 8 || groups == 20 ? at : 0;
}

size_t own_pattern_length(const uint8_t *bytes, size_t length)
{
	size_t n;

	if (length == 0 || !isxdigit(bytes[0]))
		return 0;
	n = uuid_length(bytes, length);
	return n ? n : mac_length(bytes, length);
}
