/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A catalogue of translations as gettext's msgfmt writes it (gettext's manual, "The Format of GNU
 * MO Files"), in the machine's byte order. Its bytes are not believed: what points outside of them
 * makes it none, and a translation that printf() would fetch other arguments for is not given out.
 * language.c alone calls it. Opens no file, and owns nothing.
 */
#pragma once

#include "common/macro.h"

struct mo_string;

struct catalogue {
	const char *bytes; /* aligned for a uint32_t */
	size_t size, count;
	const struct mo_string *originals, *translations; /* originals are sorted */
	bool many_above_one; /* plural from 2 on, as in French; else of all but 1 */
};

/* False when it is none, or is damaged. *ret points into the bytes. */
bool catalogue_read(const char *bytes, size_t size, struct catalogue *ret);
/* The English of an entry below `count`; of a plural its first form. */
const char *catalogue_original(const struct catalogue *from, size_t index);
/* NULL when there is none that is safe to use in place of `text`. */
const char *catalogue_text(const struct catalogue *from, const char *text);
const char *catalogue_plural(const struct catalogue *from, const char *one, const char *many,
			     unsigned long count);
/*
 * A sentence that was made in English already, by the entry whose words are most of it: with what
 * it was filled with in its places. Of "sentence: cause: cause" each. Newly allocated; NULL when
 * no part of it is known.
 */
char *catalogue_sentence(const struct catalogue *from, const char *text);
