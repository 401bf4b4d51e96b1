/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Watching an installation without questions: its lines as they come, its screens while a plan is
 * carried out, its lines again, and where the machine stays, the screen of its end. The command
 * "watch", which init starts on every console, and what `run` shows on a terminal of its own.
 * Changes nothing: it can halt the installation during its last call, and leaves init a word.
 */
#pragma once

#include "common/fsroot.h"
#include "installer/execute/execute.h"
#include "installer/options.h"

/* The boot line's word that lines are enough; it speaks of installations without questions. */
#define FOLLOW_TOKEN "xenhost.ui"
#define FOLLOW_LINES "text"

/* xenhost-install watch [--console NAME]. `arguments` are those behind the command; returns the
 * exit code. */
int follow_command(int count, char **arguments);

enum follow_role {
	FOLLOW_INSTALL, /* go on: this process installs, in lines on stderr and stdout */
	FOLLOW_ENDED,   /* another one did, and was watched here */
	FOLLOW_ASK,     /* its answers want to be confirmed: nothing was done yet */
};

/* Before `run`: on a terminal that can show screens it goes on in a process of its own, which has
 * none, and this one shows it. *ret_code is the exit code then. */
enum follow_role follow_fork(struct install_options *options, int *ret_code);

/* How it ended, for those who watch; `plan` is NULL where it came to none. */
void follow_tell_end(const struct fsroot *root, const struct plan *plan,
		     const struct report *report, bool cancelled);

/* The screen of that, below a folder as RESULT_FOLDER is one. True when the machine shall restart
 * or be switched off: init has the word. */
bool follow_end(const char *folder);
