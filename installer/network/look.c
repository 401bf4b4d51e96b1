/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which cables are plugged in: a NIC tells only while it is up. */
#include <time.h>

#include "common/clock.h"
#include "common/str.h"
#include "installer/network/links.h"

/* Copper at 1 Gb/s agrees on its speed in some 3 s (IEEE 802.3, clause 28 and 40). */
#define PATIENCE_S 4.0
#define POLL_MS    100

static bool all_have_carrier(const struct fsroot *root, const struct host *host)
{
	for (size_t i = 0; i < host->n_nics; i++)
		if (!link_has_carrier(root, host->nics[i].name))
			return false;
	return true;
}

void network_look(const struct fsroot *root, struct host *host)
{
	double end = clock_seconds() + PATIENCE_S;
	_cleanup_strv_ char **names = NULL;

	for (size_t i = 0; i < host->n_nics; i++)
		strv_add(&names, host->nics[i].name);
	links_set_up(names);
	while (!all_have_carrier(root, host) && clock_seconds() < end)
		nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
	for (size_t i = 0; i < host->n_nics; i++) {
		host->nics[i].has_link = true;
		host->nics[i].link = link_has_carrier(root, host->nics[i].name);
	}
}
