/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The last call on terminals of its own; what a person types comes from another thread. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <termios.h>
#include <time.h>

#include "common/clock.h"
#include "common/str.h"
#include "installer/last_call.h"

/* Long enough that only somebody who halts it ends it; nothing waits for so long. */
#define FOR_EVER_MS 60000

struct typist {
	int fd;
	const char *bytes;
	unsigned apart_ms;
	bool again; /* until the call is over: what came before it began was thrown away */
	atomic_bool *over;
};

static void nap(unsigned ms)
{
	nanosleep(&(struct timespec){.tv_sec = ms / 1000, .tv_nsec = (long)(ms % 1000) * 1000000},
		  NULL);
}

static void *type(void *data)
{
	const struct typist *typist = data;

	do {
		nap(100);
		for (const char *c = typist->bytes; *c; c++) {
			if (write(typist->fd, c, 1) != 1)
				return NULL;
			nap(typist->apart_ms);
		}
	} while (typist->again && !atomic_load(typist->over));
	return NULL;
}

static char *terminal_new(int *ret_keyboard)
{
	int fd = posix_openpt(O_RDWR | O_NOCTTY);

	assert_true(fd >= 0);
	assert_int_equal(grantpt(fd), 0);
	assert_int_equal(unlockpt(fd), 0);
	*ret_keyboard = fd;
	return xstrdup(ptsname(fd) + strlen("/dev/"));
}

static const struct plan *a_plan(void)
{
	static struct plan_disk disk = {.name = (char *)(uintptr_t) "sda"};
	static struct plan plan = {.disks = &disk, .n_disks = 1};

	return &plan;
}

/* Types on the second of two consoles; for as long as it takes when nothing else ends the call. */
static int call(const char *bytes, unsigned apart_ms, int wait_ms, bool *ret_halted,
		struct error **err)
{
	int first, second;
	_cleanup_free_ char *one = terminal_new(&first), *two = terminal_new(&second);
	_cleanup_free_ char *names = xasprintf("%s nonsense %s", one, two);
	const struct last_call last = {
		.folder = "/dev", .consoles = names, .wait_ms = wait_ms, .plan = a_plan()};
	atomic_bool over = false;
	struct typist typist = {.fd = second,
				.bytes = bytes,
				.apart_ms = apart_ms,
				.again = wait_ms == FOR_EVER_MS,
				.over = &over};
	pthread_t thread;
	int r;

	assert_int_equal(pthread_create(&thread, NULL, type, &typist), 0);
	r = last_call(&last, ret_halted, err);
	atomic_store(&over, true);
	pthread_join(thread, NULL);
	close(first);
	close(second);
	return r;
}

static void test_halted(void **state _unused_)
{
	static const char *const ways[] = {"\x03\x03", "stop\r"};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		_cleanup_error_ struct error *error = NULL;
		bool halted;

		assert_true(call(ways[i], 20, FOR_EVER_MS, &halted, &error) < 0);
		assert_true(halted);
		assert_int_equal(error->kind, ERROR_CANCELLED);
		_cleanup_free_ char *text = error_text(error);
		assert_non_null(strstr(text, "nothing was changed"));
		assert_non_null(strstr(text, "halted on pts/"));
	}
}

static void test_goes_on(void **state _unused_)
{
	static const char *const ways[] = {"", "\x03", "\r\r\r", "\x1b[15~", "stopping\r", "q"};

	for (size_t i = 0; i < ARRAY_SIZE(ways); i++) {
		_cleanup_error_ struct error *error = NULL;
		bool halted;

		assert_int_equal(call(ways[i], 5, 300, &halted, &error), 0);
		assert_false(halted);
	}
}

