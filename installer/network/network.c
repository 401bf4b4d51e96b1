/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/network/network.h"

#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/network/links.h"

#define TAG "network"
/* How long a link may take to show. */
#define LINKS_S 8.0
#define POLL_MS 100

static bool all_have_carrier(const struct fsroot *root, char *const *names)
{
	for (; names && *names; names++)
		if (!link_has_carrier(root, *names))
			return false;
	return true;
}

int network_links_up(const struct fsroot *root, const struct host *host, struct error **err)
{
	_cleanup_strv_ char **names = NULL;
	double end = clock_seconds() + LINKS_S;

	for (size_t i = 0; i < host->n_nics; i++)
		strv_add(&names, host->nics[i].name);
	if (!names) {
		error_set(err, ERROR_NETWORK, "this machine has no network interface");
		return error_hint(err, "Its driver may be missing: see xenhost-hwinfo show.");
	}
	links_set_up(names);
	while (!all_have_carrier(root, names) && clock_seconds() < end) {
		if (proc_cancelled())
			return error_set(err, ERROR_CANCELLED, "cancelled");
		nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
	}
	return 0;
}
