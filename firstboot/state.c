/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/json.h"
#include "common/str.h"
#include "firstboot/firstboot.h"

#define SCHEMA "xenhost.firstboot/1"

static const char *const task_states[] = {
	[TASK_PENDING] = "pending",
	[TASK_DONE] = "done",
	[TASK_NOTHING] = "nothing-to-do",
	[TASK_FAILED] = "failed",
};

const char *task_state_to_string(enum task_state state)
{
	return task_states[state];
}

int task_state_from_string(const char *text, enum task_state *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(task_states); i++)
		if (str_eq(text, task_states[i])) {
			*ret = (enum task_state)i;
			return 0;
		}
	return -EINVAL;
}

void firstboot_done(struct firstboot *firstboot)
{
	for (size_t i = 0; i < firstboot->n_results; i++) {
		free(firstboot->results[i].name);
		free(firstboot->results[i].message);
		free(firstboot->results[i].hint);
	}
	free(firstboot->results);
	free(firstboot->storage_uuid);
	strv_free(firstboot->dismissed);
	json_free(firstboot->pool);
	fsroot_free(firstboot->root);
}

struct task_result *state_result(struct firstboot *firstboot, const char *name)
{
	struct task_result *result;

	for (size_t i = 0; i < firstboot->n_results; i++)
		if (str_eq(firstboot->results[i].name, name))
			return &firstboot->results[i];
	result = ARRAY_APPEND(firstboot->results, firstboot->n_results);
	result->name = xstrdup(name);
	return result;
}

static void read_tasks(struct firstboot *firstboot, const struct json *tasks)
{
	for (size_t i = 0; i < json_length(tasks); i++) {
		const struct json *task = json_at(tasks, i);
		const char *name = json_get_string(task, "name");
		enum task_state state;

		if (!name || task_state_from_string(json_get_string(task, "state"), &state) < 0)
			continue;
		*state_result(firstboot, name) = (struct task_result){
			.name = state_result(firstboot, name)->name,
			.state = state,
			.message = xstrdup(json_get_string(task, "message")),
			.hint = xstrdup(json_get_string(task, "hint")),
		};
	}
}

static void read_dismissed(struct firstboot *firstboot, const struct json *names)
{
	for (size_t i = 0; i < json_length(names); i++)
		if (json_at_string(names, i))
			strv_add(&firstboot->dismissed, json_at_string(names, i));
}

int state_load(struct firstboot *firstboot, struct error **err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ struct json *json = NULL;
	int r = fsroot_read_text(firstboot->root, FIRSTBOOT_STATE, &text);

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "cannot read %s", FIRSTBOOT_STATE);
	r = json_parse(text, strlen(text), FIRSTBOOT_STATE, &json, err);
	if (r < 0)
		return r;
	firstboot->storage_uuid = xstrdup(json_get_string(json, "storage_uuid"));
	firstboot->pool = json_share(json_get_object(json, "pool"));
	read_tasks(firstboot, json_get_array(json, "tasks"));
	read_dismissed(firstboot, json_get_array(json, "dismissed"));
	return 0;
}

int state_reload(struct firstboot *firstboot, struct error **err)
{
	struct firstboot fresh = {.root = firstboot->root};
	int r = state_load(&fresh, err);

	if (r < 0) {
		fresh.root = NULL;
		firstboot_done(&fresh);
		return r;
	}
	firstboot->root = NULL;
	firstboot_done(firstboot);
	*firstboot = fresh;
	return 0;
}

struct json *state_to_json(const struct firstboot *firstboot)
{
	struct json *json = json_new_object(), *tasks;

	json_set_string(json, "schema", SCHEMA);
	json_set_string(json, "storage_uuid", firstboot->storage_uuid);
	tasks = json_set_array(json, "tasks");
	for (size_t i = 0; i < firstboot->n_results; i++) {
		const struct task_result *result = &firstboot->results[i];
		struct json *task = json_append_object(tasks);

		json_set_string(task, "name", result->name);
		json_set_string(task, "state", task_state_to_string(result->state));
		json_set_string(task, "message", result->message);
		json_set_string(task, "hint", result->hint);
	}
	json_set(json, "pool", json_share(firstboot->pool));
	json_set_strv(json, "dismissed", firstboot->dismissed);
	return json;
}

int state_save(const struct firstboot *firstboot, struct error **err)
{
	_cleanup_json_ struct json *json = state_to_json(firstboot);
	_cleanup_free_ char *text = json_to_text(json);
	int r;

	r = fsroot_write_text(firstboot->root, FIRSTBOOT_STATE, text, 0644);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write %s", FIRSTBOOT_STATE);
	return 0;
}
