/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Joining this host to a pool of XAPI hosts: waits for what must come first, asks both sides, calls
 * Async.pool.join and believes only the coordinator that the host is a live and enabled member. For
 * "join", for the first boot and for the screens; can be run again at any point. It sends the
 * pool's password to the coordinator and to this host's own agent, and to nobody else.
 */
#pragma once

#include "common/fsroot.h"
#include "firstboot/pool/xapi.h"

/* After so long a join has failed whatever the server says; a real one takes two minutes. */
#define JOIN_TASK_S   600
#define JOIN_FINISH_S 900
/* What the first boot of a fresh host may take before it can join. */
#define JOIN_WAIT_S 900

struct join_request {
	struct xapi_target pool; /* the coordinator, and what proves that it is the one */
	const char *user;        /* NULL: root */
	const char *password;
	/* This host's own agent: its local socket, which wants no password. */
	struct xapi_target host;
	const char *host_user, *host_password;
	const struct fsroot *root; /* where the first boot's marks are looked for; NULL: nowhere */
	bool force;                /* pool.join_force */
	unsigned wait_s;           /* for this host to be ready; 0: not at all */
	unsigned retry_s;          /* so long what may pass is tried again; 0: once */
	unsigned retry_pause_s;    /* between two tries, about; 0: 10 */
	unsigned task_s, finish_s; /* 0: JOIN_TASK_S, JOIN_FINISH_S */
	/* Told what happens, a sentence each time it is something else; or NULL. */
	void (*say)(const char *sentence, void *data);
	void *data;
};

enum join_state {
	JOIN_UNTOUCHED, /* this host is as it was before */
	JOIN_UNKNOWN,   /* it was asked to join, and nobody says how that ended */
	JOIN_ALONE,     /* it was asked to join, and works alone as before */
	JOIN_EMERGENCY, /* it is a member that cannot work with its coordinator */
	JOIN_DISABLED,  /* it is a member, but not enabled */
	JOIN_MEMBER,    /* it is a live and enabled member */
};
const char *join_state_to_string(enum join_state state);

/* What became of it; filled as far as it is known, also on failure. */
struct join_result {
	enum join_state state;
	bool already; /* it was a member before */
	char *host_uuid;
	char *pool_uuid, *pool_name; /* of the pool to join */
	char *coordinator;           /* address, after a redirection */
	char *certificate_sha256;    /* that the coordinator was held to, or NULL */
};
void join_result_done(struct join_result *result);

/*
 * 0 when the host is a live and enabled member of the pool, now or before. Else ERROR_NETWORK,
 * ERROR_POOL or ERROR_USER, and ret->state says what the host is now. Takes minutes.
 */
int join_run(const struct join_request *request, struct join_result *ret,
	     struct error **err) _must_check_;
/* Members "state", "already", "host_uuid", "pool_uuid", "pool", "coordinator", "certificate". */
struct json *join_result_to_json(const struct join_result *result);
