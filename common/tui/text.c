/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tui/text.h"

#include <ctype.h>
#include <wchar.h>

#include "common/str.h"

/* What German and French are written with, and how they are written without it. */
static const struct {
	uint32_t character;
	const char *ascii;
} letters[] = {
	{0xa0, " "},     {0xab, "\""},  {0xbb, "\""},  {0xc0, "A"},    {0xc2, "A"},
	{0xc4, "Ae"},    {0xc7, "C"},   {0xc8, "E"},   {0xc9, "E"},    {0xca, "E"},
	{0xd4, "O"},     {0xd6, "Oe"},  {0xdc, "Ue"},  {0xdf, "ss"},   {0xe0, "a"},
	{0xe2, "a"},     {0xe4, "ae"},  {0xe7, "c"},   {0xe8, "e"},    {0xe9, "e"},
	{0xea, "e"},     {0xeb, "e"},   {0xee, "i"},   {0xef, "i"},    {0xf4, "o"},
	{0xf6, "oe"},    {0xf9, "u"},   {0xfb, "u"},   {0xfc, "ue"},   {0x153, "oe"},
	{0x2013, "-"},   {0x2014, "-"}, {0x2019, "'"}, {0x201c, "\""}, {0x201e, "\""},
	{0x2026, "..."},
};

static bool plain;

void text_set_ascii(bool ascii)
{
	plain = ascii;
}

static const char *in_ascii(uint32_t character)
{
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (letters[i].character == character)
			return letters[i].ascii;
	return NULL;
}

/* Decodes without the locale, so that a broken byte in a disk's label harms nothing. */
static size_t decode(const char *text, uint32_t *ret)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t length = *p >= 0xf0 && *p <= 0xf4 ? 4 : *p >= 0xe0 ? 3 : 2;
	uint32_t value = length == 4 ? *p & 0x07U : length == 3 ? *p & 0x0fU : *p & 0x1fU;

	*ret = 0;
	if (*p < 0x80) {
		*ret = *p;
		return *p ? 1 : 0;
	}
	if (*p < 0xc2 || *p > 0xf4)
		return 1;
	for (size_t i = 1; i < length; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 1;
		value = value << 6 | (p[i] & 0x3fU);
	}
	if ((length == 3 && value < 0x800) || (length == 4 && value < 0x10000) ||
	    value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
		return 1;
	*ret = value;
	return length;
}

size_t text_character(const char *text, size_t *ret_columns)
{
	uint32_t value;
	size_t length = decode(text, &value);
	const char *stand_in = plain && value >= 0x80 ? in_ascii(value) : NULL;
	int width = stand_in ? (int)strlen(stand_in) : value >= 0x80 ? wcwidth((wchar_t)value) : 1;

	*ret_columns = length == 0 ? 0 : width < 0 ? 1 : (size_t)width;
	return length;
}

size_t text_columns(const char *text)
{
	size_t total = 0, columns;

	while (*text) {
		text += text_character(text, &columns);
		total += columns;
	}
	return total;
}

size_t text_fit(const char *text, size_t columns)
{
	size_t used = 0, bytes = 0;

	while (text[bytes]) {
		size_t width;
		size_t length = text_character(text + bytes, &width);

		if (used + width > columns)
			break;
		used += width;
		bytes += length;
	}
	return bytes;
}

/* Lines, corners and crossings of boxes, U+2500 to U+257F, as ASCII draws them. */
static char box_ascii(uint32_t value)
{
	if (value == 0x2500 || value == 0x2501 || value == 0x2550)
		return '-';
	return value == 0x2502 || value == 0x2503 || value == 0x2551 ? '|' : '+';
}

/* "AE" within capitals, else "Ae". */
static void add_letters(struct strbuf *buf, const char *letter, bool capitals)
{
	for (; *letter; letter++)
		strbuf_addf(buf, "%c", capitals ? toupper((unsigned char)*letter) : *letter);
}

static void add_cleaned(struct strbuf *buf, const char *text, size_t length, bool ascii)
{
	uint32_t value;
	char c = '?';

	decode(text, &value);
	/* U+0080 to U+009F are control characters too; wcwidth() knows what else is none. */
	if (value >= 0x20 && value < 0x7f) {
		strbuf_add_bytes(buf, text, 1);
		return;
	}
	if (!ascii && value >= 0xa0 && wcwidth((wchar_t)value) >= 0) {
		strbuf_add_bytes(buf, text, length);
		return;
	}
	if (plain && in_ascii(value)) {
		add_letters(buf, in_ascii(value), isupper((unsigned char)text[length]));
		return;
	}
	if (value >= 0x2500 && value <= 0x257f)
		c = box_ascii(value);
	strbuf_add_bytes(buf, &c, 1);
}

char *text_cell(const char *text, size_t columns, bool ascii)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	size_t end = text_fit(text, columns), used = 0, width;

	for (size_t i = 0; i < end;) {
		size_t length = text_character(text + i, &width);

		add_cleaned(&buf, text + i, length, ascii);
		used += width;
		i += length;
	}
	for (; used < columns; used++)
		strbuf_add(&buf, " ");
	return strbuf_take(&buf);
}

/* Bytes of the next line of `text`, which has no newline before `end`. */
static size_t line_length(const char *text, size_t end, size_t columns)
{
	size_t fits = text_fit(text, columns), cut;

	if (fits >= end)
		return end;
	for (cut = fits; cut > 0 && text[cut] != ' '; cut--)
		;
	return cut > 0 ? cut : fits > 0 ? fits : 1;
}

static void wrap_line(char ***lines, const char *text, size_t end, size_t columns)
{
	size_t indent = 0;

	while (indent < end && text[indent] == ' ')
		indent++;
	if (indent >= columns / 2)
		indent = 0;
	for (size_t at = indent; at <= end;) {
		size_t length = line_length(text + at, end - at, columns - indent);

		strv_addf(lines, "%*s%.*s", (int)indent, "", (int)length, text + at);
		at += length;
		if (at >= end)
			break;
		while (at < end && text[at] == ' ')
			at++;
	}
}

char **text_wrap(const char *text, size_t columns)
{
	char **lines = NULL;

	for (;;) {
		size_t end = strcspn(text, "\n");

		wrap_line(&lines, text, end, columns > 1 ? columns : 1);
		if (!text[end])
			break;
		text += end + 1;
		if (!*text)
			break;
	}
	return lines;
}
