/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who is spoken to in which language: screens in theirs, data in English but for copies to show. */
#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/i18n.h"
#include "common/str.h"

static const char *translate(const char *text)
{
	return str_eq(text, "disk") ? "Platte" : text;
}

static const char *translate_plural(const char *one, const char *many, unsigned long count)
{
	if (!str_eq(one, "disk"))
		return count == 1 ? one : many;
	return count == 1 ? "Platte" : "Platten";
}

static char *translate_sentence(const char *english)
{
	return str_eq(english, "cannot open sda") ? xstrdup("sda geht nicht auf") : NULL;
}

static const struct i18n german = {translate, translate_plural, translate_sentence};

static void test_without_a_screen_all_is_english(void **state _unused_)
{
	i18n_set(NULL);
	assert_string_equal(_("disk"), "disk");
	assert_string_equal(P_("disk", "disks", 1), "disk");
	assert_string_equal(P_("disk", "disks", 0), "disks");
	assert_false(i18n_copy(true));
	assert_string_equal(D_("disk"), "disk");
	assert_string_equal(DP_("disk", "disks", 2), "disks");
	assert_true(i18n_copy(false));
}

static void test_data_stay_english_but_for_a_copy(void **state _unused_)
{
	i18n_set(&german);
	assert_string_equal(_("disk"), "Platte");
	assert_string_equal(P_("disk", "disks", 2), "Platten");
	assert_string_equal(D_("disk"), "disk");
	assert_string_equal(DP_("disk", "disks", 2), "disks");
	i18n_copy(true);
	assert_string_equal(D_("disk"), "Platte");
	assert_string_equal(DP_("disk", "disks", 2), "Platten");
	i18n_copy(false);
	assert_string_equal(D_("disk"), "disk");
	i18n_set(NULL);
}

static void assert_sentence(char *text, const char *expected)
{
	assert_string_equal(text, expected);
	free(text);
}

/* Errors are English data; what is shown of them is another copy. */
static void test_sentences_are_translated_when_they_are_shown(void **state _unused_)
{
	i18n_set(NULL);
	assert_sentence(i18n_sentence("cannot open sda"), "cannot open sda");
	i18n_set(&german);
	assert_sentence(i18n_sentence("cannot open sda"), "sda geht nicht auf");
	assert_sentence(i18n_sentence("quite another"), "quite another");
	assert_null(i18n_sentence(NULL));
	assert_sentence(i18n_data_sentence("cannot open sda"), "cannot open sda");
	i18n_copy(true);
	assert_sentence(i18n_data_sentence("cannot open sda"), "sda geht nicht auf");
	i18n_copy(false);
	i18n_set(NULL);
}

static void *make_data(void *ret)
{
	*(const char **)ret = D_("disk");
	return NULL;
}

/* What is carried out and told meanwhile is no copy. */
static void test_a_copy_is_of_its_thread_alone(void **state _unused_)
{
	pthread_t thread;
	const char *made = NULL;

	i18n_set(&german);
	i18n_copy(true);
	assert_int_equal(pthread_create(&thread, NULL, make_data, &made), 0);
	pthread_join(thread, NULL);
	assert_string_equal(made, "disk");
	i18n_copy(false);
	i18n_set(NULL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_without_a_screen_all_is_english),
		cmocka_unit_test(test_data_stay_english_but_for_a_copy),
		cmocka_unit_test(test_sentences_are_translated_when_they_are_shown),
		cmocka_unit_test(test_a_copy_is_of_its_thread_alone),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
