/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The end of an installation that nobody was asked about, where the machine stays as it is. */
#include "installer/screens/alone.h"

#include "common/i18n.h"
#include "common/str.h"

enum button { BUTTON_SHELL, BUTTON_RESTART, BUTTON_CLOSE };

static const struct tui_key keys[] = {
	{2, 'O', N_("Log")}, {4, 'T', N_("Save log")}, {10, 'X', N_("Shell")}, {0}};

static const char *const words[] = {[SCREENS_REBOOT] = "reboot", [SCREENS_POWEROFF] = "poweroff"};

static void check_word(struct tui_form *form, void *data _unused_)
{
	struct tui_row *row = tui_find(form, "word");

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq(row->text, words[i]))
			return;
	tui_complain(row, "It is one of the two words, in small letters");
}

/* Typed, so that no noise of a line restarts a machine that somebody wants to look at. */
static bool ask_word(enum screens_choice *ret)
{
	static const char *const buttons[] = {N_("Do it"), N_("Back"), NULL};
	_cleanup_tui_form_ struct tui_form form = {
		.title = _("Restart or power off"), .buttons = buttons, .check = check_word};
	struct tui_result result;

	form.intro = xstrdup(_("Type reboot or poweroff. What was not saved of the log is lost."));
	tui_add(&form, TUI_ENTRY, "word", _("Word"), _("reboot starts the machine anew"));
	do
		result = tui_run(&form);
	while (result.end == TUI_KEY);
	if (result.end != TUI_BUTTON || result.number != 0)
		return false;
	*ret = str_eq(tui_find(&form, "word")->text, words[SCREENS_REBOOT]) ? SCREENS_REBOOT
									    : SCREENS_POWEROFF;
	return true;
}

enum screens_choice screens_alone_end(const struct screens_ending *ending)
{
	static const char *const buttons[] = {N_("Shell"), N_("Restart or power off"), N_("Close"),
					      NULL};
	_cleanup_tui_form_ struct tui_form form = {
		.title = _(ending->title), .buttons = buttons, .keys = keys, .placed = true};
	enum screens_choice choice;

	form.intro = end_words(ending);
	for (;;) {
		struct tui_result result = tui_run(&form);

		if (result.end == TUI_GONE)
			return SCREENS_SHELL;
		if (result.end == TUI_KEY)
			end_key(&result, ending->log, ending->keep);
		if (result.end != TUI_BUTTON)
			continue;
		if (result.number == BUTTON_CLOSE)
			return SCREENS_SHELL;
		if (result.number == BUTTON_SHELL)
			end_key(&(struct tui_result){.end = TUI_KEY, .number = 10}, ending->log,
				ending->keep);
		else if (ask_word(&choice))
			return choice;
	}
}
