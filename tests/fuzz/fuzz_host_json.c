/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a host description; what is accepted must be written as what it was read from. */
#include "common/str.h"
#include "hwdb/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_round_trip(const struct host *host)
{
	_cleanup_json_ struct json *json = host_to_json(host), *json2 = NULL;
	_cleanup_free_ char *text = json_to_text(json), *text2 = NULL, *words = host_to_text(host);
	_cleanup_host_ struct host *again = NULL;
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_verdicts_ struct verdicts verdicts = {0};

	if (profile_load("host", &profile, NULL) < 0)
		abort();
	verdicts_judge(profile, host, &verdicts);
	if (host_from_json(json, &again, NULL) < 0)
		abort();
	json2 = host_to_json(again);
	text2 = json_to_text(json2);
	if (!str_eq(text, text2) || !words)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_error_ struct error *err = NULL;
	_cleanup_json_ struct json *json = NULL;
	_cleanup_host_ struct host *host = NULL;
	_cleanup_free_ char *text = xmalloc(length + 1);

	memcpy(text, bytes, length);
	if (json_parse(text, length, "input", &json, NULL) < 0)
		return 0;
	if (host_from_json(json, &host, &err) == 0)
		check_round_trip(host);
	else if (!err || !err->message)
		abort();
	return 0;
}
