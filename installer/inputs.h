/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What both commands gather before there is a plan: the answers with the boot line over them, the
 * source, seed and time. Reads files and URLs, never a disk; writes nothing.
 */
#pragma once

#include "answerfiles/answers.h"
#include "common/fsroot.h"
#include "installer/options.h"
#include "installer/payload/source.h"

/* Where init mounts the install medium, and the source on it. */
#define INSTALL_MEDIUM        "/run/xenhost/medium"
#define INSTALL_MEDIUM_SOURCE INSTALL_MEDIUM "/xenhost"

/*
 * Loads and checks the answers: as the recorded `host` (or NULL) would ask for them, with its boot
 * line over them; and with `source` (the option, or NULL) they need none of their own. What was
 * found is printed on stderr and logged. Fails with ERROR_USER when a finding stands in something
 * that decides what is destroyed (design §3.8).
 */
int inputs_answers(const char *where, const struct host *host, const char *source,
		   struct answers **ret, struct secrets *ret_secrets,
		   struct error **err) _must_check_;

/* What stands beside a file of answers; every member may be NULL. */
struct inputs_beside {
	const char *command_line;
	const char *source;       /* the option */
	char *const *authorities; /* trusted for HTTPS beside the system's and the answers' */
	bool only_planned;        /* nothing will be done: secrets may be missing */
	/* What an operator will be asked for, by a finding's `where`: it ends nothing. */
	bool (*is_asked)(const char *where);
};

/* The same for answers that were read already. */
int inputs_judge(struct answers *answers, struct secrets *secrets, struct findings *findings,
		 const struct inputs_beside *beside, struct error **err) _must_check_;

/*
 * Where the system comes from: `option`, else our own element or boot-line token, else the answer
 * file's first <source>, else the install medium. Newly allocated.
 */
int inputs_source(const char *option, const struct answers *answers, const struct fsroot *root,
		  char **ret, struct error **err) _must_check_;

/* The manifest of what inputs_source() names, for plans that nobody carries out. */
int inputs_manifest(const char *option, const struct answers *answers, struct source **ret,
		    struct error **err) _must_check_;

/*
 * The certificate that xenhost.source-fingerprint= of the boot line names, for whoever opens a
 * source without answers; those bring it themselves (inputs_judge()).
 */
int inputs_hold_source(const char *command_line, struct error **err) _must_check_;

/* Seed and time as given, else drawn from the kernel and read from the clock. */
int inputs_seed(const struct install_options *options, uint8_t ret[PLAN_SEED_BYTES],
		int64_t *ret_time, struct error **err) _must_check_;

/* Prints findings on stderr and logs them. */
void inputs_show_findings(const struct findings *findings);
