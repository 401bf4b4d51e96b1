/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/stat.h>

#include "tests/unit/unit.h"

#include "common/fsroot.h"
#include "common/log.h"

static void collect(enum log_level level, const char *line, void *data)
{
	(void)level;
	strv_add(data, line);
}

static void test_entries_go_to_sinks_of_their_level(void **state)
{
	_cleanup_strv_ char **all = NULL, **few = NULL;

	(void)state;
	log_add_sink(LOG_DEBUG, collect, &all);
	log_add_sink(LOG_WARNING, collect, &few);
	log_debug("disk", "size %d", 5);
	log_error("disk", "gone");
	log_remove_sink(collect, &few);
	log_warning("disk", "back");
	log_remove_sink(collect, &all);
	log_error("disk", "nobody hears");
	assert_int_equal(strv_length(all), 3);
	assert_true(str_ends(all[0], "Z debug disk: size 5"));
	assert_int_equal(strv_length(few), 1);
	assert_true(str_ends(few[0], "Z error disk: gone"));
	/* "2026-01-31T23:59:59.123Z " */
	assert_int_equal(strcspn(all[0], " "), 24);
	assert_int_equal(all[0][10], 'T');
}

static void test_secrets_never_get_through(void **state)
{
	_cleanup_strv_ char **lines = NULL;
	_cleanup_free_ char *masked = NULL;

	(void)state;
	log_add_sink(LOG_DEBUG, collect, &lines);
	log_hide("hunter22");
	log_hide("ter22xyz");
	log_hide("abc");
	log_hide(NULL);
	log_hide("two\nlines");
	log_info("net", "password %s, again hunter22hunter22.", "hunter22");
	log_info("net", "overlap hunter22xyz, short abc");
	log_info("net", "a two\nlines b");
	log_remove_sink(collect, &lines);
	assert_true(str_ends(lines[0], "net: password ********, again ********."));
	assert_true(str_ends(lines[1], "net: overlap ********, short abc"));
	assert_true(str_ends(lines[2], "net: a ******** b"));
	masked = log_mask("hunter22");
	assert_string_equal(masked, "********");
}

static void test_one_entry_is_one_clean_line(void **state)
{
	_cleanup_strv_ char **lines = NULL;

	(void)state;
	log_add_sink(LOG_DEBUG, collect, &lines);
	log_info("tool", "first\n\nsecond \x1b[2J\tend\r\n");
	log_remove_sink(collect, &lines);
	assert_int_equal(strv_length(lines), 2);
	assert_true(str_ends(lines[0], "tool: first"));
	assert_true(str_ends(lines[1], "tool: second ?[2J end?"));
}

static void test_file_is_private_and_grows(void **state)
{
	char *folder = unit_folder_make();
	_cleanup_free_ char *path = xasprintf("%s/log", folder), *text = NULL;
	_cleanup_fsroot_ struct fsroot *root = NULL;
	struct stat st;

	(void)state;
	assert_int_equal(fsroot_open(folder, &root), 0);
	assert_int_equal(fsroot_write_text(root, "/log", "before\n", 0600), 0);
	assert_int_equal(log_to_file(LOG_INFO, path), 0);
	log_debug("x", "not here");
	log_info("x", "here");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0600);
	assert_int_equal(fsroot_read_text(root, "/log", &text), 0);
	assert_true(str_starts(text, "before\n2"));
	assert_true(str_ends(text, "info x: here"));
	assert_int_equal(log_to_file(LOG_INFO, "/none/log"), -ENOENT);
	unit_folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_entries_go_to_sinks_of_their_level),
		cmocka_unit_test(test_secrets_never_get_through),
		cmocka_unit_test(test_one_entry_is_one_clean_line),
		cmocka_unit_test(test_file_is_private_and_grows),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
