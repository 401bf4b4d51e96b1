/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the wizard was told, by the names of the field table: texts, as they stand in an answer
 * file. Filled with how the host is set up (firstboot/settings.h), changed by the screens, and made
 * answers by the reader of answer files, so that a running host takes what a file may say and
 * nothing else. Holds passwords, which are wiped.
 */
#pragma once

#include "answerfiles/fields.h"
#include "common/tui/tui.h"

struct wizard_value {
	const char *name; /* a question's */
	char *text;
};

struct wizard_values {
	struct wizard_value *list;
	size_t count;
};

void wizard_values_done(struct wizard_values *values);
#define _cleanup_wizard_values_ _cleanup_(wizard_values_done)
void wizard_values_copy(const struct wizard_values *values, struct wizard_values *ret);
const char *wizard_get(const struct wizard_values *values, const char *name); /* never NULL */
/* `name` must be one of a question; it lives on. NULL is "". */
void wizard_set(struct wizard_values *values, const char *name, const char *text);
bool wizard_same(const struct wizard_values *a, const struct wizard_values *b, const char *name);

/* How a field is asked for; one row a field that the wizard knows. */
struct wizard_question {
	const char *name;
	enum tui_kind kind;
	const char *only_with, *value; /* asked only while that field has this value; or NULL */
	const char *required;          /* what is said when it is empty, or NULL */
	const char *label;             /* or NULL: the field table's */
	const char *help;              /* or NULL, likewise */
};
extern const struct wizard_question wizard_questions[]; /* the last has no name */
const struct wizard_question *wizard_question(const char *name);
/* The name as a question has it, for wizard_set(). NULL when there is none. */
const char *wizard_name(const char *name);
/* The words that a field offers, as people read them: NULL for a word that is not offered. */
const char *wizard_word(const char *name, const char *word);
/* It has a meaning, as the others are now. */
bool wizard_asks(const struct wizard_values *values, const char *name);

/*
 * The answers that the values mean, with everything that is wrong in them and has a question:
 * `findings` may hold errors when this gives 0. A name that the host gets by DHCP is none.
 */
int wizard_answers(const struct wizard_values *values, struct answers **ret,
		   struct secrets *ret_secrets, struct findings *findings) _must_check_;
