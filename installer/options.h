/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command line of xenhost-install as data, and the two commands it chooses between. Filled by
 * main.c; only read by the commands. Holds no secret: URLs with passwords belong into a file.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"
#include "installer/plan/plan.h"

enum install_command {
	COMMAND_PLAN,
	COMMAND_RUN,
	COMMAND_SCREENS, /* no command: an operator is asked */
};

struct install_options {
	const char *answers; /* path or URL; NULL: the boot line's answerfile=, screens: none */
	const char *machine; /* "live", host JSON, captured folder or tarball; plan and screens */
	const char *source;  /* folder, manifest or URL; NULL: see inputs_source() */
	bool has_seed;
	uint8_t seed[PLAN_SEED_BYTES];
	bool has_time;
	int64_t time;
	const char *save; /* screens: where the answers go as a file; or NULL */
	bool json;        /* plan: the plan as JSON */
	/* plan: PEM files that https servers are shown who want to know who asks; the key's is the
	 * certificate's where NULL */
	const char *client_certificate, *client_key;
	bool events;           /* run: events as JSON lines on stdout */
	bool yes;              /* run: confirmed on the command line */
	const char *consoles;  /* run: names below /dev on which it can be halted; or NULL */
	const char *ask;       /* screens: those that are opened although nothing is missing */
	bool watched;          /* run: set by follow_fork() alone: another process shows it */
	const char *last_call; /* for how many seconds, see last_call_seconds(); or NULL */
};

/*
 * Reads the arguments behind the command's name. Kind ERROR_USAGE for what is wrong in them.
 * Options another command has are refused.
 */
int install_options_parse(enum install_command command, int argc, char **argv,
			  struct install_options *ret, struct error **err) _must_check_;

/* Both print results on stdout, the rest on stderr. */
int install_plan(const struct install_options *options, struct error **err) _must_check_;
int install_run(const struct install_options *options, struct error **err) _must_check_;
int install_screens(const struct install_options *options, struct error **err) _must_check_;
