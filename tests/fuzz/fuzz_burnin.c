/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as what a tool of the burn-in printed, and as a result that is read for the page. */
#include "common/str.h"
#include "hwdb/burnin.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_round_trip(const struct burnin *burnin)
{
	_cleanup_json_ struct json *json = burnin_to_json(burnin), *json2 = NULL;
	_cleanup_free_ char *text = json_to_text(json), *text2 = NULL, *words = NULL;
	_cleanup_burnin_ struct burnin again = {0};

	if (burnin_from_json(json, &again, NULL) < 0)
		abort();
	json2 = burnin_to_json(&again);
	text2 = json_to_text(json2);
	words = burnin_to_text(&again);
	if (!str_eq(text, text2) || !words)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = memcpy(xmalloc(length + 1), bytes, length);
	_cleanup_burnin_ struct burnin judged = {.started = xstrdup("now")}, read = {0};
	_cleanup_json_ struct json *json = NULL;

	text[length] = '\0';
	for (unsigned i = 0; i < BURNIN_TOOLS; i++) {
		burnin_tool_judge((enum burnin_tool)i, 0, text, text, &judged);
		burnin_tool_judge((enum burnin_tool)i, 1, text, text, &judged);
	}
	if (judged.n_rows != 2 * BURNIN_TOOLS)
		abort();
	check_round_trip(&judged);
	if (json_parse(text, length, "input", &json, NULL) == 0 &&
	    burnin_from_json(json, &read, NULL) == 0)
		check_round_trip(&read);
	return 0;
}
