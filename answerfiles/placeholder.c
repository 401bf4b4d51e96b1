/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>

#include "answerfiles/reader.h"
#include "common/str.h"

/* Answer files are often made from templates; what was never filled in is named as such. */

char *placeholder_in(const char *text)
{
	static const struct {
		const char *start, *end;
	} brackets[] = {{"{{", "}}"}, {"{%", "%}"}, {"<%", "%>"}, {"${", "}"}, {"$(", ")"}};
	static const char *const words[] = {"#MODIFY", "CHANGEME", "CHANGE_ME", "FIXME"};

	for (size_t i = 0; i < ARRAY_SIZE(brackets); i++) {
		const char *start = strstr(text, brackets[i].start);
		const char *end = start ? strstr(start + 2, brackets[i].end) : NULL;

		if (end)
			return xstrndup(start, (size_t)(end - start) + strlen(brackets[i].end));
	}
	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		if (strstr(text, words[i]))
			return xstrdup(words[i]);
	}
	return NULL;
}

char *placeholder_tag(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		size_t end = i + 1;

		if (text[i] != '<')
			continue;
		while (end < length && (isupper((unsigned char)text[end]) || text[end] == '_' ||
					text[end] == '-' || isdigit((unsigned char)text[end])))
			end++;
		if (end < length && text[end] == '>' && end - i > 3)
			return xstrndup(text + i, end - i + 1);
	}
	return NULL;
}
