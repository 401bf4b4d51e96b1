/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Keys that every screen has, and leaving. */
#include "firstboot/screens/flow.h"

#include "common/i18n.h"
#include "common/str.h"

const struct tui_key wizard_keys[] = {
	{2, 'O', N_("Log")}, {5, 'E', N_("Hardware")}, {10, 'X', N_("Shell")}, {0}};

const struct tui_key wizard_test_keys[] = {{8, 'T', N_("Test")},
					   {2, 'O', N_("Log")},
					   {5, 'E', N_("Hardware")},
					   {10, 'X', N_("Shell")},
					   {0}};

bool wizard_key(const struct flow *flow, const struct tui_result *result)
{
	static const char *const shell[] = {"/bin/sh", "-l", NULL};
	static const char *const login[] = {"/bin/login", NULL};

	if (result->end != TUI_KEY)
		return false;
	if (result->number == 2 && flow->setup->log)
		tui_view_log(_("Log"), flow->setup->log);
	else if (result->number == 2)
		tui_view(_("Log"), _("This run keeps no log of its own; the journal has it: "
				     "journalctl -t xenhost-firstboot"));
	if (result->number == 5) {
		_cleanup_free_ char *report = host_to_text(flow->setup->host);

		tui_view(_("This machine"), report);
	}
	/* Nobody has said who sits at a console. */
	if (result->number == 10 && tui_program(flow->setup->console ? login : shell,
						_("Type exit to return to the wizard.")) < 0)
		tui_view(_("Shell"), _("There is no shell here."));
	return true;
}

#define PASSWORD "password"
/* So that nobody tries many. */
#define PAUSE_S 3

struct login {
	bool wrong;
};

static void check_login(struct tui_form *form, void *data)
{
	struct login *login = data;

	if (login->wrong)
		tui_complain(tui_find(form, PASSWORD), "That is not root's password");
	login->wrong = false;
}

bool wizard_log_in(struct flow *flow)
{
	struct login login = {0};
	_cleanup_tui_form_ struct tui_form form = {
		.title = _("Who is there?"), .check = check_login, .data = &login};
	struct tui_result result;

	if (flow->known || !flow->setup->console || !flow->setup->check_password)
		return true;
	form.intro = xstrdup(_("This is a console where anybody may sit."));
	tui_add(&form, TUI_PASSWORD, PASSWORD, _("Password of root"),
		_("The one that was set at the installation."));
	for (;;) {
		result = tui_run(&form);
		if (result.end == TUI_BACK || result.end == TUI_GONE || result.end == TUI_STOP)
			return false;
		if (result.end != TUI_BUTTON)
			continue;
		flow->known =
			flow->setup->check_password(form.rows[0].text ?: "", flow->setup->data);
		if (flow->known)
			return true;
		sleep(PAUSE_S);
		login.wrong = true;
		form.tried = true;
	}
}

bool wizard_leave(struct flow *flow)
{
	static const char *const console[] = {N_("Stay"), N_("Log in"),
					      N_("Log in, do not show it again"), NULL};
	static const char *const terminal[] = {N_("Stay"), N_("Leave"), NULL};
	bool prompt = flow->setup->console;
	int answer =
		tui_ask(_("Leave?"),
			prompt ? _("Nothing was changed. The login prompt appears here. The wizard "
				   "comes back at the next start, and by xenhost-firstboot at any "
				   "time.")
			       : _("Nothing was changed. What was entered is lost."),
			prompt ? console : terminal);

	if (answer < 1)
		return false;
	flow->end = answer == 2 ? WIZARD_DISMISS : WIZARD_LEAVE;
	return true;
}

enum screen_end wizard_form_end(struct flow *flow, const struct tui_result *result, bool *ret_again)
{
	*ret_again = false;
	if (wizard_key(flow, result)) {
		*ret_again = true;
		return SCREEN_FORWARD;
	}
	switch (result->end) {
	case TUI_BUTTON:
		return SCREEN_FORWARD;
	case TUI_BACK:
		return SCREEN_BACK;
	case TUI_STOP:
		*ret_again = !wizard_leave(flow);
		return SCREEN_END;
	case TUI_GONE:
		flow->end = WIZARD_LEAVE;
		return SCREEN_END;
	case TUI_KEY:
	case TUI_FOLLOW:
	case TUI_TICK:
		break;
	}
	*ret_again = true;
	return SCREEN_FORWARD;
}
