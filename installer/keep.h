/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Writes what an operator takes along from the last screens: the answers and the log, onto a stick
 * or to a web server. The functions behind struct screens_keep; used by watched.c. Never writes to
 * a disk of the installation.
 */
#pragma once

#include "common/fsroot.h"
#include "installer/hardware/stick.h"
#include "installer/plan/plan.h"
#include "installer/screens/keep.h"

/* Of the boot line: where answers and log are sent, unless somebody wants something else. */
#define KEEP_TOKEN "xenhost.keep"

struct keep {
	const struct fsroot *root;
	const struct host *host;
	const struct plan *plan; /* its disks are no sticks */
	const char *answers;     /* the file's text, without a plain password */
	bool lacks_password;     /* of the pool, although there is one */
	const char *log;         /* path */
	/* Makes sure that there is a network that leads to this URL. */
	int (*reach)(const char *where, void *data, struct error **err);
	void *data;
	/* Its own: what was found last. */
	struct host *now;
	struct sticks sticks;
	char *url;
};

struct screens_keep keep_for_screens(struct keep *keep); /* borrows it */
void keep_done(struct keep *keep);
