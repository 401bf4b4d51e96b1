/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/pool/settings.h"

#include <ctype.h>
#include <errno.h>

#include "common/str.h"
#include "firstboot/pool/join_steps.h"

struct settle {
	struct join *join;
	const struct pool_settings *settings;
	struct strbuf said;
	char *pool; /* reference */
	const struct json *record;
};

static void add_said(struct settle *settle, const char *sentence)
{
	strbuf_addf(&settle->said, "%s%s", settle->said.length ? "; " : "", sentence);
}

/* Years may lie between the installation and a first boot that gets here. */
static int check_pool_is_meant(const struct settle *settle, struct error **err)
{
	const char *uuid = json_get_string(settle->record, "uuid");
	const struct join *join = settle->join;
	_cleanup_free_ char *coordinator = NULL;
	int r;

	if (settle->settings->joined_uuid) {
		if (str_eq(settle->settings->joined_uuid, uuid))
			return 0;
		error_set(err, ERROR_POOL, "this host is in another pool by now");
		error_hint(err, "Nothing was set in it; set it by hand where it is still wanted.");
		return error_code(err, EEXIST);
	}
	r = xapi_call_text(join->host, "host.get_uuid",
			   xapi_args(json_get_string(settle->record, "master"), NULL), &coordinator,
			   err);
	if (r < 0 || str_eq(coordinator, join->result->host_uuid))
		return r;
	error_set(err, ERROR_POOL, "this host has been taken into another pool");
	error_hint(err, "Nothing was set in it; set it by hand where it is still wanted.");
	return error_code(err, EEXIST);
}

static int set_name(struct settle *settle, struct error **err)
{
	const char *name = settle->settings->name;
	_cleanup_free_ char *sentence = NULL;
	int r = 0;

	if (!name)
		return 0;
	if (!str_eq(json_get_string(settle->record, "name_label"), name))
		r = xapi_call(settle->join->host, "pool.set_name_label",
			      xapi_args(settle->pool, name, NULL), NULL, err);
	if (r < 0)
		return error_prefix(err, "the pool cannot be called \"%s\"", name);
	sentence = xasprintf("the pool is called \"%s\"", name);
	add_said(settle, sentence);
	return 0;
}

static bool is_uuid(const char *text)
{
	size_t i;

	for (i = 0; text[i]; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return i == 36;
}

static int refuse_storage(const char *wanted, size_t count, const char *found, const char *all,
			  struct error **err)
{
	if (count) {
		error_set(err, ERROR_POOL, "%zu storage repositories of the pool are called \"%s\"",
			  count, wanted);
		error_hint(err, "Give the UUID of one: %s.", found);
		return error_code(err, ENOTUNIQ);
	}
	error_set(err, ERROR_POOL, "the pool has no storage repository \"%s\"", wanted);
	error_hint(err, "It has: %s.", all ? all : "none");
	return error_code(err, ENOENT);
}

/* By UUID or by name; *ret_ref is newly allocated. */
static int find_storage(struct settle *settle, char **ret_ref, struct error **err)
{
	const char *wanted = settle->settings->default_sr;
	const char *key = is_uuid(wanted) ? "uuid" : "name_label";
	_cleanup_strbuf_ struct strbuf found = {0}, all = {0};
	_cleanup_json_ struct json *records = NULL;
	_cleanup_free_ char *ref = NULL;
	struct json_member member = {0};
	size_t count = 0;
	int r = xapi_call(settle->join->host, "SR.get_all_records", NULL, &records, err);

	if (r < 0)
		return error_prefix(err, "the pool's storage cannot be listed");
	while (json_next(records, &member)) {
		const char *name = json_get_string(member.value, "name_label");

		strbuf_addf(&all, "%s\"%s\"", all.length ? ", " : "", name ? name : "");
		if (!str_eq_nocase(json_get_string(member.value, key), wanted) ||
		    (*key == 'n' && !str_eq(name, wanted)))
			continue;
		count++;
		strbuf_addf(&found, "%s%s", found.length ? ", " : "",
			    json_get_string(member.value, "uuid"));
		free(ref);
		ref = xstrdup(member.key);
	}
	if (count != 1)
		return refuse_storage(wanted, count, found.text, all.text, err);
	*ret_ref = TAKE_PTR(ref);
	return 0;
}

/* The name of the storage that is the pool's default now; NULL when there is none any more. */
static char *present_default(const struct settle *settle)
{
	const char *ref = json_get_string(settle->record, "default_SR");
	char *name = NULL;

	if (!ref || str_eq(ref, XAPI_NULL_REF) ||
	    xapi_call_text(settle->join->host, "SR.get_name_label", xapi_args(ref, NULL), &name,
			   NULL) < 0)
		return NULL;
	return name;
}

static int set_default_storage(struct settle *settle, struct error **err)
{
	const char *wanted = settle->settings->default_sr;
	_cleanup_free_ char *ref = NULL, *present = NULL, *sentence = NULL;
	int r;

	if (!wanted)
		return 0;
	r = find_storage(settle, &ref, err);
	if (r < 0)
		return r;
	present = present_default(settle);
	if (present && settle->settings->joined_uuid &&
	    !str_eq(json_get_string(settle->record, "default_SR"), ref)) {
		sentence = xasprintf("the pool keeps its default storage \"%s\"", present);
		add_said(settle, sentence);
		return 0;
	}
	r = xapi_call(settle->join->host, "pool.set_default_SR", xapi_args(settle->pool, ref, NULL),
		      NULL, err);
	if (r < 0)
		return error_prefix(err, "\"%s\" cannot be the pool's default storage", wanted);
	sentence = xasprintf("the pool's default storage is \"%s\"", wanted);
	add_said(settle, sentence);
	return 0;
}

static int settle_all(struct settle *settle, struct error **err)
{
	_cleanup_json_ struct json *records = NULL;
	struct json_member member = {0};
	int r = join_wait_for_host(settle->join, err);

	if (r >= 0)
		r = join_pool_record(settle->join->host, &records, &settle->record, err);
	if (r < 0)
		return r;
	if (json_next(records, &member))
		settle->pool = xstrdup(member.key);
	r = check_pool_is_meant(settle, err);
	if (r >= 0)
		r = set_name(settle, err);
	if (r >= 0)
		r = set_default_storage(settle, err);
	return r;
}

int pool_settle(const struct join_request *request, const struct pool_settings *settings,
		char **ret_said, struct error **err)
{
	struct join_result result = {0};
	struct join join = {.request = request, .result = &result};
	struct settle settle = {.join = &join, .settings = settings};
	int r = settle_all(&settle, err);

	if (r >= 0) {
		if (!settle.said.length)
			add_said(&settle, "nothing was to be set in the pool");
		*ret_said = strbuf_take(&settle.said);
		r = 0;
	}
	strbuf_done(&settle.said);
	if (join.host)
		xapi_logout(join.host);
	xapi_free(join.host);
	free(join.own_pool_uuid);
	free(join.said);
	free(settle.pool);
	join_result_done(&result);
	return r;
}
