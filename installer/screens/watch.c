/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The screen of a running installation: what is seen, and what an operator can do about it. */
#include <time.h>

#include "common/clock.h"
#include "common/i18n.h"
#include "common/str.h"
#include "common/tui/tui.h"
#include "installer/screens/end.h"
#include "installer/screens/running.h"

#define TICK_MS   500
#define DECIDE_MS 50

enum watch_state { WATCH_RUNNING, WATCH_FAILED, WATCH_FINISHED };

/* What the buttons do; which of them are there depends on what helps now. */
enum action {
	ACTION_STOP,
	ACTION_WAIT,
	ACTION_RETRY,
	ACTION_CHANGE,
	ACTION_AGAIN,
	ACTION_GIVE_UP,
	ACTION_NONE,
	ACTION_LEAVE,
};
#define ACTIONS_MAX 4

static const char *const action_labels[] = {
	[ACTION_STOP] = N_("Stop"),
	[ACTION_WAIT] = N_("Wait"),
	[ACTION_RETRY] = N_("Retry"),
	[ACTION_CHANGE] = N_("Other source"),
	[ACTION_AGAIN] = N_("Try again"),
	[ACTION_GIVE_UP] = N_("Give up"),
	[ACTION_NONE] = N_("It goes on by itself"),
	[ACTION_LEAVE] = N_("Leave"),
};

struct buttons {
	enum action actions[ACTIONS_MAX];
	const char *labels[ACTIONS_MAX + 1];
	size_t count;
};

struct watch {
	struct screens_progress *progress;
	void (*stop)(void);
	struct watch_words words;
	struct stall stall;
	struct screens_supply supply;
	char *step; /* the one that words.step_started belongs to */
	struct buttons buttons;
	bool left;
};

static const struct tui_key keys[] = {{2, 'O', N_("Log")}, {0}};
static const struct tui_key failure_keys[] = {
	{2, 'O', N_("Log")}, {4, 'T', N_("Save log")}, {10, 'X', N_("Shell")}, {0}};

static double now_of(const struct watch *watch)
{
	return watch->progress->clock ? watch->progress->clock() : clock_seconds();
}

static void add_button(struct buttons *buttons, enum action action)
{
	buttons->actions[buttons->count] = action;
	buttons->labels[buttons->count++] = action_labels[action];
	buttons->labels[buttons->count] = NULL;
}

/* The first of them harms nobody whose Enter meant another one. */
static void choose_buttons(struct watch *watch)
{
	struct buttons *buttons = &watch->buttons;

	*buttons = (struct buttons){0};
	if (!watch->stop) {
		add_button(buttons, watch->progress->may_leave ? ACTION_LEAVE : ACTION_NONE);
		return;
	}
	if (watch->words.asked && !watch->words.alone) {
		add_button(buttons, ACTION_WAIT);
		if (watch->supply.remote)
			add_button(buttons, ACTION_RETRY);
		add_button(buttons, ACTION_CHANGE);
	}
	add_button(buttons, ACTION_STOP);
}

static void look_at_source(struct watch *watch)
{
	const struct screens_source *source = watch->progress->source;

	watch->words.asked = false;
	if (!source || watch->words.stopping)
		return;
	source->look(&watch->supply, source->data);
	watch->words.asked = stall_feed(&watch->stall, watch->words.now, &watch->supply);
}

/* One look at the installation. */
static enum watch_state look(struct watch *watch, char **ret_words)
{
	struct screens_progress *progress = watch->progress;
	enum watch_state state;

	watch->words.now = now_of(watch);
	if (progress->refresh)
		progress->refresh(progress, progress->refresh_data);
	look_at_source(watch);
	pthread_mutex_lock(&progress->lock);
	if (!str_eq(watch->step, progress->step)) {
		free(watch->step);
		watch->step = xstrdup(progress->step);
		watch->words.step_started = watch->words.now;
	}
	state = progress->finished                                             ? WATCH_FINISHED
		: progress->failure && progress->decision == SCREENS_UNDECIDED ? WATCH_FAILED
									       : WATCH_RUNNING;
	*ret_words = state == WATCH_FAILED ? step_failure_words(progress, watch->words.log)
					   : progress_words(progress, &watch->words);
	pthread_mutex_unlock(&progress->lock);
	return state;
}

