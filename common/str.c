/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/str.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <limits.h>
#include <strings.h>

void *xmalloc(size_t size)
{
	void *pointer = malloc(size ? size : 1);

	if (!pointer)
		abort();
	return pointer;
}

void *xcalloc(size_t count, size_t size)
{
	void *pointer = calloc(count ? count : 1, size ? size : 1);

	if (!pointer)
		abort();
	return pointer;
}

void *xrealloc(void *pointer, size_t count, size_t size)
{
	size_t bytes;
	void *resized;

	if (__builtin_mul_overflow(count, size, &bytes))
		abort();
	resized = realloc(pointer, bytes ? bytes : 1);
	if (!resized)
		abort();
	return resized;
}

char *xstrdup(const char *text)
{
	return text ? xstrndup(text, strlen(text)) : NULL;
}

char *xstrndup(const char *text, size_t length)
{
	char *copy;

	length = strnlen(text, length);
	copy = xmalloc(length + 1);
	memcpy(copy, text, length);
	copy[length] = '\0';
	return copy;
}

char *xvasprintf(const char *format, va_list args)
{
	char *text;

	if (vasprintf(&text, format, args) < 0)
		abort();
	return text;
}

char *xasprintf(const char *format, ...)
{
	va_list args;
	char *text;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	return text;
}

int str_copy(char *field, size_t size, const char *text)
{
	size_t length = strlen(text);

	if (size)
		*field = '\0';
	if (length >= size)
		return -ENAMETOOLONG;
	memcpy(field, text, length + 1);
	return 0;
}

bool str_eq_nocase(const char *a, const char *b)
{
	return a == b || (a && b && strcasecmp(a, b) == 0);
}

bool str_starts(const char *text, const char *prefix)
{
	return text && strncmp(text, prefix, strlen(prefix)) == 0;
}

bool str_ends(const char *text, const char *suffix)
{
	size_t length = text ? strlen(text) : 0;
	size_t suffix_length = strlen(suffix);

	return text && length >= suffix_length &&
	       memcmp(text + length - suffix_length, suffix, suffix_length) == 0;
}

static bool is_blank(char c)
{
	return c == ' ' || (c >= '\t' && c <= '\r');
}

char *str_trim(char *text)
{
	size_t length;

	while (is_blank(*text))
		text++;
	length = strlen(text);
	while (length > 0 && is_blank(text[length - 1]))
		length--;
	text[length] = '\0';
	return text;
}

/* RFC 3629, table 3-7 of Unicode. */
size_t str_utf8_length(const char *sequence)
{
	const unsigned char *text = (const unsigned char *)sequence;
	static const struct {
		unsigned char first, last, low, high;
		size_t length;
	} rows[] = {
		{0x01, 0x7f, 0x00, 0x00, 1}, {0xc2, 0xdf, 0x80, 0xbf, 2},
		{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
		{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
		{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
		{0xf4, 0xf4, 0x80, 0x8f, 4},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		if (text[0] < rows[i].first || text[0] > rows[i].last)
			continue;
		if (rows[i].length > 1 && (text[1] < rows[i].low || text[1] > rows[i].high))
			return 0;
		for (size_t n = 2; n < rows[i].length; n++) {
			if ((text[n] & 0xc0) != 0x80)
				return 0;
		}
		return rows[i].length;
	}
	return 0;
}

/* U+0080 to U+009F are control characters too, which some terminals obey. */
void str_make_printable(char *text)
{
	while (text && *text) {
		size_t length = str_utf8_length(text);

		if (length == 0 || (unsigned char)*text < ' ' || *text == 0x7f) {
			*text = strchr("\t\n\r", *text) ? ' ' : '?';
			length = 1;
		} else if (*text == '\xc2' && (unsigned char)text[1] < 0xa0) {
			text[0] = text[1] = '?';
		}
		text += length;
	}
}

char *str_lower(const char *text)
{
	char *copy = xstrdup(text);

	for (char *c = copy; c && *c; c++) {
		if (*c >= 'A' && *c <= 'Z')
			*c = (char)(*c - 'A' + 'a');
	}
	return copy;
}

bool str_glob(const char *pattern, const char *text)
{
	return pattern && text && fnmatch(pattern, text, 0) == 0;
}

int str_to_u64(const char *text, int base, uint64_t *ret)
{
	unsigned long long value;
	char *end;

	/* strtoull() itself would take blanks and signs. */
	if (!text || !isalnum((unsigned char)*text))
		return -EINVAL;
	errno = 0;
	value = strtoull(text, &end, base);
	if (end == text || *end)
		return -EINVAL;
	if (errno == ERANGE)
		return -ERANGE;
	*ret = value;
	return 0;
}

int str_to_uint(const char *text, unsigned min, unsigned max, unsigned *ret)
{
	uint64_t value;
	int r;

	r = str_to_u64(text, 10, &value);
	if (r < 0)
		return r;
	if (value < min || value > max)
		return -ERANGE;
	*ret = (unsigned)value;
	return 0;
}

/* The factor a unit stands for, 0 when it is none of ours. */
static uint64_t size_factor(const char *unit)
{
	static const char letters[] = "KMGT";
	const char *letter;
	uint64_t base = 1024, factor = 1;

	if (!*unit)
		return 1;
	letter = strchr(letters, toupper((unsigned char)*unit));
	if (!letter || !*letter)
		return 0;
	if (strcasecmp(unit + 1, "B") == 0)
		base = 1000;
	else if (unit[1] && strcasecmp(unit + 1, "iB") != 0)
		return 0;
	for (const char *l = letters; l <= letter; l++)
		factor *= base;
	return factor;
}

int str_to_size(const char *text, uint64_t *ret)
{
	uint64_t value, factor;
	char digits[24];
	size_t n;
	int r;

	if (!text)
		return -EINVAL;
	n = strspn(text, "0123456789");
	factor = size_factor(text + n);
	if (n == 0 || factor == 0)
		return -EINVAL;
	if (n >= sizeof(digits))
		return -ERANGE;
	memcpy(digits, text, n);
	digits[n] = '\0';
	r = str_to_u64(digits, 10, &value);
	if (r < 0)
		return r;
	if (__builtin_mul_overflow(value, factor, &value))
		return -ERANGE;
	*ret = value;
	return 0;
}

char *str_from_size(uint64_t bytes)
{
	static const char *const units[] = {"KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
	uint64_t whole = bytes, tenths;
	unsigned unit = 0, shift = 10;

	if (bytes < 1024)
		return xasprintf("%llu bytes", (unsigned long long)bytes);
	/* Integers all the way: the text is part of plans and must not depend on floating point. */
	for (;; unit++, shift += 10) {
		uint64_t rest = bytes & (((uint64_t)1 << shift) - 1);

		whole = bytes >> shift;
		/* Ten bits of the remainder are enough for one digit, and cannot overflow. */
		tenths = ((rest >> (shift - 10)) * 10 + 512) >> 10;
		if (tenths == 10) {
			whole++;
			tenths = 0;
		}
		if (whole < 1024 || unit + 1 == ARRAY_SIZE(units))
			break;
	}
	return xasprintf("%llu.%llu %s", (unsigned long long)whole, (unsigned long long)tenths,
			 units[unit]);
}
