/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/join_acts.h"

#include <errno.h>

#include "common/log.h"
#include "common/str.h"
#include "firstboot/join_command.h"
#include "firstboot/pool_wish.h"
#include "firstboot/tell.h"

/* Servers quote what they were sent. */
static char *masked_text(const struct error *error)
{
	_cleanup_free_ char *text = error_text(error);

	return log_mask(text);
}

void join_note(struct firstboot *firstboot, const struct join_result *result,
	       const struct error *error)
{
	struct task_result *task = state_result(firstboot, JOIN_TASK);

	free(task->message);
	free(task->hint);
	task->hint = error ? xstrdup(error_get_hint(error)) : NULL;
	task->state = error ? TASK_FAILED : TASK_DONE;
	task->message = error ? masked_text(error)
			      : xasprintf("member of the pool %s, coordinator %s",
					  str_empty(result->pool_name) ? result->pool_uuid
								       : result->pool_name,
					  result->coordinator);
	json_free(firstboot->pool);
	firstboot->pool = join_result_to_json(result);
}

static void print_json(const struct join_result *result, const struct error *error)
{
	_cleanup_json_ struct json *document = json_new_object(), *members = NULL;
	_cleanup_free_ char *text = NULL, *words = error ? masked_text(error) : NULL;

	members = join_result_to_json(result);
	json_set_string(document, "schema", "xenhost.join/1");
	json_set_members(document, members);
	json_set_string(document, "message", words);
	json_set_string(document, "hint", error ? error_get_hint(error) : NULL);
	text = json_to_text(document);
	fputs(text, stdout);
}

static int load_state(const struct join_acts *acts, struct firstboot *firstboot, struct error **err)
{
	int r = fsroot_open(acts->folder, &firstboot->root);

	return r < 0 ? error_errno(err, ERROR_INTERNAL, r, "cannot open %s", acts->folder)
		     : state_load(firstboot, err);
}

static int keep(const struct join_acts *acts, const struct join_result *result,
		const struct error *error, struct error **err)
{
	_cleanup_(firstboot_done) struct firstboot firstboot = {0};
	int r = load_state(acts, &firstboot, err);

	if (r < 0)
		return r;
	join_note(&firstboot, result, error);
	r = state_save(&firstboot, err);
	return r < 0 ? r : greeting_write(&firstboot, err);
}

int join_act(const struct join_acts *acts, char **ret_pool_uuid, struct error **err)
{
	_cleanup_(join_result_done) struct join_result result = {0};
	_cleanup_error_ struct error *error = NULL;
	int r, kept;

	r = acts->engine->join(acts->request, &result, &error);
	if (acts->json)
		print_json(&result, error);
	kept = acts->is_noted ? keep(acts, &result, error, r < 0 ? NULL : err) : 0;
	if (r == 0 && kept == 0 && acts->is_noted)
		kept = pool_wish_forget_password(acts->request->root, err);
	if (acts->is_noted)
		tell_join(acts->request->root, &result, error);
	if (r < 0 && err)
		*err = TAKE_PTR(error);
	if (r < 0 || kept < 0)
		return r < 0 ? r : kept;
	*ret_pool_uuid = TAKE_PTR(result.pool_uuid);
	return 0;
}

static int keep_settling(const struct join_acts *acts, const char *task, const char *said,
			 const struct error *error, struct error **err)
{
	_cleanup_(firstboot_done) struct firstboot firstboot = {0};
	struct task_result *result;
	int r = load_state(acts, &firstboot, err);

	if (r < 0)
		return r;
	result = state_result(&firstboot, task);
	free(result->message);
	free(result->hint);
	result->state = error ? TASK_FAILED : TASK_DONE;
	result->message = error ? masked_text(error) : xstrdup(said);
	result->hint = error ? xstrdup(error_get_hint(error)) : NULL;
	r = state_save(&firstboot, err);
	return r < 0 ? r : greeting_write(&firstboot, err);
}

