/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/str.h"
#include "firstboot/pool/xapi_wire.h"

#define QUOTED_MAX 60

void xapi_answer_done(struct xapi_answer *answer)
{
	json_free(answer->value);
	xapi_failure_done(&answer->failure);
	*answer = (struct xapi_answer){0};
}

int xapi_not_an_answer(const char *text, size_t length, const char *name, const char *why,
		       struct error **err)
{
	_cleanup_free_ char *start = xstrndup(text, length < QUOTED_MAX ? length : QUOTED_MAX);

	/* Foreign bytes on the way to a terminal. */
	for (char *c = start; *c; c++) {
		if (*c < ' ' || *c > '~')
			*c = ' ';
	}
	error_set(err, ERROR_NETWORK, "%s does not answer as a XAPI does: %s (\"%s\")", name, why,
		  str_trim(start));
	error_hint(err, "Check that this is the address of a XenServer or XCP-ng host, not of a "
			"web server or of a proxy before it.");
	return error_code(err, EPROTO);
}

static char *request(const char *method, const struct json *params)
{
	_cleanup_json_ struct json *body = json_new_object();

	json_set_string(body, "jsonrpc", "2.0");
	/* One request at a time on a connection: answers cannot be mixed up. */
	json_set_u64(body, "id", 1);
	json_set_string(body, "method", method);
	json_set(body, "params", json_share(params));
	return json_to_line(body);
}

static void add_params(struct xapi_failure *failure, const struct json *list, size_t from)
{
	for (size_t i = from; i < json_length(list); i++) {
		_cleanup_free_ char *text = json_scalar_text(json_at(list, i));

		strv_add(&failure->params, text ? text : "");
	}
}

/* Version 2.0 has an object; 1.0, and 2.0 in emergency mode, a list of code and parameters. */
static bool read_failure(const struct json *error, struct xapi_failure *ret)
{
	if (json_kind(error) == JSON_ARRAY) {
		ret->code = xstrdup(json_at_string(error, 0));
		add_params(ret, error, 1);
	} else {
		ret->code = xstrdup(json_get_string(error, "message"));
		add_params(ret, json_get_array(error, "data"), 0);
	}
	return !str_empty(ret->code);
}

static int answer(const char *text, size_t length, const char *name, struct xapi_answer *ret,
		  struct error **err)
{
	_cleanup_(xapi_failure_done) struct xapi_failure found = {0};
	_cleanup_json_ struct json *json = NULL;
	_cleanup_error_ struct error *error = NULL;
	const struct json *failure;

	if (json_parse(text, length, name, &json, &error) < 0)
		return xapi_not_an_answer(text, length, name, error->message, err);
	failure = json_get(json, "error");
	if (json_kind(failure) == JSON_NULL && !json_has(json, "result"))
		return xapi_not_an_answer(text, length, name, "neither a result nor an error", err);
	if (json_kind(failure) != JSON_NULL && !read_failure(failure, &found))
		return xapi_not_an_answer(text, length, name, "an error without a code", err);
	ret->failure.code = TAKE_PTR(found.code);
	ret->failure.params = TAKE_PTR(found.params);
	ret->value = ret->failure.code ? NULL : json_share(json_get(json, "result"));
	return 0;
}

const struct xapi_wire xapi_wire_json = {
	.name = "json-rpc",
	.path = "/jsonrpc",
	.content_type = "application/json",
	.is_json = true,
	.request = request,
	.answer = answer,
};
