/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/progress.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/str.h"

#define LINE_COLUMNS 79 /* serial lines know no width: what fits everywhere */

void progress_start(struct progress *progress, bool json)
{
	*progress = (struct progress){
		.json = json, .terminal = isatty(STDERR_FILENO), .started = clock_seconds()};
}

/* "512.0 MiB of 1.2 GiB, 45.3 MB/s, 12 s left", or "" for a step that counts no bytes. */
static char *amounts(const struct event *event)
{
	_cleanup_free_ char *done = str_from_size(event->bytes);
	_cleanup_free_ char *total = str_from_size(event->total_bytes);
	struct strbuf text = {0};

	if (event->total_bytes)
		strbuf_addf(&text, "%s of %s", done, total);
	if (event->bytes_per_second > 0)
		strbuf_addf(&text, ", %.1f MB/s", event->bytes_per_second / 1e6);
	if (event->seconds_left)
		strbuf_addf(&text, ", %u s left", event->seconds_left);
	return strbuf_take(&text);
}

static void clear_line(const struct progress *progress)
{
	if (progress->terminal)
		fprintf(stderr, "\r%*s\r", LINE_COLUMNS, "");
}

static void show_moving(const struct event *event)
{
	_cleanup_free_ char *counted = amounts(event);
	_cleanup_free_ char *line =
		xasprintf("%3u%% %s%s%s", event->permille / 10, counted, *counted ? "  " : "",
			  event->step ? event->step->title : "");

	fprintf(stderr, "\r%-*.*s", LINE_COLUMNS, LINE_COLUMNS, line);
}

static void show_tenth(struct progress *progress, const struct event *event)
{
	_cleanup_free_ char *counted = NULL;
	unsigned tenth;

	if (!event->total_bytes)
		return;
	tenth = (unsigned)(event->bytes * 10 / event->total_bytes);
	if (tenth <= progress->tenth)
		return;
	progress->tenth = tenth;
	counted = amounts(event);
	fprintf(stderr, "%3u%%   %s\n", event->permille / 10, counted);
}

static void show_text(struct progress *progress, const struct event *event)
{
	_cleanup_free_ char *masked = log_mask(event->text ? event->text : "");

	switch (event->kind) {
	case EVENT_BEGIN:
		progress->step_began = clock_seconds();
		progress->tenth = 0;
		if (progress->terminal)
			show_moving(event);
		else
			fprintf(stderr, "%3u%% %s\n", event->permille / 10, event->step->title);
		break;
	case EVENT_PROGRESS:
		if (progress->terminal)
			show_moving(event);
		else
			show_tenth(progress, event);
		break;
	case EVENT_END:
		if (!progress->terminal)
			break;
		clear_line(progress);
		fprintf(stderr, "%3u%% %s (%.1f s)\n", event->permille / 10, event->step->title,
			clock_seconds() - progress->step_began);
		break;
	case EVENT_WARNING:
		clear_line(progress);
		fprintf(stderr, "warning: %s\n", masked);
		break;
	case EVENT_DONE:
	case EVENT_FAILED:
		/* The report that follows says it. */
		clear_line(progress);
		break;
	}
	fflush(stderr);
}

void progress_event(const struct event *event, void *data)
{
	struct progress *progress = data;

	if (progress->json) {
		_cleanup_json_ struct json *json =
			event_to_json(event, clock_seconds() - progress->started);
		_cleanup_free_ char *line = json_to_line(json);
		_cleanup_free_ char *masked = log_mask(line);

		/* A line of its own, whether or not the writer of JSON ends it. */
		printf("%s%s", masked, str_ends(masked, "\n") ? "" : "\n");
		fflush(stdout);
	} else {
		show_text(progress, event);
	}
}
