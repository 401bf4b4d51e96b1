/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every answer in one list; each line leads to its screen and back. One confirmation. */
#include "common/str.h"
#include "firstboot/screens/flow.h"

static char *value_of(const struct flow *flow, const struct wizard_question *question)
{
	const char *text = wizard_get(&flow->values, question->name);
	const char *word = wizard_word(question->name, text);

	if (question->kind == TUI_PASSWORD)
		return xstrdup(str_empty(text) ? "(none)" : "********");
	if (str_empty(text))
		return xstrdup(str_eq(question->name, "hostname") ? "(from DHCP)" : "(none)");
	return xstrdup(word ?: text);
}

static size_t add_screen(const struct flow *flow, struct tui_form *form,
			 const struct screen *screen)
{
	size_t changes = 0;

	for (const char *const *name = screen->fields; name && *name; name++) {
		const struct wizard_question *question = wizard_question(*name);
		_cleanup_free_ char *label = NULL;
		bool changed = !wizard_same(&flow->values, flow->setup->values, *name);

		/* Means nothing without disks. */
		if (str_eq(*name, "installation@sr-type") &&
		    str_empty(wizard_get(&flow->values, "guest-disk")))
			continue;

		changes += changed;
		if (!wizard_asks(&flow->values, *name) ||
		    (str_eq(*name, "bond@mode") &&
		     str_empty(wizard_get(&flow->values, "bond-port@name"))))
			continue;
		label = xasprintf("%c %s", changed ? '*' : ' ',
				  question->label ?: field_find(*name)->label);
		tui_add(form, TUI_LINK, screen->name, label, "Enter goes there and returns here.")
			->text = value_of(flow, question);
	}
	return changes;
}

enum screen_end wizard_summary(struct flow *flow, const struct screen *screen)
{
	static const char *const act[] = {"Carry out", "Back", NULL};
	static const char *const nothing[] = {"Back", NULL};
	_cleanup_tui_form_ struct tui_form form = {
		.title = screen->title, .keys = wizard_keys, .placed = true};
	struct tui_result result;
	enum screen_end end;
	size_t changes = 0;
	bool again;

	flow->complete = true;
	for (size_t i = 0; i < wizard_screens_count(); i++)
		if (wizard_screen_applies(flow, &wizard_screens[i]))
			changes += add_screen(flow, &form, &wizard_screens[i]);
	form.buttons = changes ? act : nothing;
	form.intro = xstrdup(changes ? "What is marked * is new. Nothing was changed so far: Carry "
				       "out does it. Enter on a line goes to its screen."
				     : "Nothing is to be changed. Enter on a line goes to its "
				       "screen.");
	form.row = form.n_rows;
	do {
		result = tui_run(&form);
		if (result.end == TUI_FOLLOW) {
			flow->jump = wizard_screen_number(form.rows[result.number].name);
			return SCREEN_JUMP;
		}
		if (result.end == TUI_BUTTON && (!changes || result.number == 1))
			result.end = TUI_BACK;
		end = wizard_form_end(flow, &result, &again);
	} while (again);
	if (end == SCREEN_BACK) {
		flow->jump = wizard_screen_number("status");
		return SCREEN_JUMP;
	}
	if (end == SCREEN_FORWARD) {
		flow->end = WIZARD_APPLY;
		return SCREEN_END;
	}
	return end;
}
