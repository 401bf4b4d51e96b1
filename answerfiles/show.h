/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The field table and answers as text for people: what `xenhost-answers show` and `reference`
 * print. answers_to_text() and answers_to_json() are declared in answers.h.
 */
#pragma once

#include "answerfiles/fields.h"

/* The Markdown table of every element and attribute, for docs/ANSWERFILE.md. */
char *fields_to_markdown(void);
/* The RELAX NG grammar of the format, for editors. */
char *fields_to_relaxng(void);
/* The row holds a value that `show` tells: neither an older way to say it nor only a default. */
bool field_is_shown(const struct field *field);
/* NULL when the row has no value there. Secrets and URL credentials are masked. */
char *answers_value(const struct answers *answers, const struct field *field, size_t index);
/* "file.xml:5", "default", "boot line" */
char *answers_value_origin(const struct answers *answers, const struct field *field, size_t index);
