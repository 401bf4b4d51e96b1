/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answer file's scripts. All are fetched before anything is changed, so that a dead link cannot
 * leave a half-made host. As upstream has it a script's exit status does not end an installation,
 * unless the answers ask for that; unlike there it becomes a warning that the report shows.
 */
#include <errno.h>

#include "common/fetch.h"
#include "common/http.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/script.h"
#include "common/url.h"
#include "installer/execute/engine.h"

#define FOLDER           "/run/xenhost/scripts"
#define MOUNT_POINT      "/run/xenhost/scripts.mnt"
#define SCRIPT_MAX_BYTES (4 * MIB)

struct script_file {
	const struct answers_script *script;
	bool for_firstboot;
	char *path;   /* inside the running installer */
	char *masked; /* its URL without credentials */
};

void scripts_free(struct execution *execution)
{
	for (size_t i = 0; i < execution->n_scripts; i++) {
		if (fsroot_unlink(execution->job->root, execution->scripts[i].path) < 0)
			log_debug(EXECUTE_TAG, "%s stays behind", execution->scripts[i].path);
		free(execution->scripts[i].path);
		free(execution->scripts[i].masked);
	}
	free(execution->scripts);
	execution->scripts = NULL;
	execution->n_scripts = 0;
}

/* Remote ones by the table of places; a path is one of the running installer. */
static int fetch(const struct execution *execution, const struct script_file *file, char **ret,
		 size_t *ret_length, struct error **err)
{
	const struct fsroot *root = execution->job->root;
	_cleanup_free_ char *place = answers_script_place(file->script),
			    *mount_point = fsroot_outer_path(root, MOUNT_POINT);
	struct fetch request = execution->job->places ? *execution->job->places : (struct fetch){0};
	const char *path = str_starts(place, "file://") ? place + strlen("file://") : place;
	int r;

	if (url_has_scheme(path)) {
		r = fsroot_mkdir(root, MOUNT_POINT, 0700);
		if (r < 0)
			return error_errno(err, ERROR_INTERNAL, r, "cannot make %s", MOUNT_POINT);
		request.max_bytes = SCRIPT_MAX_BYTES;
		request.mount_point = mount_point;
		return fetch_read(&request, path, ret, ret_length, err);
	}
	r = fsroot_read(root, path, SCRIPT_MAX_BYTES, ret, ret_length);
	return r < 0 ? error_errno(err, ERROR_USER, r, "cannot read the script %s", path) : 0;
}

/* What came is what the answers mean: checked before anything is written, and before it runs. */
static int check_digest(const struct script_file *file, const char *text, size_t length,
			struct error **err)
{
	char digest[SHA256_HEX];

	if (!file->script->sha256)
		return 0;
	digest_sha256_hex(text, length, digest);
	if (str_eq(digest, file->script->sha256))
		return 0;
	error_set(err, ERROR_USER, "the script %s has the SHA-256 %s, the answers want %s",
		  file->masked, digest, file->script->sha256);
	return error_hint(err, "Find out who changed it, then put the right digest into the "
			       "answer file.");
}

static int fetch_one(struct execution *execution, const struct answers_script *script,
		     bool for_firstboot, struct error **err)
{
	struct script_file *file = &execution->scripts[execution->n_scripts];
	_cleanup_free_ char *text = NULL;
	size_t length;
	int r;

	*file = (struct script_file){.script = script, .for_firstboot = for_firstboot};
	file->path = xasprintf("%s/%zu", FOLDER, execution->n_scripts);
	file->masked = url_masked(script->url);
	execution->n_scripts++;
	r = fetch(execution, file, &text, &length, err);
	if (r == 0)
		r = check_digest(file, text, length, err);
	/* What the new host has may change until it boots, by its own scripts. */
	if (r == 0)
		r = script_check(text, file->masked, !file->for_firstboot, err);
	if (r < 0)
		return error_prefix(err, "the script for %s cannot be used",
				    for_firstboot ? "first boot"
						  : script_stage_to_string(script->stage));
	r = fsroot_write(execution->job->root, file->path, text, length, 0500);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write %s", file->path);
	return 0;
}

int check_scripts(struct execution *execution, const struct plan_step *step _unused_,
		  struct error **err)
{
	const struct plan *plan = execution->plan;

	int r = 0;

