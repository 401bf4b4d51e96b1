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

/* What is named first counts; an NFS server becomes a URL like the others. */
static void test_where_the_system_comes_from(void **state _unused_)
{
	static const struct {
		const char *sources, *option, *place;
	} cases[] = {
		{"<source type='nfs'>192.0.2.1:/xen</source>", NULL, "nfs://192.0.2.1/xen"},
		{"<source type='nfs'>[2001:db8::1]:/x</source>", NULL, "nfs://[2001:db8::1]/x"},
		{"<source type='url'>nfs://192.0.2.1:/xen</source>", NULL, "nfs://192.0.2.1/xen"},
		{"<source type='url'>nfs://h:2050/a/b</source>", NULL, "nfs://h:2050/a/b"},
		{"<source type='url'>http://h/x</source>", NULL, "http://h/x"},
		{"<source type='url'>http://h/x</source>", "nfs://h/x", "nfs://h/x"},
		{"<source type='nfs'>h:/x</source><xenhost-source>nfs://g/x  ftp://h/x"
		 "</xenhost-source>",
		 NULL, "nfs://g/x ftp://h/x"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *place = NULL,
				    *text = xasprintf("<installation><primary-disk>sda"
						      "</primary-disk>%s<admin-interface "
						      "name=\"eth0\" proto=\"dhcp\"/>" TAIL,
						      cases[i].sources);
		_cleanup_answers_ struct answers *answers = NULL;
		_cleanup_secrets_ struct secrets secrets = {0};
		_cleanup_findings_ struct findings findings = {0};

		assert_int_equal(answers_from_xml(text, strlen(text), "a.xml", &answers, &secrets,
						  &findings, NULL),
				 0);
		assert_int_equal(inputs_source(cases[i].option, answers, NULL, &place, NULL), 0);
		assert_string_equal(place, cases[i].place);
	}
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_join_without_a_password),
		cmocka_unit_test(test_where_the_system_comes_from)};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
