/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an answer over XML-RPC, and as the value that a task gave. */
#include <errno.h>

#include "common/str.h"
#include "firstboot/pool/xapi_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void judge(const char *text, size_t length)
{
	_cleanup_(xapi_answer_done) struct xapi_answer answer = {0};
	_cleanup_error_ struct error *err = NULL;
	_cleanup_free_ char *line = NULL, *again = NULL;

	if (xapi_wire_xml.answer(text, length, "input", &answer, &err) < 0) {
		if (!err || !err->hint || err->kind != ERROR_NETWORK)
			abort();
		return;
	}
	if (answer.failure.code && xapi_failure_explain(&answer.failure, &err) != -EREMOTEIO)
		abort();
	if (!answer.value)
		return;
	/* What came can be sent. */
	line = json_to_line(answer.value);
	again = xapi_wire_xml.request("a.b", answer.value);
	if (!*line || !*again)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = xmalloc(length + 1);
	_cleanup_error_ struct error *err = NULL;
	_cleanup_json_ struct json *value = NULL;

	memcpy(text, bytes, length);
	text[length] = '\0';
	judge(text, length);
	if (xapi_xml_value(text, length, &value, &err) < 0 && !err)
		abort();
	return 0;
}
