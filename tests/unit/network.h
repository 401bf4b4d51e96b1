/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A network namespace for tests that change real links: eth0 to eth3, joined in pairs, and nothing
 * of the machine's own. The process stays in it.
 */
#pragma once

#include <sched.h>

#include "common/proc.h"
#include "tests/unit/unit.h"

/* Who is not root becomes root in a user namespace first. */
static inline bool unit_network_enter(void)
{
	_cleanup_free_ char *map = xasprintf("0 %u 1", geteuid());
	_cleanup_fclose_ FILE *file = NULL;

	if (geteuid() == 0)
		return unshare(CLONE_NEWNET) == 0;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) < 0)
		return false;
	file = fopen("/proc/self/uid_map", "we");
	return file && fputs(map, file) > 0 && fflush(file) == 0;
}

/* False where the kernel gives us no namespace or no such links. */
static inline bool unit_network_make(void)
{
	return unit_network_enter() &&
	       proc_runl(NULL, "test", "ip", "link", "add", "eth0", "type", "veth", "peer", "name",
			 "eth1", NULL) == 0 &&
	       proc_runl(NULL, "test", "ip", "link", "add", "eth2", "type", "veth", "peer", "name",
			 "eth3", NULL) == 0;
}
