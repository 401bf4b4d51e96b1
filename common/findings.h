/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Findings: everything a check noticed, at once, as data (schema xenhost.findings/1). Filled by the
 * checks of every program, printed by main functions. A finding never ends a program by itself.
 */
#pragma once

#include "common/json.h"
#include "common/macro.h"

enum severity { SEVERITY_NOTE, SEVERITY_WARNING, SEVERITY_ERROR };

struct finding {
	enum severity severity;
	char *file;            /* or NULL */
	unsigned line, column; /* from 1; 0 when there is no place */
	char *where;   /* what it is about: "primary-disk", "installation@mode", "disk sda" */
	char *message; /* one sentence */
	char *hint;    /* what to do, or NULL */
	/*
	 * It stops a run too: a wrong value, what decides what is erased, or, as a warning, what is
	 * right but not yet supported.
	 */
	bool fatal;
	struct json *more; /* an object: members that this check alone has, or NULL */
};

struct findings {
	struct finding *list;
	size_t count;
};

void findings_done(struct findings *findings);
#define _cleanup_findings_ _cleanup_(findings_done)

/* Adds one; the returned finding's hint and place may be filled in by the caller. */
struct finding *findings_add(struct findings *findings, enum severity severity, const char *where,
			     const char *format, ...) _printf_(4, 5);
void finding_set_hint(struct finding *finding, const char *format, ...) _printf_(2, 3);
/* One of the foreign texts that a finding quotes, made harmless for a terminal, in place. */
char *finding_tame(char *text);
/* The object of members beside those of every finding, made when there is none; borrowed. */
struct json *finding_more(struct finding *finding);
/* Puts every finding of `from` behind those of `to`; `from` is empty then. */
void findings_move(struct findings *to, struct findings *from);
void findings_sort(struct findings *findings); /* by file, line, column; stable */
bool findings_has_errors(const struct findings *findings);
/* Some finding is fatal: a run stops before any write. Other findings it shows and goes on. */
bool findings_has_fatal(const struct findings *findings);
/* "file:line:column: severity: message" with the hint on a line of its own. */
char *findings_to_text(const struct findings *findings);
struct json *findings_to_json(const struct findings *findings);
const char *severity_to_string(enum severity severity);
