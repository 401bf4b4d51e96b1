/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/url.h"

#include "common/str.h"

static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
static const char digits[] = "0123456789";

char *url_escape(const char *text)
{
	struct strbuf escaped = {0};

	for (const char *c = text; *c; c++) {
		if (strchr(letters, *c) || strchr(digits, *c) || strchr("-._~:", *c))
			strbuf_add_bytes(&escaped, c, 1);
		else
			strbuf_addf(&escaped, "%%%02X", (unsigned)(unsigned char)*c);
	}
	return strbuf_take(&escaped);
}

char *url_unescape(const char *text)
{
	struct strbuf plain = {0};

	for (const char *c = text; *c; c++) {
		unsigned value = 0;
		char byte = *c;

		if (*c == '%' && strspn(c + 1, "0123456789abcdefABCDEF") >= 2 &&
		    sscanf(c + 1, "%2x", &value) == 1 && value) {
			byte = (char)value;
			c += 2;
		}
		strbuf_add_bytes(&plain, &byte, 1);
	}
	return strbuf_take(&plain);
}

bool url_has_scheme(const char *text)
{
	const char *end = strstr(text, "://");
	size_t length = end ? (size_t)(end - text) : 0;

	if (!length || !strchr(letters, *text))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!strchr(letters, text[i]) && !strchr(digits, text[i]) &&
		    !strchr("+-.", text[i]))
			return false;
	return true;
}
