/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/str.h"

void strv_free(char **strv)
{
	for (char **s = strv; s && *s; s++)
		free(*s);
	free(strv);
}

size_t strv_length(char *const *strv)
{
	size_t n = 0;

	while (strv && strv[n])
		n++;
	return n;
}

static void strv_push(char ***strv, char *text)
{
	size_t n = strv_length(*strv);

	*strv = xrealloc(*strv, n + 2, sizeof(**strv));
	(*strv)[n] = text;
	(*strv)[n + 1] = NULL;
}

void strv_add(char ***strv, const char *text)
{
	if (text)
		strv_push(strv, xstrdup(text));
}

void strv_addf(char ***strv, const char *format, ...)
{
	va_list args;

	va_start(args, format);
	strv_push(strv, xvasprintf(format, args));
	va_end(args);
}

bool strv_contains(char *const *strv, const char *text)
{
	for (; strv && *strv; strv++) {
		if (str_eq(*strv, text))
			return true;
	}
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void strv_sort(char **strv)
{
	if (strv)
		qsort(strv, strv_length(strv), sizeof(*strv), compare);
}

char **strv_split(const char *text, const char *separators)
{
	char **strv = NULL;

	while (text && *text) {
		size_t n = strcspn(text, separators);

		if (n > 0)
			strv_push(&strv, xstrndup(text, n));
		text += n;
		text += strspn(text, separators);
	}
	return strv;
}

char *strv_join(char *const *strv, const char *separator)
{
	struct strbuf buf = {0};

	for (size_t i = 0; strv && strv[i]; i++) {
		if (i > 0)
			strbuf_add(&buf, separator);
		strbuf_add(&buf, strv[i]);
	}
	return strbuf_take(&buf);
}
