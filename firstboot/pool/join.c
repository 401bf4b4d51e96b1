/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/pool/join.h"

#include <errno.h>
#include <sys/random.h>
#include <time.h>

#include "common/clock.h"
#include "common/str.h"
#include "firstboot/pool/join_steps.h"

#define RETRY_PAUSE_S 10

static const char *const states[] = {
	[JOIN_UNTOUCHED] = "untouched", [JOIN_UNKNOWN] = "unknown",   [JOIN_ALONE] = "alone",
	[JOIN_EMERGENCY] = "emergency", [JOIN_DISABLED] = "disabled", [JOIN_MEMBER] = "member",
};

const char *join_state_to_string(enum join_state state)
{
	return states[state];
}

void join_result_done(struct join_result *result)
{
	free(result->host_uuid);
	free(result->pool_uuid);
	free(result->pool_name);
	free(result->coordinator);
	free(result->certificate_sha256);
	*result = (struct join_result){0};
}

struct json *join_result_to_json(const struct join_result *result)
{
	struct json *json = json_new_object();

	json_set_string(json, "state", states[result->state]);
	json_set_bool(json, "already", result->already);
	json_set_string(json, "host_uuid", result->host_uuid);
	json_set_string(json, "pool_uuid", result->pool_uuid);
	json_set_string(json, "pool", result->pool_name);
	json_set_string(json, "coordinator", result->coordinator);
	json_set_string(json, "certificate", result->certificate_sha256);
	return json;
}

void join_say(struct join *join, const char *format, ...)
{
	char *sentence;
	va_list args;

	va_start(args, format);
	sentence = xvasprintf(format, args);
	va_end(args);
	if (join->request->say && !str_eq(sentence, join->said))
		join->request->say(sentence, join->request->data);
	free(join->said);
	join->said = sentence;
}

void join_pause(double seconds)
{
	struct timespec time;
	uint32_t dice = 0;
	double actual;

	if (getrandom(&dice, sizeof(dice), 0) != sizeof(dice))
		dice = UINT32_MAX / 2;
	actual = seconds * (2.0 + 2.0 * dice / UINT32_MAX) / 3.0;
	time.tv_sec = (time_t)actual;
	time.tv_nsec = (long)((actual - (double)time.tv_sec) * 1e9);
	(void)nanosleep(&time, NULL);
}

bool join_passes(const struct xapi *xapi, const struct error *error)
{
	_cleanup_(xapi_failure_done) struct xapi_failure failure = {0};

	if (xapi)
		xapi_take_failure(xapi, &failure);
	return failure.code ? xapi_failure_passes(&failure) : http_error_is_transient(error);
}

static int login(const struct xapi_target *target, const char *user, const char *password,
		 struct xapi **xapi, struct error **err)
{
	int r;

	xapi_free(TAKE_PTR(*xapi));
	r = xapi_connect(target, xapi, err);
	return r < 0 ? r : xapi_login(*xapi, user, password, err);
}

int join_login_host(struct join *join, struct error **err)
{
	const struct join_request *request = join->request;

	return login(&request->host, request->host_user, request->host_password, &join->host, err);
}

int join_login_pool(struct join *join, struct error **err)
{
	const struct join_request *request = join->request;

	return login(&request->pool, request->user, request->password, &join->pool, err);
}

int join_pool_record(struct xapi *xapi, struct json **ret_records, const struct json **ret,
		     struct error **err)
{
	_cleanup_json_ struct json *records = NULL;
	struct json_member member = {0};
	int r = xapi_call(xapi, "pool.get_all_records", NULL, &records, err);

	if (r < 0)
		return r;
	if (!json_next(records, &member) || !json_get_string(member.value, "uuid")) {
		error_set(err, ERROR_POOL, "%s knows no pool of its own", xapi_address(xapi));
		error_hint(err, "Restart its toolstack: xe-toolstack-restart.");
		return error_code(err, EPROTO);
	}
	*ret = member.value;
	*ret_records = TAKE_PTR(records);
	return 0;
}

static void set(char **field, const char *text)
{
	free(*field);
	*field = xstrdup(text);
}

static int meet_pool(struct join *join, struct error **err)
{
	_cleanup_json_ struct json *records = NULL;
	_cleanup_error_ struct error *error = NULL;
	const struct json *pool;
	int r;

	join_say(join, "asking the coordinator %s", join->request->pool.address);
	r = join_login_pool(join, &error);
	if (r >= 0)
		r = join_pool_record(join->pool, &records, &pool, &error);
	if (r < 0) {
		join->passes = join_passes(join->pool, error);
		if (err)
			*err = TAKE_PTR(error);
		return r;
	}
	if (xapi_member(join->pool))
		join_say(join, "%s is a member of a pool; going on with its coordinator, %s",
			 xapi_member(join->pool), xapi_address(join->pool));
	set(&join->result->pool_uuid, json_get_string(pool, "uuid"));
	set(&join->result->pool_name, json_get_string(pool, "name_label"));
	set(&join->result->coordinator, xapi_address(join->pool));
	set(&join->result->certificate_sha256, xapi_certificate_sha256(join->pool));
	return 0;
}

/* A member's agent would pass the call on to its coordinator, which would then join. */
static int check_is_alone(const struct join *join, struct error **err)
{
	if (join->is_alone)
		return 0;
	error_set(err, ERROR_POOL, "this host is in another pool already, with other hosts");
	error_hint(err, "Eject a member first: xe pool-eject, which destroys all that is on its "
			"local storage and reboots it. A coordinator can join another pool when "
			"it is alone.");
	return error_code(err, EEXIST);
}

