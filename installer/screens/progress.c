/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/screens/progress.h"

#include "common/clock.h"
#include "common/str.h"
#include "common/tui/tui.h"

#define TICK_MS 500
#define BAR     50

struct watch {
	struct screens_progress *progress;
	void (*stop)(void);
	double started;
	bool stopping;
};

static const struct tui_key keys[] = {{2, 'O', "Log"}, {0}};

static size_t step_number(const struct screens_progress *progress)
{
	const struct plan *plan = progress->plan;

	for (size_t i = 0; progress->step && i < plan->n_steps; i++)
		if (str_eq(plan->steps[i].id, progress->step))
			return i;
	return 0;
}

static bool is_changed(const struct screens_progress *progress)
{
	return progress->step &&
	       step_kind_info(progress->plan->steps[step_number(progress)].kind)->destructive;
}

static void add_bar(struct strbuf *buf, unsigned permille)
{
	char bar[BAR + 1] = "";
	size_t full = (size_t)permille * BAR / 1000;

	memset(bar, '.', BAR);
	memset(bar, '#', full < BAR ? full : BAR);
	strbuf_addf(buf, "[%s] %3u %%\n\n", bar, permille / 10);
}

static void add_bytes(struct strbuf *buf, const struct screens_progress *progress)
{
	_cleanup_free_ char *done = str_from_size(progress->bytes);
	_cleanup_free_ char *total = str_from_size(progress->total_bytes);
	_cleanup_free_ char *rate = str_from_size((uint64_t)progress->bytes_per_second);

	if (!progress->total_bytes)
		return;
	strbuf_addf(buf, "       %s of %s, %s/s", done, total, rate);
	if (progress->seconds_left)
		strbuf_addf(buf, ", %u s left", progress->seconds_left);
	strbuf_add(buf, "\n");
}

static void add_steps(struct strbuf *buf, const struct screens_progress *progress)
{
	const struct plan *plan = progress->plan;
	size_t now = step_number(progress), from = now > 4 ? now - 4 : 0;

	for (size_t i = from; i < plan->n_steps && i < from + 9; i++) {
		const char *mark = i < now ? "done" : i == now ? " -> " : "    ";

		strbuf_addf(buf, "%s  %s\n", mark, plan->steps[i].title);
		if (i == now)
			add_bytes(buf, progress);
	}
}

static char *words_of(struct watch *watch)
{
	struct screens_progress *progress = watch->progress;
	_cleanup_strbuf_ struct strbuf buf = {0};
	unsigned seconds = (unsigned)(clock_seconds() - watch->started);

	pthread_mutex_lock(&progress->lock);
	add_bar(&buf, progress->permille);
	add_steps(&buf, progress);
	strbuf_addf(&buf, "\n%u:%02u min", seconds / 60, seconds % 60);
	if (watch->stopping)
		strbuf_add(&buf, "   stopping ...");
	if (progress->warning)
		strbuf_addf(&buf, "   warning: %s", progress->warning);
	pthread_mutex_unlock(&progress->lock);
	return strbuf_take(&buf);
}

static bool is_finished(struct screens_progress *progress, bool *ret_changed)
{
	bool finished;

	pthread_mutex_lock(&progress->lock);
	finished = progress->finished;
	*ret_changed = is_changed(progress);
	pthread_mutex_unlock(&progress->lock);
	return finished;
}

static void ask_to_stop(struct watch *watch, bool changed)
{
	static const char *const buttons[] = {"Go on", "Stop", NULL};

	if (tui_ask("Stop the installation?",
		    changed ? "The chosen disks were already written to: what was on them is gone, "
			      "and the machine does not start from them until it is installed "
			      "again."
			    : "No disk was changed so far, and none will be.",
		    buttons) != 1)
		return;
	watch->stopping = true;
	watch->stop();
}

void screens_watch(struct screens_progress *progress, const char *log, void (*stop)(void))
{
	static const char *const buttons[] = {"Stop", NULL};
	struct watch watch = {.progress = progress, .stop = stop, .started = clock_seconds()};
	_cleanup_tui_form_ struct tui_form form = {
		.title = "Installing", .buttons = buttons, .keys = keys, .wait_ms = TICK_MS};
	bool changed;

	while (!is_finished(progress, &changed)) {
		struct tui_result result;

		free(form.intro);
		form.intro = words_of(&watch);
		result = tui_run(&form);
		/* Nobody can stop it any more; half an installation would help nobody. */
		if (result.end == TUI_GONE) {
			if (!changed)
				stop();
			return;
		}
		if (result.end == TUI_KEY)
			tui_view_log("Log", log);
		else if (result.end != TUI_TICK && !watch.stopping)
			ask_to_stop(&watch, changed);
	}
}

enum screens_choice screens_end(const char *words, bool success, const char *log)
{
	static const char *const buttons[] = {"Reboot", "Power off", "Shell", NULL};
	_cleanup_tui_form_ struct tui_form form = {.title = success ? "The host is installed"
								    : "The installation failed",
						   .buttons = buttons,
						   .keys = keys};
	struct tui_result result;

	form.intro = xstrdup(words);
	for (;;) {
		result = tui_run(&form);
		if (result.end == TUI_KEY)
			tui_view_log("Log", log);
		if (result.end == TUI_BUTTON)
			return (enum screens_choice)result.number;
		if (result.end == TUI_GONE)
			return success ? SCREENS_REBOOT : SCREENS_SHELL;
	}
}
