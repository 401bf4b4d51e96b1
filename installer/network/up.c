/* SPDX-License-Identifier: GPL-3.0-or-later */
/* All links at once: each is tried from the moment it has a carrier, and the first that leads to
 * where something is to be fetched wins. */
#include <errno.h>
#include <fcntl.h>

#include "common/clock.h"
#include "common/http.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/network/attempt.h"
#include "installer/network/links.h"

#define TAG  "network"
#define BOND "bond0"
/* NICs reset and negotiate for up to 10 s, those of 10 Gb/s over copper longest. */
#define CARRIER_S 15.0
/* Switches with spanning tree forward 30 s after the link came up (IEEE 802.1D, twice 15 s). */
#define LEASE_S 45.0
/* However many links come up one after the other. */
#define LIMIT_S 120.0
/* How much longer the NIC that the machine was booted over may take, or the others when nobody says
 * where to. */
#define GRACE_S 2.0
#define WAIT_MS 200

static double carrier_s = CARRIER_S, lease_s = LEASE_S;

struct up {
	struct attempts_shared shared;
	struct link_events events;
	struct attempt *list;
	size_t count;
	double started, last_carrier;
};

void network_set_patience(double carrier, double lease)
{
	carrier_s = carrier;
	lease_s = lease;
}

static void up_done(struct up *up)
{
	pthread_mutex_lock(&up->shared.lock);
	up->shared.stop = true;
	pthread_cond_broadcast(&up->shared.news);
	pthread_mutex_unlock(&up->shared.lock);
	for (size_t i = 0; i < up->count; i++)
		attempt_done(&up->list[i]);
	free(up->list);
	link_events_close(&up->events);
	pthread_cond_destroy(&up->shared.news);
	pthread_mutex_destroy(&up->shared.lock);
}

static const struct host_nic *find_nic(const struct host *host, const char *word)
{
	for (size_t i = 0; i < host->n_nics; i++)
		if (str_eq(word, host->nics[i].name) || str_eq(word, host->nics[i].mac))
			return &host->nics[i];
	return NULL;
}

static int no_such_nic(const struct host *host, const char *word, struct error **err)
{
	_cleanup_strbuf_ struct strbuf there = {0};

	if (!host->n_nics) {
		error_set(err, ERROR_NETWORK, "this machine has no network interface");
		return error_hint(err, "Its driver may be missing: see xenhost-hwinfo show.");
	}
	for (size_t i = 0; i < host->n_nics; i++)
		strbuf_addf(&there, "%s%s (%s)", i ? ", " : "", host->nics[i].name,
			    host->nics[i].mac ?: "no MAC");
	error_set(err, ERROR_USER, "boot line: no network interface is \"%s\"", word);
	return error_hint(err, "There are: %s.", there.text);
}

static void add_attempt(struct up *up, const struct host_nic *nic, const char *link)
{
	struct attempt *attempt = ARRAY_APPEND(up->list, up->count);

	*attempt = (struct attempt){
		.shared = &up->shared,
		.nic = nic,
		.base = xstrdup(link),
		.link = xstrdup(link),
		.booted = nic->boot,
	};
}

static int choose_bond(struct up *up, const struct host *host, struct error **err)
{
	const struct network_config *config = up->shared.config;
	const struct host_nic *first = NULL;
	_cleanup_strv_ char **ports = NULL;
	int r;

	for (char **port = config->bond; *port; port++) {
		const struct host_nic *nic = find_nic(host, *port);

		if (!nic)
			return no_such_nic(host, *port, err);
		first = first ?: nic;
		strv_add(&ports, nic->name);
	}
	r = link_add_bond(up->shared.root, BOND, config->bond_mode, ports, config->anew, err);
	if (r == 0)
		add_attempt(up, first, BOND);
	return r;
}

static int choose(struct up *up, const struct host *host, struct error **err)
{
	const struct network_config *config = up->shared.config;
	_cleanup_strv_ char **names = NULL;
	int r;

	if (config->bond)
		return choose_bond(up, host, err);
	for (size_t i = 0; i < host->n_nics; i++) {
		const struct host_nic *nic = &host->nics[i];

		if (!str_eq(config->device, "all") && !str_eq(config->device, nic->name) &&
		    !str_eq(config->device, nic->mac))
			continue;
		r = config->anew ? link_leave_bond(up->shared.root, nic->name, err) : 0;
		if (r < 0)
			return r;
		add_attempt(up, nic, nic->name);
		strv_add(&names, nic->name);
	}
	if (!up->count)
		return no_such_nic(host, config->device, err);
	links_set_up(names);
	return 0;
}

