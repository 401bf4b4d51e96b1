/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What listeners hear while an installation runs: how far it is, how fast, how long it will take.
 */
#include <stdarg.h>
#include <sys/resource.h>

#include "common/clock.h"
#include "common/log.h"
#include "installer/execute/engine.h"

/* Seconds between two progress events: enough for the eye, nothing to a serial line. */
#define EVENT_INTERVAL 0.5
/* Seconds over which a rate is measured. */
#define RATE_WINDOW 3.0

static const char *const kinds[] = {
	[EVENT_BEGIN] = "begin",     [EVENT_PROGRESS] = "progress", [EVENT_END] = "end",
	[EVENT_WARNING] = "warning", [EVENT_DONE] = "done",         [EVENT_FAILED] = "failed",
};

static unsigned permille(struct progress *progress, double share_of_step, unsigned weight)
{
	double done = (double)progress->weight_done + share_of_step * weight;
	unsigned now = progress->weight_total
			       ? (unsigned)(done * 1000 / (double)progress->weight_total)
			       : 0;

	if (now > progress->permille)
		progress->permille = now < 1000 ? now : 1000;
	return progress->permille;
}

static void send(struct execution *execution, const struct event *event)
{
	if (execution->job->on_event)
		execution->job->on_event(event, execution->job->data);
}

void execution_emit(struct execution *execution, enum event_kind kind, const char *text,
		    const struct error *error)
{
	bool whole = kind == EVENT_DONE || kind == EVENT_FAILED;
	struct event event = {.kind = kind,
			      .step = whole ? NULL : execution->step,
			      .permille = execution->progress.permille,
			      .text = text,
			      .error = error};

	if (kind == EVENT_DONE)
		event.permille = execution->progress.permille = 1000;
	send(execution, &event);
}

void execution_step_begins(struct execution *execution, const struct plan_step *step)
{
	struct progress *progress = &execution->progress;

	execution->step = step;
	progress->step_started = progress->window_start = clock_seconds();
	progress->last_event = 0;
	progress->window_bytes = 0;
	progress->rate = 0;
	log_info(EXECUTE_TAG, "%s: %s", step->id, step->title);
	execution_emit(execution, EVENT_BEGIN, NULL, NULL);
}

void execution_step_ended(struct execution *execution, const struct plan_step *step)
{
	struct progress *progress = &execution->progress;
	struct rusage usage;

	progress->weight_done += step->weight;
	permille(progress, 0, 0);
	getrusage(RUSAGE_SELF, &usage);
	log_info(EXECUTE_TAG, "%s: done in %.1f s, peak memory %ld KiB", step->id,
		 clock_seconds() - progress->step_started, usage.ru_maxrss);
	execution_emit(execution, EVENT_END, NULL, NULL);
}

/* The average of the last whole window; of the time since the start while that is shorter. */
static void measure_rate(struct progress *progress, uint64_t bytes, double now)
{
	double elapsed = now - progress->window_start;

	if (elapsed <= 0 || bytes < progress->window_bytes ||
	    (elapsed < RATE_WINDOW && progress->window_bytes > 0))
		return;
	progress->rate = (double)(bytes - progress->window_bytes) / elapsed;
	if (elapsed >= RATE_WINDOW) {
		progress->window_start = now;
		progress->window_bytes = bytes;
	}
}

void execution_progress(struct execution *execution, uint64_t bytes, uint64_t total_bytes)
{
	struct progress *progress = &execution->progress;
	double now = clock_seconds();
	struct event event = {.kind = EVENT_PROGRESS,
			      .step = execution->step,
			      .bytes = bytes,
			      .total_bytes = total_bytes};

	if (now - progress->last_event < EVENT_INTERVAL && bytes < total_bytes)
		return;
	progress->last_event = now;
	measure_rate(progress, bytes, now);
	event.permille = permille(progress, total_bytes ? (double)bytes / (double)total_bytes : 0,
				  execution->step->weight);
	event.bytes_per_second = progress->rate;
	if (progress->rate > 0 && total_bytes > bytes)
		event.seconds_left =
			(unsigned)((double)(total_bytes - bytes) / progress->rate + 0.5);
	send(execution, &event);
}

void execution_warn(struct execution *execution, const char *format, ...)
{
	_cleanup_free_ char *raw = NULL, *text = NULL;
	va_list args;

	va_start(args, format);
	raw = xvasprintf(format, args);
	va_end(args);
	text = log_mask(raw);
	log_warning(EXECUTE_TAG, "%s", text);
	strv_add(&execution->report->warnings, text);
	execution_emit(execution, EVENT_WARNING, text, NULL);
}

void execution_note(struct execution *execution, const char *format, ...)
{
	_cleanup_free_ char *text = NULL;
	va_list args;

	va_start(args, format);
	text = xvasprintf(format, args);
	va_end(args);
	log_info(EXECUTE_TAG, "%s", text);
	strv_add(&execution->report->notes, text);
}

struct json *event_to_json(const struct event *event, double elapsed)
{
	struct json *json = json_new_object();

	json_set_string(json, "schema", "xenhost.event/1");
	json_set_string(json, "event", kinds[event->kind]);
	json_set_double(json, "elapsed_seconds", elapsed);
	json_set_u64(json, "permille", event->permille);
	if (event->step) {
		json_set_string(json, "step", event->step->id);
		json_set_string(json, "title", event->step->title);
	}
	if (event->kind == EVENT_PROGRESS) {
		json_set_u64(json, "bytes", event->bytes);
		json_set_u64(json, "total_bytes", event->total_bytes);
		json_set_u64(json, "bytes_per_second", (uint64_t)event->bytes_per_second);
		json_set_u64(json, "seconds_left", event->seconds_left);
	}
	if (event->text)
		json_set_string(json, "text", event->text);
	if (event->error) {
		json_set_string(json, "kind", error_kind_to_string(event->error->kind));
		json_set_string(json, "hint", error_get_hint(event->error));
	}
	return json;
}
