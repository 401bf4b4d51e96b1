/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/watched.h"

#include "common/fetch.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/ending.h"
#include "installer/inputs.h"
#include "installer/keep.h"
#include "installer/live.h"
#include "installer/network/network.h"
#include "installer/payload/payload.h"
#include "installer/result.h"
#include "installer/screens/progress.h"
#include "installer/unattended/unattended.h"

/* The installation in a thread of its own, so that a tool that takes long freezes no screen. */
struct work {
	const struct watched *watched;
	struct screens_progress progress;
	struct report *report;
	struct error *error;
	int r;
};

static void on_event(const struct event *event, void *data)
{
	const struct watched *watched = ((struct work *)data)->watched;
	struct screens_progress *progress = &((struct work *)data)->progress;

	if (watched->on_event)
		watched->on_event(event, watched->data);
	pthread_mutex_lock(&progress->lock);
	if (event->step)
		progress->step = event->step->id;
	progress->permille = event->permille;
	progress->bytes = event->bytes;
	progress->total_bytes = event->total_bytes;
	progress->bytes_per_second = event->bytes_per_second;
	progress->seconds_left = event->seconds_left;
	if (event->kind == EVENT_WARNING) {
		free(progress->warning);
		progress->warning = xstrdup(event->text);
	}
	pthread_mutex_unlock(&progress->lock);
}

static bool on_failure(const struct plan_step *step _unused_, const struct error *error, void *data)
{
	_cleanup_free_ char *text = error_text(error);

	return screens_decide(&((struct work *)data)->progress, text, error_get_hint(error));
}

static char *last_warning(void *data)
{
	const struct watched *watched = ((struct work *)data)->watched;

	return watched->last_warning ? watched->last_warning(watched->data) : NULL;
}

static void *carry_out(void *data)
{
	struct work *work = data;
	const struct watched *watched = work->watched;
	_cleanup_free_ char *medium = fsroot_outer_path(watched->root, INSTALL_MEDIUM);
	const struct fetch places = unattended_places(watched->host, medium);
	const struct execute_job job = {
		.plan = watched->plan,
		.secrets = watched->secrets,
		.payload = watched->payload,
		.root = watched->root,
		.target = LIVE_TARGET,
		.log_file = RESULT_LOG,
		.places = &places,
		.on_event = on_event,
		.on_failure = on_failure,
		.last_warning = last_warning,
		.data = work,
	};

	work->r = execute_run(&job, &work->report, &work->error);
	pthread_mutex_lock(&work->progress.lock);
	work->progress.finished = true;
	pthread_mutex_unlock(&work->progress.lock);
	return NULL;
}

static void look_at_source(struct screens_supply *ret, void *data)
{
	const struct watched *watched = data;
	struct payload_flow flow;

	payload_flow(watched->payload, &flow);
	*ret = (struct screens_supply){.reading = flow.reading,
				       .remote = flow.remote,
				       .bytes = flow.bytes,
				       .held_seconds = flow.held_seconds};
}

static int retry_source(void *data, struct error **err)
{
	const struct watched *watched = data;

	return payload_retry(watched->payload, err);
}

static int change_source(const char *where, void *data, struct error **err)
{
	const struct watched *watched = data;
	int r = fetch_is_remote(where) ? watched->reach(where, watched->data, err) : 0;

	return r < 0 ? r : payload_change(watched->payload, where, watched->root, err);
}

static struct keep keep_of(const struct watched *watched)
{
	return (struct keep){.root = watched->root,
			     .host = watched->host,
			     .plan = watched->plan,
			     .answers = watched->xml,
			     .lacks_password = watched->secrets->pool_password != NULL,
			     .log = RESULT_LOG,
			     .reach = watched->reach,
			     .data = watched->data};
}

int watched_run(const struct watched *watched, struct report **ret, struct error **err)
{
	const struct screens_source source = {.look = look_at_source,
					      .retry = retry_source,
					      .change = change_source,
					      .data = (struct watched *)(uintptr_t)watched};
	_cleanup_(keep_done) struct keep keep = keep_of(watched);
	const struct screens_keep on_screen = keep_for_screens(&keep);
	struct work work = {.watched = watched,
			    .progress = {.lock = PTHREAD_MUTEX_INITIALIZER,
					 .plan = watched->plan,
					 .source = &source,
					 .keep = &on_screen}};
	pthread_t thread;
	int r = pthread_create(&thread, NULL, carry_out, &work);

	if (r != 0)
		return error_errno(err, ERROR_INTERNAL, -r, "cannot start the installation");
	screens_watch(&work.progress, RESULT_LOG, proc_cancel);
	pthread_join(thread, NULL);
	free(work.progress.warning);
	*ret = work.report;
	if (err)
		*err = work.error;
	else
		error_free(work.error);
	return work.r;
}

/* The node that the install medium is mounted from, or NULL. */
static char *medium_node(const struct fsroot *root)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;

	if (fsroot_read_text(root, "/proc/self/mounts", &text) < 0)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++) {
		_cleanup_strv_ char **words = strv_split(*line, " ");

		if (strv_length(words) > 1 && str_eq(words[1], INSTALL_MEDIUM))
			return xstrdup(words[0]);
	}
	return NULL;
}

/* A stick is pulled out, and nothing of a server can be given out. */
static bool is_optical(const char *node)
{
	return node && str_starts(node, "/dev/sr");
}

/* Everything that is still needed is in memory; eject(1) unmounts. */
static int eject(void *data, struct error **err)
{
	return proc_runl(err, "install", "eject", data, NULL);
}

char *watched_lease(const struct fsroot *root, const struct plan *plan)
{
	_cleanup_strv_ char **links = network_leases(root);
	char *address = NULL;

	for (size_t i = 0; i < plan->n_nics; i++) {
		const struct plan_nic *nic = &plan->nics[i];

		for (char **link = links; nic->management && !address && link && *link; link++)
			if (str_eq(*link, nic->name))
				address = network_lease_value(root, *link, "address");
	}
	if (address)
		address[strcspn(address, "/")] = '\0';
	return address;
}

enum screens_choice watched_end(const struct watched *watched, const struct report *report)
{
	_cleanup_(keep_done) struct keep keep = keep_of(watched);
	const struct screens_keep on_screen = keep_for_screens(&keep);
	_cleanup_free_ char *node = medium_node(watched->root);
	_cleanup_free_ char *lease = watched_lease(watched->root, watched->plan);
	const struct ending ending = {.plan = watched->plan,
				      .report = report,
				      .lease = lease,
				      .answers = RESULT_ANSWERS,
				      .log = RESULT_LOG,
				      .medium = watched->medium};
	_cleanup_free_ char *words = ending_words(&ending);
	const struct screens_ending screen = {.success = report->success,
					      .words = words,
					      .log = RESULT_LOG,
					      .keep = &on_screen,
					      .eject = is_optical(node) ? eject : NULL,
					      .data = node};

	return screens_end(&screen);
}
