/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/drawn.h"

#include <ctype.h>

#include "common/str.h"
#include "hwdb/own.h"

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
static size_t find_drawn(const char *at, size_t length, size_t *ret_start)
{
	size_t n = own_pattern_length((const uint8_t *)at, length);

	*ret_start = 0;
	if (n)
		return n;
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
	const char *end = hidden + strlen(hidden);
	bool inside = false;

	for (char *c = hidden; *c; c++) {
		size_t start, length = inside ? 0 : find_drawn(c, (size_t)(end - c), &start);

		if (length) {
			memset(c + start, 'x', length);
			c += start + length - 1;
		}
		inside = isalnum((unsigned char)*c);
	}
	return hidden;
}
