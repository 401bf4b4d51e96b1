/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/screens/end.h"

#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/running.h"

#define LAST_LINES 8

static const struct tui_key keys_to_keep[] = {
	{2, 'O', N_("Log")}, {3, 'A', N_("Answers")}, {4, 'T', N_("Save log")}, {0}};
static const struct tui_key keys[] = {{2, 'O', N_("Log")}, {0}};

void end_key(const struct tui_result *result, const char *log, const struct screens_keep *keep)
{
	static const char *const shell[] = {"/bin/sh", "-l", NULL};

	if (result->number == 2)
		tui_view_log(_("Log"), log);
	if (result->number == 3 && keep)
		screens_keep_ask(keep, SCREENS_ANSWERS);
	if (result->number == 4 && keep)
		screens_keep_ask(keep, SCREENS_LOG);
	if (result->number == 10 &&
	    tui_program(shell, _("A shell. Type exit to return to the installation.")) < 0)
		tui_view(_("Shell"), _("There is no shell here."));
}

const char *end_title(bool success)
{
	return success ? N_("The host is installed") : N_("The installation failed");
}

static void eject(const struct screens_ending *ending)
{
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *text = NULL;

	if (ending->eject(ending->data, &error) == 0) {
		tui_view(_("The medium"), _("The drive gave the install medium out."));
		return;
	}
	text = error_words(error);
	tui_view(_("The medium stays where it is"), text);
}

/* The report; after a failure with what was said last. */
char *end_words(const struct screens_ending *ending)
{
	_cleanup_free_ char *lines = NULL;

	if (ending->success)
		return xstrdup(ending->words);
	lines = last_lines(ending->log, LAST_LINES);
	return xasprintf("%s%s%s", ending->words, *lines ? _("\nThe end of the log:\n") : "",
			 lines);
}

enum screens_choice screens_end(const struct screens_ending *ending)
{
	static const char *const buttons[] = {N_("Reboot"), N_("Power off"), N_("Shell"), NULL};
	static const char *const with_eject[] = {N_("Reboot"), N_("Power off"), N_("Shell"),
						 N_("Eject"), NULL};
	_cleanup_tui_form_ struct tui_form form = {.title = _(end_title(ending->success)),
						   .buttons = ending->eject ? with_eject : buttons,
						   .keys = ending->keep ? keys_to_keep : keys};

	form.intro = end_words(ending);
	form.placed = true;
	for (;;) {
		struct tui_result result = tui_run(&form);

		if (result.end == TUI_GONE)
			return ending->success ? SCREENS_REBOOT : SCREENS_SHELL;
		if (result.end == TUI_KEY)
			end_key(&result, ending->log, ending->keep);
		else if (result.end == TUI_BUTTON && result.number <= SCREENS_SHELL)
			return (enum screens_choice)result.number;
		else if (result.end == TUI_BUTTON)
			eject(ending);
	}
}
