/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An installation that somebody watches on screens, told to whoever waits for the machine's events
 * as well: the receiver of the answers or of the boot line's xenhost.report=. Called by attended.c.
 * Nothing here holds up the installation; the network, where nothing else needs it, comes up
 * beside.
 */
#pragma once

#include <pthread.h>

#include "installer/deliver.h"

struct telling {
	struct deliver deliver;
	/* Makes sure that there is a network that leads to this URL; called from another thread. */
	int (*reach)(const char *where, void *data, struct error **err);
	void *data;
	/* Private. */
	char *url;
	pthread_t thread;
	bool has_thread;
};

/* After telling_stop(), or before anything was started. */
void telling_done(struct telling *telling);
/*
 * Begins, before the first event; takes what the boot line says of a receiver into the answers.
 * `network_up`: something else has brought it up, and nothing is reached for.
 */
void telling_start(struct telling *telling, const struct host *host, struct answers *answers,
		   struct secrets *secrets, const char *command_line, bool network_up,
		   const char *log_folder);
/* Waits until all has arrived, DELIVER_WAIT_S at most, and for reach(). */
void telling_stop(struct telling *telling);
