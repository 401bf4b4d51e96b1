/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/bootline.h"

#include "common/str.h"

char **bootline_split(const char *line)
{
	_cleanup_strv_ char **words = NULL;
	_cleanup_strbuf_ struct strbuf word = {0};
	bool started = false;
	char quote = '\0';

	for (const char *c = line ? line : ""; *c; c++) {
		if (quote ? *c == quote : *c == '"' || *c == '\'') {
			quote = quote ? '\0' : *c;
			started = true;
		} else if (!quote && strchr(" \t\n", *c)) {
			if (started)
				strv_add(&words, word.text ? word.text : "");
			strbuf_done(&word);
			started = false;
		} else {
			strbuf_add_bytes(&word, c, 1);
			started = true;
		}
	}
	if (started)
		strv_add(&words, word.text ? word.text : "");
	return TAKE_PTR(words);
}

char **bootline_get_all(const char *line, const char *key)
{
	_cleanup_strv_ char **words = bootline_split(line);
	_cleanup_free_ char *prefix = xasprintf("%s=", key);
	char **values = NULL;

	for (char **word = words; word && *word; word++)
		if (str_starts(*word, prefix))
			strv_add(&values, *word + strlen(prefix));
	return values;
}

char *bootline_get(const char *line, const char *key)
{
	_cleanup_strv_ char **values = bootline_get_all(line, key);
	size_t count = strv_length(values);

	return count ? xstrdup(values[count - 1]) : NULL;
}

bool bootline_has(const char *line, const char *key)
{
	_cleanup_strv_ char **words = bootline_split(line);
	_cleanup_strv_ char **values = bootline_get_all(line, key);

	return values || strv_contains(words, key);
}