/* The server would take the other host's record for this host's. */
static int check_uuid_is_free(struct join *join, struct error **err)
{
	_cleanup_free_ char *host = NULL, *metrics = NULL;
	_cleanup_json_ struct json *live = NULL;
	_cleanup_free_ char *text = NULL;

	if (xapi_call_text(join->pool, "host.get_by_uuid", xapi_args(join->result->host_uuid, NULL),
			   &host, NULL) < 0)
		return 0;
	if (xapi_call_text(join->pool, "host.get_metrics", xapi_args(host, NULL), &metrics, NULL) <
		    0 ||
	    xapi_call(join->pool, "host_metrics.get_live", xapi_args(metrics, NULL), &live, NULL) <
		    0)
		return 0;
	text = json_scalar_text(live);
	if (!str_eq(text, "true")) {
		join_say(join, "the pool remembers this host from a join that did not end");
		return 0;
	}
	error_set(err, ERROR_POOL, "a host of the pool has this host's UUID, %s",
		  join->result->host_uuid);
	error_hint(err, "One of the two was made by copying the other's disk: install this host "
			"anew.");
	return error_code(err, EEXIST);
}

static int on_progress(double progress, void *data)
{
	struct join *join = data;

	/* In tenths: a sentence for every number would fill a log. */
	join_say(join, "joining the pool: %u %%", (unsigned)(progress * 10) * 10);
	return 0;
}

/* The call may have reached the server, whatever came back. */
static bool was_asked(const struct xapi *host, const struct error *error)
{
	return !xapi_failure(host) && error->kind == ERROR_NETWORK &&
	       error->errnum != ECONNREFUSED && error->errnum != ENETUNREACH &&
	       error->errnum != EHOSTUNREACH && error->errnum != EKEYREJECTED;
}

static int start_task(struct join *join, char **ret, struct error **err)
{
	const struct join_request *request = join->request;
	const char *method = request->force ? "Async.pool.join_force" : "Async.pool.join";
	_cleanup_free_ char *coordinator = xapi_host_name(join->pool);
	struct json *args =
		xapi_args(coordinator, request->user ?: "root", request->password ?: "", NULL);

	return xapi_call_text(join->host, method, args, ret, err);
}

/* A refusal leaves the host as it was. */
static int refused(struct join *join, int r, struct error *error, struct error **err)
{
	join->passes = join_passes(join->host, error);
	if (err)
		*err = error;
	else
		error_free(error);
	return r;
}

/* 0: it was asked to join, and may restart now. */
static int call_join(struct join *join, struct error **err)
{
	unsigned limit_s = join->request->task_s ? join->request->task_s : JOIN_TASK_S;
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *task = NULL;
	int r;

	join_say(join, "joining the pool");
	r = start_task(join, &task, &error);
	if (r < 0 && !was_asked(join->host, error))
		return refused(join, r, TAKE_PTR(error), err);
	join->result->state = JOIN_UNKNOWN;
	if (r < 0)
		return 0;
	r = xapi_task_wait(join->host, task, limit_s, on_progress, join, NULL, &error);
	if (r == -EREMOTEIO && !str_eq(xapi_failure(join->host), "XAPI_HOOK_FAILED")) {
		join->result->state = JOIN_UNTOUCHED;
		return refused(join, r, TAKE_PTR(error), err);
	}
	if (r == -ETIMEDOUT || r == -ECANCELED) {
		if (err)
			*err = TAKE_PTR(error);
		return r;
	}
	join_say(join, r < 0 ? "the toolstack of this host ended; it may be restarting as a member"
			     : "the pool has taken the host; its toolstack restarts");
	return 0;
}

static int attempt(struct join *join, struct error **err)
{
	int r = meet_pool(join, err);

	if (r < 0)
		return r;
	if (str_eq(join->own_pool_uuid, join->result->pool_uuid)) {
		join->result->already = true;
		join->result->state = JOIN_DISABLED;
		join_say(join, "this host is a member of the pool already");
		return join_finish(join, err);
	}
	r = check_is_alone(join, err);
	if (r >= 0)
		r = check_uuid_is_free(join, err);
	if (r >= 0)
		r = join_preflight(join, err);
	if (r >= 0)
		r = call_join(join, err);
	return r < 0 ? r : join_finish(join, err);
}

static int run(struct join *join, struct error **err)
{
	unsigned pause_s = join->request->retry_pause_s;
	int r;

	pause_s = pause_s ? pause_s : RETRY_PAUSE_S;
	r = join_wait_for_host(join, err);

	if (r < 0)
		return r;
	join->retry_until = clock_seconds() + join->request->retry_s;
	for (;;) {
		_cleanup_error_ struct error *error = NULL;

		join->passes = false;
		r = attempt(join, &error);
		if (r >= 0)
			return 0;
		if (!join->passes || clock_seconds() >= join->retry_until) {
			if (err)
				*err = TAKE_PTR(error);
			return r;
		}
		join_say(join, "%s; trying again soon", error->message);
		join_pause(pause_s);
		/* Its agent may have restarted, and its session with it. */
		if (join_login_host(join, NULL) < 0)
			join_say(join, "the toolstack of this host does not answer");
	}
}

int join_run(const struct join_request *request, struct join_result *ret, struct error **err)
{
	struct join join = {.request = request, .result = ret};
	int r;

	*ret = (struct join_result){0};
	r = run(&join, err);
	if (r >= 0)
		join_say(&join, "the host is a member of the pool%s%s%s",
			 str_empty(ret->pool_name) ? "" : " \"", ret->pool_name ?: "",
			 str_empty(ret->pool_name) ? "" : "\"");
	if (join.host)
		xapi_logout(join.host);
	if (join.pool)
		xapi_logout(join.pool);
	xapi_free(join.host);
	xapi_free(join.pool);
	free(join.own_pool_uuid);
	free(join.said);
	return r;
}
