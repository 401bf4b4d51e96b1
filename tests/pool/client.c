/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The XAPI client as a program, so that tests can put it to the test pool: one JSON object on
 * standard input tells where to connect and what to call or whom to join, one line a step tells
 * what came of it.
 */
#include <stdio.h>

#include "common/str.h"
#include "firstboot/pool/join.h"

#define INPUT_MAX 65536

static void report(struct json *line, const struct xapi *xapi, const struct error *error)
{
	_cleanup_free_ char *sentence = error_text(error);
	char *const *params = xapi ? xapi_failure_params(xapi) : NULL;

	json_set_string(line, "kind", error_kind_to_string(error->kind));
	json_set_string(line, "sentence", sentence);
	json_set_string(line, "hint", error_get_hint(error));
	json_set_string(line, "code", xapi ? xapi_failure(xapi) : NULL);
	if (params)
		json_set_strv(line, "params", params);
}

static void print(struct json *line)
{
	_cleanup_free_ char *text = json_to_line(line);

	puts(text);
	fflush(stdout);
	json_free(line);
}

static int certificate(const struct xapi_target *target, struct json *line, struct error **err)
{
	struct http_certificate shown;
	int r = xapi_get_certificate(target, &shown, err);

	if (r < 0)
		return r;
	json_set_string(line, "result", shown.sha256);
	return 0;
}

/* "task": the call gives a task, which is waited for. */
static int call(struct xapi *xapi, const struct json *wanted, struct json *line, struct error **err)
{
	const struct json *given = json_get_array(wanted, "args");
	_cleanup_json_ struct json *result = NULL;
	_cleanup_free_ char *task = NULL, *text = NULL;
	bool wait = false;
	int r;

	json_get_bool(wanted, "task", &wait);
	if (!wait) {
		r = xapi_call(xapi, json_get_string(wanted, "call"),
			      given ? json_share(given) : NULL, &result, err);
		if (r < 0)
			return r;
		json_set(line, "result", TAKE_PTR(result));
		return 0;
	}
	r = xapi_call_text(xapi, json_get_string(wanted, "call"), given ? json_share(given) : NULL,
			   &task, err);
	if (r < 0)
		return r;
	r = xapi_task_wait(xapi, task, 60, NULL, NULL, &text, err);
	if (r < 0)
		return r;
	json_set_string(line, "result", text);
	return 0;
}

static void heard(const char *sentence, void *data)
{
	json_append_string(data, sentence);
}

/* "socket" and "root" are the host's that joins; "said" is what it was told on the way. */
static int join(const struct xapi_target *pool, const struct json *wanted, struct json *line,
		struct error **err)
{
	_cleanup_(join_result_done) struct join_result result = {0};
	_cleanup_fsroot_ struct fsroot *root = NULL;
	const char *folder = json_get_string(wanted, "root");
	uint64_t wait_s = 0, finish_s = 0, retry_s = 0;
	struct join_request request = {
		.pool = *pool,
		.user = json_get_string(wanted, "user"),
		.password = json_get_string(wanted, "password"),
		.host = {.socket = json_get_string(wanted, "socket"), .codec = pool->codec},
		.retry_pause_s = 1,
		.say = heard,
	};
	struct json *said = json_new_array();
	int r = folder ? fsroot_open(folder, &root) : 0;

	json_set(line, "said", said);
	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "%s cannot be opened", folder);
	json_get_u64(wanted, "wait_s", &wait_s);
	json_get_u64(wanted, "finish_s", &finish_s);
	json_get_u64(wanted, "retry_s", &retry_s);
	request.wait_s = (unsigned)wait_s;
	request.finish_s = (unsigned)finish_s;
	request.retry_s = (unsigned)retry_s;
	request.root = root;
	request.data = said;
	r = join_run(&request, &result, err);
	json_set_string(line, "state", join_state_to_string(result.state));
	if (r >= 0)
		json_set(line, "result", join_result_to_json(&result));
	return r;
}

static int step(struct xapi *xapi, const struct xapi_target *target, const struct json *wanted,
		struct json *line, struct error **err)
{
	const char *verb = json_get_string(wanted, "do");
	int r;

	if (str_eq(verb, "certificate"))
		return certificate(target, line, err);
	if (str_eq(verb, "join"))
		return join(target, wanted, line, err);
	if (str_eq(verb, "call"))
		return call(xapi, wanted, line, err);
	if (str_eq(verb, "logout")) {
		xapi_logout(xapi);
		return 0;
	}
	r = str_eq(verb, "emergency")
		    ? xapi_login_emergency(xapi, json_get_string(wanted, "user"),
					   json_get_string(wanted, "password"), err)
		    : xapi_login(xapi, json_get_string(wanted, "user"),
				 json_get_string(wanted, "password"), err);
	if (r < 0)
		return r;
	json_set_string(line, "result", xapi_address(xapi));
	return 0;
}

static int run(const struct json *input, struct error **err)
{
	struct xapi_target target = {
		.address = json_get_string(input, "address"),
		.socket = json_get_string(input, "socket"),
		.certificate_sha256 = json_get_string(input, "certificate_sha256"),
		.ca_file = json_get_string(input, "ca_file"),
	};
	const struct json *steps = json_get_array(input, "steps");
	const char *codec = json_get_string(input, "codec");
	_cleanup_xapi_ struct xapi *xapi = NULL;
	uint64_t seconds = 0;
	int r;

	if (codec && xapi_codec_from_string(codec, &target.codec) < 0)
		return error_set(err, ERROR_USAGE, "there is no codec \"%s\"", codec);
	if (json_get_u64(input, "answer_timeout_s", &seconds))
		target.answer_timeout_s = (unsigned)seconds;
	r = xapi_connect(&target, &xapi, err);
	for (size_t i = 0; r >= 0 && i < json_length(steps); i++) {
		_cleanup_error_ struct error *error = NULL;
		struct json *line = json_new_object();

		if (step(xapi, &target, json_at(steps, i), line, &error) < 0)
			report(line, xapi, error);
		print(line);
	}
	return r < 0 ? r : 0;
}

int main(void)
{
	_cleanup_error_ struct error *error = NULL;
	_cleanup_json_ struct json *input = NULL;
	struct json *last = json_new_object();
	char text[INPUT_MAX];
	size_t length = fread(text, 1, sizeof(text), stdin);

	if (json_parse(text, length, "standard input", &input, &error) < 0 ||
	    run(input, &error) < 0)
		report(last, NULL, error);
	print(last);
	return 0;
}
