/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The kernel command line as arguments: "key=value" and bare words, split at blanks except inside
 * quotes, which are dropped. Works on text that the caller has read; does no I/O.
 */
#pragma once

#include "common/macro.h"

/* Every argument, in order; "answerfile='http://h/a b'" is one of them. */
char **bootline_split(const char *line);
/* The value of the last "key=value", or NULL. Newly allocated. */
char *bootline_get(const char *line, const char *key);
/* The values of every "key=value", in order; NULL when there is none. */
char **bootline_get_all(const char *line, const char *key);
/* True when the bare word or any "key=value" is there. */
bool bootline_has(const char *line, const char *key);
