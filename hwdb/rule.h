/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One rule of a profile: its words, what they mean, and whether they fit each other. Called by the
 * reader of profiles; knows nothing of files beyond the names and lines that its texts bear.
 */
#pragma once

#include "hwdb/profile.h"

/* -EINVAL for a word that names none. */
int rule_key_from_string(const char *text, enum rule_key *ret) _must_check_;
/* What may have been meant by a key that is none. Newly allocated. */
char *rule_key_hint(const char *word);

/* Fills what the texts mean; the error names file and line of what is wrong. */
int rule_compile(struct rule *rule, struct error **err) _must_check_;

/* What stands for a value that is not known. */
#define RULE_UNKNOWN_WORD "unknown"
/* `template` with each {word} replaced: {measured}, {required}, {value}, a member of the fact's
 * box, or the path of a single fact. */
char *rule_fill(const struct rule *rule, const char *template, const struct json *document,
		const struct fact *fact, const char *measured, const char *required);
/* The first {word} of `template` that is none of those, newly allocated, or NULL. */
char *rule_wrong_word(const struct rule *rule, const char *template);
