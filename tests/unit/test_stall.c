/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When a source counts as stalled, with a clock that nobody waits for. */
#include "tests/unit/unit.h"

#include "installer/screens/stall.h"

/* Looks every half second for so long, at a source of that rate that waits for the disk for a share
 * of the time; true when it is stalled at the end. */
static bool watch(struct stall *stall, double *now, struct screens_supply *supply, unsigned seconds,
		  unsigned rate, double held)
{
	bool asked = false;

	supply->reading = true;
	for (unsigned i = 0; i < 2 * seconds; i++) {
		*now += 0.5;
		supply->bytes += rate / 2;
		supply->held_seconds += held / 2;
		asked = stall_feed(stall, *now, supply);
	}
	return asked;
}

static void test_after_a_minute_and_not_before(void **state)
{
	struct screens_supply supply = {0};
	struct stall stall = {0};
	double now = 1000;

	(void)state;
	assert_false(watch(&stall, &now, &supply, 59, 40000, 0));
	assert_true(watch(&stall, &now, &supply, 8, 40000, 0));
	assert_in_range((uintmax_t)stall.rate, 39000, 41000);
	/* A burst ends it at once. */
	assert_false(watch(&stall, &now, &supply, 6, 5000000, 0));
	assert_false(watch(&stall, &now, &supply, 50, 0, 0));
	assert_true(watch(&stall, &now, &supply, 20, 0, 0));
	assert_true(stall.rate < 1);
}

static void test_a_fast_one_never(void **state)
{
	struct screens_supply supply = {0};
	struct stall stall = {0};
	double now = 0;

	(void)state;
	assert_false(watch(&stall, &now, &supply, 300, STALL_RATE + 10, 0));
}

/* The disk takes no more, or the reading has ended: that is not the source's fault. */
static void test_a_source_that_is_not_asked_for_more(void **state)
{
	struct screens_supply supply = {0};
	struct stall stall = {0};
	double now = 0;

	(void)state;
	assert_false(watch(&stall, &now, &supply, 300, 100, 0.9));
	assert_true(watch(&stall, &now, &supply, 70, 100, 0));
	supply.reading = false;
	assert_false(stall_feed(&stall, now + 0.5, &supply));
	assert_false(watch(&stall, &now, &supply, 50, 0, 0));
}

static void test_who_waits_is_left_alone(void **state)
{
	struct screens_supply supply = {0};
	struct stall stall = {0};
	double now = 0;

	(void)state;
	assert_true(watch(&stall, &now, &supply, 70, 0, 0));
	stall_wait(&stall, now);
	assert_false(watch(&stall, &now, &supply, STALL_PATIENCE - 10, 0, 0));
	assert_true(watch(&stall, &now, &supply, 20, 0, 0));
	/* Anew, after a new connection. */
	stall_reset(&stall);
	assert_false(watch(&stall, &now, &supply, 50, 0, 0));
	assert_true(watch(&stall, &now, &supply, 20, 0, 0));
}

/* Somebody read the log: one look after a long time counts for those between. */
static void test_looks_that_come_late(void **state)
{
	struct screens_supply supply = {.reading = true};
	struct stall stall = {0};

	(void)state;
	assert_false(stall_feed(&stall, 100, &supply));
	supply.bytes = 1000;
	assert_true(stall_feed(&stall, 400, &supply));
	stall_reset(&stall);
	assert_false(stall_feed(&stall, 500, &supply));
	supply.bytes += 100000000;
	assert_false(stall_feed(&stall, 800, &supply));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_after_a_minute_and_not_before),
		cmocka_unit_test(test_a_fast_one_never),
		cmocka_unit_test(test_a_source_that_is_not_asked_for_more),
		cmocka_unit_test(test_who_waits_is_left_alone),
		cmocka_unit_test(test_looks_that_come_late),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
