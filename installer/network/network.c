/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/network/network.h"

#include <time.h>

#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/network/links.h"

#define TAG "network"
/* Switches with spanning tree forward after 30 s, NICs negotiate for up to 5 s. */
#define CARRIER_TRIES_MS 8000
#define LEASE_TRIES_MS   45000
/* Once one NIC has an address, how long the others may still take. */
#define GRACE_MS 2000
#define POLL_MS  100

struct candidate {
	const struct host_nic *nic;
	char *link; /* the NIC, or the VLAN on it */
	char *address;
	bool carrier;
};

struct candidates {
	struct candidate *list;
	size_t count;
};

static void candidates_done(struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++) {
		free(candidates->list[i].link);
		free(candidates->list[i].address);
	}
	free(candidates->list);
}

static void wait_a_moment(void)
{
	nanosleep(&(struct timespec){.tv_nsec = POLL_MS * 1000000L}, NULL);
}

static int choose(const struct host *host, const struct network_config *config,
		  struct candidates *ret, struct error **err)
{
	_cleanup_strbuf_ struct strbuf there = {0};

	for (size_t i = 0; i < host->n_nics; i++) {
		const struct host_nic *nic = &host->nics[i];

		strbuf_addf(&there, "%s%s (%s)", i ? ", " : "", nic->name,
			    nic->mac ? nic->mac : "no MAC");
		if (str_eq(config->device, "all") || str_eq(config->device, nic->name) ||
		    str_eq(config->device, nic->mac)) {
			struct candidate *candidate = ARRAY_APPEND(ret->list, ret->count);

			candidate->nic = nic;
			candidate->link = xstrdup(nic->name);
		}
	}
	if (ret->count)
		return 0;
	if (!host->n_nics) {
		error_set(err, ERROR_NETWORK, "this machine has no network interface");
		return error_hint(err, "Its driver may be missing: see xenhost-hwinfo show.");
	}
	error_set(err, ERROR_USER, "boot line: no network interface is \"%s\"", config->device);
	return error_hint(err, "There are: %s.", there.text);
}

static size_t count_carriers(const struct fsroot *root, struct candidates *candidates)
{
	size_t count = 0;

	for (size_t i = 0; i < candidates->count; i++) {
		struct candidate *candidate = &candidates->list[i];

		candidate->carrier = link_has_carrier(root, candidate->nic->name);
		count += candidate->carrier;
	}
	return count;
}

/* `grace_ms`: how long the others may still take once one has a carrier. */
static int wait_for_carriers(const struct fsroot *root, struct candidates *candidates,
			     unsigned grace_ms, struct error **err)
{
	unsigned grace = 0;

	for (size_t i = 0; i < candidates->count; i++) {
		int r = link_set_up(candidates->list[i].nic->name, err);

		if (r < 0)
			return r;
	}
	for (unsigned waited = 0; waited < CARRIER_TRIES_MS; waited += POLL_MS) {
		size_t count = count_carriers(root, candidates);

		if (count == candidates->count || (count && (grace += POLL_MS) > grace_ms))
			break;
		if (proc_cancelled())
			return error_set(err, ERROR_CANCELLED, "cancelled");
		wait_a_moment();
	}
	return 0;
}

static int configure(const struct fsroot *root, struct candidate *candidate,
		     const struct network_config *config, struct error **err)
{
	int r;

	if (config->vlan) {
		char *link = NULL;

		r = link_add_vlan(candidate->nic->name, config->vlan, &link, err);
		if (r < 0)
			return r;
		free(candidate->link);
		candidate->link = link;
	}
	if (!config->is_static)
		return link_start_dhcp(candidate->link, err);
	r = link_set_static(root, candidate->link, config, err);
	if (r == 0)
		candidate->address = xasprintf("%s/%u", config->ip, config->prefix);
	return r;
}

