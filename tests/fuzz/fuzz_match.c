/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any text as match="..." of a disk and of a NIC: what is accepted reads the same after it was
 * written. */
#include "answerfiles/fields.h"
#include "common/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static char *read_and_write(const struct value_type *type, const char *text)
{
	_cleanup_answers_ struct answers *answers = answers_new();
	_cleanup_findings_ struct findings findings = {0};
	struct reading reading = {.where = "match", .findings = &findings};
	void *member =
		type == &type_match ? (void *)&answers->primary : (void *)&answers->admin.match;
	bool good = type->parse(NULL, text, member, &reading);

	if (good == (findings.count > 0))
		abort();
	return good ? type->format(NULL, member) : NULL;
}

static void check(const struct value_type *type, const char *text)
{
	_cleanup_free_ char *once = read_and_write(type, text), *twice = NULL;

	/* A value with both kinds of quotes cannot be written; neither can an empty list of terms.
	 */
	if (!once || strpbrk(text, "'\""))
		return;
	twice = read_and_write(type, once);
	if (!str_eq(once, twice))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ char *text = xstrndup((const char *)bytes, length);

	check(&type_match, text);
	check(&type_nic_match, text);
	return 0;
}
