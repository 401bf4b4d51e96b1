/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/apply.h"

#include <errno.h>

#include "common/clock.h"
#include "common/i18n.h"
#include "common/log.h"
#include "common/password.h"
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/changes.h"
#include "firstboot/erase.h"
#include "firstboot/join_command.h"
#include "firstboot/network_checks.h"
#include "firstboot/network_try.h"
#include "firstboot/pool/engine.h"
#include "firstboot/pool_wish.h"
#include "firstboot/settings.h"
#include "firstboot/tell.h"

#define TAG "wizard"
/* For this host's own toolstack: somebody looks on, and can try again. */
#define POOL_WAIT_S 120

struct step {
	const char *title;
	/* True when something of it is new. */
	bool (*is_due)(struct apply *apply);
	int (*run)(struct apply *apply, char **ret_words, struct error **err);
};

static bool is_live(const struct apply *apply)
{
	return fsroot_is_live(apply->firstboot->root);
}

static bool part_differs(struct apply *apply, enum changes_part part)
{
	_cleanup_changes_ struct changes changes = {0};

	return changes_make(apply->firstboot->root, apply->from, apply->to, part, &changes, NULL) ==
		       0 &&
	       changes.count > 0;
}

static bool name_is_due(struct apply *apply)
{
	return part_differs(apply, CHANGES_NAME);
}

static bool time_is_due(struct apply *apply)
{
	return part_differs(apply, CHANGES_TIME);
}

static bool network_is_due(struct apply *apply)
{
	/* Also the domain of a new name would stand in its files. */
	return !settings_network_owner(apply->firstboot->root) &&
	       part_differs(apply, CHANGES_NETWORK);
}

static bool password_is_due(struct apply *apply)
{
	return apply->password != NULL;
}

static int write_part(struct apply *apply, enum changes_part part, struct error **err)
{
	_cleanup_changes_ struct changes changes = {0};
	const struct fsroot *root = apply->firstboot->root;
	int r = changes_make(root, apply->from, apply->to, part, &changes, err);

	if (r == 0)
		r = changes_write(root, &changes, err);
	if (r < 0) {
		changes_turn(&changes);
		if (changes_write(root, &changes, NULL) < 0)
			log_error(TAG, "the old files could not be written again");
	}
	return r;
}

static int run_name(struct apply *apply, char **ret_words, struct error **err)
{
	const char *name = apply->to->hostname;
	int r = write_part(apply, CHANGES_NAME, err);

	if (r == 0 && name && is_live(apply))
		r = proc_runl(err, TAG, "hostname", name, NULL);
	if (r == 0)
		*ret_words = xstrdup(name ?: N_("from the DHCP server, at the next start"));
	return r;
}

static int run_password(struct apply *apply, char **ret_words, struct error **err)
{
	_cleanup_free_ char *folder = fsroot_outer_path(apply->firstboot->root, "/");
	const char *argv[] = {"chpasswd", "-e", NULL, NULL, NULL};
	struct proc proc = {.argv = argv, .tag = TAG, .timeout_s = 60};
	char *hash = NULL, *line;
	int r = password_hash(apply->password, &hash, err);

	if (r < 0)
		return r;
	if (!is_live(apply)) {
		argv[2] = "--root";
		argv[3] = folder;
	}
	line = xasprintf("root:%s\n", hash);
	proc.input = line;
	r = proc_run(&proc, NULL, err);
	explicit_bzero(line, strlen(line));
	explicit_bzero(hash, strlen(hash));
	free(line);
	free(hash);
	if (r == 0)
		*ret_words = xstrdup(N_("root can log in, here and by ssh"));
	return r;
}

#define DHCP_TIME    "xenhost-dhcp-time"
#define DHCP_SOURCES "/run/chrony-dhcp/networkd.sources"

static int activate_time(const struct apply *apply, struct error **err)
{
	bool dhcp = apply->to->ntp_source == NTP_DHCP;
	int r = proc_runl(err, TAG, "systemctl", "daemon-reload", NULL);

	if (r == 0 && dhcp)
		r = proc_runl(err, TAG, "systemctl", "restart", DHCP_TIME ".path",
			      DHCP_TIME ".service", NULL);
	/* Nothing watches any more, and nothing that it handed over is left. */
	if (r == 0 && !dhcp && apply->from && apply->from->ntp_source == NTP_DHCP) {
		r = proc_runl(err, TAG, "systemctl", "stop", DHCP_TIME ".path", NULL);
		if (fsroot_unlink(apply->firstboot->root, DHCP_SOURCES) == 0)
			log_info(TAG, DHCP_SOURCES " is gone");
	}
	if (r == 0)
		r = proc_runl(err, TAG, "systemctl", "try-restart", "chrony.service", NULL);
	return r;
}

