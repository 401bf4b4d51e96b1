/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <time.h>

#include "common/clock.h"
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/pool/xapi_connection.h"

#define EVENT_WAIT_S 5.0 /* a look at the record between, in case an event was lost */
#define POLL_S       0.5

struct wait {
	struct xapi *xapi;
	const char *task;
	double until; /* clock_seconds() */
	bool no_events;
	char *token; /* of the last events */
};

const struct json *xapi_event_snapshot(const struct json *answer, const char *class,
				       const char *ref)
{
	const struct json *events = json_get_array(answer, "events"), *found = NULL;

	for (size_t i = 0; i < json_length(events); i++) {
		const struct json *event = json_at(events, i);

		if (str_eq(json_get_string(event, "class"), class) &&
		    str_eq(json_get_string(event, "ref"), ref) &&
		    !str_eq(json_get_string(event, "operation"), "del"))
			found = json_get_object(event, "snapshot") ?: found;
	}
	return found;
}

enum xapi_task_state xapi_task_read(const struct json *record, struct xapi_failure *ret_failure,
				    char **ret_result)
{
	const char *status = json_get_string(record, "status");
	const char *result = json_get_string(record, "result");
	const struct json *info = json_get_array(record, "error_info");
	_cleanup_json_ struct json *value = NULL;

	if (str_eq(status, "failure") || str_eq(status, "cancelled")) {
		ret_failure->code = xstrdup(json_at_string(info, 0) ?: "TASK_CANCELLED");
		for (size_t i = 1; i < json_length(info); i++)
			strv_add(&ret_failure->params, json_at_string(info, i) ?: "");
		return XAPI_TASK_FAILED;
	}
	if (!str_eq(status, "success"))
		return XAPI_TASK_RUNS;
	/* A value in XML-RPC's form, even over JSON-RPC; nothing for calls that give nothing. */
	if (result && str_starts(result, "<value") &&
	    xapi_xml_value(result, strlen(result), &value, NULL) == 0)
		*ret_result = json_scalar_text(value);
	else
		*ret_result = xstrdup(result);
	if (!*ret_result)
		*ret_result = xstrdup("");
	return XAPI_TASK_DONE;
}

static void pause_for(double seconds)
{
	struct timespec time = {.tv_sec = (time_t)seconds};

	time.tv_nsec = (long)((seconds - (double)time.tv_sec) * 1e9);
	(void)nanosleep(&time, NULL);
}

static int read_record(struct wait *wait, struct json **ret, struct error **err)
{
	return xapi_call(wait->xapi, "task.get_record", xapi_args(wait->task, NULL), ret, err);
}

/* Comes back when something happened to the task; *ret NULL when that is not known. */
static int await_event(struct wait *wait, struct json **ret, struct error **err)
{
	_cleanup_json_ struct json *answer = NULL;
	_cleanup_free_ char *subscription = xasprintf("task/%s", wait->task);
	double began = clock_seconds(), left = wait->until - began;
	struct json *args = json_new_array(), *classes = json_new_array();
	struct json *holder = json_new_object();
	const struct json *record;
	int r;

	json_append_string(classes, subscription);
	json_append(args, classes);
	json_append_string(args, wait->token ?: "");
	/* Its type is a real number, and "5" would be a whole one. */
	json_set_double(holder, "timeout", left < EVENT_WAIT_S && left > 0.1 ? left : EVENT_WAIT_S);
	json_append(args, json_share(json_get(holder, "timeout")));
	json_free(holder);
	r = xapi_call(wait->xapi, "event.from", args, &answer, err);
	if (r < 0)
		return r;
	free(wait->token);
	wait->token = xstrdup(json_get_string(answer, "token"));
	record = xapi_event_snapshot(answer, "task", wait->task);
	if (record)
		*ret = json_share(record);
	else if (clock_seconds() - began < POLL_S)
		pause_for(POLL_S);
	return 0;
}