/* Under the lock, so that the point of no return is not passed between the look and the stop. */
static void stop_unless_changed(struct watch *watch)
{
	struct screens_progress *progress = watch->progress;

	pthread_mutex_lock(&progress->lock);
	if (!progress_changed(progress))
		watch->stop();
	/* Nobody is there to decide, now or later. */
	progress->decision = SCREENS_GIVE_UP;
	pthread_mutex_unlock(&progress->lock);
}

static void ask_to_stop(struct watch *watch)
{
	static const char *const buttons[] = {N_("Go on"), N_("Stop"), NULL};
	const char *disks;

	pthread_mutex_lock(&watch->progress->lock);
	disks = progress_disks(watch->progress);
	pthread_mutex_unlock(&watch->progress->lock);
	if (tui_ask(_("Stop the installation?"), disks, buttons) != 1)
		return;
	watch->words.stopping = true;
	watch->stop();
}

static void say_error(const char *title, const struct error *error)
{
	_cleanup_free_ char *words = error_words(error);

	tui_view(title, words);
}

static void check_place(struct tui_form *form, void *data _unused_)
{
	struct tui_row *row = tui_find(form, "where");
	const char *text = row->text ?: "";

	if (!*text)
		tui_complain(row, "Name the place of the same system");
	else if (!strstr(text, "://") && *text != '/')
		tui_complain(row, "A URL begins with http:// or https://, a folder with /");
}

/* The rest from another place; true when it comes from there now. */
static bool change_source(struct watch *watch)
{
	static const char *const buttons[] = {N_("Take it from there"), N_("Back"), NULL};
	const struct screens_source *source = watch->progress->source;
	_cleanup_tui_form_ struct tui_form form = {
		.title = _("Other source"), .buttons = buttons, .check = check_place};

	form.intro = xstrdup(_("A copy of the very system that is being installed, as a URL or a "
			       "folder. What is on the disk already stays; every further piece is "
			       "verified like those before."));
	tui_add(&form, TUI_ENTRY, "where", _("Source"), _("Such as http://192.0.2.1/xenhost/"));
	for (;;) {
		struct tui_result result = tui_run(&form);
		_cleanup_error_ struct error *error = NULL;
		_cleanup_tui_form_ struct tui_form wait = {.title = _("Other source")};

		if (result.end == TUI_KEY)
			continue;
		if (result.end != TUI_BUTTON || result.number != 0)
			return false;
		wait.intro = xstrdup(_("Looking at it ..."));
		tui_show(&wait);
		if (source->change(tui_find(&form, "where")->text, source->data, &error) == 0)
			return true;
		say_error(_("That will not do"), error);
	}
}

static void act(struct watch *watch, enum action action)
{
	const struct screens_source *source = watch->progress->source;
	_cleanup_error_ struct error *error = NULL;

	switch (action) {
	case ACTION_STOP:
	case ACTION_GIVE_UP:
		if (watch->stop && !watch->words.stopping)
			ask_to_stop(watch);
		break;
	case ACTION_WAIT:
		stall_wait(&watch->stall, now_of(watch));
		break;
	case ACTION_RETRY:
		stall_reset(&watch->stall);
		if (source->retry(source->data, &error) < 0)
			say_error(_("It cannot be tried again"), error);
		else
			watch->words.note = _("connected to the source anew");
		break;
	case ACTION_CHANGE:
		if (!change_source(watch))
			break;
		stall_reset(&watch->stall);
		watch->words.note = _("from another source");
		break;
	case ACTION_AGAIN:
	case ACTION_NONE:
		break;
	case ACTION_LEAVE:
		watch->left = true;
		break;
	}
}

static void decide(struct watch *watch, enum screens_decision decision)
{
	pthread_mutex_lock(&watch->progress->lock);
	watch->progress->decision = decision;
	pthread_mutex_unlock(&watch->progress->lock);
}

/* True when the reading of the source is what failed, so that another one may help. */
static bool is_about_source(const struct watch *watch)
{
	return watch->progress->source && (str_starts(watch->step ?: "", "write-image") ||
					   str_eq(watch->step, "check-source"));
}