	if (execution->scripts_ready)
		return 0;
	scripts_free(execution);
	execution->scripts = xcalloc(plan->n_scripts + plan->n_firstboot_scripts + 1,
				     sizeof(*execution->scripts));
	for (size_t i = 0; r == 0 && i < plan->n_scripts; i++)
		r = fetch_one(execution, &plan->scripts[i], false, err);
	for (size_t i = 0; r == 0 && i < plan->n_firstboot_scripts; i++)
		r = fetch_one(execution, &plan->firstboot_scripts[i], true, err);
	execution->scripts_ready = r == 0;
	return r;
}

static int keep_script(struct execution *execution, const char *from, const char *to,
		       struct error **err)
{
	_cleanup_free_ char *text = NULL;
	size_t length;
	int r = fsroot_read(execution->job->root, from, SCRIPT_MAX_BYTES, &text, &length);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read %s", from);
	r = fsroot_write(execution->target, to, text, length, 0500);
	return r < 0 ? error_errno(err, ERROR_INTERNAL, r, "cannot write %s%s",
				   execution->job->target, to)
		     : 0;
}

/* Scripts may hold secrets, so nobody else may look into their folder. */
int run_keep_scripts(struct execution *execution, const struct plan_step *step _unused_,
		     struct error **err)
{
	_cleanup_free_ char *first = plan_firstboot_script(0);
	_cleanup_free_ char *folder = xstrndup(first, (size_t)(strrchr(first, '/') - first));
	size_t count = 0;
	int r = fsroot_mkdir(execution->target, folder, 0700);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot make %s%s",
				   execution->job->target, folder);
	for (size_t i = 0; r == 0 && i < execution->n_scripts; i++) {
		const struct script_file *file = &execution->scripts[i];

		if (!file->for_firstboot)
			continue;
		_cleanup_free_ char *path = plan_firstboot_script(count++);

		r = keep_script(execution, file->path, path, err);
	}
	return r;
}

/* Failure is told and passed over; cancellation is not. */
static int run_one(struct execution *execution, const struct script_file *file,
		   const char *argument, bool despite_cancel, struct error **err)
{
	_cleanup_free_ char *path = fsroot_outer_path(execution->job->root, file->path);
	_cleanup_free_ char *stage =
		xasprintf("XS_STAGE=%s", script_stage_to_string(file->script->stage));
	const char *argv[] = {path, argument, NULL}, *env[] = {stage, NULL};
	/* What a later one left running could hold the new system's file systems. */
	const struct proc proc = {.argv = argv,
				  .env = env,
				  .tag = "script",
				  .timeout_s = file->script->timeout_s,
				  .leaves_daemon = file->script->stage == STAGE_INSTALLATION_START,
				  .despite_cancel = despite_cancel};
	_cleanup_error_ struct error *problem = NULL;
	_cleanup_free_ char *text = NULL;
	int r;

	log_info(EXECUTE_TAG, "runs the script %s", file->masked);
	r = proc_run(&proc, NULL, &problem);
	if (r == 0)
		return 0;
	if (r == -ECANCELED && !despite_cancel) {
		if (err)
			*err = TAKE_PTR(problem);
		return r;
	}
	if (file->script->on_failure == FAILURE_STOPS) {
		if (err)
			*err = TAKE_PTR(problem);
		return error_prefix(err,
				    "the script %s (%s) failed, which must stop the "
				    "installation",
				    file->masked, script_stage_to_string(file->script->stage));
	}
	text = error_text(problem);
	execution_warn(execution, "the script %s (%s) failed: %s", file->masked,
		       script_stage_to_string(file->script->stage), text);
	return 0;
}

static int run_stage(struct execution *execution, enum script_stage stage, const char *argument,
		     bool despite_cancel, struct error **err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < execution->n_scripts; i++)
		if (!execution->scripts[i].for_firstboot &&
		    execution->scripts[i].script->stage == stage)
			r = run_one(execution, &execution->scripts[i], argument, despite_cancel,
				    err);
	return r;
}

int run_scripts(struct execution *execution, const struct plan_step *step, struct error **err)
{
	const char *target = execution->job->target;
	int r;

	if (step->kind == STEP_SCRIPTS_START)
		return run_stage(execution, STAGE_INSTALLATION_START, NULL, false, err);
	if (step->kind == STEP_SCRIPTS_COMPLETE)
		return run_stage(execution, STAGE_INSTALLATION_COMPLETE, "0", true, err);
	r = run_stage(execution, STAGE_PACKAGES_INSTALLED, target, false, err);
	if (r == 0)
		r = run_stage(execution, STAGE_FILESYSTEM_POPULATED, target, false, err);
	return r;
}

void scripts_tell_failure(struct execution *execution)
{
	(void)run_stage(execution, STAGE_INSTALLATION_COMPLETE, "1", true, NULL);
}
