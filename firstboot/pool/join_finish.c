/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/clock.h"
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/pool/join_steps.h"

/* Between two questions where the coordinator does not tell by itself that something changed. */
#define LOOK_S       1.0
#define EVENT_WAIT_S 3.5
/* The agent ends ten seconds after the call, and starts again within a minute. */
#define ALONE_S 90
/* A reason that somebody must remove, and not a step of the start. */
#define EMERGENCY_S 60

/* The coordinator's word. */
struct word {
	bool known, live, enabled;
};

struct finish {
	struct join *join;
	struct word word;
	enum join_host host;
	char *ref, *metrics; /* of the host in the pool; NULL while the coordinator knows none */
	char *token;         /* of the coordinator's last events, or NULL */
	struct xapi_failure emergency;       /* the reason, or none */
	double alone_since, emergency_since; /* clock_seconds(), 0: it is not */
};

static int call_bool(struct xapi *xapi, const char *method, const char *ref, bool *ret,
		     struct error **err)
{
	_cleanup_json_ struct json *value = NULL;
	_cleanup_free_ char *text = NULL;
	int r = xapi_call(xapi, method, xapi_args(ref, NULL), &value, err);

	if (r < 0)
		return r;
	text = json_scalar_text(value);
	*ret = json_kind(value) == JSON_BOOL && str_eq(text, "true");
	return 0;
}

static void forget(struct finish *finish)
{
	free(TAKE_PTR(finish->ref));
	free(TAKE_PTR(finish->metrics));
	free(TAKE_PTR(finish->token));
}

/* Finds the host in the pool; 0 with no ref where the coordinator knows none. */
static int find_host(struct finish *finish, struct error **err)
{
	struct join *join = finish->join;
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *ref = NULL, *metrics = NULL;
	int r = xapi_call_text(join->pool, "host.get_by_uuid",
			       xapi_args(join->result->host_uuid, NULL), &ref, &error);

	if (r < 0 && str_eq(xapi_failure(join->pool), "UUID_INVALID")) {
		forget(finish);
		return 0;
	}
	if (r >= 0)
		r = xapi_call_text(join->pool, "host.get_metrics", xapi_args(ref, NULL), &metrics,
				   &error);
	if (r < 0) {
		if (err)
			*err = TAKE_PTR(error);
		return r;
	}
	/* Events of another record are other events. */
	if (!str_eq(ref, finish->ref) || !str_eq(metrics, finish->metrics)) {
		forget(finish);
		finish->ref = TAKE_PTR(ref);
		finish->metrics = TAKE_PTR(metrics);
	}
	return 0;
}

static int ask_pool(struct finish *finish, struct error **err)
{
	struct join *join = finish->join;
	struct word word = {0};
	/* The record may be made anew by the join itself: found anew until it is live. */
	int r = finish->word.live ? 0 : find_host(finish, err);

	if (r >= 0 && finish->ref) {
		word.known = true;
		r = call_bool(join->pool, "host.get_enabled", finish->ref, &word.enabled, err);
		/* A host that was just made has no metrics yet. */
		if (r >= 0 && !str_eq(finish->metrics, XAPI_NULL_REF))
			r = call_bool(join->pool, "host_metrics.get_live", finish->metrics,
				      &word.live, err);
	}
	if (r >= 0)
		finish->word = word;
	return r;
}

/* A coordinator that restarts forgets its sessions; what it said last stays until it is back. */
static int look_at_pool(struct finish *finish, struct error **err)
{
	struct join *join = finish->join;
	_cleanup_error_ struct error *error = NULL;
	int r = 0;

	if (!join->pool || !xapi_is_logged_in(join->pool))
		r = join_login_pool(join, &error);
	if (r >= 0)
		r = ask_pool(finish, &error);
	if (r >= 0)
		return 0;
	if (!join_passes(join->pool, error)) {
		if (err)
			*err = TAKE_PTR(error);
		return r;
	}
	join_say(join, "waiting for the coordinator, which does not answer now");
	finish->word.live = false;
	xapi_free(TAKE_PTR(join->pool));
	return 0;
}

static void look_at_host(struct finish *finish)
{
	struct xapi_failure failure = {0};
	double now = clock_seconds();

	finish->host = join_look_at_host(finish->join, &failure);
	if (finish->host != HOST_ALONE)
		finish->alone_since = 0;
	else if (finish->alone_since == 0)
		finish->alone_since = now;
	if (finish->host != HOST_EMERGENCY || xapi_failure_passes(&failure))
		finish->emergency_since = 0;
	else if (finish->emergency_since == 0)
		finish->emergency_since = now;
	xapi_failure_done(&finish->emergency);
	finish->emergency = failure;
}

