/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What makes the image this host: files of the plan, fresh identity, password, the log it keeps. */
#include <errno.h>
#include <sys/random.h>

#include "common/log.h"
#include "common/proc.h"
#include "common/ssh_key.h"
#include "installer/execute/engine.h"

#define LOG_FOLDER     "/var/log/installer"
#define LOG_FILE_BYTES (64 * MIB)
#define MACHINE_ID     16

static int write_failed(const struct execution *execution, const char *path, int r,
			struct error **err)
{
	r = error_errno(err, ERROR_INTERNAL, r, "cannot write %s%s", execution->job->target, path);
	if (r == -ENOSPC)
		error_hint(err, "The new system's disk is full: choose a larger layout or disk.");
	return r;
}

static int write_file(struct execution *execution, const struct plan_file *file)
{
	int r;

	if (!file->symlink)
		return fsroot_write_text(execution->target, file->path, file->content ?: "",
					 file->mode);
	r = fsroot_unlink(execution->target, file->path);
	if (r < 0 && r != -ENOENT)
		return r;
	return fsroot_symlink(execution->target, file->symlink, file->path);
}

int run_write_files(struct execution *execution, const struct plan_step *step _unused_,
		    struct error **err)
{
	const struct plan *plan = execution->plan;

	for (size_t i = 0; i < plan->n_files; i++) {
		int r = write_file(execution, &plan->files[i]);

		if (r < 0)
			return write_failed(execution, plan->files[i].path, r, err);
	}
	return 0;
}

/* machine-id(5): 32 hex digits of a version 4 UUID and a newline. */
static int write_machine_id(struct execution *execution, struct error **err)
{
	char text[2 * MACHINE_ID + 2];
	uint8_t id[MACHINE_ID];
	int r;

	if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id))
		return error_errno(err, ERROR_INTERNAL, errno, "the kernel gives no random bytes");
	id[6] = (uint8_t)((id[6] & 0x0f) | 0x40);
	id[8] = (uint8_t)((id[8] & 0x3f) | 0x80);
	digest_to_hex(id, sizeof(id), text);
	strcat(text, "\n");
	r = fsroot_write_text(execution->target, "/etc/machine-id", text, 0444);
	return r < 0 ? write_failed(execution, "/etc/machine-id", r, err) : 0;
}

#define HOST_KEY "/etc/ssh/ssh_host_ed25519_key"

/* So that whoever logs in first knows that it is this host. */
static void report_host_key(struct execution *execution)
{
	_cleanup_free_ char *line = NULL, *fingerprint = NULL;
	int r = fsroot_read_text(execution->target, HOST_KEY ".pub", &line);

	if (r == 0)
		r = ssh_key_fingerprint(line, &fingerprint);
	if (r == 0)
		strv_add(&execution->report->host_keys, fingerprint);
	else
		execution_warn(execution, "the host key of ssh cannot be read: %s", strerror(-r));
}

int run_identity(struct execution *execution, const struct plan_step *step _unused_,
		 struct error **err)
{
	/* Enough to know the host by. The other kinds are made when ssh first starts: how long the
	 * primes of an RSA key take is luck, and nobody waits for them there. */
	const char *argv[] = {"ssh-keygen", "-q", "-t", "ed25519", "-N", "",
			      "-C",         "",   "-f", HOST_KEY,  NULL};
	const struct proc proc = {
		.argv = argv, .tag = EXECUTE_TAG, .chroot = execution->job->target};
	int r = write_machine_id(execution, err);

	if (r == 0)
		r = proc_run(&proc, NULL, err);
	if (r == 0)
		report_host_key(execution);
	return r;
}

/* "*" fits no password, which locks the account but leaves ssh keys. */
#define LOCKED "*"

/* What chpasswd reads, and how. A plain password is hashed by it, inside the new system: yescrypt
 * takes more memory than all of this program. */
static int password_line(const struct execution *execution, char **ret, bool *ret_plain,
			 struct error **err)
{
	const struct secrets *secrets = execution->job->secrets;
	const struct plan *plan = execution->plan;
	bool locked = !plan->root_password_key || plan->password_type == PASSWORD_NONE;

	if (!locked && (!secrets || !secrets->root_password))
		return error_set(err, ERROR_INTERNAL, "the plan's secret \"%s\" is missing",
				 plan->root_password_key);
	if (!locked && strchr(secrets->root_password, '\n')) {
		error_set(err, ERROR_USER, "the root password holds a line break");
		return error_hint(err, "Choose a password that can be typed on one line.");
	}
	*ret = xasprintf("root:%s\n", locked ? LOCKED : secrets->root_password);
	*ret_plain = !locked && plan->password_type == PASSWORD_PLAIN;
	return 0;
}

/* For the join at first boot, which takes it away again. */
static int write_pool_password(const struct execution *execution, struct error **err)
{
	const struct secrets *secrets = execution->job->secrets;
	int r;

	if (!secrets || !secrets->pool_password)
		return 0;
	r = fsroot_write_text(execution->target, PLAN_POOL_PASSWORD, secrets->pool_password, 0600);
	return r < 0 ? write_failed(execution, PLAN_POOL_PASSWORD, r, err) : 0;
}

