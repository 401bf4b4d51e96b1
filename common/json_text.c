/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/json_text.h"

char *json_valid_utf8(const char *text)
{
	struct strbuf buf = {0};

	while (*text) {
		size_t n = str_utf8_length(text);

		if (n > 0)
			strbuf_add_bytes(&buf, text, n);
		else
			strbuf_add(&buf, "\xef\xbf\xbd");
		text += n > 0 ? n : 1;
	}
	return strbuf_take(&buf);
}

size_t json_escape_sequence(const char *text, char ret_escapes[JSON_ESCAPES_SIZE])
{
	static const unsigned char first_bits[] = {0, 0x7f, 0x1f, 0x0f, 0x07};
	size_t length = str_utf8_length(text);
	unsigned c = (unsigned char)text[0] & first_bits[length];

	if (length == 0)
		return 0;
	for (size_t i = 1; i < length; i++)
		c = c << 6 | ((unsigned char)text[i] & 0x3f);
	if (c < 0x10000)
		(void)snprintf(ret_escapes, JSON_ESCAPES_SIZE, "\\u%04x", c);
	else
		(void)snprintf(ret_escapes, JSON_ESCAPES_SIZE, "\\u%04x\\u%04x",
			       0xd800 | ((c - 0x10000) >> 10 & 0x3ff), 0xdc00 | (c & 0x3ff));
	return length;
}

static const char *escape(char c)
{
	switch (c) {
	case '"':
		return "\\\"";
	case '\\':
		return "\\\\";
	case '\b':
		return "\\b";
	case '\f':
		return "\\f";
	case '\n':
		return "\\n";
	case '\r':
		return "\\r";
	case '\t':
		return "\\t";
	default:
		return NULL;
	}
}

void json_add_quoted(struct strbuf *buf, const char *text, size_t length)
{
	size_t plain = 0; /* where the run of bytes begins that stand for themselves */

	strbuf_add(buf, "\"");
	for (size_t i = 0; i < length; i++) {
		const char *escaped = escape(text[i]);

		if (!escaped && (unsigned char)text[i] >= 0x20)
			continue;
		strbuf_add_bytes(buf, text + plain, i - plain);
		plain = i + 1;
		if (escaped)
			strbuf_add(buf, escaped);
		else
			strbuf_addf(buf, "\\u%04x", (unsigned)text[i]);
	}
	strbuf_add_bytes(buf, text + plain, length - plain);
	strbuf_add(buf, "\"");
}

void json_add_double(struct strbuf *buf, double value)
{
	char text[40];

	for (int digits = 15; digits <= 17; digits++) {
		(void)snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	for (char *c = text; *c; c++) {
		if (*c == ',')
			*c = '.';
	}
	strbuf_add(buf, text);
	/* A number that was a fraction stays one for readers that tell the two apart. */
	if (!strpbrk(text, ".en"))
		strbuf_add(buf, ".0");
}