static void say_where(struct finish *finish)
{
	const struct word *word = &finish->word;
	struct join *join = finish->join;

	if (!join->pool)
		return;
	if (word->known && word->live)
		join_say(join, "the host is in the pool; waiting until it is enabled");
	else if (word->known && finish->host == HOST_MEMBER)
		join_say(join,
			 "the host works with the coordinator; waiting for its signs of life");
	else if (word->known)
		join_say(join, "the coordinator knows the host, whose toolstack restarts now");
	else
		join_say(join, "waiting until the coordinator knows the host");
}

static int fail_alone(struct finish *finish, struct error **err)
{
	finish->join->result->state = JOIN_ALONE;
	error_set(err, ERROR_POOL,
		  "the toolstack of this host accepted the join, but the host is "
		  "still alone in its own pool");
	error_hint(err, "Nothing was changed; join it again. Its /var/log/xensource.log says what "
			"went wrong.");
	return error_code(err, EAGAIN);
}

static int fail_emergency(struct finish *finish, struct error **err)
{
	int r = xapi_failure_explain(&finish->emergency, err);

	finish->join->result->state = JOIN_EMERGENCY;
	error_prefix(err, "this host is a member of the pool now, but in emergency mode");
	return r;
}

static int fail_unfinished(struct finish *finish, struct error **err)
{
	const struct word *word = &finish->word;
	struct join *join = finish->join;

	if (finish->host == HOST_EMERGENCY)
		return fail_emergency(finish, err);
	if (word->known && word->live) {
		join->result->state = JOIN_DISABLED;
		error_set(err, ERROR_POOL, "this host has joined the pool, but is not enabled");
		error_hint(err,
			   "Look at its pending tasks (a reboot may be due), then: xe "
			   "host-enable. xe pool-eject would undo the join, which destroys all "
			   "that is on the host's local storage and reboots it.");
	} else {
		join->result->state = finish->host == HOST_MEMBER ? JOIN_DISABLED : JOIN_UNKNOWN;
		error_set(err, ERROR_POOL, "the coordinator %s",
			  word->known ? "knows this host, but sees no sign of life of it"
				      : "does not know this host");
		error_hint(err, "See /etc/xensource/pool.conf on this host: \"slave:\" with an "
				"address means that it has joined and cannot reach that "
				"coordinator; \"master\" that it has not joined and can be told to "
				"again.");
	}
	return error_code(err, ETIMEDOUT);
}

static int judge(struct finish *finish, double until, struct error **err)
{
	double now = clock_seconds();

	if (proc_cancelled()) {
		error_set(err, ERROR_CANCELLED,
			  "the waiting for the pool was cancelled; the join "
			  "itself goes on");
		return error_code(err, ECANCELED);
	}
	if (finish->alone_since > 0 && now - finish->alone_since > ALONE_S)
		return fail_alone(finish, err);
	if (finish->emergency_since > 0 && now - finish->emergency_since > EMERGENCY_S)
		return fail_emergency(finish, err);
	return now >= until ? fail_unfinished(finish, err) : 0;
}

static struct json *event_args(const struct finish *finish)
{
	_cleanup_json_ struct json *holder = json_new_object();
	struct json *args = json_new_array(), *classes = json_new_array();
	_cleanup_free_ char *host = xasprintf("host/%s", finish->ref);
	_cleanup_free_ char *metrics = xasprintf("host_metrics/%s", finish->metrics);

	json_append_string(classes, host);
	json_append_string(classes, metrics);
	json_append(args, classes);
	json_append_string(args, finish->token ?: "");
	json_set_double(holder, "timeout", EVENT_WAIT_S);
	json_append(args, json_share(json_get(holder, "timeout")));
	return args;
}

/* Comes back when the host's record changed since the question before, or after a while; the first
 * time at once, with the place in the row of events from which changes count. */
static void await_change(struct finish *finish)
{
	_cleanup_json_ struct json *answer = NULL;

	if (!finish->join->pool || !finish->ref ||
	    xapi_call(finish->join->pool, "event.from", event_args(finish), &answer, NULL) < 0 ||
	    !json_get_string(answer, "token")) {
		free(TAKE_PTR(finish->token));
		join_pause(LOOK_S);
		return;
	}
	free(finish->token);
	finish->token = xstrdup(json_get_string(answer, "token"));
}

int join_finish(struct join *join, struct error **err)
{
	unsigned limit_s = join->request->finish_s ? join->request->finish_s : JOIN_FINISH_S;
	struct finish finish = {.join = join, .host = HOST_AWAY};
	double until = clock_seconds() + limit_s;
	int r;

	for (;;) {
		r = look_at_pool(&finish, err);
		if (r < 0)
			break;
		if (finish.word.live && finish.word.enabled) {
			join->result->state = JOIN_MEMBER;
			break;
		}
		look_at_host(&finish);
		say_where(&finish);
		r = judge(&finish, until, err);
		if (r < 0)
			break;
		await_change(&finish);
	}
	forget(&finish);
	xapi_failure_done(&finish.emergency);
	return r;
}
