/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The kernel command line as arguments: quotes, repeats, the last one wins. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/bootline.h"
#include "common/str.h"

static void test_split_keeps_blanks_in_quotes(void **state)
{
	(void)state;
	_cleanup_strv_ char **words =
		bootline_split("  quiet answerfile='http://h/a b' net=\"x y\"z empty=''\n");

	assert_int_equal(strv_length(words), 4);
	assert_string_equal(words[0], "quiet");
	assert_string_equal(words[1], "answerfile=http://h/a b");
	assert_string_equal(words[2], "net=x yz");
	assert_string_equal(words[3], "empty=");
}

static void test_get_takes_the_last(void **state)
{
	(void)state;
	_cleanup_free_ char *console = bootline_get("console=tty0 console=ttyS1,9600", "console");
	_cleanup_free_ char *missing = bootline_get("consoles=tty0", "console");
	_cleanup_strv_ char **all = bootline_get_all("map_netdev=a map_netdev=b", "map_netdev");

	assert_string_equal(console, "ttyS1,9600");
	assert_null(missing);
	assert_int_equal(strv_length(all), 2);
	assert_string_equal(all[0], "a");
}

static void test_has_words_and_values(void **state)
{
	(void)state;
	assert_true(bootline_has("ro shell quiet", "shell"));
	assert_true(bootline_has("network_device=all", "network_device"));
	assert_false(bootline_has("ro shells", "shell"));
	assert_false(bootline_has(NULL, "shell"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_split_keeps_blanks_in_quotes),
		cmocka_unit_test(test_get_takes_the_last),
		cmocka_unit_test(test_has_words_and_values),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
