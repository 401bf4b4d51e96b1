/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every answer in one list; each line leads to its screen and back. */
#include "common/str.h"
#include "installer/screens/flow.h"

static char *value_of(const struct flow *flow, const char *name)
{
	const char *text = flow_get(flow, name);
	const char *label = question_label(name, text);

	if (question_find(name)->kind == TUI_PASSWORD)
		return xstrdup(str_empty(text) ? "(none)" : "********");
	if (str_empty(text))
		return xstrdup(str_eq(name, "hostname") ? "(from DHCP)" : "(none)");
	return xstrdup(label ?: text);
}

static void add_screen(const struct flow *flow, struct tui_form *form, const struct screen *screen)
{
	if (screen->run == storage_screen)
		tui_add(form, TUI_LINK, screen->name, "Disks", "Enter goes there and returns here.")
			->text = storage_words(flow);
	for (const char *const *name = screen->fields; name && *name; name++)
		if (flow_asks(flow, *name))
			tui_add(form, TUI_LINK, screen->name, field_find(*name)->label,
				"Enter goes there and returns here.")
				->text = value_of(flow, *name);
}

enum screen_end summary_screen(struct flow *flow, const struct screen *screen)
{
	_cleanup_tui_form_ struct tui_form form = {.title = screen->title, .keys = flow_keys};
	struct tui_result result;
	enum screen_end end;
	bool again;

	flow->complete = true;
	form.intro = xstrdup(screen->intro);
	for (size_t i = 0; i < screens_count(); i++)
		if (screen_applies(flow, &screens[i]) && &screens[i] != screen)
			add_screen(flow, &form, &screens[i]);
	form.row = form.n_rows;
	form.placed = true;
	do {
		result = tui_run(&form);
		if (result.end == TUI_FOLLOW) {
			flow->jump = screen_number(form.rows[result.number].name);
			return SCREEN_JUMP;
		}
		end = flow_end(flow, &result, &again);
	} while (again);
	return end;
}
