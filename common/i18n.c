/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/i18n.h"

#include "common/str.h"

static const struct i18n *speaker;
static _Thread_local bool copying;

void i18n_set(const struct i18n *i18n)
{
	speaker = i18n;
}

const char *i18n_text(const char *text)
{
	return speaker ? speaker->text(text) : text;
}

const char *i18n_plural(const char *one, const char *many, unsigned long count)
{
	if (speaker)
		return speaker->plural(one, many, count);
	return count == 1 ? one : many;
}

bool i18n_copy(bool copy)
{
	bool before = copying;

	copying = copy;
	return before;
}

const char *i18n_data(const char *text)
{
	return copying ? i18n_text(text) : text;
}

const char *i18n_data_plural(const char *one, const char *many, unsigned long count)
{
	if (copying)
		return i18n_plural(one, many, count);
	return count == 1 ? one : many;
}

char *i18n_sentence(const char *english)
{
	char *known = english && speaker && speaker->sentence ? speaker->sentence(english) : NULL;

	return known || !english ? known : xstrdup(english);
}

char *i18n_data_sentence(const char *english)
{
	return copying || !english ? i18n_sentence(english) : xstrdup(english);
}
