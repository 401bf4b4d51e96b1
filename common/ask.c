/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ask.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <termios.h>
#include <unistd.h>

#include "common/file.h"
#include "common/str.h"

static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};
static volatile sig_atomic_t interrupted;

static void on_signal(int number _unused_)
{
	interrupted = 1;
}

/* Signals are let in while it waits and never between looking and waiting. */
static bool wait_for_line(void)
{
	struct pollfd terminal = {.fd = STDIN_FILENO, .events = POLLIN};
	sigset_t others;

	(void)sigprocmask(SIG_SETMASK, NULL, &others);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)sigdelset(&others, signals[i]);
	while (ppoll(&terminal, 1, NULL, &others) < 0 && !interrupted)
		;
	return !interrupted;
}

static int read_line(const char *question, char **ret, struct error **err)
{
	bool there;

	fputs(question, stderr);
	there = wait_for_line();
	if (there)
		*ret = file_line(stdin);
	fputc('\n', stderr);
	if (there)
		return 0;
	error_set(err, ERROR_CANCELLED, "the question was not answered");
	return error_code(err, ECANCELED);
}

static int read_lines(const char *question, const char *again, char **ret, struct error **err)
{
	_cleanup_free_ char *first = NULL, *second = NULL;
	int r = read_line(question, &first, err);

	if (r == 0 && first && *first && again)
		r = read_line(again, &second, err);
	if (r < 0)
		return r;
	if (second && !str_eq(first, second)) {
		error_set(err, ERROR_USAGE, "what was typed is not the same both times");
		return error_hint(err, "Try once more.");
	}
	*ret = TAKE_PTR(first);
	return 0;
}

int ask_secret(const char *question, const char *again, char **ret, struct error **err)
{
	struct sigaction action = {.sa_handler = on_signal}, old[ARRAY_SIZE(signals)];
	struct termios before, quiet;
	sigset_t blocked, mask;
	int r;

	if (tcgetattr(STDIN_FILENO, &before) < 0)
		return error_errno(err, ERROR_USAGE, errno, "there is no terminal to ask at");
	interrupted = 0;
	(void)sigemptyset(&blocked);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++) {
		(void)sigaddset(&blocked, signals[i]);
		(void)sigaction(signals[i], &action, &old[i]);
	}
	(void)sigprocmask(SIG_BLOCK, &blocked, &mask);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)ECHO;
	/* Before the question: what answers it at once is neither seen nor thrown away. */
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &quiet);
	*ret = NULL;
	r = read_lines(question, again, ret, err);
	(void)tcsetattr(STDIN_FILENO, TCSAFLUSH, &before);
	for (size_t i = 0; i < ARRAY_SIZE(signals); i++)
		(void)sigaction(signals[i], &old[i], NULL);
	(void)sigprocmask(SIG_SETMASK, &mask, NULL);
	return r;
}
