/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the value types share among themselves. Nobody outside answerfiles/ needs this: rows name
 * the types of fields.h.
 */
#pragma once

#include "answerfiles/fields.h"
#include "common/str.h"

/* "a, b or c". */
char *words_list(const struct word *words);
/* "FIELD cannot be "TEXT"" with a hint; gives false, so that a parser can return it. */
bool value_refuse(const struct reading *reading, const char *text, const char *hint);
/* Replaces the string a member points to; gives true. */
bool value_set_text(void *member, const char *text);
/* Adds to the string vector a member points to, once; gives true. */
bool value_add_text(void *member, const char *text, const struct reading *reading);
char *value_format_text(const struct field *field, const void *member);
char *value_format_list(const struct field *field, const void *member);

/* A list of disks stands where one disk is meant. */
struct finding *disk_complain_list(const struct reading *reading, const char *text);

/* How the terms of one kind of thing are written; `right` and `example` are for messages. */
struct match_syntax {
	const struct word *properties;
	const char *right, *example;
};
struct match_part {
	unsigned property;
	enum match_operator op;
	char *value; /* newly allocated */
};
/*
 * The next "property operator value" off the front of *text. False at the end, or after a
 * complaint: *text is NULL then.
 */
bool match_next(const struct match_syntax *syntax, const char **text, struct match_part *ret,
		const struct reading *reading);
/* What a value must stand in to be read as one; it never holds both kinds of quotes. */
const char *match_quote(const char *value);

/* A dotted quad as a number, most significant byte first. */
bool ipv4_parse(const char *text, uint32_t *ret) _must_check_;
/* Why it is not a host name (RFC 1123 section 2.1), or NULL. */
const char *hostname_fault(const char *text);
/* What an xenhost source can be streamed by, beside a folder; ends with NULL. */
extern const char *const source_schemes[];
/* What would be right where this is no URL of the schemes (which end with NULL), newly allocated;
 * NULL when it is one. */
char *url_fault(const char *url, const char *const *schemes);
