/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any document as an answer of event.from, and what it says of a task. */
#include "common/str.h"
#include "firstboot/pool/xapi_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void judge(const struct json *record)
{
	_cleanup_(xapi_failure_done) struct xapi_failure failure = {0};
	_cleanup_free_ char *result = NULL;

	switch (xapi_task_read(record, &failure, &result)) {
	case XAPI_TASK_RUNS:
		if (failure.code || result)
			abort();
		break;
	case XAPI_TASK_DONE:
		if (failure.code || !result)
			abort();
		break;
	case XAPI_TASK_FAILED:
		if (!failure.code || result)
			abort();
		break;
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_json_ struct json *json = NULL;
	_cleanup_free_ char *text = xmalloc(length + 1);

	memcpy(text, bytes, length);
	text[length] = '\0';
	if (json_parse(text, length, "input", &json, NULL) < 0)
		return 0;
	judge(xapi_event_snapshot(json, "task", "A"));
	judge(json);
	return 0;
}
