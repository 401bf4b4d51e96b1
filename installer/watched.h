/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An installation that somebody watches on screens: carries the plan out in a thread of its own,
 * hands the operator's decisions to it, and shows the end. Called when the plan is confirmed.
 */
#pragma once

#include "common/fsroot.h"
#include "hwdb/host.h"
#include "installer/execute/execute.h"
#include "installer/screens/end.h"

struct watched {
	const struct fsroot *root;
	const struct host *host;
	const struct plan *plan;
	const struct secrets *secrets;
	const char *xml; /* the answers as a file, without a plain password */
	struct payload *payload;
	bool medium; /* an install medium is in */
	/* Makes sure that there is a network that leads to this URL. */
	int (*reach)(const char *where, void *data, struct error **err);
	/* Hears of each event, in the installation's thread; or NULL. */
	void (*on_event)(const struct event *event, void *data);
	char *(*last_warning)(void *data); /* see execute_job */
	void *data;
};

/* As execute_run(); *ret is NULL when it did not even begin. */
int watched_run(const struct watched *watched, struct report **ret,
		struct error **err) _must_check_;
/* What the operator wants next. */
enum screens_choice watched_end(const struct watched *watched, const struct report *report);
/* What DHCP gave this machine on the host's management NIC, without the mask; or NULL. */
char *watched_lease(const struct fsroot *root, const struct plan *plan);
