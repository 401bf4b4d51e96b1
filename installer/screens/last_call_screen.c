/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An installation that nobody was asked about begins by itself, after a last call that is heard as
 * everywhere (common/halt.h): bytes are read here, since a key of the toolkit may be one of noise.
 */
#include <poll.h>
#include <termios.h>
#include <unistd.h>

#include "common/clock.h"
#include "common/halt.h"
#include "common/str.h"
#include "installer/screens/flow.h"

#define LOOK_MS 100

static int64_t now_ms(void)
{
	return (int64_t)(clock_seconds() * 1000);
}

static void show(const struct flow *flow, const char *title, int64_t left_ms)
{
	static const char *const buttons[] = {"It begins by itself", NULL};
	_cleanup_tui_form_ struct tui_form form = {.title = title, .buttons = buttons};
	_cleanup_free_ char *plan = plan_to_text(flow->result.plan);

	form.intro = xasprintf("Nothing is missing in the answers: this begins in %d s. To halt "
			       "it, " HALT_WORDS ".\n\n%s",
			       (int)((left_ms + 999) / 1000), plan);
	tui_show(&form);
}

/* False when the terminal has gone. */
static bool listen_to(struct halt *halt)
{
	struct pollfd fd = {.fd = STDIN_FILENO, .events = POLLIN};
	unsigned char byte;

	if (poll(&fd, 1, LOOK_MS) <= 0)
		return true;
	if (read(STDIN_FILENO, &byte, 1) != 1)
		return false;
	halt_feed(halt, byte, now_ms());
	return true;
}

enum screen_end last_call_screen(struct flow *flow, const char *title)
{
	int64_t now = now_ms(), end = now + flow->setup->last_call_ms, shown = 0;
	struct halt halt = {0};

	tcflush(STDIN_FILENO, TCIFLUSH);
	for (; now < end; now = now_ms()) {
		if (!shown || now - shown >= 1000) {
			show(flow, title, end - now);
			shown = now;
		}
		if (!listen_to(&halt))
			return SCREEN_LEAVE;
		if (halt_is_wanted(&halt, now_ms()))
			return SCREEN_BACK;
	}
	return SCREEN_FORWARD;
}
