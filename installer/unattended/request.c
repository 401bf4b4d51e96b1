/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/unattended/request.h"

#include "common/bootline.h"
#include "common/fetch.h"
#include "common/str.h"

#define TIMEOUT_S     300
#define TIMEOUT_MAX_S 86400

void request_free(struct request *request)
{
	if (!request)
		return;
	free(request->url);
	free(request->found_by);
	free(request->fingerprint);
	free(request->ca);
	free(request->proxy);
	free(request->client_certificate);
	free(request->client_key);
	free(request);
}

static const char *const identify_names[] = {
	[IDENTIFY_HEADERS] = "headers",
	[IDENTIFY_POST] = "post",
	[IDENTIFY_NONE] = "none",
};

const char *request_identify_to_string(enum request_identify identify)
{
	return identify_names[identify];
}

static int parse_identify(const char *text, enum request_identify *ret, struct error **err)
{
	for (size_t i = 0; i < ARRAY_SIZE(identify_names); i++) {
		if (str_eq(text, identify_names[i])) {
			*ret = (enum request_identify)i;
			return 0;
		}
	}
	error_set(err, ERROR_USER, "boot line: xenhost.identify= cannot be \"%s\"", text);
	return error_hint(err, "Write headers, post or none.");
}

static int parse_fingerprint(const char *text, char **ret, struct error **err)
{
	char hex[SHA256_HEX];

	if (digest_parse_sha256(text, hex) == 0) {
		*ret = xstrdup(hex);
		return 0;
	}
	error_set(err, ERROR_USER, "boot line: xenhost.answers-fingerprint= is no SHA-256");
	return error_hint(err, "Give the 64 hex digits that openssl x509 -noout -fingerprint "
			       "-sha256 prints.");
}

static void parse_trust(const char *line, struct request *request)
{
	request->ca = bootline_get(line, "xenhost.ca");
	request->proxy = bootline_get(line, "xenhost.proxy");
	request->client_certificate = bootline_get(line, "xenhost.client-certificate");
	request->client_key = bootline_get(line, "xenhost.client-key");
}

struct request *request_of_trust(const char *command_line)
{
	struct request *request = xcalloc(1, sizeof(*request));

	parse_trust(command_line, request);
	return request;
}

/* How to ask holds for whatever is asked. */
static int parse_manner(const char *line, struct request *request, struct error **err)
{
	_cleanup_free_ char *identify = bootline_get(line, "xenhost.identify"),
			    *fingerprint = bootline_get(line, "xenhost.answers-fingerprint"),
			    *timeout = bootline_get(line, "xenhost.generator-timeout");
	int r = 0;

	request->timeout_s = TIMEOUT_S;
	parse_trust(line, request);
	if (identify)
		r = parse_identify(identify, &request->identify, err);
	if (r == 0 && fingerprint)
		r = parse_fingerprint(fingerprint, &request->fingerprint, err);
	if (r < 0 || !timeout || str_to_uint(timeout, 1, TIMEOUT_MAX_S, &request->timeout_s) == 0)
		return r;
	error_set(err, ERROR_USER, "boot line: xenhost.generator-timeout= cannot be \"%s\"",
		  timeout);
	return error_hint(err, "Give seconds, from 1 to %u.", TIMEOUT_MAX_S);
}

static int nothing_asked(struct error **err)
{
	error_set(err, ERROR_USAGE, "there are no answers to install by");
	return error_hint(err, "Name a file or URL with --answers, or answerfile= on the boot "
			       "line.");
}

static int asked_twice(struct error **err)
{
	error_set(err, ERROR_USER, "the boot line has both an answer file and a generator");
	return error_hint(err, "Keep answerfile= or answerfile_generator=.");
}

static int choose(const char *line, const char *option, struct request *request, struct error **err)
{
	_cleanup_free_ char *file = bootline_get(line, "answerfile"),
			    *generator = bootline_get(line, "answerfile_generator");

	if (!file)
		file = bootline_get(line, "rt_answerfile");
	if (option) {
		request->url = xstrdup(option);
		return 0;
	}
	if (!str_empty(file) && !str_empty(generator))
		return asked_twice(err);
	if (!str_empty(generator)) {
		request->kind = REQUEST_GENERATOR;
		request->url = TAKE_PTR(generator);
	} else if (str_eq(file, "discover")) {
		request->kind = REQUEST_DISCOVER;
	} else if (!str_empty(file)) {
		request->url = TAKE_PTR(file);
	} else {
		return nothing_asked(err);
	}
	return 0;
}

int request_parse(const char *command_line, const char *option, struct request **ret,
		  struct error **err)
{
	_cleanup_request_ struct request *request = xcalloc(1, sizeof(*request));
	int r = choose(command_line, option, request, err);

	if (r == 0)
		r = parse_manner(command_line, request, err);
	if (r == 0 && request->url)
		r = fetch_check(request->url, err);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(request);
	return 0;
}
