/* SPDX-License-Identifier: GPL-3.0-or-later */
/* QR codes take as much as the standard says, and no byte more. */
#include "tests/unit/unit.h"

#include <errno.h>

#include "common/qr.h"

/* Any bytes, NUL and all. */
static uint8_t bytes[4000];

static void fill(void)
{
	for (size_t i = 0; i < sizeof(bytes); i++)
		bytes[i] = (uint8_t)(i * 37 + 128);
}

static void test_every_size_holds_what_it_should(void **state)
{
	(void)state;
	fill();
	for (size_t modules = 21; modules <= 177; modules += 4) {
		size_t capacity = qr_capacity(modules);
		_cleanup_qr_ struct qr full = {0}, over = {0};

		assert_int_equal(qr_capacity(modules + 3), capacity);
		assert_int_equal(qr_encode(bytes, capacity, &full), 0);
		assert_int_equal(full.modules, modules);
		if (modules < 177) {
			assert_int_equal(qr_encode(bytes, capacity + 1, &over), 0);
			assert_int_equal(over.modules, modules + 4);
		}
	}
}

static void test_nothing_and_too_much(void **state)
{
	struct qr qr;

	(void)state;
	assert_int_equal(qr_capacity(20), 0);
	assert_int_equal(qr_capacity(1000), qr_capacity(177));
	assert_int_equal(qr_encode("", 0, &qr), -EINVAL);
	assert_int_equal(qr_encode(bytes, qr_capacity(177) + 1, &qr), -E2BIG);
}

/* Three corners have the mark by which a reader finds a code: 7 modules, a frame, a core. */
static void test_marks_stand_in_three_corners(void **state)
{
	static const char *const mark[] = {"1111111", "1000001", "1011101", "1011101",
					   "1011101", "1000001", "1111111"};
	_cleanup_qr_ struct qr qr = {0};

	(void)state;
	assert_int_equal(qr_encode("xenhost", 7, &qr), 0);
	for (size_t row = 0; row < 7; row++)
		for (size_t column = 0; column < 7; column++) {
			size_t far = qr.modules - 7;
			uint8_t dark = mark[row][column] == '1';

			assert_int_equal(qr.dark[row * qr.modules + column], dark);
			assert_int_equal(qr.dark[row * qr.modules + column + far], dark);
			assert_int_equal(qr.dark[(row + far) * qr.modules + column], dark);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_size_holds_what_it_should),
		cmocka_unit_test(test_nothing_and_too_much),
		cmocka_unit_test(test_marks_stand_in_three_corners),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
