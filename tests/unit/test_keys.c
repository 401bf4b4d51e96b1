/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys out of bytes: split sequences, and what a bad line sends. */
#include "tests/unit/unit.h"

#include "common/tui/keys.h"

/* How many keys the bytes are; the last of them in *ret. */
static size_t feed(struct key_reader *reader, const char *bytes, size_t length, struct key *ret)
{
	size_t keys = 0;

	for (size_t i = 0; i < length; i++)
		keys += keys_feed(reader, (unsigned char)bytes[i], ret);
	return keys;
}

/* However long a line takes between the bytes of one key, as long as it is not quiet. */
static void test_sequences(void **state _unused_)
{
	static const struct {
		const char *bytes;
		enum key_kind kind;
		unsigned number;
	} all[] = {
		{"\x1b[A", KEY_UP, 0},
		{"\x1bOP", KEY_FUNCTION, 1},
		{"\x1b[15~", KEY_FUNCTION, 5},
		{"\x1b[[E", KEY_FUNCTION, 5},
		{"\x1b[1;5D", KEY_LEFT, 0},
		{"\x1b"
		 "0",
		 KEY_FUNCTION, 10},
		{"\x1b\x1b[24~", KEY_FUNCTION, 12},
		{"\xc3\xa4", KEY_TEXT, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(all); i++) {
		struct key_reader reader = {0};
		struct key key = {0};

		assert_int_equal(feed(&reader, all[i].bytes, strlen(all[i].bytes), &key), 1);
		assert_int_equal(key.kind, all[i].kind);
		assert_int_equal(key.number, all[i].number);
		assert_false(keys_pending(&reader));
	}
}

/* 10 kB: the first few bytes may be keys, and nothing else until the line is quiet. */
static void test_noise(void **state _unused_)
{
	uint64_t random = 88172645463325252U;
	size_t most = 0;

	for (unsigned round = 0; round < 500; round++) {
		struct key_reader reader = {0};
		struct key key = {0};
		size_t keys = 0;

		for (unsigned i = 0; i < 10240; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			keys += keys_feed(&reader, (unsigned char)(random >> 32), &key);
		}
		most = keys > most ? keys : most;
		assert_true(keys_pending(&reader));
		assert_false(keys_quiet(&reader, &key));
		assert_int_equal(feed(&reader, "abc", 3, &key), 3);
		assert_string_equal(key.text, "c");
	}
	if (most > 40)
		fail_msg("%zu keys of 10 kB of noise count", most);
}

/* A terminal that is not set to UTF-8 loses letters, and not what stands around them. */
static void test_other_character_set(void **state _unused_)
{
	struct key_reader reader = {0};
	struct key key = {0};

	assert_int_equal(feed(&reader, "Gr", 2, &key), 2);
	assert_int_equal(feed(&reader, "\xfcz", 2, &key), 1);
	assert_string_equal(key.text, "z");
	for (unsigned i = 0; i < 20; i++) {
		assert_int_equal(feed(&reader, "enough letters between", 22, &key), 22);
		assert_int_equal(feed(&reader, "\xfc", 1, &key), 0);
	}
}

/* Characters that were typed or pasted, however many. */
static void test_no_noise(void **state _unused_)
{
	struct key_reader reader = {0};
	struct key key = {0};

	for (unsigned i = 0; i < 5000; i++)
		assert_int_equal(
			feed(&reader, "\xc3\xa4\xe2\x82\xac\xf0\x9f\x90\xa7\t\r", 11, &key), 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sequences),
		cmocka_unit_test(test_noise),
		cmocka_unit_test(test_other_character_set),
		cmocka_unit_test(test_no_noise),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
