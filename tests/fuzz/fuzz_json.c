/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a JSON document; what is accepted must be written as text that reads back. */
#include "common/json.h"
#include "common/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_round_trip(const struct json *json)
{
	_cleanup_free_ char *text = json_to_text(json), *again_text = NULL;
	_cleanup_json_ struct json *again = NULL;

	if (json_parse(text, strlen(text), "written", &again, NULL) < 0)
		abort();
	again_text = json_to_text(again);
	if (!str_eq(text, again_text))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_error_ struct error *err = NULL;
	_cleanup_json_ struct json *json = NULL;
	_cleanup_free_ char *text = xmalloc(length);

	memcpy(text, bytes, length);
	if (json_parse(text, length, "input", &json, &err) == 0)
		check_round_trip(json);
	else if (!err || !err->hint)
		abort();
	return 0;
}
