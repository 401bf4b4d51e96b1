/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/unit.h"

static int innermost(struct error **err)
{
	error_errno(err, ERROR_MEDIA, ENOSPC, "the image %s does not fit", "root");
	return error_hint(err, "Take a disk of %d GiB.", 16);
}

static void test_chain_reads_as_one_sentence(void **state)
{
	_cleanup_error_ struct error *err = NULL;
	_cleanup_free_ char *text = NULL;

	(void)state;
	assert_int_equal(innermost(&err), -ENOSPC);
	assert_int_equal(error_prefix(&err, "writing %s", "/dev/sda"), -ENOSPC);
	text = error_text(err);
	assert_string_equal(text, "writing /dev/sda: the image root does not fit: "
				  "No space left on device");
	assert_int_equal(err->kind, ERROR_MEDIA);
	assert_int_equal(err->errnum, ENOSPC);
	assert_string_equal(error_get_hint(err), "Take a disk of 16 GiB.");
}

static void test_hint_can_be_replaced_above(void **state)
{
	_cleanup_error_ struct error *err = NULL;

	(void)state;
	(void)innermost(&err);
	(void)error_prefix(&err, "above");
	(void)error_hint(&err, "Another way.");
	assert_string_equal(error_get_hint(err), "Another way.");
}

static void test_setters_work_without_an_error(void **state)
{
	(void)state;
	assert_int_equal(error_set(NULL, ERROR_USER, "x"), -EINVAL);
	assert_int_equal(error_errno(NULL, ERROR_USER, -EBUSY, "x"), -EBUSY);
	assert_int_equal(error_hint(NULL, "x"), -EINVAL);
	assert_int_equal(error_prefix(NULL, "x"), -EINVAL);
	assert_int_equal(error_code(NULL, EAGAIN), -EAGAIN);
	assert_null(error_get_hint(NULL));
	error_free(NULL);
}

static void test_code_keeps_the_sentence(void **state)
{
	_cleanup_error_ struct error *err = NULL;

	(void)state;
	(void)error_set(&err, ERROR_NETWORK, "no answer");
	assert_int_equal(error_code(&err, ETIMEDOUT), -ETIMEDOUT);
	assert_string_equal(err->message, "no answer");
	assert_int_equal(err->errnum, ETIMEDOUT);
}

static void test_every_kind_has_its_exit_code(void **state)
{
	static const struct {
		enum error_kind kind;
		const char *name;
		int code;
	} rows[] = {
		{ERROR_USAGE, "usage", 2},       {ERROR_USER, "user", 3},
		{ERROR_HARDWARE, "hardware", 4}, {ERROR_MEDIA, "media", 5},
		{ERROR_NETWORK, "network", 6},   {ERROR_INTERNAL, "internal", 7},
		{ERROR_POOL, "pool", 8},         {ERROR_CANCELLED, "cancelled", 130},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(error_kind_to_string(rows[i].kind), rows[i].name);
		assert_int_equal(error_kind_exit_code(rows[i].kind), rows[i].code);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_chain_reads_as_one_sentence),
		cmocka_unit_test(test_hint_can_be_replaced_above),
		cmocka_unit_test(test_setters_work_without_an_error),
		cmocka_unit_test(test_code_keeps_the_sentence),
		cmocka_unit_test(test_every_kind_has_its_exit_code),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
