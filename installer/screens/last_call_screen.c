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
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/alone.h"
#include "installer/screens/flow.h"

#define LOOK_MS 100

static void show(const struct screens_call *call, int64_t left_ms)
{
	static const char *const buttons[] = {N_("It begins by itself"), NULL};
	_cleanup_tui_form_ struct tui_form form = {.title = call->title, .buttons = buttons};

	form.intro = xasprintf(_("Nothing is missing in the answers: this begins in %d s. To halt "
				 "it, %s.\n\n%s"),
			       (int)((left_ms > 0 ? left_ms + 999 : 0) / 1000), _(HALT_WORDS),
			       call->plan);
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
	halt_feed(halt, byte, clock_ms());
	return true;
}

static bool goes_on(const struct screens_call *call)
{
	return call->goes_on ? call->goes_on(call->data) : clock_ms() < call->end_ms;
}

enum screens_called screens_call(const struct screens_call *call)
{
	struct halt halt = {0};
	int64_t shown = 0;

	tcflush(STDIN_FILENO, TCIFLUSH);
	while (goes_on(call)) {
		int64_t now = clock_ms();

		if (!shown || now - shown >= 1000) {
			show(call, call->end_ms - now);
			shown = now;
		}
		if (!listen_to(&halt))
			return SCREENS_CALL_GONE;
		if (halt_is_wanted(&halt, clock_ms()))
			return SCREENS_HALTED;
	}
	return SCREENS_BEGINS;
}

enum screen_end last_call_screen(struct flow *flow, const char *title)
{
	_cleanup_free_ char *plan = plan_words(flow);
	const struct screens_call call = {
		.title = title, .plan = plan, .end_ms = clock_ms() + flow->setup->last_call_ms};

	switch (screens_call(&call)) {
	case SCREENS_BEGINS:
		return SCREEN_FORWARD;
	case SCREENS_HALTED:
		return SCREEN_BACK;
	case SCREENS_CALL_GONE:
		break;
	}
	return SCREEN_LEAVE;
}
