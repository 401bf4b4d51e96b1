/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/str.h"
#include "firstboot/firstboot.h"

static char *unquote(const char *value)
{
	_cleanup_free_ char *copy = xstrdup(value);
	char *text = str_trim(copy);
	size_t length = strlen(text);

	if (length >= 2 && (text[0] == '\'' || text[0] == '"') && text[length - 1] == text[0]) {
		text[length - 1] = '\0';
		text++;
	}
	return xstrdup(text);
}

char *data_get(const struct fsroot *root, const char *file, const char *key)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;

	if (fsroot_read_textf(root, &text, FIRSTBOOT_DATA "/%s", file) < 0)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++) {
		char *equals = strchr(*line, '=');

		if (!equals)
			continue;
		*equals = '\0';
		if (str_eq(str_trim(*line), key))
			return unquote(equals + 1);
	}
	return NULL;
}
