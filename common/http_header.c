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
