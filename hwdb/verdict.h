/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Verdicts: what each rule of a profile says of a host, with what was measured and required. Filled
 * by verdicts_judge(), printed by "xenhost-hwinfo check". Never reads the machine.
 */
#pragma once

#include "hwdb/profile.h"

enum verdict_result { VERDICT_PASS, VERDICT_WARN, VERDICT_FAIL, VERDICT_UNKNOWN };
#define VERDICT_RESULTS (VERDICT_UNKNOWN + 1)

/* One thing that a rule found wrong. */
struct offence {
	char *where; /* "nic eth0", "cpu" */
	char *message;
	char *hint; /* or NULL */
};

struct verdict {
	const struct rule *rule;
	enum verdict_result result;
	char *measured, *required; /* for people */
	struct offence *offences;  /* with PASS: notes */
	size_t n_offences;
};

struct verdicts {
	const struct profile *profile; /* borrowed */
	struct verdict *list;
	size_t n;
};

void verdicts_judge(const struct profile *profile, const struct host *host, struct verdicts *ret);
void verdicts_done(struct verdicts *verdicts);
#define _cleanup_verdicts_ _cleanup_(verdicts_done)

const char *verdict_result_to_string(enum verdict_result result); /* "pass", "warn", ... */
/* How many bear this result. */
size_t verdicts_count(const struct verdicts *verdicts, enum verdict_result result);

/* The findings contract: one finding an offence. */
void verdicts_to_findings(const struct verdicts *verdicts, struct findings *findings);
/* xenhost.findings/1 with "profile" and "verdicts" beside the findings. */
struct json *verdicts_to_json(const struct verdicts *verdicts);
char *verdicts_to_text(const struct verdicts *verdicts);
/* Two lines: how many rules passed and failed, and whether the machine fits. */
char *verdicts_summary(const struct verdicts *verdicts);
/* JUnit's XML: a rule is a test case; warnings pass with their text as output. */
char *verdicts_to_junit(const struct verdicts *verdicts);
