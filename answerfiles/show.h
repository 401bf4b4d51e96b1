/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The field table and answers as text for people: what `xenhost-answers show` and `reference`
 * print. answers_to_text() and answers_to_json() are declared in answers.h.
 */
#pragma once

#include "answerfiles/answers.h"

/* The Markdown table of every element and attribute, for docs/ANSWERFILE.md. */
char *fields_to_markdown(void);
/* The RELAX NG grammar of the format, for editors. */
char *fields_to_relaxng(void);