static int run_time(struct apply *apply, char **ret_words, struct error **err)
{
	int r = write_part(apply, CHANGES_TIME, err);

	if (r == 0 && is_live(apply))
		r = activate_time(apply, err);
	if (r == 0)
		*ret_words = xasprintf("%s", apply->to->timezone);
	return r;
}

/* What the operator sees while the question stands: the question, the time, what works so far. */
static bool show_question(struct apply *apply, struct wizard_job *checks, double left)
{
	struct wizard_job *job = &apply->job;
	_cleanup_free_ char *words = NULL;
	bool waiting;

	pthread_mutex_lock(&checks->lock);
	words = wizard_job_words(checks);
	pthread_mutex_unlock(&checks->lock);
	pthread_mutex_lock(&job->lock);
	free(job->details);
	job->details = TAKE_PTR(words);
	if (!job->question)
		job->question = xstrdup(N_("The new network is in use. Shall it stay?"));
	job->seconds_left = left > 0 ? (unsigned)left : 0;
	waiting = job->answer == JOB_UNANSWERED && !job->stop && left > 0;
	pthread_mutex_unlock(&job->lock);
	return waiting;
}

/* Waits for the operator. Somebody may also confirm it elsewhere: who was cut off here. */
static bool ask_to_keep(struct apply *apply)
{
	const struct fsroot *root = apply->firstboot->root;
	struct network_checks *checks = network_checks_start(root, apply->after);
	struct wizard_job *job = &apply->job;
	double end = clock_seconds() + NETWORK_TRY_S;
	bool keep = false;

	while (show_question(apply, network_checks_job(checks), end - clock_seconds()) && !keep) {
		keep = !network_is_tried(root);
		usleep(100000);
	}
	pthread_mutex_lock(&job->lock);
	keep = keep || job->answer == JOB_YES;
	free(job->question);
	free(job->details);
	job->question = job->details = NULL;
	job->answer = JOB_UNANSWERED;
	pthread_mutex_unlock(&job->lock);
	network_checks_release(checks);
	return keep;
}

static int run_network(struct apply *apply, char **ret_words, struct error **err)
{
	_cleanup_changes_ struct changes changes = {0};
	const struct fsroot *root = apply->firstboot->root;
	bool done;
	int r = changes_make(root, apply->from, apply->to, CHANGES_NETWORK, &changes, err);

	if (r == 0)
		r = network_try(root, &changes, err);
	if (r < 0)
		return r;
	/* Of a folder nobody can be cut off. */
	if (is_live(apply) && !ask_to_keep(apply)) {
		r = network_take_back(root, &done, err);
		if (r < 0)
			return r;
		error_set(err, ERROR_CANCELLED,
			  "the new network was not confirmed, and the old one "
			  "is back");
		return error_hint(err, "Look at the cable, the VLAN and the addresses.");
	}
	if (network_is_tried(root))
		r = network_confirm(root, err);
	else if (!changes_hold(root, &changes))
		r = error_set(err, ERROR_CANCELLED, "somebody took the old network back");
	if (r == 0)
		*ret_words = xasprintf("on %s", apply->to->network.device);
	return r;
}

#define LOCAL_STORAGE "local-storage"
#define STORAGE       FIRSTBOOT_DATA "/default-storage.conf"

static bool storage_is_due(struct apply *apply)
{
	return *wizard_get(apply->after, "guest-disk") != '\0';
}

/* The task of first boot makes it, and looks at every device once more before it writes. */
static int make_storage(struct apply *apply, char **ret_words, struct error **err)
{
	struct firstboot *firstboot = apply->firstboot;
	const struct task_result *result;
	int r;

	if (!is_live(apply)) {
		*ret_words = xstrdup(N_("is made at the next start"));
		return 0;
	}
	r = firstboot_run(firstboot, err);
	result = state_result(firstboot, LOCAL_STORAGE);
	if (result->state != TASK_DONE)
		return r < 0 ? r
			     : error_set(err, ERROR_INTERNAL, "%s",
					 result->message ?: "no storage was made");
	/* Another task is not what was asked for here. */
	if (r < 0 && err && *err) {
		error_free(*err);
		*err = NULL;
	}
	*ret_words = xstrdup(result->message);
	return 0;
}

