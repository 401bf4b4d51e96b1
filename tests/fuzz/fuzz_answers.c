/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as an answer file: what is read must print, findings must be sorted and have a place,
 * only a file without fatal findings may name a disk in a mode that erases it, and what was written
 * from answers without errors must read as the same answers.
 */
#include "answerfiles/answers.h"
#include "common/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_findings(const struct findings *findings)
{
	_cleanup_free_ char *text = findings_to_text(findings);
	_cleanup_json_ struct json *json = findings_to_json(findings);

	if (!json || !text)
		abort();
	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		if (!finding->line || !*finding->message || strpbrk(finding->message, "\n\033"))
			abort();
		if (i && finding[-1].line > finding->line)
			abort();
	}
}

/* Reads what was written of the answers and writes it again. */
static void check_round(const struct answers *answers, const struct secrets *secrets)
{
	_cleanup_free_ char *first = answers_to_xml(answers, secrets), *second = NULL;
	_cleanup_answers_ struct answers *again = NULL;
	_cleanup_secrets_ struct secrets again_secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *error = NULL;

	if (answers_from_xml(first, strlen(first), "again", &again, &again_secrets, &findings,
			     &error) < 0 ||
	    findings_has_errors(&findings))
		abort();
	second = answers_to_xml(again, &again_secrets);
	if (!str_eq(first, second))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *input = xmalloc(length), *text = NULL;
	_cleanup_json_ struct json *json = NULL;

	memcpy(input, bytes, length);
	if (answers_from_xml(input, length, "input", &answers, &secrets, &findings, &error) < 0)
		abort();
	answers_check_complete(answers, ANSWERS_FILE, &findings);
	check_findings(&findings);
	text = answers_to_text(answers);
	json = answers_to_json(answers);
	if (!text || !json)
		abort();
	if (!findings_has_fatal(&findings) &&
	    (!answers->has_primary || !answers->has_admin || answers->mode != MODE_FRESH))
		abort();
	if (!findings_has_errors(&findings))
		check_round(answers, &secrets);
	return 0;
}
