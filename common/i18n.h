/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Words in the operator's language. Sentences are written in English where they are needed and
 * marked there; xgettext finds the marks (`make po`), and installer/po/ holds the translations.
 * Only screens translate: the toolkit sets what looks words up (common/tui/language.c) while it has
 * a terminal. Logs, events, reports, JSON, answer files and commands have none, and stay English.
 * Looks nothing up itself, reads no file and no environment: plans may use it.
 */
#pragma once

#include "common/macro.h"

#define _format_arg_(n) __attribute__((format_arg(n)))

/* A string in a table, for xgettext alone: what draws it translates it. */
#define N_(text) text
/* A string that is shown, or a format of one. Sentences are whole, never glued from parts. */
#define _(text)              i18n_text(text)
#define P_(one, many, count) i18n_plural(one, many, count)
/*
 * A string that becomes data: of a plan, say. English, but where a screen asked for a copy to show
 * (i18n_copy()).
 */
#define D_(text)              i18n_data(text)
#define DP_(one, many, count) i18n_data_plural(one, many, count)

struct i18n {
	const char *(*text)(const char *text);
	const char *(*plural)(const char *one, const char *many, unsigned long count);
	/* NULL when it knows nothing of it; else newly allocated. */
	char *(*sentence)(const char *english);
};

/* NULL: nobody translates. The table is borrowed. */
void i18n_set(const struct i18n *i18n);
const char *i18n_text(const char *text) _format_arg_(1);
const char *i18n_plural(const char *one, const char *many, unsigned long count) _format_arg_(1)
	_format_arg_(2);

/* From here on data that this thread makes are for the eye, and in its language; or not any more.
 * Gives what held before. */
bool i18n_copy(bool copy);
const char *i18n_data(const char *text) _format_arg_(1);
const char *i18n_data_plural(const char *one, const char *many, unsigned long count) _format_arg_(1)
	_format_arg_(2);

/*
 * A sentence that was made in English, since it is data: an error, a finding, what a check says.
 * What is drawn of it is this copy, in the operator's language as far as its format is translated
 * (`make po` finds formats of those calls by themselves). NULL stays NULL.
 */
char *i18n_sentence(const char *english);
/* Of one that becomes a part of other data, as D_() is. */
char *i18n_data_sentence(const char *english);
