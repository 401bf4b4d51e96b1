/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/screens/running.h"

#include "common/file.h"
#include "common/i18n.h"
#include "common/str.h"

#define BAR 50
/* A step that is over sooner needs no clock of its own. */
#define LONG_STEP 5
/* As much of a log as holds its last lines. */
#define TAIL_BYTES 4096
/* Of the log's last line: it tells that something moves, the log itself tells what. */
#define LOG_COLUMNS 70
/* Of the log, where a step failed. */
#define FAILURE_LINES 6

static size_t step_number(const struct screens_progress *progress)
{
	const struct plan *plan = progress->plan;

	for (size_t i = 0; progress->step && i < plan->n_steps; i++)
		if (str_eq(plan->steps[i].id, progress->step))
			return i;
	return 0;
}

bool progress_changed(const struct screens_progress *progress)
{
	return progress->step &&
	       step_kind_info(progress->plan->steps[step_number(progress)].kind)->destructive;
}

const char *progress_disks(const struct screens_progress *progress)
{
	return progress_changed(progress)
		       ? _("The chosen disks were already written to: what was on them is gone, "
			   "and the machine does not start from them until it is installed again.")
		       : _("No disk was changed so far, and none will be.");
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

	strbuf_addf(buf, _("       %s of %s, %s/s"), done, total, rate);
	if (progress->seconds_left)
		strbuf_addf(buf, _(", %u s left"), progress->seconds_left);
	strbuf_add(buf, "\n");
}

static void add_steps(struct strbuf *buf, const struct screens_progress *progress,
		      const struct watch_words *words)
{
	const struct plan *plan = progress->plan;
	size_t now = step_number(progress), from = now > 4 ? now - 4 : 0;
	unsigned seconds = (unsigned)(words->now - words->step_started);

	for (size_t i = from; i < plan->n_steps && i < from + 9; i++) {
		const char *mark = i < now ? _("done") : i == now ? " -> " : "    ";

		strbuf_addf(buf, "%s  %s\n", mark, plan->steps[i].shown ?: plan->steps[i].title);
		if (i == now && progress->total_bytes)
			add_bytes(buf, progress);
		else if (i == now && seconds >= LONG_STEP)
			strbuf_addf(buf, _("       at work for %u:%02u min\n"), seconds / 60,
				    seconds % 60);
	}
}

static void add_stall(struct strbuf *buf, const struct stall *stall, bool alone)
{
	_cleanup_free_ char *sent = stall->rate < 1 ? xstrdup(_("nothing"))
				    : stall->rate < 1000
					    ? xasprintf(_("%.0f bytes a second"), stall->rate)
					    : xasprintf(_("%.0f kB/s"), stall->rate / 1000);

	strbuf_addf(buf,
		    alone ? _("\n! The source has sent %s for %d s.\n")
			  : _("\n! The source has sent %s for %d s. What shall be done?\n"),
		    sent, STALL_SECONDS);
}

char *last_lines(const char *path, size_t count)
{
	_cleanup_free_ char *text = NULL;
	size_t length, lines = 0;

	if (!path || file_read_tail(path, TAIL_BYTES, &text) < 0)
		return xstrdup("");
	length = strlen(text);
	while (length > 0 && (text[length - 1] == '\n' || text[length - 1] == ' '))
		text[--length] = '\0';
	while (length > 0 && !(text[length - 1] == '\n' && ++lines == count))
		length--;
	return xstrdup(text + length);
}

char *progress_words(const struct screens_progress *progress, const struct watch_words *words)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	_cleanup_free_ char *line = last_lines(words->log, 1);
	_cleanup_free_ char *warning = i18n_sentence(progress->warning);
	unsigned seconds = (unsigned)(words->now - words->started);

	add_bar(&buf, progress->permille);
	add_steps(&buf, progress, words);
	if (words->asked)
		add_stall(&buf, words->stall, words->alone);
	strbuf_addf(&buf, _("\n%u:%02u min"), seconds / 60, seconds % 60);
	if (words->stopping)
		strbuf_add(&buf, _("   stopping ..."));
	if (words->note)
		strbuf_addf(&buf, "   %s", words->note);
	if (warning)
		strbuf_addf(&buf, _("   warning: %s"), warning);
	if (*line && !words->asked)
		strbuf_addf(&buf, _("\nlog: %.*s"), LOG_COLUMNS, line);
	return strbuf_take(&buf);
}

char *step_failure_words(const struct screens_progress *progress, const char *log)
{
	const struct plan_step *step = &progress->plan->steps[step_number(progress)];
	_cleanup_strbuf_ struct strbuf buf = {0};
	_cleanup_free_ char *lines = last_lines(log, FAILURE_LINES);
	_cleanup_free_ char *failure = i18n_sentence(progress->failure);
	_cleanup_free_ char *hint = i18n_sentence(progress->hint);

	strbuf_addf(&buf, "%s\n\n%s\n", step->shown ?: step->title, failure);
	if (hint)
		strbuf_addf(&buf, _("\nWhat to do: %s\n"), hint);
	strbuf_addf(&buf, "\n%s\n",
		    progress_changed(progress)
			    ? _("The chosen disks were written to; the machine does not start from "
				"them yet.")
			    : _("No disk was changed so far."));
	if (*lines)
		strbuf_addf(&buf, _("\nThe end of the log:\n%s\n"), lines);
	return strbuf_take(&buf);
}
