/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/pool/engine.h"

#include <errno.h>

#include "common/str.h"

static bool always(const struct fsroot *root)
{
	(void)root;
	return true;
}

/* Where the packages of XenServer and XCP-ng, and those of Debian, put it; or it runs already. */
static bool carries_xapi(const struct fsroot *root)
{
	return fsroot_exists(root, "/opt/xensource/bin/xapi") ||
	       fsroot_exists(root, "/usr/sbin/xapi") || fsroot_exists(root, XAPI_SOCKET);
}

static const struct join_engine engines[] = {
	{"none", "a host on its own", always, NULL, NULL},
	{"xapi", "a pool of XAPI hosts (XenServer, XCP-ng)", carries_xapi, join_run, pool_settle},
};

const struct join_engine *join_engine_at(size_t index)
{
	return index < ARRAY_SIZE(engines) ? &engines[index] : NULL;
}

const struct join_engine *join_engine_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(engines); i++) {
		if (str_eq(engines[i].name, name))
			return &engines[i];
	}
	return NULL;
}

int join_engine_choose(const char *name, const struct fsroot *root, const struct join_engine **ret,
		       struct error **err)
{
	const struct join_engine *engine = join_engine_find(name);

	if (!engine) {
		error_set(err, ERROR_USER, "there is no kind of pool called \"%s\"", name);
		error_hint(err, "Use \"none\" or \"xapi\".");
		return -EINVAL;
	}
	if (!engine->is_carried(root)) {
		error_set(err, ERROR_USER, "this host cannot be in %s: it does not carry it",
			  engine->title);
		error_hint(err, "Install a system that carries %s, or leave the host on its own.",
			   engine->name);
		return error_code(err, EOPNOTSUPP);
	}
	*ret = engine;
	return 0;
}
