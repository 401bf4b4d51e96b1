/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <crypt.h>

#include "tests/unit/unit.h"

#include "common/password.h"

static void test_hash_lets_the_password_in_and_no_other(void **state)
{
	_cleanup_free_ char *hash = NULL, *again = NULL;
	struct crypt_data *data = xcalloc(1, sizeof(*data));

	(void)state;
	assert_int_equal(password_hash("correct horse", &hash, NULL), 0);
	assert_true(str_starts(hash, "$y$"));
	assert_true(password_hash_is_valid(hash));
	assert_string_equal(crypt_r("correct horse", hash, data), hash);
	assert_string_not_equal(crypt_r("wrong horse", hash, data), hash);
	assert_int_equal(password_hash("correct horse", &again, NULL), 0);
	assert_string_not_equal(hash, again);
	free(data);
}

static void test_a_password_that_is_too_long_is_refused(void **state)
{
	char plain[CRYPT_MAX_PASSPHRASE_SIZE + 2];
	struct error *err = NULL;
	char *hash = NULL;

	(void)state;
	memset(plain, 'x', sizeof(plain) - 1);
	plain[sizeof(plain) - 1] = '\0';
	assert_int_equal(password_hash(plain, &hash, &err), -EINVAL);
	unit_expect_error(&err, "cannot be hashed");
	assert_null(hash);
}

static void test_only_hashes_are_taken_for_hashes(void **state)
{
	static const char *const good[] = {
		"!!",
		"!",
		"*",
		"$1$abcdefgh$irWbblnpmw.5z7wgBnprh0",
		"$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc8",
		("$6$rounds=10000$saltstring$OW1/O6BYHV6BcXZu8QVeXbDWra3Oeqh0sbHbbMCVNSnCM/"
		 "UrjmM0Dp8vOuZeHBy/YTBmSK6H9qs/y3RnOaw5v."),
		"$2b$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW",
		"rl0uE5UIC4N5s",
	};
	static const char *const bad[] = {
		"",
		"xenroot",
		"a plain one",
		"$6$salt",
		"$6$salt$tooshort",
		"$6$",
		"$9$salt$OW1O6BYHV6BcXZu8QVeXbDWra3Oeqh0sb",
		"$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY:GNooZaBBGWEc8",
		"$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc\n",
	};

	(void)state;
	assert_false(password_hash_is_valid(NULL));
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		if (!password_hash_is_valid(good[i]))
			fail_msg("refused: %s", good[i]);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		if (password_hash_is_valid(bad[i]))
			fail_msg("taken: %s", bad[i]);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_hash_lets_the_password_in_and_no_other),
		cmocka_unit_test(test_a_password_that_is_too_long_is_refused),
		cmocka_unit_test(test_only_hashes_are_taken_for_hashes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
