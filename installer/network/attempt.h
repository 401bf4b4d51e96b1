/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One link's way to an address and to the server that is wanted, in a thread of its own, so that no
 * link waits for another. up.c starts one as soon as the link has a carrier, and decides who wins.
 * Never changes another link.
 */
#pragma once

#include <pthread.h>

#include "installer/network/events.h"
#include "installer/network/goal.h"
#include "installer/network/network.h"

enum attempt_state {
	ATTEMPT_DARK,     /* no carrier yet, nothing was started */
	ATTEMPT_ASKING,   /* for an address */
	ATTEMPT_NO_WAY,   /* has an address that does not lead to the goal, tries again */
	ATTEMPT_HOPELESS, /* the same, and trying again makes no difference */
	ATTEMPT_BROKEN,   /* could not even be configured */
	ATTEMPT_DONE,     /* reached the goal; without one, has an address */
};

/* What all attempts of one network_up() share. */
struct attempts_shared {
	const struct fsroot *root;
	const struct network_config *config;
	const struct goal *goal; /* NULL: an address will do */
	struct link_events *events;
	pthread_mutex_t lock; /* of everything below, and of the attempts' states */
	pthread_cond_t news;  /* something changed; told by up.c */
	bool stop;
};

struct attempt {
	struct attempts_shared *shared;
	const struct host_nic *nic; /* a bond's first port */
	char *base;                 /* the NIC or bond whose carrier counts */
	char *link;                 /* the same, or the VLAN on it */
	bool booted;                /* the machine was booted over it */
	double carrier_since;       /* clock_seconds(), 0 while there was none */
	bool started, asked_routers;
	pthread_t thread;
	/* Guarded by the lock: */
	enum attempt_state state;
	double done_at; /* clock_seconds() of ATTEMPT_DONE */
	char *address;  /* "192.0.2.7/24", or NULL */
	char *reason;   /* why not, of the last try, or NULL */
};

/* Kind ERROR_INTERNAL when there are no threads left. */
int attempt_start(struct attempt *attempt, struct error **err) _must_check_;
/* After shared->stop was set: waits for the thread, if there is one, and frees the texts. */
void attempt_done(struct attempt *attempt);
