/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/unit.h"

static void test_copies_fit_or_fail(void **state)
{
	char field[4] = "old";

	(void)state;
	assert_int_equal(str_copy(field, sizeof(field), "abc"), 0);
	assert_string_equal(field, "abc");
	assert_int_equal(str_copy(field, sizeof(field), "abcd"), -ENAMETOOLONG);
	assert_string_equal(field, "");
	assert_int_equal(str_copy(field, 0, ""), -ENAMETOOLONG);
}

static void test_sizes_are_read_as_documented(void **state)
{
	static const struct {
		const char *text;
		int r;
		uint64_t bytes;
	} rows[] = {
		{"4096", 0, 4096},
		{"0", 0, 0},
		{"20G", 0, 20 * GIB},
		{"20g", 0, 20 * GIB},
		{"512MiB", 0, 512 * MIB},
		{"1KB", 0, 1000},
		{"2TB", 0, 2000000000000},
		{"1T", 0, 1099511627776},
		{"18446744073709551615", 0, UINT64_MAX},
		{"18446744073709551616", -ERANGE, 0},
		{"16777216T", -ERANGE, 0},
		{"99999999999999999999999999", -ERANGE, 0},
		{"", -EINVAL, 0},
		{"G", -EINVAL, 0},
		{"-1", -EINVAL, 0},
		{" 1", -EINVAL, 0},
		{"1 G", -EINVAL, 0},
		{"1.5G", -EINVAL, 0},
		{"1Gi", -EINVAL, 0},
		{"1X", -EINVAL, 0},
		{NULL, -EINVAL, 0},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint64_t bytes = 0;

		assert_int_equal(str_to_size(rows[i].text, &bytes), rows[i].r);
		assert_true(bytes == rows[i].bytes);
	}
}

static void test_sizes_are_written_for_people(void **state)
{
	static const struct {
		uint64_t bytes;
		const char *text;
	} rows[] = {
		{0, "0 bytes"},
		{1023, "1023 bytes"},
		{1024, "1.0 KiB"},
		{1536, "1.5 KiB"},
		{MIB - 1, "1.0 MiB"},
		{20 * GIB, "20.0 GiB"},
		{960197124096, "894.3 GiB"},
		{UINT64_MAX, "16.0 EiB"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = str_from_size(rows[i].bytes);

		assert_string_equal(text, rows[i].text);
	}
}

static void test_numbers_are_read_strictly(void **state)
{
	uint64_t value = 7;
	unsigned small = 7;

	(void)state;
	assert_int_equal(str_to_u64("0x10", 16, &value), 0);
	assert_true(value == 16);
	assert_int_equal(str_to_u64("ff", 16, &value), 0);
	assert_true(value == 255);
	assert_int_equal(str_to_u64("18446744073709551616", 10, &value), -ERANGE);
	assert_int_equal(str_to_u64("12x", 10, &value), -EINVAL);
	assert_int_equal(str_to_u64("+1", 10, &value), -EINVAL);
	assert_int_equal(str_to_u64("-1", 10, &value), -EINVAL);
	assert_int_equal(str_to_u64(" 1", 10, &value), -EINVAL);
	assert_int_equal(str_to_u64("", 10, &value), -EINVAL);
	assert_true(value == 255);
	assert_int_equal(str_to_uint("4095", 1, 4094, &small), -ERANGE);
	assert_int_equal(str_to_uint("0", 1, 4094, &small), -ERANGE);
	assert_int_equal(small, 7);
	assert_int_equal(str_to_uint("4094", 1, 4094, &small), 0);
	assert_int_equal(small, 4094);
}

static void test_distance_counts_edits_and_swaps(void **state)
{
	(void)state;
	assert_int_equal(str_distance("disk", "disk", 9), 0);
	assert_int_equal(str_distance("dsik", "disk", 9), 1);
	assert_int_equal(str_distance("disk", "dis", 9), 1);
	assert_int_equal(str_distance("kitten", "sitting", 9), 3);
	assert_int_equal(str_distance("", "abc", 9), 3);
	assert_int_equal(str_distance("abcdef", "uvwxyz", 3), 3);
	assert_int_equal(str_distance("a", "abcdefghijkl", 4), 4);
}

static void test_nearest_suggests_only_what_is_near(void **state)
{
	static const char *const names[] = {"primary-disk", "guest-disk", "source", NULL};

	(void)state;
	assert_string_equal(str_nearest("primery-disk", names), "primary-disk");
	assert_string_equal(str_nearest("primary_disk", names), "primary-disk");
	assert_string_equal(str_nearest("suorce", names), "source");
	assert_string_equal(str_nearest("source", names), "source");
	assert_null(str_nearest("network", names));
	assert_null(str_nearest("", names));
}

static void test_glob_fits_the_whole_text(void **state)
{
	(void)state;
	assert_true(str_glob("nvme*", "nvme0n1"));
	assert_true(str_glob("sd[ab]", "sdb"));
	assert_true(str_glob("*", "a/b"));
	assert_false(str_glob("sd", "sda"));
	assert_false(str_glob("sd?", "sdaa"));
	assert_false(str_glob("x", NULL));
}

static void test_text_helpers(void **state)
{
	char padded[] = " \t text with blanks\r\n";
	_cleanup_free_ char *lower = str_lower("ETH0-\xc3\x84");

	(void)state;
	assert_string_equal(str_trim(padded), "text with blanks");
	assert_string_equal(lower, "eth0-\xc3\x84");
	assert_true(str_starts("http://x", "http://"));
	assert_false(str_starts("htt", "http"));
	assert_true(str_ends("a.json", ".json"));
	assert_false(str_ends("n", ".json"));
	assert_true(str_eq(NULL, NULL));
	assert_false(str_eq(NULL, ""));
	assert_true(str_eq_nocase("True", "tRUE"));
	assert_null(xstrdup(NULL));
}

static void test_buffer_grows_and_hands_over(void **state)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	_cleanup_free_ char *text = NULL, *empty = NULL;

	(void)state;
	for (int i = 0; i < 1000; i++)
		strbuf_addf(&buf, "%d,", i % 10);
	strbuf_add(&buf, NULL);
	assert_int_equal(buf.length, 2000);
	text = strbuf_take(&buf);
	assert_int_equal(strlen(text), 2000);
	assert_string_equal(text + 1990, "5,6,7,8,9,");
	assert_int_equal(buf.length, 0);
	empty = strbuf_take(&buf);
	assert_string_equal(empty, "");
}

