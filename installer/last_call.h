/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last call of an installation that nobody confirms: for a few seconds before the first write
 * the consoles say what will be erased, and a person at any of them can still halt it
 * (common/halt.h). Called by run.c; writes to no disk, and holds nothing up where nobody could
 * type.
 */
#pragma once

#include "installer/board.h"

#define LAST_CALL_SECONDS     10
#define LAST_CALL_SECONDS_MAX 3600

struct last_call {
	const char *folder;   /* where the consoles' nodes are: "/dev" */
	const char *consoles; /* their names with blanks between; NULL: the terminal of standard
			       * input, if it is one */
	int wait_ms;          /* 0: no call */
	const struct plan *plan;
	const struct board *board; /* those who watch it are listened to there; or NULL */
};

/* ERROR_CANCELLED when somebody halted it, or when the process was told to end meanwhile;
 * *ret_halted tells which. */
int last_call(const struct last_call *call, bool *ret_halted, struct error **err) _must_check_;

/*
 * How long: `option` (text, or NULL), else the boot line's xenhost.last-call=, else ten seconds.
 * ERROR_USAGE for the option, ERROR_USER for the boot line when it is no number of seconds.
 */
int last_call_seconds(const char *option, const char *command_line, unsigned *ret,
		      struct error **err) _must_check_;
