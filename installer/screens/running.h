/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What is read on the screens of a running installation: how far it is, what it does, what became
 * of the disks. Pure but for the last lines of the log. Used by watch.c and end.c.
 */
#pragma once

#include "installer/screens/progress.h"
#include "installer/screens/stall.h"

/* The screen's state beside what the installation tells. */
struct watch_words {
	double now, started; /* seconds */
	double step_started;
	const char *log; /* its last line is shown; or NULL */
	const struct stall *stall;
	const char *note; /* what was done about the source, or NULL */
	bool asked, stopping;
	bool alone; /* nobody is expected to decide anything */
};

/* With the lock held. */
char *progress_words(const struct screens_progress *progress, const struct watch_words *words);
bool progress_changed(const struct screens_progress *progress);
/* What a stop now would leave behind. */
const char *progress_disks(const struct screens_progress *progress);
/* Why a step failed, for whoever decides what becomes of it. */
char *step_failure_words(const struct screens_progress *progress, const char *log);
/* Up to `count` of a file's last lines; "" when there are none. */
char *last_lines(const char *path, size_t count);
