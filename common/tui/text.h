/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Text as a terminal sees it: characters and columns of UTF-8, wrapping. Pure; broken UTF-8 counts
 * as one column a byte. Used in this folder alone.
 */
#pragma once

#include "common/macro.h"

/* For a terminal that shows ASCII alone: letters with marks, and quotes, count as what stands for
 * them there, "ae" for one. Off at first. */
void text_set_ascii(bool ascii);
/* Bytes of the character at `text`: at least 1, unless it ends there. *ret_columns is what it
 * takes on a screen. */
size_t text_character(const char *text, size_t *ret_columns);
size_t text_columns(const char *text);
/* Bytes of as many characters as have room in `columns`. */
size_t text_fit(const char *text, size_t columns);
/* Cleaned for a screen: control characters and broken UTF-8 are "?", with `ascii` all that is not
 * ASCII and has no letters that stand for it; line drawing is - | +. Cut at and filled up to
 * `columns`. Newly allocated. */
char *text_cell(const char *text, size_t columns, bool ascii);
/* Lines of at most `columns`, broken between words, at newlines, and in words that are longer. A
 * line that begins with blanks is continued below its first word. */
char **text_wrap(const char *text, size_t columns);
