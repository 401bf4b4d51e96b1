/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tells when something about links may have changed: the kernel says so of carriers, addresses and
 * routes (netlink), DHCP's script by a new file, another thread by link_events_wake(). Says nothing
 * of what changed: whoever waits looks again. For up.c alone.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "common/macro.h"

struct link_events {
	int netlink, files, wake;
};

int link_events_open(const struct fsroot *root, struct link_events *ret,
		     struct error **err) _must_check_;
void link_events_close(struct link_events *events);
#define _cleanup_link_events_ _cleanup_(link_events_close)
/* At most so many milliseconds; returns early for a signal too. */
void link_events_wait(struct link_events *events, int timeout_ms);
/* Ends a wait, of now or the next one; from any thread. */
void link_events_wake(struct link_events *events);
