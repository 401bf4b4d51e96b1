/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the command "join" does, once it is known how: joins a pool, gives the pool its name and
 * default storage, and keeps in the state of the first boot how that ended; by hand, or as the
 * installation's answers want it. join_command.c calls it. Asks nobody anything.
 */
#pragma once

#include "firstboot/firstboot.h"
#include "firstboot/pool/engine.h"

struct join_acts {
	const struct join_engine *engine;
	struct join_request *request;
	bool json;          /* the result of a join goes to stdout, as xenhost.join/1 */
	bool is_noted;      /* in the state: request->host is this very host */
	const char *folder; /* the host's "/", where that state is */
};

/* *ret_pool_uuid: of the pool that the host is a member of now. */
int join_act(const struct join_acts *acts, char **ret_pool_uuid, struct error **err) _must_check_;
/* `task`: where the state keeps it; NULL: nowhere. */
int join_act_settle(const struct join_acts *acts, const struct pool_settings *settings,
		    const char *task, struct error **err) _must_check_;
/*
 * All that the answers want of a pool and that is not done yet: to join it, or to name the one that
 * the host begins; the scripts of the moment "joined"; its default storage.
 */
int join_act_wish(const struct join_acts *acts, struct error **err) _must_check_;