/* What came before the call is no answer to it, and the line is left as it was. */
static void test_before(void **state _unused_)
{
	int keyboard;
	_cleanup_free_ char *name = terminal_new(&keyboard);
	_cleanup_free_ char *path = xasprintf("/dev/%s", name);
	_cleanup_close_ int line = open(path, O_RDWR | O_NOCTTY);
	const struct last_call last = {
		.folder = "/dev", .consoles = name, .wait_ms = 400, .plan = a_plan()};
	struct termios before, after;
	bool halted;

	assert_int_equal(tcgetattr(line, &before), 0);
	assert_int_equal(write(keyboard, "stop\r", 5), 5);
	assert_int_equal(poll(&(struct pollfd){.fd = line, .events = POLLIN}, 1, -1), 1);
	assert_int_equal(last_call(&last, &halted, NULL), 0);
	assert_int_equal(tcgetattr(line, &after), 0);
	assert_int_equal(before.c_lflag, after.c_lflag);
	assert_int_equal(before.c_iflag, after.c_iflag);
	close(keyboard);
}

/* Nobody could halt it, so that nobody is waited for. */
static void test_nobody(void **state _unused_)
{
	const struct last_call none = {.folder = "/dev",
				       .consoles = "null nonsense",
				       .wait_ms = FOR_EVER_MS,
				       .plan = a_plan()};
	double began = clock_seconds();
	bool halted;

	assert_int_equal(last_call(&none, &halted, NULL), 0);
	assert_true(clock_seconds() - began < FOR_EVER_MS / 1000.0 / 2);
}

static void test_seconds(void **state _unused_)
{
	_cleanup_error_ struct error *option = NULL, *token = NULL;
	unsigned seconds;

	assert_int_equal(last_call_seconds(NULL, "quiet", &seconds, NULL), 0);
	assert_int_equal(seconds, 10);
	assert_int_equal(last_call_seconds(NULL, "xenhost.last-call=0 quiet", &seconds, NULL), 0);
	assert_int_equal(seconds, 0);
	assert_int_equal(last_call_seconds("3", "xenhost.last-call=0", &seconds, NULL), 0);
	assert_int_equal(seconds, 3);
	assert_true(last_call_seconds("soon", NULL, &seconds, &option) < 0);
	assert_int_equal(option->kind, ERROR_USAGE);
	assert_true(last_call_seconds(NULL, "xenhost.last-call=3601", &seconds, &token) < 0);
	assert_int_equal(token->kind, ERROR_USER);
}

static void *halt_on_board(void *data)
{
	struct board_view *view = NULL;

	nap(100);
	assert_int_equal(board_look(data, &view), 0);
	board_halt(view, "ttyS0");
	/* The first one counts. */
	board_halt(view, "tty1");
	board_leave(view);
	return NULL;
}

static void test_halted_by_who_watches(void **state _unused_)
{
	_cleanup_error_ struct error *error = NULL;
	char path[] = "/tmp/test-board-XXXXXX";
	struct last_call call = {.wait_ms = FOR_EVER_MS, .plan = a_plan()};
	struct board *board = NULL;
	pthread_t thread;
	bool halted;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(board_open(path, call.plan, NULL, FOR_EVER_MS, &board, NULL), 0);
	call.board = board;
	assert_int_equal(pthread_create(&thread, NULL, halt_on_board, path), 0);
	assert_true(last_call(&call, &halted, &error) < 0);
	pthread_join(thread, NULL);
	assert_true(halted);
	assert_string_equal(error->message, "halted on ttyS0; nothing was changed");
	board_close(board);
	unlink(path);
}

static void test_watched_and_not_halted(void **state _unused_)
{
	char path[] = "/tmp/test-board-XXXXXX";
	struct last_call call = {.wait_ms = 200, .plan = a_plan()};
	struct board *board = NULL;
	int64_t began = clock_ms(); /* the call's own clock: another one rounds otherwise */
	bool halted;
	int fd = mkstemp(path);

	assert_true(fd >= 0);
	close(fd);
	assert_int_equal(board_open(path, call.plan, NULL, call.wait_ms, &board, NULL), 0);
	call.board = board;
	assert_int_equal(last_call(&call, &halted, NULL), 0);
	assert_false(halted);
	assert_true(clock_ms() - began >= call.wait_ms);
	board_close(board);
	unlink(path);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_halted_by_who_watches),
		cmocka_unit_test(test_watched_and_not_halted),
		cmocka_unit_test(test_halted),
		cmocka_unit_test(test_goes_on),
		cmocka_unit_test(test_before),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_seconds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
