/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screens of an installation at the console: questions to answers and a confirmed plan, then
 * its progress and its end. Called by `xenhost-install` without a command. Reads no machine and
 * changes none: what the screens need done, the caller does for them.
 */
#pragma once

#include "answerfiles/answers.h"
#include "common/findings.h"
#include "hwdb/host.h"
#include "installer/plan/plan.h"

struct screens_setup {
	const struct host *host;
	const struct findings *hardware; /* what the profile has to say of it */
	const char *report;              /* the machine in words, for F5 */
	const char *source;              /* named already, so that nobody is asked; or NULL */
	bool medium;                     /* an install medium is there */
	bool recorded;                   /* another machine's record: nothing will be installed */
	const char *log;                 /* the log's path, or NULL */
	uint8_t seed[PLAN_SEED_BYTES];
	int64_t time;
	/* What is known already, as of an answer file: only screens where something is missing or
	 * wrong (`findings`) open, and those that `ask` names. NULL: all of them. */
	const struct answers *answers;
	const struct secrets *secrets;
	const struct findings *findings;
	char *const *ask;
	int last_call_ms; /* how long an installation that nobody was asked about can be halted */
	/* Opens the source that the answers name, over the network they describe. *ret is
	 * borrowed until the next call. */
	int (*open_source)(const struct answers *answers, const struct source **ret, void *data,
			   struct error **err);
	/* Makes it the console's, -errno when it cannot; NULL: no virtual terminal, which has one.
	 */
	int (*keymap)(const char *name, void *data);
	/* The network that the answers describe, for the installer; NULL: it is there. */
	int (*link_up)(const struct answers *answers, void *data, struct error **err);
	/* Looks at the machine anew: host, hardware and report of this setup are others then. On
	 * failure they stay. Or NULL. */
	int (*rescan)(void *data, struct error **err);
	void *data;
};

struct screens_result {
	struct answers *answers;
	struct secrets secrets;
	char *xml; /* the same as an answer file, root's password as a hash, without the pool's */
	struct plan *plan;
};

void screens_result_done(struct screens_result *result);
#define _cleanup_screens_result_ _cleanup_(screens_result_done)

/* Whether a screen asks for what a finding names: "admin-interface/ip". */
bool screens_ask_for(const char *where);
const char *screens_name(size_t index); /* "network"; NULL behind the last */

/* Takes the terminal over, and gives it back. ERROR_USER when there is none. */
int screens_open(const char *brand, struct error **err) _must_check_;
void screens_close(void);
/* The language of the screens, such as "de"; false when they do not speak it. Between the two. */
bool screens_speak(const char *locale);

/*
 * Asks until a plan is confirmed. ERROR_CANCELLED when the operator leaves, or the terminal goes.
 * screens_open() comes first.
 */
int screens_ask(const struct screens_setup *setup, struct screens_result *ret,
		struct error **err) _must_check_;