static size_t count_addresses(const struct fsroot *root, struct candidates *candidates)
{
	size_t count = 0;

	for (size_t i = 0; i < candidates->count; i++) {
		struct candidate *candidate = &candidates->list[i];

		if (!candidate->address)
			candidate->address = link_lease_address(root, candidate->link);
		count += candidate->address != NULL;
	}
	return count;
}

static int wait_for_addresses(const struct fsroot *root, struct candidates *candidates,
			      struct error **err)
{
	unsigned grace = 0;
	size_t hoped_for = 0;

	for (size_t i = 0; i < candidates->count; i++)
		hoped_for += candidates->list[i].carrier;
	for (unsigned waited = 0; waited < LEASE_TRIES_MS; waited += POLL_MS) {
		size_t count = count_addresses(root, candidates);

		if (count >= hoped_for || (count && (grace += POLL_MS) > GRACE_MS))
			break;
		if (proc_cancelled())
			return error_set(err, ERROR_CANCELLED, "cancelled");
		wait_a_moment();
	}
	return 0;
}

/* Networks without IPv4: the kernel has taken an address from router advertisements by now, and
 * DHCPv6 tells the name servers. */
static void try_v6(const struct fsroot *root, struct candidates *candidates)
{
	for (size_t i = 0; i < candidates->count; i++) {
		struct candidate *candidate = &candidates->list[i];
		_cleanup_error_ struct error *error = NULL;

		if (!candidate->carrier)
			continue;
		if (link_start_dhcp6(candidate->link, &error) < 0) {
			_cleanup_free_ char *text = error_text(error);

			log_warning(TAG, "%s", text);
		}
		if (link_has_global_v6(root, candidate->link))
			candidate->address = xstrdup("IPv6");
	}
}

static int no_address(const struct candidates *candidates, struct error **err)
{
	_cleanup_strbuf_ struct strbuf states = {0};

	for (size_t i = 0; i < candidates->count; i++) {
		const struct candidate *candidate = &candidates->list[i];

		strbuf_addf(&states, "%s%s (%s, %s): %s", i ? "; " : "", candidate->link,
			    candidate->nic->mac ? candidate->nic->mac : "no MAC",
			    candidate->nic->driver ? candidate->nic->driver : "no driver",
			    candidate->carrier ? "link, but no answer to DHCP"
					       : "no link, is the cable in?");
	}
	error_set(err, ERROR_NETWORK, "no network interface got an address");
	return error_hint(err, "%s.", states.text);
}

int network_up(const struct fsroot *root, const struct host *host,
	       const struct network_config *config, struct error **err)
{
	_cleanup_(candidates_done) struct candidates candidates = {0};
	int r = fsroot_mkdir(root, NETWORK_STATE_FOLDER, 0755);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot make " NETWORK_STATE_FOLDER);
	r = choose(host, config, &candidates, err);
	if (r == 0)
		r = wait_for_carriers(root, &candidates, GRACE_MS, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < candidates.count; i++) {
		if (!candidates.list[i].carrier)
			continue;
		r = configure(root, &candidates.list[i], config, err);
		if (r < 0)
			return r;
	}
	r = wait_for_addresses(root, &candidates, err);
	if (r < 0)
		return r;
	if (!count_addresses(root, &candidates))
		try_v6(root, &candidates);
	if (!count_addresses(root, &candidates))
		return no_address(&candidates, err);
	for (size_t i = 0; i < candidates.count; i++)
		log_info(TAG, "%s: %s", candidates.list[i].link,
			 candidates.list[i].address   ? candidates.list[i].address
			 : candidates.list[i].carrier ? "link, no address"
						      : "no link");
	return 0;
}

int network_links_up(const struct fsroot *root, const struct host *host, struct error **err)
{
	static char all[] = "all";
	const struct network_config config = {.device = all};
	_cleanup_(candidates_done) struct candidates candidates = {0};
	int r = choose(host, &config, &candidates, err);

	return r < 0 ? r : wait_for_carriers(root, &candidates, CARRIER_TRIES_MS, err);
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
