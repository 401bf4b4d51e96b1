/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The licence of the system to install, where its source has one: read, and accepted or not. */
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

bool licence_is_open(const struct flow *flow)
{
	return flow->source && flow->source->licence &&
	       !str_eq(flow->licence_of, flow->source->manifest_sha256);
}

enum screen_end licence_screen(struct flow *flow, const struct screen *screen)
{
	static const char *const buttons[] = {N_("I accept it"), N_("Back"), NULL};
	_cleanup_tui_form_ struct tui_form form = {.title = screen->title, .buttons = buttons};
	struct tui_result result;
	enum screen_end end;
	bool again;

	form.intro = xasprintf(_("%s\n\nWithout accepting it nothing is installed."),
			       flow->source->licence);
	/* Nobody accepts by leaning on Enter. */
	form.row = form.n_rows + 1;
	form.placed = true;
	do {
		result = flow_run(flow, &form);
		end = result.end == TUI_BUTTON && result.number == 1
			      ? SCREEN_BACK
			      : flow_end(flow, &result, &again);
		if (result.end == TUI_BUTTON)
			again = false;
	} while (again);
	if (end == SCREEN_FORWARD) {
		free(flow->licence_of);
		flow->licence_of = xstrdup(flow->source->manifest_sha256);
	}
	return end;
}