static void test_foreign_text_is_made_printable(void **state)
{
	static const struct {
		const char *text, *printable;
	} rows[] = {
		{"", ""},
		{"Größe 日本 \xf0\x9f\x98\x80", "Größe 日本 \xf0\x9f\x98\x80"},
		{"a\tb\nc\r", "a b c "},
		{"\x1b[31mred\x7f\x01", "?[31mred??"},
		{"Mak\xff\x65r", "Mak?er"},
		{"cut \xe2\x82", "cut ??"},
		/* The control sequence introducer as one character. */
		{"\xc2\x9b\x33\x31m\xc2\xa0", "??31m\xc2\xa0"},
		{"\xed\xa0\x80", "???"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = xstrdup(rows[i].text);

		str_make_printable(text);
		assert_string_equal(text, rows[i].printable);
	}
	str_make_printable(NULL);
}

static void test_vectors(void **state)
{
	_cleanup_strv_ char **parts = strv_split(",b,,a c,", ",");
	_cleanup_strv_ char **none = strv_split("", ",");
	_cleanup_free_ char *joined = NULL, *nothing = strv_join(NULL, ",");

	(void)state;
	assert_int_equal(strv_length(parts), 2);
	strv_addf(&parts, "%c%d", 'a', 1);
	strv_add(&parts, NULL);
	strv_sort(parts);
	joined = strv_join(parts, "|");
	assert_string_equal(joined, "a c|a1|b");
	assert_true(strv_contains(parts, "b"));
	assert_false(strv_contains(parts, "c"));
	assert_null(none);
	assert_string_equal(nothing, "");
	assert_int_equal(strv_length(NULL), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_copies_fit_or_fail),
		cmocka_unit_test(test_sizes_are_read_as_documented),
		cmocka_unit_test(test_sizes_are_written_for_people),
		cmocka_unit_test(test_numbers_are_read_strictly),
		cmocka_unit_test(test_distance_counts_edits_and_swaps),
		cmocka_unit_test(test_nearest_suggests_only_what_is_near),
		cmocka_unit_test(test_glob_fits_the_whole_text),
		cmocka_unit_test(test_text_helpers),
		cmocka_unit_test(test_buffer_grows_and_hands_over),
		cmocka_unit_test(test_foreign_text_is_made_printable),
		cmocka_unit_test(test_vectors),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
