/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * XAPI's two encodings: requests to bytes, bytes to answers. For xapi.c, and for the tests that
 * feed them recorded and hostile bytes. No I/O.
 */
#pragma once

#include "common/json.h"
#include "firstboot/pool/xapi_failure.h"

/* What a server answered: a failure where that has a code, else a value (NULL for null). */
struct xapi_answer {
	struct json *value;
	struct xapi_failure failure;
};
void xapi_answer_done(struct xapi_answer *answer);

/* How one encoding is spoken. */
struct xapi_wire {
	const char *name;
	const char *path;
	const char *content_type;
	bool is_json;
	/* `params` is a JSON array. Newly allocated. */
	char *(*request)(const char *method, const struct json *params);
	/* ERROR_NETWORK where the bytes are no answer of a XAPI. `name` says whose they are. */
	int (*answer)(const char *text, size_t length, const char *name, struct xapi_answer *ret,
		      struct error **err);
};

extern const struct xapi_wire xapi_wire_json, xapi_wire_xml;

enum xapi_task_state { XAPI_TASK_RUNS, XAPI_TASK_DONE, XAPI_TASK_FAILED };
/*
 * How far a task's record says it is. Only what belongs to the state is set, newly allocated: the
 * result ("" for none) of a done one, the failure of a failed or cancelled one.
 */
enum xapi_task_state xapi_task_read(const struct json *record, struct xapi_failure *ret_failure,
				    char **ret_result);
/* The newest record of `ref` in an answer of event.from; borrowed, NULL when it holds none. */
const struct json *xapi_event_snapshot(const struct json *answer, const char *class,
				       const char *ref);

/* A single XML-RPC value, as tasks keep their results: "<value>...</value>". */
int xapi_xml_value(const char *text, size_t length, struct json **ret,
		   struct error **err) _must_check_;
/* ERROR_NETWORK: what came is no answer of a XAPI, because of `why`; quotes its beginning. */
int xapi_not_an_answer(const char *text, size_t length, const char *name, const char *why,
		       struct error **err);
