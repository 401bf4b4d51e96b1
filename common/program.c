/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/program.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>

#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"

bool program_told_about(const char *program, const char *usage, const char *argument)
{
	if (str_eq(argument, "--help") || str_eq(argument, "-h"))
		fputs(usage, stdout);
	else if (str_eq(argument, "--version"))
		printf("%s " XENHOST_VERSION "\n", program);
	else
		return false;
	return true;
}

int program_failed(const char *program, const struct error *error, const char *before_hint)
{
	_cleanup_free_ char *text = error_text(error);
	_cleanup_free_ char *masked = log_mask(text);

	fprintf(stderr, "%s: %s\n", program, masked);
	if (error_get_hint(error)) {
		_cleanup_free_ char *hint = log_mask(error_get_hint(error));

		fprintf(stderr, "  %s%s\n", before_hint, hint);
	}
	return error_kind_exit_code(error->kind);
}

int program_ended(const char *program, int code)
{
	bool lost = ferror(stdout);

	errno = 0;
	if (fflush(stdout) != 0 && errno == EPIPE)
		return code;
	/* An earlier write that failed, and left nothing to flush, has left no number either. */
	if (errno == 0 && !lost)
		return code;
	fprintf(stderr, "%s: standard output cannot be written%s%s\n", program, errno ? ": " : "",
		errno ? strerror(errno) : "");
	return error_kind_exit_code(ERROR_USAGE);
}

static void on_signal(int number _unused_)
{
	proc_cancel();
}

void program_cancel_on_signals(void)
{
	struct sigaction action = {.sa_handler = on_signal};
	static const int numbers[] = {SIGINT, SIGTERM, SIGHUP};

	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		sigaction(numbers[i], &action, NULL);
	signal(SIGPIPE, SIG_IGN);
}
