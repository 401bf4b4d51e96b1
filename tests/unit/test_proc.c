/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <sys/stat.h>

#include "tests/unit/unit.h"

#include "common/clock.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"

#define SH(script) ((const char *const[]){"sh", "-c", script, NULL})

/* What must be ended lasts an hour, so that it shows without anybody being quick. */
#define AN_HOUR      "3600"
#define HALF_AN_HOUR 1800

static void run(const struct proc *proc, struct proc_result *ret)
{
	_cleanup_error_ struct error *err = NULL;

	if (proc_run(proc, ret, &err) < 0)
		fail_msg("%s", err->message);
}

static void test_streams_and_environment(void **state)
{
	_cleanup_proc_result_ struct proc_result result = {0};
	const struct proc proc = {
		.argv = SH(
			"echo out; echo err >&2; env | sort; pwd; cat; ls /proc/self/fd | wc -l"),
		.env = (const char *const[]){"EXTRA=1", NULL},
	};

	(void)state;
	assert_int_equal(setenv("LEAKED", "yes", 1), 0);
	run(&proc, &result);
	assert_int_equal(result.status, 0);
	/* PWD and the like come from the shell; four descriptors: three streams, and ls's folder.
	 */
	assert_true(str_starts(result.output, "out\nEXTRA=1\nLC_ALL=C\n"));
	assert_non_null(strstr(result.output, "\nPATH=/usr/local/sbin:/usr/local/bin:"));
	assert_null(strstr(result.output, "LEAKED"));
	assert_true(str_ends(result.output, "\n/\n4\n"));
	assert_string_equal(result.errors, "err\n");
	assert_int_equal(result.output_length, strlen(result.output));
}

static void test_large_input_comes_back_whole(void **state)
{
	_cleanup_proc_result_ struct proc_result result = {0};
	size_t length = 3 * MIB;
	_cleanup_free_ char *input = xmalloc(length);
	const struct proc proc = {
		.argv = (const char *const[]){"cat", NULL},
		.input = input,
		.input_length = length,
		.quiet = true,
	};

	(void)state;
	for (size_t i = 0; i < length; i++)
		input[i] = (char)(i * 7 % 251);
	run(&proc, &result);
	assert_int_equal(result.output_length, length);
	assert_memory_equal(result.output, input, length);
}

static void test_unread_input_is_no_error(void **state)
{
	size_t length = MIB;
	_cleanup_free_ char *input = xcalloc(1, length);
	const struct proc proc = {
		.argv = (const char *const[]){"true", NULL},
		.input = input,
		.input_length = length,
	};

	(void)state;
	run(&proc, NULL);
}

static void test_a_failure_quotes_the_last_words(void **state)
{
	struct error *err = NULL;
	_cleanup_proc_result_ struct proc_result result = {0};
	struct proc proc = {
		.argv = SH("for i in 1 2 3 4 5 6; do echo line $i secret99 >&2; done; exit 3"),
	};

	(void)state;
	log_hide("secret99");
	assert_int_equal(proc_run(&proc, &result, &err), -EIO);
	assert_int_equal(err->kind, ERROR_INTERNAL);
	assert_null(strstr(err->message, "secret99"));
	assert_null(strstr(err->message, "line 1"));
	unit_expect_error(&err, "sh ended with status 3: line 2 ********; line 3 ********");
	assert_null(result.output);
	proc.any_status = true;
	run(&proc, &result);
	assert_int_equal(result.status, 3);
}

static void test_death_by_signal_is_named(void **state)
{
	struct error *err = NULL;
	_cleanup_proc_result_ struct proc_result result = {0};
	struct proc proc = {.argv = SH("kill -9 $$")};

	(void)state;
	assert_int_equal(proc_run(&proc, NULL, &err), -EIO);
	unit_expect_error(&err, "signal 9");
	proc.any_status = true;
	run(&proc, &result);
	assert_int_equal(result.status, 137);
	proc = (struct proc){.argv = SH("exit 200")};
	assert_int_equal(proc_run(&proc, NULL, &err), -EIO);
	unit_expect_error(&err, "status 200");
}