/* Disks whose loss was confirmed, after another look at the machine. */
static int erase_disks(const struct apply *apply, struct error **err)
{
	const struct fsroot *root = apply->firstboot->root;
	const struct host_options options = {0};
	_cleanup_strv_ char **paths = strv_split(wizard_get(apply->after, "destroy-existing"), " ");
	_cleanup_host_ struct host *now = NULL;
	int r = 0;

	/* In a folder there is nothing to erase. */
	if (!paths || !is_live(apply))
		return 0;
	r = host_detect(root, &options, &now, err);
	for (char **path = paths; r == 0 && *path; path++)
		r = erase_disk(root, apply->host, now, *path, err);
	return r;
}

static int run_storage(struct apply *apply, char **ret_words, struct error **err)
{
	const struct fsroot *root = apply->firstboot->root;
	bool ext = str_eq(wizard_get(apply->after, "installation@sr-type"), "ext");
	_cleanup_free_ char *text =
		plan_storage_file(wizard_get(apply->after, "guest-disk"), ext ? SR_EXT : SR_LVM);
	int r = erase_disks(apply, err);

	if (r < 0)
		return r;
	r = fsroot_write_text(root, STORAGE, text, 0644);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write %s", STORAGE);
	return make_storage(apply, ret_words, err);
}

static bool pool_is_due(struct apply *apply)
{
	return !str_eq(wizard_get(apply->after, "pool"), wizard_get(apply->before, "pool"));
}

static const char *state_words(enum join_state state)
{
	switch (state) {
	case JOIN_UNTOUCHED:
		return "as it was before";
	case JOIN_UNKNOWN:
		return "in a state that nobody tells: look at it with xenhost-firstboot status";
	case JOIN_ALONE:
		return "alone, as before";
	case JOIN_EMERGENCY:
		return "a member that cannot work with its coordinator";
	case JOIN_DISABLED:
		return "a member, but not enabled";
	case JOIN_MEMBER:
		return "a member";
	}
	return "";
}

static void say(const char *sentence, void *data)
{
	struct apply *apply = data;

	log_info("join", "%s", sentence);
	wizard_job_set(&apply->job, apply->step, JOB_WORKING, xstrdup(sentence), NULL);
}

static const char *or_null(const char *text)
{
	return *text ? text : NULL;
}

/* How it ended is kept where "join" keeps it, so that "status" tells the same. */
static int run_pool(struct apply *apply, char **ret_words, struct error **err)
{
	const struct wizard_values *values = apply->after;
	const struct join_request here = {
		.host = {.socket = apply->socket},
		.root = is_live(apply) ? apply->firstboot->root : NULL,
		.wait_s = POOL_WAIT_S,
		.say = say,
		.data = apply,
	};
	const struct pool_settings settings = {.name = wizard_get(values, "pool@name")};
	struct join_request request = here;
	_cleanup_(join_result_done) struct join_result result = {0};
	_cleanup_error_ struct error *error = NULL;

	if (str_eq(wizard_get(values, "pool"), "create"))
		return join_engine_find("xapi")->settle(&here, &settings, ret_words, err);
	request.pool.address = wizard_get(values, "pool@coordinator");
	request.pool.certificate_sha256 = or_null(wizard_get(values, "pool@certificate-sha256"));
	request.user = or_null(wizard_get(values, "pool@user"));
	request.password = wizard_get(values, "pool/password");
	request.force = str_eq(wizard_get(values, "pool@force"), "true");
	int r = join_engine_find("xapi")->join(&request, &result, &error);

	join_note(apply->firstboot, &result, error);
	tell_join(apply->firstboot->root, &result, error);
	if (state_save(apply->firstboot, NULL) < 0)
		log_error(TAG, FIRSTBOOT_STATE " cannot be written");
	if (r < 0) {
		error_prefix(&error, "the join has failed; this host is %s",
			     state_words(result.state));
		if (err)
			*err = TAKE_PTR(error);
		return r;
	}
	/* That of an installation whose own join had failed. */
	if (pool_wish_forget_password(apply->firstboot->root, NULL) < 0)
		log_error(TAG, POOL_WISH_PASSWORD " cannot be removed");
	*ret_words = xasprintf("a member of %s%s",
			       str_empty(result.pool_name) ? "the pool" : result.pool_name,
			       result.already ? ", as before" : "");
	return 0;
}

static const struct step steps[] = {
	{N_("Name of the host"), name_is_due, run_name},
	{N_("Password of root"), password_is_due, run_password},
	{N_("Time"), time_is_due, run_time},
	{N_("Management network"), network_is_due, run_network},
	{N_("Local storage"), storage_is_due, run_storage},
	{N_("Pool"), pool_is_due, run_pool},
};

/* Steps whose turn it is, in the order of the job's. */
static const struct step *step_of(const struct apply *apply, size_t number)
{
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (str_eq(steps[i].title, apply->job.steps[number].title))
			return &steps[i];
	return NULL;
}