/*
 * Values of the kernel's ip-sysctl. Two NICs of one machine in one network: each answers for its
 * own address alone, so that what is tried over one link is not answered over the other. And where
 * large packets get lost without a word, what is sent is sent in smaller ones after a while.
 */
static void set_kernel(const struct fsroot *root)
{
	static const struct {
		const char *path, *value;
	} settings[] = {
		{"/proc/sys/net/ipv4/conf/all/arp_ignore", "1"},
		{"/proc/sys/net/ipv4/conf/all/arp_announce", "2"},
		{"/proc/sys/net/ipv4/tcp_mtu_probing", "1"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(settings); i++) {
		_cleanup_close_ int fd =
			fsroot_open_fd(root, settings[i].path, O_WRONLY | O_CLOEXEC);

		if (fd < 0 || write(fd, settings[i].value, 1) != 1)
			log_debug(TAG, "cannot write %s", settings[i].path);
	}
}

static int start_new_ones(struct up *up, struct error **err)
{
	int r = 0;

	for (size_t i = 0; i < up->count && r == 0; i++) {
		struct attempt *attempt = &up->list[i];

		if (attempt->started || !link_has_carrier(up->shared.root, attempt->base))
			continue;
		up->last_carrier = attempt->carrier_since = clock_seconds();
		r = attempt_start(attempt, err);
	}
	return r;
}

/* The first that was done, or the one that the machine was booted over, be it later. */
static struct attempt *first_done(struct up *up)
{
	struct attempt *first = NULL;

	for (size_t i = 0; i < up->count; i++) {
		struct attempt *attempt = &up->list[i];

		if (attempt->state != ATTEMPT_DONE)
			continue;
		if (attempt->booted)
			return attempt;
		if (!first || attempt->done_at < first->done_at)
			first = attempt;
	}
	return first;
}

static bool any_in(const struct up *up, bool booted_only, unsigned states)
{
	for (size_t i = 0; i < up->count; i++)
		if ((up->list[i].booted || !booted_only) && states & 1U << up->list[i].state)
			return true;
	return false;
}

#define UNDECIDED (1U << ATTEMPT_DARK | 1U << ATTEMPT_ASKING | 1U << ATTEMPT_NO_WAY)

/* Under the lock. Who is worth waiting for, when one is done? */
static struct attempt *winner(struct up *up)
{
	struct attempt *first = first_done(up);
	bool wait;

	if (!first || clock_seconds() > first->done_at + GRACE_S)
		return first;
	if (!up->shared.goal)
		wait = any_in(up, false, UNDECIDED);
	else
		wait = !first->booted && any_in(up, true, UNDECIDED);
	return wait ? NULL : first;
}

/* Under the lock: true when further waiting changes nothing. */
static bool is_hopeless(const struct up *up)
{
	double now = clock_seconds();
	unsigned trying = 1U << ATTEMPT_ASKING | 1U << ATTEMPT_NO_WAY;

	if (now < up->started + carrier_s && any_in(up, false, 1U << ATTEMPT_DARK))
		return false;
	return !any_in(up, false, trying) || now > up->last_carrier + lease_s ||
	       now > up->started + LIMIT_S;
}

static char *state_text(const struct attempt *attempt)
{
	switch (attempt->state) {
	case ATTEMPT_DARK:
		return xstrdup("no link, is the cable in?");
	case ATTEMPT_ASKING:
		return xstrdup("link, but no answer to DHCP");
	case ATTEMPT_NO_WAY:
	case ATTEMPT_HOPELESS:
		return xasprintf("%s: %s", attempt->address ?: "no address any more",
				 attempt->reason);
	case ATTEMPT_BROKEN:
		return xstrdup(attempt->reason);
	case ATTEMPT_DONE:
		return xstrdup(attempt->address);
	}
	return NULL;
}

static char *describe(const struct attempt *attempt)
{
	_cleanup_free_ char *state = state_text(attempt);
	const struct host_nic *nic = attempt->nic;
	bool alone = attempt->state != ATTEMPT_DARK && attempt->state != ATTEMPT_DONE &&
		     link_lacks_lacp(attempt->shared->root, attempt->base);

	return xasprintf("%s (%s, %s): %s%s", attempt->link, nic->mac ?: "no MAC",
			 nic->driver ?: "no driver", state,
			 alone ? "; the switch speaks no LACP on these ports" : "");
}

static int no_network(const struct up *up, struct error **err)
{
	_cleanup_strbuf_ struct strbuf states = {0};
	bool addressed = false;

	for (size_t i = 0; i < up->count; i++) {
		_cleanup_free_ char *text = describe(&up->list[i]);

		strbuf_addf(&states, "%s%s", i ? "; " : "", text);
		addressed = addressed || up->list[i].address;
	}
	if (addressed && up->shared.goal)
		error_set(err, ERROR_NETWORK, "no network interface leads to %s",
			  up->shared.goal->host);
	else
		error_set(err, ERROR_NETWORK, "no network interface got an address");
	return error_hint(err, "%s.", states.text);
}

/* One round: 1 when decided, with the winner or NULL. */
static int decide(struct up *up, struct attempt **ret)
{
	bool decided;

	pthread_mutex_lock(&up->shared.lock);
	pthread_cond_broadcast(&up->shared.news);
	*ret = winner(up);
	decided = *ret || is_hopeless(up);
	pthread_mutex_unlock(&up->shared.lock);
	return decided;
}

static int wait_for_winner(struct up *up, struct attempt **ret, struct error **err)
{
	int r = start_new_ones(up, err);

	while (r == 0) {
		if (proc_cancelled())
			return error_set(err, ERROR_CANCELLED, "cancelled");
		link_events_wait(&up->events, WAIT_MS);
		r = start_new_ones(up, err);
		if (r == 0 && decide(up, ret))
			break;
	}
	return r;
}

static int conclude(struct up *up, const struct attempt *winner, struct error **err)
{
	int r = 0;

	pthread_mutex_lock(&up->shared.lock);
	up->shared.stop = true;
	if (!winner)
		r = no_network(up, err);
	for (size_t i = 0; i < up->count; i++) {
		_cleanup_free_ char *text = describe(&up->list[i]);

		log_info(TAG, "%s%s", text, &up->list[i] == winner ? ", taken" : "");
	}
	pthread_mutex_unlock(&up->shared.lock);
	/* With nowhere to go all are as good: the order of their names decides, as ever. */
	if (winner && up->shared.goal && !up->shared.config->is_static)
		r = link_prefer(winner->link, err);
	return r;
}

static bool never(void *data _unused_)
{
	return false;
}

/* Links that earlier work brought up may lead there too. */
static bool leads_there_already(const struct fsroot *root, const struct goal *goal)
{
	const struct way way = {.root = root, .goal = goal, .stopped = never};

	return fsroot_exists(root, NETWORK_STATE_FOLDER "/preferred") && way_try(&way, NULL) == 0;
}

static int bring_up(const struct fsroot *root, const struct host *host,
		    const struct network_config *config, const struct goal *goal,
		    struct error **err)
{
	struct link_events events = {-1, -1, -1};
	_cleanup_(up_done) struct up up = {
		.shared = {.root = root, .config = config, .goal = goal},
		.events = events,
		.started = clock_seconds(),
	};
	struct attempt *winner = NULL;
	int r;

	pthread_mutex_init(&up.shared.lock, NULL);
	pthread_cond_init(&up.shared.news, NULL);
	r = link_events_open(root, &up.events, err);
	if (r < 0)
		return r;
	up.shared.events = &up.events;
	set_kernel(root);
	r = choose(&up, host, err);
	if (r == 0)
		r = wait_for_winner(&up, &winner, err);
	return r < 0 ? r : conclude(&up, winner, err);
}

int network_up_to(const struct fsroot *root, const struct host *host,
		  const struct network_config *config, const char *url, struct error **err)
{
	_cleanup_goal_ struct goal goal = {0};
	_cleanup_free_ char *proxy = http_get_proxy();
	bool has_goal = url && goal_of_url(url, proxy, &goal);
	int r = fsroot_mkdir(root, NETWORK_STATE_FOLDER, 0755);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot make %s", NETWORK_STATE_FOLDER);
	if (has_goal && leads_there_already(root, &goal))
		return 0;
	return bring_up(root, host, config, has_goal ? &goal : NULL, err);
}

int network_up(const struct fsroot *root, const struct host *host,
	       const struct network_config *config, struct error **err)
{
	return network_up_to(root, host, config, NULL, err);
}
