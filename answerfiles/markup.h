/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An answer file as text: the walk over the field table that everybody shares who writes one. Where
 * the values come from is the caller's: answers that were read (writer.c), or values that a person
 * or a converter gave (tool/draft.c). Never judges a value.
 */
#pragma once

#include "answerfiles/fields.h"

/* An element's place: its number among those of its row in the parent, and the parent's number. */
struct markup_place {
	size_t parent, index;
};

struct markup {
	/* How many elements of this row stand in the parent with that number; 0 at the root. */
	size_t (*count)(const struct markup *markup, const struct field *element, size_t parent);
	/* Text of the element, or of an attribute of the element, at that place. Newly allocated;
	 * NULL leaves it out. */
	char *(*value)(const struct markup *markup, const struct field *field,
		       struct markup_place place);
	const void *data;
	bool restores;     /* the root is <restore>, which has no attributes */
	bool help;         /* the table's sentences stand above each element, as comments */
	const char *title; /* a comment at the head, or NULL */
};

/* Answers that were read, as what a markup is made of. Borrowed as long as the markup lives. */
struct markup_answers {
	const struct answers *answers;
	const struct secrets *secrets;
};
struct markup markup_of_answers(const struct markup_answers *from);

/* The whole file. Newly allocated. */
char *markup_to_xml(const struct markup *markup);