/* Its limit, in seconds: a busy machine may need more than one until the shell has begun. */
static unsigned run_too_long(const char *script, struct error **err)
{
	struct proc proc = {.argv = SH(script), .timeout_s = 1};

	for (;; proc.timeout_s *= 8) {
		_cleanup_free_ char *text = NULL;

		assert_int_equal(proc_run(&proc, NULL, err), -ETIMEDOUT);
		text = error_text(*err);
		if (strstr(text, "before"))
			return proc.timeout_s;
		error_free(TAKE_PTR(*err));
	}
}

static void test_a_time_limit_ends_the_whole_group(void **state)
{
	char *folder = unit_folder_make();
	struct error *err = NULL;
	double start = clock_seconds();
	_cleanup_free_ char *pipe = xasprintf("%s/pipe", folder), *words = NULL;
	_cleanup_free_ char *script = xasprintf(
		"exec 9>%s; (trap '' TERM; sleep " AN_HOUR ") & echo before; sleep " AN_HOUR, pipe);
	_cleanup_close_ int end = -1;
	struct pollfd held = {0};

	(void)state;
	assert_int_equal(mkfifo(pipe, 0600), 0);
	end = open(pipe, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
	assert_true(end >= 0);
	words = xasprintf("did not end within %u seconds: before", run_too_long(script, &err));
	assert_true(clock_seconds() - start < HALF_AN_HOUR);
	unit_expect_error(&err, words);
	/* The part that ignored SIGTERM was ended too: nobody holds the pipe any more. */
	held.fd = end;
	assert_int_equal(poll(&held, 1, HALF_AN_HOUR * 1000), 1);
	assert_true(held.revents & POLLHUP);
	unit_folder_remove(folder);
}

static void test_a_daemon_left_behind_does_not_hold_us(void **state)
{
	_cleanup_proc_result_ struct proc_result result = {0};
	const struct proc proc = {.argv = SH("setsid sleep " AN_HOUR " & echo $!")};
	double start = clock_seconds();
	unsigned pid;

	(void)state;
	run(&proc, &result);
	assert_true(clock_seconds() - start < HALF_AN_HOUR);
	assert_int_equal(str_to_uint(str_trim(result.output), 2, INT32_MAX, &pid), 0);
	(void)kill((pid_t)pid, SIGKILL);
}

/* Whether what the script leaves in its own group lives on. */
static bool outlives(bool leaves_daemon)
{
	_cleanup_proc_result_ struct proc_result result = {0};
	const struct proc proc = {.argv = SH("sleep " AN_HOUR " & echo $!"),
				  .leaves_daemon = leaves_daemon};
	_cleanup_close_ int fd = -1;
	struct pollfd end = {.events = POLLIN};
	unsigned pid;
	bool lives;

	run(&proc, &result);
	assert_int_equal(str_to_uint(str_trim(result.output), 2, INT32_MAX, &pid), 0);
	end.fd = fd = pidfd_open((pid_t)pid, 0);
	if (fd < 0)
		return false;
	lives = leaves_daemon ? poll(&end, 1, 0) == 0 : poll(&end, 1, HALF_AN_HOUR * 1000) == 0;
	(void)pidfd_send_signal(fd, SIGKILL, NULL, 0);
	return lives;
}

/* As a client of DHCP does that goes to the background, before it has left its group. */
static void test_a_daemon_lives_where_one_is_wanted(void **state)
{
	(void)state;
	assert_true(outlives(true));
	assert_false(outlives(false));
}

static void cancel(int number)
{
	(void)number;
	proc_cancel();
}

/* The last test: cancellation is for good. */
static void test_cancellation_ends_and_refuses(void **state)
{
	struct sigaction action = {.sa_handler = cancel};
	struct error *err = NULL;
	struct proc proc = {.argv = SH("sleep " AN_HOUR)};
	double start = clock_seconds();

	(void)state;
	assert_int_equal(sigaction(SIGALRM, &action, NULL), 0);
	alarm(1);
	assert_int_equal(proc_run(&proc, NULL, &err), -ECANCELED);
	assert_true(clock_seconds() - start < HALF_AN_HOUR);
	assert_int_equal(err->kind, ERROR_CANCELLED);
	error_free(TAKE_PTR(err));
	assert_true(proc_cancelled());
	assert_int_equal(proc_runl(&err, "x", "true", NULL), -ECANCELED);
	assert_int_equal(err->kind, ERROR_CANCELLED);
	error_free(TAKE_PTR(err));
	proc = (struct proc){.argv = SH("exit 0"), .despite_cancel = true};
	run(&proc, NULL);
}

static void collect(enum log_level level, const char *line, void *data)
{
	(void)level;
	strv_add(data, strchr(line, ' ') + 1);
}

static void collect_line(const char *line, void *data)
{
	strv_add(data, line);
}

static void test_output_goes_to_the_log_line_by_line(void **state)
{
	_cleanup_strv_ char **log = NULL, **lines = NULL;
	struct proc proc = {
		.argv = SH("printf 'one\\r50%%\\rtwo\\n\\nno end'"),
		.tag = "tool",
		.on_line = collect_line,
		.data = &lines,
	};
	_cleanup_free_ char *joined = NULL;

	(void)state;
	log_add_sink(LOG_DEBUG, collect, &log);
	run(&proc, NULL);
	joined = strv_join(lines, "|");
	assert_string_equal(joined, "one|50%|two|no end");
	assert_true(str_starts(log[0], "debug tool: runs: sh -c "));
	assert_string_equal(log[1], "debug tool: one");
	assert_string_equal(log[4], "debug tool: no end");
	strv_free(TAKE_PTR(log));
	proc = (struct proc){.argv = SH("echo data"), .quiet = true};
	run(&proc, NULL);
	assert_int_equal(strv_length(log), 2);
	log_remove_sink(collect, &log);
}

static void test_what_cannot_start_says_why(void **state)
{
	struct error *err = NULL;
	struct proc proc = {.argv = SH("true"), .directory = "/none"};

	(void)state;
	assert_int_equal(proc_runl(&err, "x", "no-such-program", "-q", NULL), -ENOENT);
	unit_expect_error(&err, "the program no-such-program is missing");
	assert_int_equal(proc_run(&proc, NULL, &err), -ENOENT);
	assert_non_null(strstr(err->message, "in /none"));
	error_free(TAKE_PTR(err));
	assert_true(proc_exists("sh", NULL));
	assert_true(proc_exists("/bin/sh", NULL));
	assert_false(proc_exists("no-such-program", NULL));
	assert_false(proc_exists("sh", "/proc"));
	proc_set_path("/none:/proc");
	assert_false(proc_exists("sh", NULL));
	proc_set_path(NULL);
}

static void test_chroot(void **state)
{
	_cleanup_proc_result_ struct proc_result result = {0};
	const struct proc proc = {.argv = SH("echo /bin/s*h"), .chroot = "/"};
	struct proc below = {.argv = SH("true"), .chroot = "/proc"};
	struct error *err = NULL;

	(void)state;
	assert_int_equal(proc_run(&below, NULL, &err), -ENOENT);
	unit_expect_error(&err, "missing below /proc");
	if (geteuid() != 0)
		skip();
	run(&proc, &result);
	assert_non_null(strstr(result.output, "/bin/sh"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_streams_and_environment),
		cmocka_unit_test(test_large_input_comes_back_whole),
		cmocka_unit_test(test_unread_input_is_no_error),
		cmocka_unit_test(test_a_failure_quotes_the_last_words),
		cmocka_unit_test(test_death_by_signal_is_named),
		cmocka_unit_test(test_a_time_limit_ends_the_whole_group),
		cmocka_unit_test(test_a_daemon_left_behind_does_not_hold_us),
		cmocka_unit_test(test_a_daemon_lives_where_one_is_wanted),
		cmocka_unit_test(test_output_goes_to_the_log_line_by_line),
		cmocka_unit_test(test_what_cannot_start_says_why),
		cmocka_unit_test(test_chroot),
		cmocka_unit_test(test_cancellation_ends_and_refuses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
