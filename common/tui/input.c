/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys of standard input, with the time that tells a lone Esc from the first byte of a key. */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "common/str.h"
#include "common/tui/input.h"
#include "common/tui/terminal.h"

/* A BMC or a network hands the bytes of one key over with gaps; longer ones on serial lines. */
#define QUIET_MS        500
#define QUIET_SERIAL_MS 1000

static volatile sig_atomic_t resized, gone;

static void on_signal(int number)
{
	if (number == SIGWINCH)
		resized = 1;
	else
		gone = 1;
}

void input_open(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	sigaction(SIGWINCH, &action, NULL);
	sigaction(SIGHUP, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

/* What has the registers of a UART is a serial line. */
static int quiet_ms(void)
{
	static int known;
	const char *name = ttyname(STDIN_FILENO);

	if (!known)
		known = name && (str_starts(name, "/dev/ttyS") || str_starts(name, "/dev/ttyUSB") ||
				 str_starts(name, "/dev/ttyAMA") || str_starts(name, "/dev/hvc"))
				? QUIET_SERIAL_MS
				: QUIET_MS;
	return known;
}

/* 1: a byte, 0: none in time, or a signal, -1: the terminal has gone. */
static int read_byte(int wait_ms, unsigned char *ret)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	int r = poll(&fd, 1, wait_ms);
	ssize_t n;

	if (r <= 0)
		return r < 0 && errno != EINTR ? -1 : 0;
	n = read(STDIN_FILENO, ret, 1);
	if (n == 1)
		return 1;
	return n < 0 && (errno == EINTR || errno == EAGAIN) ? 0 : -1;
}

bool terminal_waiting(void)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};

	return poll(&fd, 1, 0) == 1 && (fd.revents & POLLIN) && !(fd.revents & POLLHUP);
}

struct key terminal_key(int wait_ms)
{
	static struct key_reader reader;
	struct key key;

	for (;;) {
		bool pending = keys_pending(&reader);
		unsigned char byte;
		int r;

		if (gone)
			return (struct key){.kind = KEY_GONE};
		if (resized) {
			resized = 0;
			return (struct key){.kind = KEY_RESIZE};
		}
		r = read_byte(pending ? quiet_ms() : wait_ms, &byte);
		if (r < 0)
			return (struct key){.kind = KEY_GONE};
		if (r > 0 && keys_feed(&reader, byte, &key))
			return key;
		if (r == 0 && pending && !resized && !gone && keys_quiet(&reader, &key))
			return key;
		if (r == 0 && !pending && !resized && !gone && wait_ms >= 0)
			return (struct key){.kind = KEY_NONE};
	}
}
