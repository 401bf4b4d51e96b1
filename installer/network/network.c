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

static void collect_time_servers(const struct fsroot *root, char ***servers)
{
	_cleanup_strv_ char **links = network_leases(root);

	for (char **link = links; link && *link; link++) {
		_cleanup_free_ char *value = link_lease_value(root, *link, "ntp");
		_cleanup_strv_ char **list = strv_split(value ? value : "", " ");

		for (char **server = list; server && *server; server++)
			if (!strv_contains(*servers, *server))
				strv_add(servers, *server);
	}
}

void network_set_clock(const struct fsroot *root)
{
	_cleanup_strv_ char **servers = NULL;
	_cleanup_strv_ char **argv = NULL;
	_cleanup_error_ struct error *error = NULL;
	struct proc proc = {.tag = TAG, .timeout_s = 15};

	collect_time_servers(root, &servers);
	if (!servers)
		return;
	argv = strv_split("chronyd -q -u root -t 10", " ");
	for (char **server = servers; *server; server++)
		strv_addf(&argv, "server %s iburst", *server);
	proc.argv = (const char *const *)argv;
	if (proc_run(&proc, NULL, &error) < 0) {
		_cleanup_free_ char *text = error_text(error);

		log_warning(TAG, "the clock could not be set: %s", text);
	}
}
