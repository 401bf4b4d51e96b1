/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fleet/receive.h"

#include <errno.h>

#include "common/digest.h"
#include "common/notice_send.h"
#include "common/str.h"

#define REPORT_SCHEMA "xenhost.report/1"
#define BEARER        "Bearer "

static bool is_equal(const char *a, const char *b)
{
	return strlen(a) == strlen(b) && digest_equal(a, b, strlen(a));
}

bool receive_is_proved(const char *token, const char *authorization, const char *signature,
		       const char *body, size_t length)
{
	_cleanup_free_ char *expected = NULL;

	if (!token)
		return true;
	if (authorization && str_starts(authorization, BEARER))
		return is_equal(authorization + strlen(BEARER), token);
	if (!signature || !body)
		return false;
	expected = notice_signature(token, body, length);
	return is_equal(signature, expected);
}

static unsigned outcome(int r)
{
	return r < 0 ? 503 : 200;
}

static unsigned receive_event(struct store *store, const struct json *document, const char *body,
			      int64_t now, bool *ret_new, struct error **err)
{
	struct notice notice;

	if (notice_check(document, &notice, err) < 0)
		return 400;
	return outcome(store_add_event(store, &notice, document, body, now, ret_new, err));
}

/* Its id is that of its run, so that it is kept in its place. */
static unsigned receive_report(struct store *store, const struct json *document, const char *body,
			       int64_t now, bool *ret_new, struct error **err)
{
	const char *machine = json_get_string(json_get_object(document, "machine"), "key");
	const char *run = json_get_string(document, "run");

	if (!notice_is_word(machine) || !notice_is_word(run)) {
		error_set(err, ERROR_USER,
			  "the report does not say of which machine and run it is");
		return 400;
	}
	return outcome(store_add_report(store, machine, run, body, now, ret_new, err));
}

unsigned receive(struct store *store, const char *body, size_t length, int64_t now, bool *ret_new,
		 struct error **err)
{
	_cleanup_json_ struct json *document = NULL;
	_cleanup_free_ char *line = NULL;

	if (json_parse(body, length, "what was sent", &document, err) < 0)
		return 400;
	line = json_to_line(document);
	if (str_eq(json_get_string(document, "schema"), REPORT_SCHEMA))
		return receive_report(store, document, line, now, ret_new, err);
	return receive_event(store, document, line, now, ret_new, err);
}
