/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Kinds of pools that a host can be in, a row each: "none" for a host on its own, "xapi" where a
 * host carries XAPI. For the first boot, "join" and the screens; another kind is another row.
 */
#pragma once

#include "firstboot/pool/join.h"
#include "firstboot/pool/settings.h"

struct join_engine {
	const char *name;  /* as answers and pool.conf have it */
	const char *title; /* for people */
	/* Whether the system below `root` carries what this kind of pool needs. */
	bool (*is_carried)(const struct fsroot *root);
	/* NULL where nothing has to be joined: such a host is complete. */
	int (*join)(const struct join_request *request, struct join_result *ret,
		    struct error **err);
	/* Where its pools have a name and a default storage to be set; or NULL. */
	int (*settle)(const struct join_request *request, const struct pool_settings *settings,
		      char **ret_said, struct error **err);
};

/* The row called so; NULL when there is none. */
const struct join_engine *join_engine_find(const char *name);
/* NULL behind the last. */
const struct join_engine *join_engine_at(size_t index);
/*
 * The row called so, if the system below `root` can use it. ERROR_USER otherwise: what is missing
 * is known before anything is asked of anybody.
 */
int join_engine_choose(const char *name, const struct fsroot *root, const struct join_engine **ret,
		       struct error **err) _must_check_;
