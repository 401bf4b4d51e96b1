/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/str.h"

static void strbuf_reserve(struct strbuf *buf, size_t more)
{
	size_t wanted, allocated;

	if (__builtin_add_overflow(buf->length, more, &wanted) ||
	    __builtin_add_overflow(wanted, 1, &wanted))
		abort();
	if (wanted <= buf->allocated)
		return;
	allocated = buf->allocated ? buf->allocated : 64;
	while (allocated < wanted) {
		if (__builtin_mul_overflow(allocated, 2, &allocated))
			abort();
	}
	buf->text = xrealloc(buf->text, allocated, 1);
	buf->allocated = allocated;
}

void strbuf_add_bytes(struct strbuf *buf, const void *bytes, size_t length)
{
	strbuf_reserve(buf, length);
	if (length > 0)
		memcpy(buf->text + buf->length, bytes, length);
	buf->length += length;
	buf->text[buf->length] = '\0';
}

void strbuf_add(struct strbuf *buf, const char *text)
{
	if (text)
		strbuf_add_bytes(buf, text, strlen(text));
}

void strbuf_addf(struct strbuf *buf, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	strbuf_add(buf, text);
}

char *strbuf_take(struct strbuf *buf)
{
	char *text = buf->text ? buf->text : xstrdup("");

	*buf = (struct strbuf){0};
	return text;
}

void strbuf_done(struct strbuf *buf)
{
	free(buf->text);
	*buf = (struct strbuf){0};
}
