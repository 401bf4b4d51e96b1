/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a host can join a pool, from the records of both: every check that pool.join makes and
 * that can be known before, in its order, and those it forgets. Called by "check", by the join and
 * by the screens, which show all that was found at once. Reads nothing and asks nobody.
 */
#pragma once

#include "common/findings.h"
#include "firstboot/pool/side.h"

enum join_verdict {
	JOIN_WARNING,     /* the join works, what follows may not */
	JOIN_NEEDS_FORCE, /* pool.join refuses, pool.join_force does not */
	JOIN_BLOCKER,     /* the join must not be tried */
};
const char *join_verdict_to_string(enum join_verdict verdict);

/*
 * A row of the table of checks, for lists and documents. `code` is the error of pool.join, NULL for
 * what it does not check. `since` is the database schema of the first release known to make this
 * check, NULL for all of them; before that its findings are warnings.
 */
struct check {
	const char *name; /* stable: "ha-pool" */
	bool beforehand;  /* its answer follows from the pool, the hardware and the answers alone */
	enum join_verdict verdict;
	const char *code;
	const char *since;
	const char *compares; /* what is looked at, a few words */
	const char *meaning;  /* a sentence for the handbook */
	const char *fix;      /* a command or a menu */
};
const struct check *preflight_check(size_t index); /* NULL behind the last */

struct obstacle {
	const struct check *check;
	enum join_verdict verdict; /* of this case; at most the check's */
	const char *code;          /* the check's, or one of the others that it gives */
	char *message;             /* one sentence */
	char *here, *there;        /* the two values; NULL where a side has none */
	char *fix;                 /* for this case, with names and ids */
	char **params;             /* what pool.join would add to the code */
};

struct preflight {
	bool member; /* the host is in this pool already: nothing to join and nothing found */
	bool force;  /* for pool.join_force */
	struct obstacle *list;
	size_t count;
};

/* The same sides give the same result. `joining` and `pool` must be complete. */
void preflight_run(const struct side *joining, const struct side *pool, bool force,
		   struct preflight *ret);
void preflight_done(struct preflight *preflight);
/* Nothing found stops this join; what needs force stops it without. */
bool preflight_passes(const struct preflight *preflight);
/* The first obstacle that stops this join, or NULL. */
const struct obstacle *preflight_first(const struct preflight *preflight);
/* One line: the message and both values. Newly allocated. */
char *obstacle_sentence(const struct obstacle *obstacle);
/* For people, both values side by side. Newly allocated. */
char *preflight_to_text(const struct preflight *preflight);
/*
 * Appends to findings: blockers are errors, warnings are warnings, what needs force is an error
 * unless forced. "where" is the check's name; "verdict", "code", "params", "host" and "pool" stand
 * beside the usual members.
 */
void preflight_to_findings(const struct preflight *preflight, struct findings *findings);
/* The table of checks for the handbook, in Markdown. Newly allocated. */
char *preflight_reference(void);
