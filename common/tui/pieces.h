/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A sentence of the sources taken apart: words, printf's conversions, and the {names} of hardware
 * profiles. The catalogues' reader compares the two languages of a sentence by it, and fills one
 * with what stood in the other. Allocates nothing: pieces point into the text.
 */
#pragma once

#include "common/macro.h"

#define PIECES_MAX    48
#define ARGUMENTS_MAX 16

enum piece_kind { PIECE_WORDS, PIECE_VALUE, PIECE_NAME };

struct piece {
	enum piece_kind kind;
	const char *start; /* of a name without its braces */
	size_t length;
	unsigned argument; /* of a value: which one, from 0 */
	bool number;       /* a value of digits alone */
};

struct pieces {
	struct piece list[PIECES_MAX];
	size_t n;
	/* What printf would fetch: "s", "zu", "*"; they point into the text. */
	struct {
		const char *type;
		size_t length;
	} arguments[ARGUMENTS_MAX];
	size_t n_arguments;
	bool stars; /* widths are arguments too: what it was filled with cannot be told apart */
};

/* False when it is no format that printf() could be given, has %n or %m, or too many pieces. */
bool pieces_parse(const char *text, struct pieces *ret);
/* Both fetch the same arguments, of the same types, and have the same names. */
bool pieces_agree(const struct pieces *one, const struct pieces *other);
