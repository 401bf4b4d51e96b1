/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An answer file while it is being written: values by the names of the field table, and the text
 * made of them, each element with the table's own sentence above it. Used by `new` and `convert`.
 * Judges no value: whoever writes reads the text back with answers_from_xml().
 */
#pragma once

#include "answerfiles/fields.h"

struct draft_value {
	const struct field *field;
	size_t index; /* of an element that repeats, from 0 */
	char *value;
};

struct draft {
	struct draft_value *values;
	size_t n_values;
};

void draft_done(struct draft *draft);
#define _cleanup_draft_ _cleanup_(draft_done)
/* Takes the place of an older value of the same name and index. `name` as field_name() has it; it
 * must be one of the table that may stand in a file, which draft_field() tells. */
void draft_set(struct draft *draft, const char *name, size_t index, const char *value);
/* The row of that name, or NULL: hidden rows and those that hold no value are none. */
const struct field *draft_field(const char *name);
/* How many values a row has so far: the index of the next. */
size_t draft_count(const struct draft *draft, const char *name);
/* The first value of that name, or NULL. */
const char *draft_get(const struct draft *draft, const char *name);
/*
 * The whole file of two: rows for which `is_drafts` holds come from the draft, all others from
 * answers that were read. It is asked for elements of the root and for the root's attributes; what
 * stands in an element goes with it. `title` as below. Newly allocated; wipe before free().
 */
char *draft_over_answers(const struct draft *draft, const struct answers *answers,
			 const struct secrets *secrets,
			 bool (*is_drafts)(const struct field *field, const void *data),
			 const void *data, const char *title);
/* The whole file; `title` becomes the comment at its head. Newly allocated. */
char *draft_to_xml(const struct draft *draft, const char *title);
