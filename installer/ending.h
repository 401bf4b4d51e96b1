/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the last screen says of an installation: what was done and how long it took, how the host is
 * reached and known, or why there is none. Pure: of plan and report alone. Used by watched.c and
 * run.c.
 */
#pragma once

#include "installer/execute/execute.h"

struct ending {
	const struct plan *plan; /* NULL: it ended before there was one */
	const struct report *report;
	const char *lease;         /* what DHCP gave this machine on the management NIC, or NULL */
	const char *answers, *log; /* where they are in the running installer; answers or NULL */
	bool medium;               /* an install medium is in */
};

/* Newly allocated. */
char *ending_words(const struct ending *ending);
