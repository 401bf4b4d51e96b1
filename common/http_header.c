/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/http_header.h"

#include <strings.h>

#include "common/str.h"

char *http_header_value(const char *line, size_t length, const char *name)
{
	size_t skipped = strlen(name);
	_cleanup_free_ char *text = NULL;

	if (length <= skipped || strncasecmp(line, name, skipped) != 0 || line[skipped] != ':')
		return NULL;
	text = xstrndup(line + skipped + 1, length - skipped - 1);
	return xstrdup(str_trim(text));
}

/* "bytes 10-19/100" */
static void note_range(struct http_head *head, char *text)
{
	if (strncasecmp(text, "bytes ", 6) != 0)
		return;
	text[6 + strspn(text + 6, "0123456789")] = '\0';
	head->range_known = str_to_u64(text + 6, 10, &head->range_start) == 0;
}

/* Of the registered codings (RFC 9110, 8.4.1) those that change the bytes; stores of objects send
 * words of their own for what is as it was. */
static void note_coding(struct http_head *head, const char *text)
{
	static const char *const compressions[] = {"gzip", "x-gzip", "deflate",   "compress",
						   "br",   "zstd",   "x-compress"};
	_cleanup_strv_ char **codings = strv_split(text, ",");

	for (char **coding = codings; coding && *coding; coding++)
		for (size_t i = 0; i < ARRAY_SIZE(compressions); i++)
			if (str_eq_nocase(str_trim(*coding), compressions[i]))
				head->compressed = compressions[i];
}

void http_head_note(struct http_head *head, const char *line, size_t length)
{
	_cleanup_free_ char *range = http_header_value(line, length, "Content-Range"),
			    *coding = http_header_value(line, length, "Content-Encoding");

	if (length > 5 && strncasecmp(line, "HTTP/", 5) == 0)
		*head = (struct http_head){0};
	if (range)
		note_range(head, range);
	if (coding)
		note_coding(head, coding);
}
