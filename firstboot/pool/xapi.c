/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/pool/xapi.h"

#include <errno.h>
#include <stdarg.h>

#include "common/json_stream.h"
#include "common/str.h"
#include "firstboot/pool/xapi_connection.h"

static const char *const codecs[] = {
	[XAPI_JSON] = "json-rpc",
	[XAPI_XML] = "xml-rpc",
};

const char *xapi_codec_to_string(enum xapi_codec codec)
{
	return codecs[codec];
}

int xapi_codec_from_string(const char *text, enum xapi_codec *ret)
{
	for (size_t i = 0; i < ARRAY_SIZE(codecs); i++) {
		if (str_eq(text, codecs[i])) {
			*ret = (enum xapi_codec)i;
			return 0;
		}
	}
	return -EINVAL;
}

static const struct xapi_wire *wire_of(enum xapi_codec codec)
{
	switch (codec) {
	case XAPI_JSON:
		return &xapi_wire_json;
	case XAPI_XML:
		return &xapi_wire_xml;
	}
	abort();
}

void xapi_free(struct xapi *xapi)
{
	if (!xapi)
		return;
	http_connection_free(xapi->connection);
	xapi_failure_done(&xapi->failure);
	free(xapi->address);
	free(xapi->base);
	free(xapi->socket);
	free(xapi->ca_file);
	free(xapi->session);
	free(xapi->coordinator_pin);
	free(xapi->member);
	free(xapi);
}

int xapi_connect(const struct xapi_target *target, struct xapi **ret, struct error **err)
{
	_cleanup_xapi_ struct xapi *xapi = xcalloc(1, sizeof(*xapi));
	int r;

	xapi->wire = wire_of(target->codec);
	xapi->timeout_s = target->answer_timeout_s ? target->answer_timeout_s : XAPI_ANSWER_S;
	xapi->ca_file = xstrdup(target->ca_file);
	xapi->connection = http_connection_new();
	if (!target->address) {
		xapi->socket = xstrdup(target->socket ? target->socket : XAPI_SOCKET);
		xapi->address = xstrdup(xapi->socket);
		xapi->base = xstrdup("http://localhost");
		*ret = TAKE_PTR(xapi);
		return 0;
	}
	r = xapi_set_address(xapi, target->address, err);
	if (r < 0)
		return r;
	if (target->certificate_sha256 &&
	    xapi_fingerprint_parse(target->certificate_sha256, xapi->pin) < 0) {
		error_set(err, ERROR_USER, "\"%s\" is no SHA-256 fingerprint of a certificate",
			  target->certificate_sha256);
		error_hint(err, "Write its 64 hexadecimal digits, with or without colons between "
				"pairs; the console of the coordinator shows them.");
		return -EINVAL;
	}
	*ret = TAKE_PTR(xapi);
	return 0;
}

struct json *xapi_args(const char *first, ...)
{
	struct json *args = json_new_array();
	va_list list;

	va_start(list, first);
	for (const char *text = first; text; text = va_arg(list, const char *))
		json_append_string(args, text);
	va_end(list);
	return args;
}

/* Puts the session before the others, where the method is one of a session. */
static struct json *with_session(const struct xapi *xapi, const char *method,
				 const struct json *args)
{
	struct json *all = json_new_array();

	if (xapi->session && !str_starts(method, "system."))
		json_append_string(all, xapi->session);
	for (size_t i = 0; i < json_length(args); i++)
		json_append(all, json_share(json_at(args, i)));
	return all;
}

/* What may be asked twice: curl asks again when a connection kept open turns out to be dead. */
static bool only_reads(const char *method)
{
	return strstr(method, ".get_") || str_starts(method, "event.from");
}

/* An answer's text, or what hands its elements over and keeps the rest. */
struct answer_text {
	char *text;
	size_t length;
	struct json_stream *stream;
	struct error *wrong; /* with the list */
};

static void answer_text_done(struct answer_text *text)
{
	free(text->text);
	json_stream_free(text->stream);
	error_free(text->wrong);
}

static int feed(const void *bytes, size_t length, void *data)
{
	struct answer_text *text = data;

	return json_stream_feed(text->stream, bytes, length, &text->wrong);
}

static int get(const struct xapi *xapi, struct http_request *request, struct answer_text *text,
	       struct error **err)
{
	_cleanup_error_ struct error *error = NULL;
	int r;

	if (text->stream) {
		request->on_data = feed;
		request->data = text;
		r = http_fetch(request, &error);
	} else {
		r = http_get(request, &text->text, &text->length, &error);
	}
	if (text->wrong) {
		const char *rest = json_stream_rest(text->stream, &text->length);

		return xapi_not_an_answer(rest, text->length, xapi->address, text->wrong->message,
					  err);
	}
	if (r < 0)
		xapi_explain(xapi, r, &error);
	if (r < 0 && err)
		*err = TAKE_PTR(error);
	return r;
}

