/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/clock.h"
#include "common/str.h"
#include "firstboot/pool/join_steps.h"

#define LOOK_S 2.0

/*
 * What a XenServer host does at its first boot. A join before they have ended loses the local
 * storage, or is refused because verification of certificates is not enabled yet.
 */
static const char *const first_boot_units[] = {"network-init", "storage-init", "generate-iscsi-iqn",
					       "control-domain-params-init", NULL};

static bool has_unit(const struct fsroot *root, const char *name)
{
	static const char *const folders[] = {"/etc/systemd/system", "/usr/lib/systemd/system",
					      "/lib/systemd/system", NULL};

	for (size_t i = 0; folders[i]; i++) {
		if (fsroot_existsf(root, "%s/%s.service", folders[i], name))
			return true;
	}
	return false;
}

/* The first service of the first boot that has not ended, or NULL. */
static const char *unfinished(const struct fsroot *root)
{
	for (size_t i = 0; root && first_boot_units[i]; i++) {
		if (has_unit(root, first_boot_units[i]) &&
		    !fsroot_existsf(root, "/var/lib/misc/ran-%s", first_boot_units[i]))
			return first_boot_units[i];
	}
	return NULL;
}

static int wait_for_first_boot(struct join *join, double until, struct error **err)
{
	const char *name;

	while ((name = unfinished(join->request->root))) {
		join_say(join, "waiting for the first boot of this host: %s.service", name);
		if (clock_seconds() >= until) {
			error_set(err, ERROR_POOL,
				  "the first boot of this host has not ended: "
				  "%s.service has not run",
				  name);
			error_hint(err, "See why with: journalctl -u %s.service. Then join again.",
				   name);
			return error_code(err, ETIMEDOUT);
		}
		join_pause(LOOK_S);
	}
	return 0;
}

static int wait_for_agent(struct join *join, double until, struct error **err)
{
	for (;;) {
		_cleanup_error_ struct error *error = NULL;
		int r = join_login_host(join, &error);

		if (r >= 0)
			return 0;
		if (!join_passes(join->host, error) || clock_seconds() >= until) {
			error_prefix(&error, "the toolstack of this host does not serve");
			if (err)
				*err = TAKE_PTR(error);
			return r;
		}
		join_say(join, "waiting for the toolstack of this host");
		join_pause(LOOK_S);
	}
}

/* A line KEY='value' of the installer's, newly allocated; NULL when there is none. */
static char *inventory_get(const struct fsroot *root, const char *key)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;
	size_t length = strlen(key);

	if (!root || fsroot_read_text(root, "/etc/xensource-inventory", &text) < 0)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++) {
		char *value = *line + length + 1;

		if (strncmp(*line, key, length) != 0 || (*line)[length] != '=')
			continue;
		value += *value == '\'' || *value == '"';
		return xstrndup(value, strcspn(value, "'\""));
	}
	return NULL;
}

static bool says_member(const struct fsroot *root)
{
	_cleanup_free_ char *text = NULL;

	return root && fsroot_read_text(root, "/etc/xensource/pool.conf", &text) == 0 &&
	       str_starts(text, "slave:");
}

/* On a member most calls are answered by the coordinator, which may then mean itself. */
static int read_own_uuid(struct join *join, char **ret, struct error **err)
{
	_cleanup_free_ char *ref = NULL;
	int r;

	*ret = inventory_get(join->request->root, "INSTALLATION_UUID");
	if (*ret)
		return 0;
	r = xapi_get_this_host(join->host, &ref, err);
	return r < 0 ? r
		     : xapi_call_text(join->host, "host.get_uuid", xapi_args(ref, NULL), ret, err);
}

static int learn(struct join *join, struct error **err)
{
	_cleanup_json_ struct json *records = NULL, *hosts = NULL;
	_cleanup_free_ char *master = NULL;
	const struct json *pool;
	int r = join_pool_record(join->host, &records, &pool, err);

	if (r < 0)
		return r;
	join->own_pool_uuid = xstrdup(json_get_string(pool, "uuid"));
	r = read_own_uuid(join, &join->result->host_uuid, err);
	if (r >= 0)
		r = xapi_call_text(join->host, "host.get_uuid",
				   xapi_args(json_get_string(pool, "master"), NULL), &master, err);
	if (r >= 0)
		r = xapi_call(join->host, "host.get_all", NULL, &hosts, err);
	if (r < 0)
		return r;
	join->is_alone = json_length(hosts) == 1 && str_eq(master, join->result->host_uuid) &&
			 !says_member(join->request->root);
	return 0;
}

int join_wait_for_host(struct join *join, struct error **err)
{
	double until = clock_seconds() + join->request->wait_s;
	int r = wait_for_first_boot(join, until, err);

	if (r >= 0)
		r = wait_for_agent(join, until, err);
	if (r >= 0)
		r = learn(join, err);
	return r;
}

static enum join_host judge_pool(struct join *join, struct xapi_failure *ret_failure)
{
	_cleanup_json_ struct json *records = NULL;
	const struct json *pool;
	const char *uuid;

	if (join_pool_record(join->host, &records, &pool, NULL) < 0) {
		xapi_take_failure(join->host, ret_failure);
		return ret_failure->code ? HOST_EMERGENCY : HOST_AWAY;
	}
	uuid = json_get_string(pool, "uuid");
	if (str_eq(uuid, join->result->pool_uuid))
		return HOST_MEMBER;
	return str_eq(uuid, join->own_pool_uuid) ? HOST_ALONE : HOST_AWAY;
}

enum join_host join_look_at_host(struct join *join, struct xapi_failure *ret_failure)
{
	enum join_host state;

	if (join_login_host(join, NULL) < 0) {
		if (join->host)
			xapi_take_failure(join->host, ret_failure);
		return ret_failure->code ? HOST_EMERGENCY : HOST_AWAY;
	}
	state = judge_pool(join, ret_failure);
	xapi_logout(join->host);
	return state;
}
