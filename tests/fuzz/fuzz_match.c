/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as match="...": what is accepted reads the same after it was written. */
#include "answerfiles/fields.h"
#include "common/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static char *read_and_write(const char *text)
{
	_cleanup_answers_ struct answers *answers = answers_new();
	_cleanup_findings_ struct findings findings = {0};
	struct reading reading = {.where = "match", .findings = &findings};
	bool good = type_match.parse(NULL, text, &answers->primary, &reading);

	if (good == (findings.count > 0))
		abort();
	return good ? type_match.format(NULL, &answers->primary) : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = xstrndup((const char *)bytes, length);
	_cleanup_free_ char *once = read_and_write(text), *twice = NULL;

	/* A value with both kinds of quotes cannot be written; neither can an empty list of terms.
	 */
	if (!once || strpbrk(text, "'\""))
		return 0;
	twice = read_and_write(once);
	if (!str_eq(once, twice))
		abort();
	return 0;
}