static int post(struct xapi *xapi, unsigned timeout_s, const char *method, const char *body,
		struct answer_text *text, struct error **err)
{
	_cleanup_free_ char *url = xasprintf("%s%s", xapi->base, xapi->wire->path);
	char *const headers[] = {(char *)(uintptr_t)XAPI_PIN_ASKED, NULL};
	struct http_request request = {
		.url = url,
		.body = body,
		.body_length = strlen(body),
		.content_type = xapi->wire->content_type,
		.unix_socket = xapi->socket,
		.connection = xapi->connection,
		.fresh = !only_reads(method),
		.no_redirect = true,
		.connect_timeout_s = XAPI_CONNECT_S,
		.stall_timeout_s = timeout_s,
		.max_bytes = XAPI_ANSWER_MAX,
		.certificate_sha256 = *xapi->pin ? xapi->pin : NULL,
		.ca_file = xapi->ca_file,
		.headers = xapi->wants_coordinator_pin ? headers : NULL,
		.wanted_header = XAPI_PIN_TOLD,
		.ret_header = &xapi->coordinator_pin,
	};
	int r;

	if (request.body_length > XAPI_REQUEST_MAX)
		return error_set(err, ERROR_INTERNAL, "%s: the request is larger than XAPI takes",
				 method);
	r = get(xapi, &request, text, err);
	if (r < 0)
		error_prefix(err, "%s", method);
	return r;
}

static void take_all(const struct json *value, const struct xapi_each *each)
{
	const struct json *list = json_get_array(value, each->list);

	for (size_t i = 0; i < json_length(list); i++) {
		_cleanup_json_ struct json *element = json_share(json_at(list, i));

		if (json_kind(element) == JSON_OBJECT)
			each->take(element, each->data);
	}
}

static int call(struct xapi *xapi, unsigned timeout_s, const char *method, struct json *args,
		const struct xapi_each *each, struct json **ret, struct error **err)
{
	_cleanup_json_ struct json *given = args;
	_cleanup_json_ struct json *params = with_session(xapi, method, given);
	_cleanup_free_ char *body = xapi->wire->request(method, params);
	_cleanup_(answer_text_done) struct answer_text text = {0};
	struct xapi_answer answer;
	const char *bytes;
	int r;

	xapi_failure_done(&xapi->failure);
	if (each && xapi->wire->is_json)
		text.stream = json_stream_new(each->list, each->take, each->data);
	r = post(xapi, timeout_s, method, body, &text, err);
	if (r < 0)
		return r;
	bytes = text.stream ? json_stream_rest(text.stream, &text.length) : text.text;
	r = xapi->wire->answer(bytes, text.length, xapi->address, &answer, err);
	if (r < 0)
		return r;
	xapi->failure = answer.failure;
	if (xapi->failure.code) {
		r = xapi_failure_explain(&xapi->failure, err);
		error_prefix(err, "%s, %s", xapi->address, method);
		return r;
	}
	if (each && !text.stream)
		take_all(answer.value, each);
	if (ret)
		*ret = TAKE_PTR(answer.value);
	json_free(answer.value);
	return 0;
}

int xapi_call_within(struct xapi *xapi, unsigned timeout_s, const char *method, struct json *args,
		     struct json **ret, struct error **err)
{
	return call(xapi, timeout_s, method, args, NULL, ret, err);
}

int xapi_call_each(struct xapi *xapi, const char *method, struct json *args,
		   const struct xapi_each *each, struct json **ret, struct error **err)
{
	return call(xapi, xapi->timeout_s, method, args, each, ret, err);
}

int xapi_call(struct xapi *xapi, const char *method, struct json *args, struct json **ret,
	      struct error **err)
{
	return xapi_call_within(xapi, xapi->timeout_s, method, args, ret, err);
}

int xapi_call_text(struct xapi *xapi, const char *method, struct json *args, char **ret,
		   struct error **err)
{
	_cleanup_json_ struct json *value = NULL;
	int r = xapi_call(xapi, method, args, &value, err);

	if (r < 0)
		return r;
	if (json_kind(value) != JSON_STRING) {
		error_set(err, ERROR_NETWORK, "%s: %s answers something else than a text",
			  xapi->address, method);
		error_hint(err, "Check that this is the address of a XenServer or XCP-ng host.");
		return error_code(err, EPROTO);
	}
	*ret = json_scalar_text(value);
	return 0;
}

const char *xapi_failure(const struct xapi *xapi)
{
	return xapi->failure.code;
}

char *const *xapi_failure_params(const struct xapi *xapi)
{
	return xapi->failure.params;
}

void xapi_take_failure(const struct xapi *xapi, struct xapi_failure *ret)
{
	*ret = (struct xapi_failure){.code = xstrdup(xapi->failure.code)};
	for (char **param = xapi->failure.params; param && *param; param++)
		strv_add(&ret->params, *param);
}

const char *xapi_member(const struct xapi *xapi)
{
	return xapi->member;
}

const char *xapi_address(const struct xapi *xapi)
{
	return xapi->address;
}

const char *xapi_certificate_sha256(const struct xapi *xapi)
{
	return *xapi->pin ? xapi->pin : NULL;
}

bool xapi_is_logged_in(const struct xapi *xapi)
{
	return xapi->session;
}
