/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/unit.h"

#include "common/halt.h"

/* What a person types, each byte some time after the last one. */
static void type(struct halt *halt, int64_t *now, const char *bytes, int64_t apart_ms)
{
	for (const char *c = bytes; *c; c++) {
		*now += apart_ms;
		halt_feed(halt, (unsigned char)*c, *now);
	}
}

/* Whether it halts, a while after that. */
static bool halts(const char *bytes, int64_t apart_ms)
{
	struct halt halt = {0};
	int64_t now = 1000;

	type(&halt, &now, bytes, apart_ms);
	return halt_is_wanted(&halt, now + HALT_SETTLE_MS);
}

static void test_ctrl_c_twice(void **state _unused_)
{
	assert_true(halts("\x03\x03", 200));
	assert_true(halts("\x03\x03", HALT_TWICE_MS));
	/* Held down. */
	assert_true(halts("\x03\x03\x03\x03\x03\x03\x03\x03\x03\x03", 33));
	/* Not at once: what follows may show that it was noise. */
	struct halt halt = {0};
	halt_feed(&halt, 3, 1000);
	halt_feed(&halt, 3, 1200);
	assert_false(halt_is_wanted(&halt, 1200 + HALT_SETTLE_MS - 1));
	assert_true(halt_is_wanted(&halt, 1200 + HALT_SETTLE_MS));
	halt_feed(&halt, 'x', 1200 + HALT_SETTLE_MS);
	assert_true(halt_is_wanted(&halt, 1200 + HALT_SETTLE_MS));
}

static void test_other_ctrl_c(void **state _unused_)
{
	assert_false(halts("\x03", 200));
	assert_false(halts("\x03\x03", HALT_TWICE_MS + 1));
	/* Something between, before or behind them. */
	assert_false(halts("\x03x\x03", 200));
	assert_false(halts("x\x03\x03", 200));
	assert_false(halts("\x03\x03x", 200));
	/* A long time after something else. */
	assert_true(halts("x\x03\x03", HALT_QUIET_MS));
	/* The third try of somebody who was in time. */
	assert_true(halts("\x03\x03\x03", HALT_TWICE_MS - 1));
}

static void test_word(void **state _unused_)
{
	assert_true(halts("stop\r", 150));
	assert_true(halts("stop\n", 0));
	assert_true(halts("STOP\r\n", 150));
	assert_true(halts("\rstop\r", 150));
	assert_true(halts("stip\b\bop\r", 150));
	assert_true(halts("stopp\x7f\r", 150));
	/* Slowly. */
	assert_true(halts("stop\r", 2000));
	/* What stood on the line before is forgotten after a while. */
	assert_true(halts("x stop\r", HALT_QUIET_MS));
}

static void test_other_words(void **state _unused_)
{
	static const char *const lines[] = {"stop",     "sto\r",   "stopp\r", "s\x01top\r",
					    "st\rop\r", "xstop\r", "stop \r", " stop\r",
					    "\r\r\r",   "yes\r"};

	for (size_t i = 0; i < ARRAY_SIZE(lines); i++)
		if (halts(lines[i], 150))
			fail_msg("line %zu halts", i);
}

/* A line that sends back what is printed on it. */
static void test_echo(void **state _unused_)
{
	assert_false(halts(
		"In 10 seconds everything on sda is erased. To halt it, " HALT_WORDS ".\r\n", 1));
	assert_false(halts(HALT_WORDS "\r\n", 1));
}

/* 10 kB at the pace of 9600 baud, many times: xorshift, so that it is the same noise each time. */
static void test_noise(void **state _unused_)
{
	uint64_t random = 88172645463325252U;

	for (unsigned round = 0; round < 200; round++) {
		struct halt halt = {0};
		int64_t now = 0;

		for (unsigned i = 0; i < 10240; i++) {
			random ^= random << 13;
			random ^= random >> 7;
			random ^= random << 17;
			now += 1;
			halt_feed(&halt, (unsigned char)(random >> 32), now);
			if (halt_is_wanted(&halt, now))
				fail_msg("round %u, byte %u halts", round, i);
		}
		if (halt_is_wanted(&halt, now + HALT_SETTLE_MS))
			fail_msg("round %u halts in the end", round);
	}
}

/* Keys whose sequences a slow line takes apart. */
static void test_split_keys(void **state _unused_)
{
	static const char *const keys[] = {"\x1b[A", "\x1b[15~", "\x1bOP", "\x1b[1;5D", "\x1b\x1b"};

	for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
		for (int64_t apart = 1; apart <= 1000; apart += 333)
			assert_false(halts(keys[i], apart));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ctrl_c_twice), cmocka_unit_test(test_other_ctrl_c),
		cmocka_unit_test(test_word),         cmocka_unit_test(test_other_words),
		cmocka_unit_test(test_echo),         cmocka_unit_test(test_noise),
		cmocka_unit_test(test_split_keys),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
