/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/json.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/firstboot.h"

/* The answers' scripts of first boot: each runs once at its moment, in the file's order. */

#define FILE_NAME FIRSTBOOT_DATA "/xenhost-scripts.json"
/* As long as the answers allow. */
#define TIMEOUT_MAX_S 86400

struct script {
	char *name; /* "script 1 (network-up)" */
	enum script_moment moment;
	const char *path, *source; /* of the parsed file */
	unsigned timeout_s;
	bool stops; /* those behind it wait until it has ended well */
};

int firstboot_moment_from_string(const char *text, enum script_moment *ret)
{
	for (unsigned i = MOMENT_BEFORE_NETWORK; i <= MOMENT_JOINED; i++)
		if (str_eq(text, script_moment_to_string((enum script_moment)i))) {
			*ret = (enum script_moment)i;
			return 0;
		}
	return -EINVAL;
}

static int read_script(const struct json *json, struct script *ret, struct error **err)
{
	uint64_t timeout = 0;

	ret->path = json_get_string(json, "path");
	ret->source = json_get_string(json, "source");
	ret->stops = str_eq(json_get_string(json, "on_failure"),
			    script_failure_to_string(FAILURE_STOPS));
	if (!ret->path || !ret->source || !json_get_u64(json, "timeout_s", &timeout) ||
	    timeout == 0 || timeout > TIMEOUT_MAX_S ||
	    firstboot_moment_from_string(json_get_string(json, "moment"), &ret->moment) < 0) {
		error_set(err, ERROR_USER,
			  FILE_NAME " has a script without path, source, moment "
				    "or timeout_s");
		return error_hint(err, "The installer wrote it; see /var/log/installer/plan.json.");
	}
	ret->timeout_s = (unsigned)timeout;
	return 0;
}

struct scripts {
	struct script *list;
	size_t count;
};

static void scripts_done(struct scripts *scripts)
{
	for (size_t i = 0; i < scripts->count; i++)
		free(scripts->list[i].name);
	free(scripts->list);
}

static int read_scripts(const struct json *json, struct scripts *ret, struct error **err)
{
	const struct json *list = json_get_array(json, "scripts");

	for (size_t i = 0; i < json_length(list); i++) {
		struct script *script = ARRAY_APPEND(ret->list, ret->count);
		int r = read_script(json_at(list, i), script, err);

		if (r < 0)
			return r;
		script->name = xasprintf("script %zu (%s)", i + 1,
					 script_moment_to_string(script->moment));
	}
	return 0;
}

static int run_one(const struct firstboot *firstboot, const struct script *script,
		   struct error **err)
{
	_cleanup_free_ char *path = fsroot_outer_path(firstboot->root, script->path);
	_cleanup_free_ char *moment =
		xasprintf("XENHOST_MOMENT=%s", script_moment_to_string(script->moment));
	const char *argv[] = {path, NULL}, *env[] = {moment, NULL};
	const struct proc proc = {
		.argv = argv, .env = env, .tag = "script", .timeout_s = script->timeout_s};

	log_info("script", "runs %s", script->source);
	return proc_run(&proc, NULL, err);
}

static void keep_result(struct task_result *result, const struct script *script,
			const struct error *error)
{
	const char *moment = script_moment_to_string(script->moment);
	_cleanup_free_ char *text = error ? error_text(error) : NULL;

	free(result->message);
	free(result->hint);
	result->state = error ? TASK_FAILED : TASK_DONE;
	result->message = error ? xasprintf("%s: %s", script->source, text)
				: xasprintf("%s ended well", script->source);
	result->hint = NULL;
	if (error && script->stops)
		result->hint = xasprintf("The scripts behind it wait. It is tried again at the "
					 "next boot, or by: xenhost-firstboot scripts %s",
					 moment);
	else if (error)
		result->hint = xasprintf("It is not tried again. What it printed: journalctl -u "
					 "xenhost-firstboot-%s",
					 moment);
}

/* Once is enough, unless a failure must not be passed over. */
static bool is_settled(const struct task_result *result, const struct script *script)
{
	return result->state == TASK_DONE || (result->state == TASK_FAILED && !script->stops);
}

/* What runs earlier and must end well has done so. */
static int check_earlier(struct firstboot *firstboot, const struct scripts *scripts,
			 enum script_moment moment, struct error **err)
{
	for (size_t i = 0; i < scripts->count; i++) {
		const struct script *script = &scripts->list[i];

		if (script->moment >= moment || !script->stops ||
		    is_settled(state_result(firstboot, script->name), script))
			continue;
		error_set(err, ERROR_INTERNAL, "%s has not ended well, so those of %s wait",
			  script->name, script_moment_to_string(moment));
		return error_hint(err,
				  "xenhost-firstboot status says why; then: "
				  "xenhost-firstboot scripts %s",
				  script_moment_to_string(script->moment));
	}
	return 0;
}

static int run_due(struct firstboot *firstboot, const struct script *script, struct error **err)
{
	_cleanup_error_ struct error *error = NULL;
	int r, saved;

	if (is_settled(state_result(firstboot, script->name), script))
		return 0;
	r = run_one(firstboot, script, &error);
	keep_result(state_result(firstboot, script->name), script, error);
	if (r < 0)
		log_error("script", "%s: %s", script->name,
			  state_result(firstboot, script->name)->message);
	saved = state_save(firstboot, err);
	if (saved < 0 || r == 0 || !script->stops)
		return saved;
	if (err)
		*err = TAKE_PTR(error);
	return r;
}

static int run_moment(struct firstboot *firstboot, const struct scripts *scripts,
		      enum script_moment moment, struct error **err)
{
	int r = check_earlier(firstboot, scripts, moment, err);

	for (size_t i = 0; r == 0 && i < scripts->count; i++)
		if (scripts->list[i].moment == moment)
			r = run_due(firstboot, &scripts->list[i], err);
	return r;
}

int firstboot_scripts(struct firstboot *firstboot, enum script_moment moment, struct error **err)
{
	_cleanup_(scripts_done) struct scripts scripts = {0};
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ struct json *json = NULL;
	int r = fsroot_read_text(firstboot->root, FILE_NAME, &text), greeted;

	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read %s", FILE_NAME);
	r = json_parse(text, strlen(text), FILE_NAME, &json, err);
	if (r == 0)
		r = read_scripts(json, &scripts, err);
	if (r < 0)
		return r;
	r = run_moment(firstboot, &scripts, moment, err);
	greeted = greeting_write(firstboot, r < 0 ? NULL : err);
	return r < 0 ? r : greeted;
}