int join_act_settle(const struct join_acts *acts, const struct pool_settings *settings,
		    const char *task, struct error **err)
{
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *said = NULL;
	int r = acts->engine->settle(acts->request, settings, &said, &error), kept = 0;

	if (said)
		log_info("join", "%s", said);
	if (task && acts->is_noted)
		kept = keep_settling(acts, task, said, error, r < 0 ? NULL : err);
	if (r < 0 && err)
		*err = TAKE_PTR(error);
	return r < 0 ? r : kept;
}

/* What the state says of a task; *ret_pool_uuid is that of the last join, or NULL. */
static int look_back(const struct join_acts *acts, const char *task, bool *ret_done,
		     char **ret_pool_uuid, struct error **err)
{
	_cleanup_(firstboot_done) struct firstboot firstboot = {0};
	int r = load_state(acts, &firstboot, err);

	if (r < 0)
		return r;
	*ret_done = state_result(&firstboot, task)->state == TASK_DONE;
	if (ret_pool_uuid)
		*ret_pool_uuid = xstrdup(json_get_string(firstboot.pool, "pool_uuid"));
	return 0;
}

/* What the host is in once it has joined, and by whom, is its administrators' matter. The password
 * is of no use then. */
static int wish_to_join(const struct join_acts *acts, struct pool_wish *wish, char **ret_pool_uuid,
			struct error **err)
{
	struct join_request *request = acts->request;
	bool done = false;
	int r = look_back(acts, JOIN_TASK, &done, ret_pool_uuid, err);

	if (r < 0)
		return r;
	if (done)
		return pool_wish_forget_password(request->root, err);
	r = pool_wish_fetch_password(request->root, wish, err);
	if (r < 0)
		return r;
	request->pool.address = wish->coordinator;
	request->pool.certificate_sha256 = wish->certificate;
	request->user = wish->user;
	request->password = wish->password;
	request->force = wish->force;
	request->retry_s = wish->wait_s;
	request->retry_pause_s = wish->retry_s;
	free(TAKE_PTR(*ret_pool_uuid));
	return join_act(acts, ret_pool_uuid, err);
}

static int wish_to_settle(const struct join_acts *acts, const struct pool_settings *settings,
			  const char *task, struct error **err)
{
	bool done = false;
	int r = look_back(acts, task, &done, NULL, err);

	return r < 0 || done ? r : join_act_settle(acts, settings, task, err);
}

static int run_scripts(const struct join_acts *acts, struct error **err)
{
	_cleanup_(firstboot_done) struct firstboot firstboot = {0};
	int r = load_state(acts, &firstboot, err);

	return r < 0 ? r : firstboot_scripts(&firstboot, MOMENT_JOINED, err);
}

int join_act_wish(const struct join_acts *acts, struct error **err)
{
	_cleanup_(pool_wish_done) struct pool_wish wish = {0};
	_cleanup_free_ char *pool_uuid = NULL;
	int r = pool_wish_load(acts->request->root, &wish, err);

	if (r == -ENOENT) {
		error_set(err, ERROR_USAGE,
			  "join needs --pool ADDRESS: the installation named "
			  "no pool");
		return error_hint(err, "See xenhost-firstboot(8).");
	}
	if (r < 0)
		return r;
	if (wish.coordinator)
		r = wish_to_join(acts, &wish, &pool_uuid, err);
	else
		r = wish_to_settle(acts, &(struct pool_settings){.name = wish.name}, NAME_TASK,
				   err);
	/* They may make the storage that is meant. */
	if (r >= 0)
		r = run_scripts(acts, err);
	if (r >= 0 && wish.default_sr)
		r = wish_to_settle(acts,
				   &(struct pool_settings){.joined_uuid = pool_uuid,
							   .default_sr = wish.default_sr},
				   STORAGE_TASK, err);
	return r;
}
