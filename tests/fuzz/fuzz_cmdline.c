/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a boot line: what it leaves in the answers must print. */
#include "answerfiles/answers.h"
#include "common/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_answers_ struct answers *answers = answers_new();
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_free_ char *line = xstrndup((const char *)bytes, length), *text = NULL;
	_cleanup_json_ struct json *json = NULL;

	if (answers_apply_cmdline(answers, &secrets, line, &findings) < 0)
		abort();
	text = answers_to_text(answers);
	json = answers_to_json(answers);
	if (!text || !json || !answers->keymap ||
	    (answers->serial_console && !str_starts(answers->serial_console, "ttyS")))
		abort();
	return 0;
}
