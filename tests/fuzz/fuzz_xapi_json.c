/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an answer over JSON-RPC; its failure must be told in words. */
#include <errno.h>

#include "common/str.h"
#include "firstboot/pool/xapi_wire.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_(xapi_answer_done) struct xapi_answer answer = {0};
	_cleanup_error_ struct error *err = NULL;
	_cleanup_free_ char *text = xmalloc(length + 1);

	memcpy(text, bytes, length);
	text[length] = '\0';
	if (xapi_wire_json.answer(text, length, "input", &answer, &err) < 0) {
		if (!err || !err->hint || err->kind != ERROR_NETWORK)
			abort();
		return 0;
	}
	if (answer.failure.code && answer.value)
		abort();
	if (answer.failure.code &&
	    (xapi_failure_explain(&answer.failure, &err) != -EREMOTEIO || !err->hint))
		abort();
	return 0;
}
