/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The last screen: what was done or why it was not, what can be taken along, and what the machine
 * does next. Shown by whoever installed; does nothing to the machine itself.
 */
#pragma once

#include "common/tui/tui.h"
#include "installer/screens/keep.h"

enum screens_choice { SCREENS_REBOOT, SCREENS_POWEROFF, SCREENS_SHELL };

struct screens_ending {
	bool success;
	const char *title; /* of alone.h alone; end_title() else */
	const char *words; /* made of the report */
	const char *log;
	const struct screens_keep *keep; /* or NULL: nothing can be taken along */
	/* Gives the install medium out. NULL: it is none that a drive can give out. */
	int (*eject)(void *data, struct error **err);
	void *data;
};

/* What the operator wants next. Without a terminal: a reboot after success, else a shell. */
enum screens_choice screens_end(const struct screens_ending *ending);
const char *end_title(bool success);
/* Its words, after a failure with what the log said last; newly allocated. */
char *end_words(const struct screens_ending *ending);
/* The keys of such screens: log, answers, save log, shell. */
void end_key(const struct tui_result *result, const char *log, const struct screens_keep *keep);
