/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/vpd.h"

#include <errno.h>

#include "common/str.h"
#include "hwdb/probe/bytes.h"

/* PCI Local Bus Specification 3.0, appendix I. */
#define TAG_LARGE    0x80 /* with a length of two bytes; else it is in the tag's low three bits */
#define TAG_NAME     0x82
#define TAG_READ     0x90
#define TAG_END      0x0f
#define KEYWORD_HEAD 3 /* two letters and a length */

struct found {
	char *name, *part_number, *serial, *level;
};

static void found_done(struct found *found)
{
	free(found->name);
	free(found->part_number);
	free(found->serial);
	free(found->level);
}

static void take(char **member, const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *copy = xstrndup((const char *)bytes, length);
	const char *text;

	for (char *c = copy; *c; c++)
		if (*c < ' ' || *c > '~')
			*c = '?';
	text = str_trim(copy);
	if (*member || !*text)
		return;
	*member = xstrdup(text);
}

static int parse_keywords(const uint8_t *bytes, size_t length, struct found *found)
{
	while (length > 0) {
		size_t size = length >= KEYWORD_HEAD ? (size_t)KEYWORD_HEAD + bytes[2] : 0;
		const uint8_t *value = bytes + KEYWORD_HEAD;

		if (size == 0 || size > length)
			return -EBADMSG;
		if (memcmp(bytes, "PN", 2) == 0)
			take(&found->part_number, value, size - KEYWORD_HEAD);
		else if (memcmp(bytes, "SN", 2) == 0)
			take(&found->serial, value, size - KEYWORD_HEAD);
		else if (memcmp(bytes, "EC", 2) == 0)
			take(&found->level, value, size - KEYWORD_HEAD);
		bytes += size;
		length -= size;
	}
	return 0;
}

static int parse_resources(const uint8_t *bytes, size_t length, struct found *found)
{
	while (length > 0) {
		size_t head = bytes[0] & TAG_LARGE ? 3 : 1, size;
		int r = 0;

		if (head == 1 && bytes[0] >> 3 == TAG_END)
			return 0;
		if (head > length)
			return -EBADMSG;
		size = head == 3 ? le16(bytes + 1) : bytes[0] & 7u;
		if (size > length - head)
			return -EBADMSG;
		if (bytes[0] == TAG_NAME)
			take(&found->name, bytes + head, size);
		else if (bytes[0] == TAG_READ)
			r = parse_keywords(bytes + head, size, found);
		if (r < 0)
			return r;
		bytes += head + size;
		length -= head + size;
	}
	return -EBADMSG;
}

int vpd_parse(const uint8_t *bytes, size_t length, struct host_pci *pci)
{
	_cleanup_(found_done) struct found found = {0};
	int r = parse_resources(bytes, length, &found);

	if (r < 0)
		return r;
	pci->product_name = TAKE_PTR(found.name);
	pci->part_number = TAKE_PTR(found.part_number);
	pci->serial = TAKE_PTR(found.serial);
	pci->engineering_level = TAKE_PTR(found.level);
	return 0;
}
