/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of a join, for join.c and the files that hold them (join_host.c, join_preflight.c,
 * join_finish.c): this host before and after, the look at both sides, and the coordinator's word.
 * Nobody else calls them.
 */
#pragma once

#include "firstboot/pool/join.h"
#include "firstboot/pool/xapi_failure.h"

struct join {
	const struct join_request *request;
	struct join_result *result;
	struct xapi *host, *pool;
	char *own_pool_uuid; /* of the pool that the host was in before */
	bool is_alone;       /* in that pool */
	char *said;          /* last sentence */
	double retry_until;  /* clock_seconds() */
	bool passes;         /* what failed last may succeed later, and this host is untouched */
};

void join_say(struct join *join, const char *format, ...) _printf_(2, 3);
/* Sleeps about so long, a third more or less at random: a hundred hosts start at once. */
void join_pause(double seconds);
/* Logs in at either side, on a connection of its own. */
int join_login_host(struct join *join, struct error **err) _must_check_;
int join_login_pool(struct join *join, struct error **err) _must_check_;
/* What the last call failed with is over by itself: a start, a restart, too much to do. */
bool join_passes(const struct xapi *xapi, const struct error *error);
/* The only record of pool.get_all_records; borrowed from *ret_records. */
int join_pool_record(struct xapi *xapi, struct json **ret_records, const struct json **ret,
		     struct error **err) _must_check_;

/* What this host's own agent says of it. */
enum join_host {
	HOST_AWAY,      /* nothing: it restarts */
	HOST_ALONE,     /* it is in the pool of before */
	HOST_MEMBER,    /* it is in the new pool */
	HOST_EMERGENCY, /* it cannot work, for the reason in ret_failure */
};
enum join_host join_look_at_host(struct join *join, struct xapi_failure *ret_failure);

/* Waits for the first boot and the agent, then logs in and learns who this host is. */
int join_wait_for_host(struct join *join, struct error **err) _must_check_;
/* Looks at both sides as the server will and beyond, tells all it finds, and stops what cannot
 * work. */
int join_preflight(struct join *join, struct error **err) _must_check_;
/* Waits until the coordinator calls the host live and enabled; tells what is wrong otherwise. */
int join_finish(struct join *join, struct error **err) _must_check_;