/* False where the failure is of the events alone, and the task can still be asked about. */
static bool ends_waiting(struct wait *wait)
{
	static const char *const of_events[] = {
		"MESSAGE_METHOD_UNKNOWN", "EVENT_SUBSCRIPTION_PARSE_FAILURE",
		"EVENT_FROM_TOKEN_PARSE_FAILURE", "EVENTS_LOST", NULL};

	for (size_t i = 0; of_events[i]; i++) {
		if (str_eq(of_events[i], xapi_failure(wait->xapi)))
			return false;
	}
	return true;
}

static int next_record(struct wait *wait, struct json **ret, struct error **err)
{
	_cleanup_error_ struct error *error = NULL;
	int r = 0;

	if (wait->no_events)
		pause_for(POLL_S);
	else
		r = await_event(wait, ret, &error);
	if (r < 0 && ends_waiting(wait)) {
		if (err)
			*err = TAKE_PTR(error);
		return r;
	}
	wait->no_events |= r < 0;
	return *ret ? 0 : read_record(wait, ret, err);
}

static int run_out(const struct wait *wait, unsigned limit_s, struct error **err)
{
	error_set(err, ERROR_POOL, "%s has not ended its task within %u s", wait->xapi->address,
		  limit_s);
	error_hint(err, "See its /var/log/xensource.log for what it waits for.");
	return error_code(err, ETIMEDOUT);
}

/* A failure that is not the task's own must not look like one. */
static int lost(int r)
{
	return r == -EREMOTEIO ? -ENODATA : r;
}

static int wait_for(struct wait *wait, unsigned limit_s,
		    int (*on_progress)(double progress, void *data), void *data, char **ret_result,
		    struct error **err)
{
	_cleanup_json_ struct json *record = NULL;
	_cleanup_(xapi_failure_done) struct xapi_failure failure = {0};
	double progress = 0;
	int r = read_record(wait, &record, err);

	while (r >= 0) {
		switch (xapi_task_read(record, &failure, ret_result)) {
		case XAPI_TASK_DONE:
			return 0;
		case XAPI_TASK_FAILED:
			xapi_failure_done(&wait->xapi->failure);
			r = xapi_failure_explain(&failure, err);
			wait->xapi->failure = failure;
			failure = (struct xapi_failure){0};
			return r;
		case XAPI_TASK_RUNS:
			break;
		}
		if (json_get_double(record, "progress", &progress) && on_progress)
			r = on_progress(progress, data);
		if (r < 0 || proc_cancelled()) {
			error_set(err, ERROR_CANCELLED, "the waiting for a task was cancelled");
			return error_code(err, ECANCELED);
		}
		if (clock_seconds() > wait->until)
			return run_out(wait, limit_s, err);
		json_free(TAKE_PTR(record));
		r = next_record(wait, &record, err);
	}
	return lost(r);
}

/* The server would keep it for an hour. What was answered last stays what it was. */
static void destroy(struct wait *wait)
{
	struct xapi_failure kept = wait->xapi->failure;

	wait->xapi->failure = (struct xapi_failure){0};
	if (xapi_call_within(wait->xapi, XAPI_CONNECT_S, "task.destroy",
			     xapi_args(wait->task, NULL), NULL, NULL) < 0)
		xapi_failure_done(&wait->xapi->failure);
	wait->xapi->failure = kept;
}

int xapi_task_wait(struct xapi *xapi, const char *task, unsigned limit_s,
		   int (*on_progress)(double progress, void *data), void *data, char **ret_result,
		   struct error **err)
{
	struct wait wait = {.xapi = xapi, .task = task, .until = clock_seconds() + limit_s};
	_cleanup_free_ char *result = NULL;
	int r = wait_for(&wait, limit_s, on_progress, data, &result, err);

	free(wait.token);
	if (r == 0 || r == -EREMOTEIO)
		destroy(&wait);
	if (r == 0 && ret_result)
		*ret_result = TAKE_PTR(result);
	return r;
}
