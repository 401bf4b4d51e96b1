/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/drawn.h"

#include <ctype.h>

#include "common/str.h"

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DRAWN 6 /* letters behind the dash */

static const struct {
	const char *prefix, *letters;
} labels[] = {
	{"root-", LOWER},
	{"logs-", LOWER},
	{"swap-", LOWER},
	{"BOOT-", UPPER},
};

#define UUID_LENGTH 36

static bool is_uuid(const char *text)
{
	for (size_t i = 0; i < UUID_LENGTH; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return !isalnum((unsigned char)text[UUID_LENGTH]);
}

static bool is_drawn(const char *text, size_t row)
{
	return strspn(text, labels[row].letters) == DRAWN && !isalnum((unsigned char)text[DRAWN]);
}

bool drawn_is_label(const char *text, const char *prefix)
{
	for (size_t i = 0; text && i < ARRAY_SIZE(labels); i++)
		if (str_eq(labels[i].prefix, prefix))
			return str_starts(text, prefix) && is_drawn(text + strlen(prefix), i) &&
			       !text[strlen(prefix) + DRAWN];
	return false;
}

/* What was drawn at `at`: where it starts from there, and its length; 0 when nothing was. */
static size_t find_drawn(const char *at, size_t *ret_start)
{
	*ret_start = 0;
	if (is_uuid(at))
		return UUID_LENGTH;
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		if (!str_starts(at, labels[i].prefix) ||
		    !is_drawn(at + strlen(labels[i].prefix), i))
			continue;
		*ret_start = strlen(labels[i].prefix);
		return DRAWN;
	}
	return 0;
}

char *drawn_hide(const char *text)
{
	char *hidden = xstrdup(text);
	bool inside = false;

	for (char *c = hidden; *c; c++) {
		size_t start, length = inside ? 0 : find_drawn(c, &start);

		if (length) {
			memset(c + start, 'x', length);
			c += start + length - 1;
		}
		inside = isalnum((unsigned char)*c);
	}
	return hidden;
}
