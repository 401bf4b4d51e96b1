/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Strings, string vectors and a growable buffer. Allocation failure ends the program: no caller
 * could do better, and the execute journal makes the end visible. No I/O happens here.
 */
#pragma once

#include <stdarg.h>
#include <string.h>

#include "common/macro.h"

void *xmalloc(size_t size);
void *xcalloc(size_t count, size_t size);
void *xrealloc(void *pointer, size_t count, size_t size);
char *xstrdup(const char *text); /* NULL gives NULL */
char *xstrndup(const char *text, size_t length);
char *xasprintf(const char *format, ...) _printf_(1, 2);
char *xvasprintf(const char *format, va_list args) _printf_(1, 0);

/* Appends one zeroed element to array `a` with counter `n` and gives its address. */
#define ARRAY_APPEND(a, n)                                                                         \
	({                                                                                         \
		(a) = xrealloc((a), (n) + 1, sizeof(*(a)));                                        \
		memset(&(a)[(n)], 0, sizeof(*(a)));                                                \
		&(a)[(n)++];                                                                       \
	})

static inline bool str_eq(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}
static inline bool str_empty(const char *text)
{
	return !text || !*text;
}
/* Into a field of fixed size, with its end; -ENAMETOOLONG, and the field empty, where it has no
 * room. */
int str_copy(char *field, size_t size, const char *text) _must_check_;
bool str_eq_nocase(const char *a, const char *b);
bool str_starts(const char *text, const char *prefix);
bool str_ends(const char *text, const char *suffix);
/* Cuts white space at both ends, in place; gives its argument's first kept character. */
char *str_trim(char *text);
/* A lower-case copy (ASCII only). */
char *str_lower(const char *text);
/* Bytes of the UTF-8 sequence that `text` begins with, 0 when it is none. */
size_t str_utf8_length(const char *text);
/* In place: blanks for tabs and line ends, "?" for control characters and bytes that are not UTF-8,
 * so that no terminal obeys a text from elsewhere and none looks like several. NULL does nothing.
 */
void str_make_printable(char *text);
/* Damerau-Levenshtein distance, capped at `cap`; for "did you mean". */
unsigned str_distance(const char *a, const char *b, unsigned cap);
/* The candidate nearest to `word` within a third of its length, or NULL. `candidates` ends with
 * NULL. */
const char *str_nearest(const char *word, const char *const *candidates);
/* Shell-style pattern with * ? [] over the whole text, no I/O. */
bool str_glob(const char *pattern, const char *text);

/* Strict parsers: whole string or -EINVAL, -ERANGE when out of range. */
int str_to_u64(const char *text, int base, uint64_t *ret);
int str_to_uint(const char *text, unsigned min, unsigned max, unsigned *ret);
/* "20G", "512MiB", "4096" (bytes). Powers of 1024 for K M G T with or without iB, of 1000 for KB MB
 * GB TB. */
int str_to_size(const char *text, uint64_t *ret);
/* "20.0 GiB": for people, newly allocated. */
char *str_from_size(uint64_t bytes);

/* Growable text buffer; {0} is a valid empty one. text is NULL until something is added. */
struct strbuf {
	char *text;
	size_t length;
	size_t allocated;
};
void strbuf_add(struct strbuf *buf, const char *text);
void strbuf_add_bytes(struct strbuf *buf, const void *bytes, size_t length);
void strbuf_addf(struct strbuf *buf, const char *format, ...) _printf_(2, 3);
/* Hands the text over ("" when empty) and resets the buffer. */
char *strbuf_take(struct strbuf *buf);
void strbuf_done(struct strbuf *buf);
#define _cleanup_strbuf_ _cleanup_(strbuf_done)

/* NULL-terminated string vectors; NULL is an empty one. */
void strv_free(char **strv);
DEFINE_CLEANUP(char **, strv_free)
#define _cleanup_strv_ _cleanup_(strv_freep)
size_t strv_length(char *const *strv);
void strv_add(char ***strv, const char *text); /* copies */
void strv_addf(char ***strv, const char *format, ...) _printf_(2, 3);
bool strv_contains(char *const *strv, const char *text);
void strv_sort(char **strv);
char **strv_split(const char *text, const char *separators); /* drops empty parts */
char *strv_join(char *const *strv, const char *separator);