/* The step that failed, until it is decided what becomes of it. False: the terminal has gone. */
static bool ask_about_failure(struct watch *watch, const char *words)
{
	struct buttons *buttons = &watch->buttons;
	_cleanup_tui_form_ struct tui_form form = {
		.title = _("A step failed"), .keys = failure_keys, .buttons = buttons->labels};

	*buttons = (struct buttons){0};
	add_button(buttons, ACTION_AGAIN);
	if (is_about_source(watch))
		add_button(buttons, ACTION_CHANGE);
	add_button(buttons, ACTION_GIVE_UP);
	form.intro = xstrdup(words);
	form.row = form.n_rows;
	form.placed = true;
	for (;;) {
		struct tui_result result = tui_run(&form);

		if (result.end == TUI_GONE)
			return false;
		if (result.end == TUI_KEY)
			end_key(&result, watch->words.log, watch->progress->keep);
		if (result.end != TUI_BUTTON)
			continue;
		switch (buttons->actions[result.number]) {
		case ACTION_CHANGE:
			if (!change_source(watch))
				continue;
			watch->words.note = _("from another source");
			decide(watch, SCREENS_AGAIN);
			return true;
		case ACTION_AGAIN:
			decide(watch, SCREENS_AGAIN);
			return true;
		case ACTION_GIVE_UP:
			decide(watch, SCREENS_GIVE_UP);
			return true;
		case ACTION_STOP:
		case ACTION_WAIT:
		case ACTION_RETRY:
		case ACTION_NONE:
		case ACTION_LEAVE:
			break;
		}
	}
}

/* One turn of the screen; false when the terminal has gone. */
static bool show(struct watch *watch, struct tui_form *form, const char *log)
{
	size_t before = watch->buttons.count;
	struct tui_result result;

	choose_buttons(watch);
	/* Other buttons: on the first of them again. */
	if (before != watch->buttons.count)
		form->row = form->n_rows;
	form->buttons = watch->buttons.labels;
	result = tui_run(form);
	if (result.end == TUI_GONE)
		return false;
	if (result.end == TUI_KEY)
		tui_view_log(_("Log"), log);
	else if (result.end == TUI_BUTTON)
		act(watch, watch->buttons.actions[result.number]);
	else if (result.end != TUI_TICK)
		act(watch, watch->progress->may_leave ? ACTION_LEAVE : ACTION_STOP);
	return !watch->left;
}

void screens_watch(struct screens_progress *progress, const char *log, void (*stop)(void))
{
	struct watch watch = {.progress = progress, .stop = stop, .words = {.log = log}};
	_cleanup_tui_form_ struct tui_form form = {
		.title = _("Installing"), .keys = keys, .wait_ms = TICK_MS, .placed = true};
	enum watch_state state;
	bool there = true;

	watch.words.stall = &watch.stall;
	watch.words.alone = !stop || (progress->source && !progress->source->retry);
	watch.words.started = watch.words.step_started = now_of(&watch);
	while (there) {
		char *words;

		state = look(&watch, &words);
		free(form.intro);
		form.intro = words;
		if (state == WATCH_FINISHED)
			break;
		if (state == WATCH_FAILED)
			there = ask_about_failure(&watch, words);
		else
			there = show(&watch, &form, log);
	}
	/* After the first write half an installation would help nobody. */
	if (!there && stop)
		stop_unless_changed(&watch);
	free(watch.step);
}

bool screens_decide(struct screens_progress *progress, const char *failure, const char *hint)
{
	const struct timespec moment = {.tv_nsec = DECIDE_MS * 1000000L};
	enum screens_decision decision;

	pthread_mutex_lock(&progress->lock);
	progress->failure = failure;
	progress->hint = hint;
	/* Once the terminal has gone, every further failure is final. */
	if (progress->decision != SCREENS_GIVE_UP)
		progress->decision = SCREENS_UNDECIDED;
	do {
		decision = progress->decision;
		pthread_mutex_unlock(&progress->lock);
		if (decision == SCREENS_UNDECIDED)
			nanosleep(&moment, NULL);
		pthread_mutex_lock(&progress->lock);
	} while (decision == SCREENS_UNDECIDED);
	progress->failure = progress->hint = NULL;
	pthread_mutex_unlock(&progress->lock);
	return decision == SCREENS_AGAIN;
}
