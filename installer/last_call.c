/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/last_call.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "common/bootline.h"
#include "common/clock.h"
#include "common/halt.h"
#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"

#define TAG        "install"
#define BOOT_TOKEN "xenhost.last-call"
#define CONSOLES   8
#define LOOK_MS    100
#define BYTES      64

/* A console while it is listened to. */
struct console {
	char *name;
	int fd; /* -1: gone */
	struct termios before;
	struct halt halt;
};

struct consoles {
	struct console list[CONSOLES];
	size_t count;
	bool told; /* that what came halts nothing */
};

/* Bytes as they come: none of them is a signal, and none is shown. What came before is no answer
 * to a question that was not asked yet. Takes fd. */
static void add_console(struct consoles *consoles, const char *name, int fd)
{
	struct console *console = &consoles->list[consoles->count];
	struct termios raw;

	if (consoles->count == CONSOLES || tcgetattr(fd, &console->before) < 0) {
		close(fd);
		return;
	}
	raw = console->before;
	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | IXON | ISTRIP);
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ECHONL | ISIG | IEXTEN);
	raw.c_cc[VMIN] = 0;
	raw.c_cc[VTIME] = 0;
	/* At once: on a line that is held up what was printed would be waited for without end. */
	if (tcsetattr(fd, TCSANOW, &raw) < 0) {
		close(fd);
		return;
	}
	tcflush(fd, TCIFLUSH);
	console->fd = fd;
	console->name = xstrdup(name);
	consoles->count++;
}

static void open_consoles(const struct last_call *call, struct consoles *consoles)
{
	_cleanup_strv_ char **names = strv_split(call->consoles ?: "", " ");

	/* A job in the background must not touch the terminal, and nobody types to it. */
	if (!call->consoles && isatty(STDIN_FILENO) && tcgetpgrp(STDIN_FILENO) == getpgrp())
		add_console(consoles, "this terminal",
			    fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
	for (char **name = names; name && *name; name++) {
		_cleanup_free_ char *path = xasprintf("%s/%s", call->folder, *name);
		int fd = open(path, O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);

		if (fd >= 0)
			add_console(consoles, *name, fd);
		else
			log_warning(TAG, "%s is not listened to: %s", path, strerror(errno));
	}
}

static void close_consoles(struct consoles *consoles)
{
	for (size_t i = 0; i < consoles->count; i++) {
		struct console *console = &consoles->list[i];

		if (console->fd >= 0) {
			tcflush(console->fd, TCIFLUSH);
			tcsetattr(console->fd, TCSANOW, &console->before);
			close(console->fd);
		}
		free(console->name);
	}
}

static void listen_to(struct consoles *consoles, struct console *console, short events)
{
	unsigned char bytes[BYTES];
	ssize_t n = events & POLLIN ? read(console->fd, bytes, sizeof(bytes)) : 0;

	if (!(events & POLLIN) && events) {
		close(console->fd);
		console->fd = -1;
	}
	for (ssize_t i = 0; i < n; i++)
		halt_feed(&console->halt, bytes[i], clock_ms());
	if (n > 0 && !consoles->told) {
		consoles->told = true;
		fprintf(stderr, "Something came from %s. To halt it, " HALT_WORDS ".\n",
			console->name);
	}
}

/* The console somebody halted it on, or NULL; waits a moment at most. */
static const struct console *look(struct consoles *consoles, int wait_ms)
{
	struct pollfd fds[CONSOLES];

	for (size_t i = 0; i < consoles->count; i++)
		fds[i] = (struct pollfd){.fd = consoles->list[i].fd, .events = POLLIN};
	if (poll(fds, consoles->count, wait_ms) > 0)
		for (size_t i = 0; i < consoles->count; i++)
			listen_to(consoles, &consoles->list[i], fds[i].revents);
	for (size_t i = 0; i < consoles->count; i++)
		if (halt_is_wanted(&consoles->list[i].halt, clock_ms()))
			return &consoles->list[i];
	return NULL;
}

static void announce(const struct last_call *call)
{
	_cleanup_strbuf_ struct strbuf disks = {0};

	for (size_t i = 0; i < call->plan->n_disks; i++)
		strbuf_addf(&disks, "%s%s", i ? ", " : "", call->plan->disks[i].name);
	fprintf(stderr, "In %d seconds everything on %s is erased. To halt it, " HALT_WORDS ".\n",
		(call->wait_ms + 999) / 1000, disks.text ?: "no disk");
}

static int wait_for(const struct last_call *call, struct consoles *consoles, bool *ret_halted,
		    struct error **err)
{
	int64_t end = clock_ms() + call->wait_ms;

	for (int64_t now = clock_ms(); now < end; now = clock_ms()) {
		int64_t left = end - now;
		const struct console *by = look(consoles, left < LOOK_MS ? (int)left : LOOK_MS);

		_cleanup_free_ char *watcher = board_halted(call->board);

		if (proc_cancelled())
			return error_set(err, ERROR_CANCELLED, "cancelled; nothing was changed");
		if (by || watcher) {
			*ret_halted = true;
			return error_set(err, ERROR_CANCELLED, "halted on %s; nothing was changed",
					 by ? by->name : watcher);
		}
	}
	return 0;
}

int last_call(const struct last_call *call, bool *ret_halted, struct error **err)
{
	struct consoles consoles = {0};
	int r = 0;

	*ret_halted = false;
	/* A console that is watched is its watcher's. */
	if (call->wait_ms > 0 && !call->board)
		open_consoles(call, &consoles);
	if (consoles.count || (call->wait_ms > 0 && call->board)) {
		announce(call);
		r = wait_for(call, &consoles, ret_halted, err);
	}
	close_consoles(&consoles);
	return r;
}

static bool parse_seconds(const char *text, unsigned *ret)
{
	uint64_t seconds;

	if (str_to_u64(text, 10, &seconds) < 0 || seconds > LAST_CALL_SECONDS_MAX)
		return false;
	*ret = (unsigned)seconds;
	return true;
}

int last_call_seconds(const char *option, const char *command_line, unsigned *ret,
		      struct error **err)
{
	_cleanup_free_ char *token = bootline_get(command_line, BOOT_TOKEN);
	const char *text = option ?: token;

	*ret = LAST_CALL_SECONDS;
	if (!text || parse_seconds(text, ret))
		return 0;
	if (option)
		error_set(err, ERROR_USAGE, "--last-call cannot be \"%s\"", text);
	else
		error_set(err, ERROR_USER, "the boot line's " BOOT_TOKEN "= cannot be \"%s\"",
			  text);
	return error_hint(err, "Give seconds, 0 to %d; 0 waits for nobody.", LAST_CALL_SECONDS_MAX);
}