/* So that it can say how the join went, to who hears of this installation now. */
static int write_firstboot_report(const struct execution *execution, struct error **err)
{
	const struct secrets *secrets = execution->job->secrets;
	int r;

	if (!secrets || !secrets->firstboot_report)
		return 0;
	r = fsroot_write_text(execution->target, PLAN_FIRSTBOOT_REPORT, secrets->firstboot_report,
			      0600);
	return r < 0 ? write_failed(execution, PLAN_FIRSTBOOT_REPORT, r, err) : 0;
}

int run_password(struct execution *execution, const struct plan_step *step _unused_,
		 struct error **err)
{
	static const char *const hashed[] = {"chpasswd", "-e", NULL};
	static const char *const plain[] = {"chpasswd", "-c", "YESCRYPT", NULL};
	struct proc proc = {.tag = EXECUTE_TAG, .chroot = execution->job->target};
	_cleanup_free_ char *line = NULL;
	bool is_plain = false;
	int r = write_pool_password(execution, err);

	if (r >= 0)
		r = write_firstboot_report(execution, err);
	if (r >= 0)
		r = password_line(execution, &line, &is_plain, err);
	if (r < 0)
		return r;
	proc.argv = is_plain ? plain : hashed;
	proc.input = line;
	r = proc_run(&proc, NULL, err);
	explicit_bzero(line, strlen(line));
	return r;
}

/*
 * One that the image does not have is no reason to fail a host that is otherwise complete.
 * systemctl(1) knows that it is in a chroot, and only makes or removes links.
 */
int run_services(struct execution *execution, const struct plan_step *step _unused_,
		 struct error **err)
{
	const struct plan *plan = execution->plan;

	for (size_t i = 0; i < plan->n_services; i++) {
		const struct plan_service *service = &plan->services[i];
		const char *verb = service->enabled ? "enable" : "disable";
		_cleanup_free_ char *unit = xasprintf("%s.service", service->name);
		_cleanup_error_ struct error *problem = NULL;
		_cleanup_free_ char *text = NULL;
		const char *argv[] = {"systemctl", verb, "--", unit, NULL};
		const struct proc proc = {
			.argv = argv, .tag = EXECUTE_TAG, .chroot = execution->job->target};
		int r = proc_run(&proc, NULL, &problem);

		if (r == -ECANCELED && err)
			*err = TAKE_PTR(problem);
		if (r == -ECANCELED)
			return r;
		text = r < 0 ? error_text(problem) : NULL;
		if (r < 0)
			execution_warn(execution, "cannot %s the service %s: %s", verb,
				       service->name, text);
	}
	return 0;
}

static void copy_file(struct execution *execution, const char *folder, const char *name)
{
	_cleanup_free_ char *from = xasprintf("%s/%s", folder, name);
	_cleanup_free_ char *to = xasprintf("%s/%s", LOG_FOLDER, name);
	_cleanup_free_ char *text = NULL;
	size_t length;
	int r = fsroot_read(execution->job->root, from, LOG_FILE_BYTES, &text, &length);

	if (r == 0)
		r = fsroot_write(execution->target, to, text, length, 0600);
	if (r < 0)
		execution_warn(execution, "%s is not kept on the new host: %s", from, strerror(-r));
}

/* The installer's log and the documents beside it, none of which holds a secret. */
static void copy_log_folder(struct execution *execution)
{
	const char *log = execution->job->log_file;
	const char *slash = log ? strrchr(log, '/') : NULL;
	_cleanup_strv_ char **names = NULL;
	_cleanup_free_ char *folder = NULL;

	if (!slash)
		return;
	folder = xstrndup(log, (size_t)(slash - log));
	if (fsroot_list(execution->job->root, folder, &names) < 0)
		return;
	for (char **name = names; name && *name; name++)
		if (str_ends(*name, ".json") || str_eq(*name, slash + 1))
			copy_file(execution, folder, *name);
}

static void warn_at_last(struct execution *execution)
{
	const struct execute_job *job = execution->job;
	_cleanup_free_ char *warning = job->last_warning ? job->last_warning(job->data) : NULL;

	if (warning)
		execution_warn(execution, "%s", warning);
}

/* Run again just before unmounting, so that the host keeps as much of the story as it can. */
int run_save_log(struct execution *execution, const struct plan_step *step, struct error **err)
{
	_cleanup_json_ struct json *plan = NULL, *report = NULL;
	_cleanup_free_ char *plan_text = NULL, *report_text = NULL;
	int r;

	if (step->kind == STEP_SAVE_LOG)
		warn_at_last(execution);
	plan = plan_to_json(execution->plan);
	report = report_to_json(execution->report);
	plan_text = json_to_text(plan);
	report_text = json_to_text(report);
	r = fsroot_mkdir(execution->target, LOG_FOLDER, 0700);
	if (r < 0 && r != -EEXIST)
		return write_failed(execution, LOG_FOLDER, r, err);
	copy_log_folder(execution);
	r = fsroot_write_text(execution->target, LOG_FOLDER "/plan.json", plan_text, 0600);
	if (r == 0)
		r = fsroot_write_text(execution->target, LOG_FOLDER "/report.json", report_text,
				      0600);
	return r < 0 ? write_failed(execution, LOG_FOLDER, r, err) : 0;
}