static int make_plan(const struct apply *apply, const struct wizard_values *values,
		     struct plan **ret, char **ret_password, struct error **err)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	int r = wizard_answers(values, &answers, &secrets, &findings);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "the settings cannot be read");
	for (size_t i = 0; i < findings.count; i++)
		if (findings.list[i].severity == SEVERITY_ERROR) {
			error_set(err, ERROR_USER, "%s", findings.list[i].message);
			return error_hint(err, "%s", findings.list[i].hint ?: "Correct it.");
		}
	r = plan_settings(apply->host, answers, ret, &findings, err);
	if (r == 0 && ret_password)
		*ret_password = TAKE_PTR(secrets.root_password);
	return r;
}

int apply_prepare(struct apply *apply, struct error **err)
{
	int r;

	wizard_job_init(&apply->job);
	r = make_plan(apply, apply->after, &apply->to, &apply->password, err);
	if (r < 0)
		return r;
	/* A host that was never set up has no plan. */
	if (make_plan(apply, apply->before, &apply->from, NULL, NULL) < 0)
		apply->from = NULL;
	if (apply->password)
		log_hide(apply->password);
	for (size_t i = 0; i < ARRAY_SIZE(steps); i++)
		if (steps[i].is_due(apply))
			wizard_job_add(&apply->job, steps[i].title);
	return 0;
}

static bool is_stopped(struct wizard_job *job)
{
	bool stop;

	pthread_mutex_lock(&job->lock);
	stop = job->stop;
	pthread_mutex_unlock(&job->lock);
	return stop;
}

static void run_step(struct apply *apply, size_t number)
{
	_cleanup_error_ struct error *error = NULL;
	char *words = NULL;
	int r;

	if (is_stopped(&apply->job)) {
		wizard_job_set(&apply->job, number, JOB_FAILED,
			       xstrdup(N_("left as it was: it was stopped before")), NULL);
		return;
	}
	apply->step = number;
	wizard_job_set(&apply->job, number, JOB_WORKING, NULL, NULL);
	r = step_of(apply, number)->run(apply, &words, &error);
	if (r < 0) {
		words = error_text(error);
		log_error(TAG, "%s: %s", apply->job.steps[number].title, words);
	} else {
		log_info(TAG, "%s: %s", apply->job.steps[number].title, words ?: "done");
	}
	wizard_job_set(&apply->job, number, r < 0 ? JOB_FAILED : JOB_DONE, words,
		       r < 0 && error ? xstrdup(error_get_hint(error)) : NULL);
}

/* Nothing is said when it cannot: a unit that never was started is not known, nor failed. */
static void forget_failure(const char *unit)
{
	const char *argv[] = {"systemctl", "reset-failed", unit, NULL};
	const struct proc proc = {.argv = argv, .tag = TAG, .timeout_s = 10, .quiet = true};

	if (proc_run(&proc, NULL, NULL) == 0)
		log_info(TAG, "%s: nothing of it stands failed", unit);
}

/* Units that failed with what was made up for here do not call for anybody any more. */
static void forget_failures(const struct firstboot *firstboot)
{
	bool tasks = false, pool = false;

	if (!fsroot_is_live(firstboot->root))
		return;
	for (size_t i = 0; i < firstboot->n_results; i++)
		if (firstboot->results[i].state == TASK_FAILED)
			*(str_eq(firstboot->results[i].name, JOIN_TASK) ? &pool : &tasks) = true;
	if (!tasks)
		forget_failure("xenhost-firstboot.service");
	if (!pool)
		forget_failure("xenhost-firstboot-pool.service");
}

void *apply_run(void *data)
{
	struct apply *apply = data;

	for (size_t i = 0; i < apply->job.n_steps; i++)
		run_step(apply, i);
	if (firstboot_mark(apply->firstboot, NULL) < 0)
		log_warning(TAG, "the markers of first boot could not be written");
	if (greeting_write(apply->firstboot, NULL) < 0)
		log_warning(TAG, "the login screens could not be renewed");
	forget_failures(apply->firstboot);
	pthread_mutex_lock(&apply->job.lock);
	apply->job.finished = true;
	pthread_mutex_unlock(&apply->job.lock);
	return NULL;
}

bool apply_pool_failed(const struct apply *apply)
{
	for (size_t i = 0; i < apply->job.n_steps; i++)
		if (step_of(apply, i)->run == run_pool)
			return apply->job.steps[i].state != JOB_DONE;
	return false;
}

void apply_done(struct apply *apply)
{
	wizard_job_done(&apply->job);
	plan_free(apply->from);
	plan_free(apply->to);
	if (apply->password)
		explicit_bzero(apply->password, strlen(apply->password));
	free(apply->password);
}
