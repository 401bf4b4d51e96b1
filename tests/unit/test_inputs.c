/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What of the answers ends a run before anything is written, and what a plan can do without. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/str.h"
#include "installer/inputs.h"

#define HEAD                                                                                       \
	"<?xml version=\"1.0\"?><installation><primary-disk>sda</primary-disk>"                    \
	"<source type=\"local\"/><admin-interface name=\"eth0\" proto=\"dhcp\"/>"
#define TAIL "</installation>"

/* A join at first boot needs its secret, wherever it is; what is only planned needs none. */
static void test_a_join_without_a_password(void **state _unused_)
{
	static const struct {
		const char *pool;
		bool only_planned, refused;
	} cases[] = {
		{"<pool coordinator=\"c\"/>", false, true},
		{"<pool coordinator=\"c\"/>", true, false},
		{"<pool coordinator=\"c\"><password>p-0815</password></pool>", false, false},
		{"<pool coordinator=\"c\"><password from=\"/root/p\"/></pool>", false, false},
		{"<pool coordinator=\"c\"><password from=\"http://x/p\"/></pool>", true, true},
		{"<pool name=\"n\"/>", false, false},
		{"", false, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *text = xasprintf("%s%s%s", HEAD, cases[i].pool, TAIL);
		const struct inputs_beside beside = {.only_planned = cases[i].only_planned};
		_cleanup_answers_ struct answers *answers = NULL;
		_cleanup_secrets_ struct secrets secrets = {0};
		_cleanup_findings_ struct findings findings = {0};
		_cleanup_error_ struct error *error = NULL;

		assert_int_equal(answers_from_xml(text, strlen(text), "a.xml", &answers, &secrets,
						  &findings, NULL),
				 0);
		if (!cases[i].refused) {
			assert_int_equal(
				inputs_judge(answers, &secrets, &findings, &beside, &error), 0);
			continue;
		}
		assert_true(inputs_judge(answers, &secrets, &findings, &beside, &error) < 0);
		assert_int_equal(error->kind, ERROR_USER);
		assert_non_null(error_get_hint(error));
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {cmocka_unit_test(test_a_join_without_a_password)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
