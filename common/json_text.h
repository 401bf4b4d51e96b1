/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The text form of strings and numbers in JSON, apart from any document: json.c alone uses it.
 * Written here and not left to json-c, whose layout and digits differ between versions and with
 * the locale: documents are compared byte by byte. No I/O.
 */
#pragma once

#include "common/str.h"

/* Two \u escapes and their NUL. */
#define JSON_ESCAPES_SIZE 13

/* A copy in which bytes that are not UTF-8 (firmware tables hold any) are U+FFFD. */
char *json_valid_utf8(const char *text);
/*
 * Writes the UTF-8 sequence at `text` (NUL-terminated) as \u escapes, two for what lies beyond the
 * first 65536 characters. Returns the length of the sequence, 0 when it is none.
 */
size_t json_escape_sequence(const char *text, char ret_escapes[JSON_ESCAPES_SIZE]);
/* Appends the string in quotes, escaped. */
void json_add_quoted(struct strbuf *buf, const char *text, size_t length);
/* Appends the shortest digits that read back as the same number. */
void json_add_double(struct strbuf *buf, double value);
