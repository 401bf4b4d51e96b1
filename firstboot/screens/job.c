/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is carried out, as it is watched, and its end. */
#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/screens/wizard.h"

#define TICK_MS 300

static const struct tui_key keys[] = {{2, 'O', N_("Log")}, {0}};
static const char *const marks[] = {[JOB_WAITING] = "    ",
				    [JOB_WORKING] = " -> ",
				    [JOB_DONE] = N_("done"),
				    [JOB_FAILED] = " !! "};

void wizard_job_init(struct wizard_job *job)
{
	*job = (struct wizard_job){0};
	pthread_mutex_init(&job->lock, NULL);
}

void wizard_job_done(struct wizard_job *job)
{
	for (size_t i = 0; i < job->n_steps; i++) {
		free(job->steps[i].title);
		free(job->steps[i].words);
		free(job->steps[i].hint);
	}
	free(job->steps);
	free(job->question);
	free(job->details);
	pthread_mutex_destroy(&job->lock);
}

size_t wizard_job_add(struct wizard_job *job, const char *title)
{
	struct job_step *step = ARRAY_APPEND(job->steps, job->n_steps);

	step->title = xstrdup(title);
	return job->n_steps - 1;
}

void wizard_job_set(struct wizard_job *job, size_t step, enum job_state state, char *words,
		    char *hint)
{
	pthread_mutex_lock(&job->lock);
	free(job->steps[step].words);
	free(job->steps[step].hint);
	job->steps[step].state = state;
	job->steps[step].words = words;
	job->steps[step].hint = hint;
	pthread_mutex_unlock(&job->lock);
}

char *wizard_job_words(const struct wizard_job *job)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < job->n_steps; i++) {
		const struct job_step *step = &job->steps[i];
		_cleanup_free_ char *said = i18n_sentence(step->words);
		_cleanup_free_ char *hint = i18n_sentence(step->hint);

		strbuf_addf(&buf, "%s  %s\n",
			    step->state == JOB_DONE && job->good ? job->good
								 : _(marks[step->state]),
			    _(step->title));
		if (said)
			strbuf_addf(&buf, "      %s\n", said);
		if (hint)
			strbuf_addf(&buf, "      %s\n", hint);
	}
	return strbuf_take(&buf);
}

/* A question stands alone with what helps to answer it, so that all of it is seen. */
static char *words_of(const struct wizard_job *job)
{
	_cleanup_free_ char *steps = wizard_job_words(job);

	if (job->question)
		return xasprintf(_("%s\nWithout an answer in %u s: no.\n\n%s"), _(job->question),
				 job->seconds_left, job->details ?: "");
	return xasprintf("%s%s", steps,
			 job->stop && !job->finished
				 ? _("\nEnds as soon as the host is in a state that can stay ...")
				 : "");
}

static size_t failures(const struct wizard_job *job)
{
	size_t count = 0;

	for (size_t i = 0; i < job->n_steps; i++)
		count += job->steps[i].state != JOB_DONE;
	return count;
}

/* Buttons of the moment: those of the question, or to stop. */
static void answer(struct wizard_job *job, bool asked, const struct tui_result *result)
{
	pthread_mutex_lock(&job->lock);
	if (asked && job->question)
		job->answer = result->number == 0 ? JOB_YES : JOB_NO;
	else if (!asked)
		job->stop = true;
	pthread_mutex_unlock(&job->lock);
}

static void stop(struct wizard_job *job)
{
	static const char *const buttons[] = {N_("Go on"), N_("Stop"), NULL};
	const struct tui_result none = {0};

	if (tui_ask(_("Stop?"),
		    _("What is done stays done, what is under way is ended where it can be, "
		      "and the rest is left as it was."),
		    buttons) == 1)
		answer(job, false, &none);
}

/* False when the terminal is gone; the job goes on, and a question is answered by time. */
static bool watch(struct wizard_job *job, const char *log)
{
	static const char *const asking[] = {N_("Keep it"), N_("Take the old one back"), NULL};
	static const char *const working[] = {N_("Stop"), NULL};
	_cleanup_tui_form_ struct tui_form form = {
		.title = _("Setting up"), .keys = keys, .wait_ms = TICK_MS};
	bool was_asked = false;

	for (;;) {
		struct tui_result result;
		bool finished, asked;

		free(form.intro);
		pthread_mutex_lock(&job->lock);
		form.intro = words_of(job);
		finished = job->finished;
		asked = job->question != NULL;
		pthread_mutex_unlock(&job->lock);
		if (finished)
			return true;
		form.buttons = asked ? asking : working;
		if (asked != was_asked)
			form.placed = false;
		was_asked = asked;
		result = tui_run(&form);
		if (result.end == TUI_GONE)
			return false;
		if (result.end == TUI_KEY && log)
			tui_view_log(_("Log"), log);
		else if (result.end == TUI_BUTTON && asked)
			answer(job, true, &result);
		else if (result.end == TUI_BUTTON || result.end == TUI_STOP)
			stop(job);
	}
}

static void wait_for_it(struct wizard_job *job)
{
	for (bool finished = false; !finished; usleep(TICK_MS * 1000)) {
		pthread_mutex_lock(&job->lock);
		finished = job->finished;
		pthread_mutex_unlock(&job->lock);
	}
}

bool wizard_watch(struct wizard_job *job, const char *log)
{
	static const char *const good[] = {N_("Finish"), NULL};
	static const char *const bad[] = {N_("Back to this host"), N_("Finish"), NULL};
	_cleanup_tui_form_ struct tui_form form = {.keys = keys};
	_cleanup_free_ char *steps = NULL;
	struct tui_result result;
	size_t failed;

	if (!watch(job, log)) {
		wait_for_it(job);
		return false;
	}
	failed = failures(job);
	steps = words_of(job);
	form.title = failed ? _("Not all of it was done") : _("The host is set up");
	form.buttons = failed ? bad : good;
	form.intro = failed ? xasprintf(_("%zu of %zu did not succeed; the others did.\n\n%s"),
					failed, job->n_steps, steps)
			    : TAKE_PTR(steps);
	for (;;) {
		result = tui_run(&form);
		if (result.end == TUI_KEY && log)
			tui_view_log(_("Log"), log);
		if (result.end == TUI_GONE)
			return false;
		if (result.end == TUI_BUTTON)
			return failed && result.number == 0;
	}
}
