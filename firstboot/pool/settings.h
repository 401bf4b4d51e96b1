/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What answers say of a pool beside who is in it: its name, where this host begins it, and which
 * storage new virtual disks go to. For the command "join" and the first boot, over the socket of
 * this host's own toolstack; what is so already is left alone. Never changes another pool than the
 * one that is meant, and never the default storage that a pool of others has chosen.
 */
#pragma once

#include "firstboot/pool/join.h"

struct pool_settings {
	/* Of the pool that the host joined; NULL: the one that it began, where it is coordinator.
	 */
	const char *joined_uuid;
	const char *name;       /* NULL: as it is; only of a pool that the host began */
	const char *default_sr; /* name or UUID of a storage repository; NULL: as it is */
};

/*
 * Waits as join_run() does until the host's first boot has ended and its toolstack serves, then
 * sets what is asked for. `request` names the host's side alone; *ret_said is a sentence of what
 * was done or left. ERROR_POOL where the pool is another one by now, or has no such storage.
 */
int pool_settle(const struct join_request *request, const struct pool_settings *settings,
		char **ret_said, struct error **err) _must_check_;
