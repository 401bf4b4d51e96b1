/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/network/attempt.h"

#include <errno.h>
#include <time.h>

#include "common/clock.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/network/advertised.h"
#include "installer/network/links.h"

#define TAG "network"
/* Before a link without DHCP is asked for IPv6 too: where both are, one client is enough. */
#define V4_ALONE_S 2.0
/* They answer within half a second (RFC 4861, 10), and may be asked twice. */
#define ROUTERS_S 3
/* Between two looks, when no news comes. */
#define LOOK_MS  200
#define RETRY_MS 1000

static void set_state(struct attempt *attempt, enum attempt_state state, char *reason)
{
	struct attempts_shared *shared = attempt->shared;

	pthread_mutex_lock(&shared->lock);
	attempt->state = state;
	free(attempt->reason);
	attempt->reason = reason;
	if (state == ATTEMPT_DONE)
		attempt->done_at = clock_seconds();
	pthread_mutex_unlock(&shared->lock);
	link_events_wake(shared->events);
}

static bool stopped(void *data)
{
	struct attempts_shared *shared = data;
	bool stop;

	pthread_mutex_lock(&shared->lock);
	stop = shared->stop;
	pthread_mutex_unlock(&shared->lock);
	return stop || proc_cancelled();
}

static void wait_for_news(struct attempts_shared *shared, unsigned ms)
{
	struct timespec until;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_nsec += (long)(ms % 1000) * 1000000L;
	until.tv_sec += ms / 1000 + until.tv_nsec / 1000000000L;
	until.tv_nsec %= 1000000000L;
	pthread_mutex_lock(&shared->lock);
	if (!shared->stop)
		pthread_cond_timedwait(&shared->news, &shared->lock, &until);
	pthread_mutex_unlock(&shared->lock);
}

static int configure(struct attempt *attempt, struct error **err)
{
	const struct attempts_shared *shared = attempt->shared;
	const struct network_config *config = shared->config;
	char *link = NULL;
	int r = 0;

	if (config->vlan)
		r = link_add_vlan(shared->root, attempt->base, config->vlan, &link, err);
	if (r < 0)
		return r;
	if (link) {
		pthread_mutex_lock(&attempt->shared->lock);
		free(attempt->link);
		attempt->link = link;
		pthread_mutex_unlock(&attempt->shared->lock);
	}
	return config->is_static ? link_set_static(shared->root, attempt->link, config, err)
				 : link_start_dhcp(shared->root, attempt->link, err);
}

/* A lease by DHCP has its own, and comes a moment later where both are. */
static bool is_enough(void *data)
{
	const struct attempt *attempt = data;
	_cleanup_free_ char *lease = link_lease_address(attempt->shared->root, attempt->link);

	return lease || stopped(attempt->shared);
}

/* The routers gave the address; DHCPv6 may name others later. Once: who says nothing to the first
 * questions does not know any. */
static void look_for_name_servers(struct attempt *attempt)
{
	struct attempts_shared *shared = attempt->shared;
	_cleanup_error_ struct error *error = NULL;

	if (attempt->asked_routers)
		return;
	attempt->asked_routers = true;
	if (advertised_find(shared->root, attempt->link, ROUTERS_S, is_enough, attempt) < 0) {
		log_debug(TAG, "%s: no router names a name server", attempt->link);
		return;
	}
	if (link_assemble(attempt->link, &error) < 0)
		log_warning(TAG, "%s: %s", attempt->link, error->message);
}

/* True when there is one; ask_v6 is set once its client runs. */
static bool look_for_address(struct attempt *attempt, double started, bool *asked_v6)
{
	struct attempts_shared *shared = attempt->shared;
	const struct network_config *config = shared->config;
	char *address = config->is_static ? xasprintf("%s/%u", config->ip, config->prefix)
					  : link_lease_address(shared->root, attempt->link);

	if (!address) {
		address = link_global_v6(shared->root, attempt->link);
		if (address && !config->is_static)
			look_for_name_servers(attempt);
	}
	if (!config->is_static && !*asked_v6 &&
	    (attempt->state == ATTEMPT_NO_WAY || clock_seconds() > started + V4_ALONE_S)) {
		_cleanup_error_ struct error *error = NULL;

		*asked_v6 = true;
		/* Router advertisements alone will do in most networks. */
		if (link_start_dhcp6(shared->root, attempt->link, &error) < 0)
			log_debug(TAG, "%s: no client for DHCPv6: %s", attempt->link,
				  error->message);
	}
	pthread_mutex_lock(&shared->lock);
	free(attempt->address);
	attempt->address = address;
	pthread_mutex_unlock(&shared->lock);
	return address != NULL;
}

/* True when nothing is left to do. */
static bool try_goal(struct attempt *attempt)
{
	struct attempts_shared *shared = attempt->shared;
	_cleanup_error_ struct error *error = NULL;
	const struct way way = {
		.root = shared->root,
		.link = attempt->link,
		.goal = shared->goal,
		.stopped = stopped,
		.data = shared,
	};
	int r = shared->goal ? way_try(&way, &error) : 0;

	if (r < 0)
		log_debug(TAG, "%s: %s: %s", attempt->link, attempt->address, error->message);
	else if (shared->goal)
		log_debug(TAG, "%s: leads to %s", attempt->link, shared->goal->host);
	if (r < 0)
		set_state(attempt, r == -ENOENT ? ATTEMPT_HOPELESS : ATTEMPT_NO_WAY,
			  error_text(error));
	else
		set_state(attempt, ATTEMPT_DONE, NULL);
	return r == 0;
}

static void *work(void *data)
{
	struct attempt *attempt = data;
	struct attempts_shared *shared = attempt->shared;
	_cleanup_error_ struct error *error = NULL;
	double started = clock_seconds();
	bool asked_v6 = false;

	if (configure(attempt, &error) < 0) {
		set_state(attempt, ATTEMPT_BROKEN, error_text(error));
		return NULL;
	}
	while (!stopped(shared)) {
		bool addressed = look_for_address(attempt, started, &asked_v6);

		if (addressed && try_goal(attempt))
			break;
		wait_for_news(shared, addressed ? RETRY_MS : LOOK_MS);
	}
	return NULL;
}

int attempt_start(struct attempt *attempt, struct error **err)
{
	int r;

	attempt->state = ATTEMPT_ASKING;
	r = pthread_create(&attempt->thread, NULL, work, attempt);
	if (r != 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot try %s", attempt->base);
	attempt->started = true;
	return 0;
}

void attempt_done(struct attempt *attempt)
{
	if (attempt->started)
		pthread_join(attempt->thread, NULL);
	free(attempt->base);
	free(attempt->link);
	free(attempt->address);
	free(attempt->reason);
}
