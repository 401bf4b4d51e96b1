/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Profiles: what a machine must be for a purpose, as data. An INI file with one section a rule; the
 * ones we ship are part of the program, labs write their own. docs/HARDWARE.md has the format.
 * Reading one finds every mistake in it with file and line; judging is verdict.h's.
 */
#pragma once

#include "common/findings.h"
#include "hwdb/facts.h"

enum rule_operator {
	OPERATOR_KNOWN, /* not null; for a box: there */
	OPERATOR_IS,
	OPERATOR_IS_NOT,
	OPERATOR_ONE_OF,
	OPERATOR_MATCHES, /* a pattern with * and ? */
	OPERATOR_MATCHES_NOT,
	OPERATOR_AT_LEAST,
	OPERATOR_AT_MOST,
	OPERATOR_COUNT_AT_LEAST, /* so many values, whatever they are */
	OPERATOR_COUNT_AT_MOST,
};

/* What a value that is not known means for a rule. */
enum rule_unknown { UNKNOWN_WARN, UNKNOWN_SKIP, UNKNOWN_FAIL };

/* The keys of a rule's section. */
enum rule_key {
	RULE_TITLE,
	RULE_FACT,
	RULE_OPERATOR,
	RULE_VALUE,
	RULE_NEED,
	RULE_SEVERITY,
	RULE_UNKNOWN,
	RULE_PROBLEM,
	RULE_WHY,
	RULE_HINT,
};
#define RULE_KEYS (RULE_HINT + 1)

struct rule_text {
	char *value; /* NULL: not given */
	char *file;
	unsigned line;
};

struct rule {
	char *name;
	struct rule_text texts[RULE_KEYS];
	/* What the texts mean. */
	struct fact_path path;
	enum rule_operator op;
	char **values;   /* of the operator; one but for "one-of" */
	uint64_t number; /* for operators that count or compare numbers */
	bool any;        /* one of several values is enough */
	bool off;
	enum severity severity;
	enum rule_unknown unknown;
};

struct profile {
	char *name, *title;
	struct rule *rules;
	size_t n;
};

void profile_free(struct profile *profile);
DEFINE_CLEANUP(struct profile *, profile_free)
#define _cleanup_profile_ _cleanup_(profile_freep)

/* One that is shipped ("host", "pool-member", "passthrough"), or a file: a name with a slash or a
 * dot in it. A mistake is an ERROR_USAGE that names file and line. */
int profile_load(const char *name, struct profile **ret, struct error **err) _must_check_;
/* From text; `file` stands in errors. What it extends is loaded by name. */
int profile_parse(const char *text, size_t length, const char *file, struct profile **ret,
		  struct error **err) _must_check_;

/* The text of a profile that is shipped, or NULL. */
const char *profile_builtin(const char *name, size_t *ret_length);
/* Names of all of them, ended by NULL. */
extern const char *const profile_builtin_names[];

/* Whether a rule's field bears truth values, numbers. */
bool rule_is_bool(const struct rule *rule);
bool rule_is_number(const struct rule *rule);
/* A number with its unit for people, by the fact's name: "1.0 GiB", "1000 Mb/s". */
char *rule_value_words(const struct rule *rule, const char *value);
