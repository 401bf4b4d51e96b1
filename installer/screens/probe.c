/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The source is opened in a thread while the operator goes on; the screen before the summary waits
 * for it, and shows itself only when that takes a while or there is trouble.
 */
#include <pthread.h>
#include <time.h>

#include "common/i18n.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/screens/flow.h"

/* A source that answers within this time is not worth a screen. */
#define GLANCE_MS 300
#define STEP_MS   20

struct probe {
	pthread_t thread;
	pthread_mutex_t lock; /* over done, source and error */
	const struct screens_setup *setup;
	struct answers *answers;
	char *reach; /* what decides how the source is reached */
	int64_t started;
	bool done;
	const struct source *source;
	struct error *error;
};

static char *reach_of(const struct flow *flow)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (const struct question *question = questions; question->name; question++) {
		bool of_link = str_starts(question->name, OWN_LINK);

		if ((of_link && flow_is_remote(flow)) || str_eq(question->name, "source@type") ||
		    str_eq(question->name, "source"))
			strbuf_addf(&buf, "%s\n", flow_get(flow, question->name));
	}
	return strbuf_take(&buf);
}

static int64_t now(void)
{
	struct timespec time;

	clock_gettime(CLOCK_MONOTONIC, &time);
	return time.tv_sec;
}

static void *open_source(void *data)
{
	struct probe *probe = data;
	const struct source *source = NULL;
	struct error *error = NULL;
	int r = probe->setup->open_source(probe->answers, &source, probe->setup->data, &error);

	pthread_mutex_lock(&probe->lock);
	probe->source = r < 0 ? NULL : source;
	probe->error = error;
	probe->done = true;
	pthread_mutex_unlock(&probe->lock);
	return NULL;
}

static bool is_done(struct probe *probe)
{
	bool done;

	pthread_mutex_lock(&probe->lock);
	done = probe->done;
	pthread_mutex_unlock(&probe->lock);
	return done;
}

bool probe_runs(struct flow *flow)
{
	if (!flow->probe || !is_done(flow->probe))
		return flow->probe != NULL;
	flow->source = flow->probe->source;
	return false;
}

/* After it was done, or to wait until it is. */
static void forget(struct flow *flow)
{
	struct probe *probe = TAKE_PTR(flow->probe);

	if (!probe)
		return;
	pthread_join(probe->thread, NULL);
	pthread_mutex_destroy(&probe->lock);
	answers_free(probe->answers);
	error_free(probe->error);
	free(probe->reach);
	free(probe);
	flow->source = NULL;
}

void probe_end(struct flow *flow)
{
	if (probe_runs(flow))
		proc_cancel();
	forget(flow);
}

void probe_start(struct flow *flow)
{
	_cleanup_free_ char *reach = reach_of(flow);
	_cleanup_findings_ struct findings findings = {0};
	struct probe *probe;

	if (probe_runs(flow))
		return;
	if (flow->probe && flow->source && str_eq(flow->probe->reach, reach))
		return;
	forget(flow);
	probe = xcalloc(1, sizeof(*probe));
	if (flow_link_answers(flow, &probe->answers, &findings) < 0) {
		free(probe);
		return;
	}
	pthread_mutex_init(&probe->lock, NULL);
	probe->setup = flow->setup;
	probe->reach = TAKE_PTR(reach);
	probe->started = now();
	if (pthread_create(&probe->thread, NULL, open_source, probe) != 0)
		abort();
	flow->probe = probe;
}

char *probe_words(struct flow *flow)
{
	if (!flow->probe || !flow_is_remote(flow))
		return NULL;
	if (probe_runs(flow))
		return xasprintf(_("Source: looking, %d s"), (int)(now() - flow->probe->started));
	return xstrdup(flow->source ? _("Source: found") : _("Source: not found"));
}

static void wait_a_moment(void)
{
	nanosleep(&(struct timespec){.tv_nsec = STEP_MS * 1000000L}, NULL);
}

/* False when the operator wants something else, which *ret_end says. */
static bool wait_for_it(struct flow *flow, const struct screen *screen, enum screen_end *ret_end)
{
	static const char *const buttons[] = {N_("Back"), NULL};
	bool again = true;

	for (int waited = 0; waited < GLANCE_MS && probe_runs(flow); waited += STEP_MS)
		wait_a_moment();
	while (again && probe_runs(flow)) {
		_cleanup_tui_form_ struct tui_form form = {.title = screen->title,
							   .buttons = buttons,
							   .keys = flow_keys,
							   .wait_ms = 500};
		struct tui_result result;

		form.intro =
			xasprintf(_("Looking for the system to install: %d s so far.\n\n"
				    "Links need some seconds to come up, DHCP servers up to "
				    "45; a server that is not there is known after some more."),
				  (int)(now() - flow->probe->started));
		result = tui_run(&form);
		if (result.end == TUI_TICK)
			continue;
		*ret_end = flow_end(flow, &result, &again);
		if (*ret_end == SCREEN_FORWARD)
			*ret_end = SCREEN_BACK;
	}
	return again;
}

static enum screen_end jump_back(struct flow *flow)
{
	flow->jump = screen_number(flow->setup->source ? "source-network" : "source");
	if (!screen_applies(flow, &screens[flow->jump]))
		flow->jump = screen_number("time");
	return SCREEN_JUMP;
}

enum screen_end source_reach(struct flow *flow, const struct screen *screen)
{
	static const char *const buttons[] = {N_("Try again"), N_("Back"), NULL};

	for (;;) {
		_cleanup_free_ char *words = NULL, *reach = reach_of(flow);
		enum screen_end end = SCREEN_BACK;
		bool other;

		if (!probe_runs(flow) && !flow->probe)
			probe_start(flow);
		if (!wait_for_it(flow, screen, &end))
			return end == SCREEN_BACK ? jump_back(flow) : end;
		other = !flow->probe || !str_eq(flow->probe->reach, reach);
		if (!other && flow->source)
			return SCREEN_FORWARD;
		if (!other)
			words = error_words(flow->probe->error);
		forget(flow);
		if (!other && tui_ask(screen->title, words, buttons) != 0)
			return jump_back(flow);
	}
}
