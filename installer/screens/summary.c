/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every answer in one list; each line leads to its screen and back. */
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

static bool is_from_dhcp(const struct flow *flow, const char *name)
{
	return flow_has_dhcp(flow) && (str_eq(name, "hostname") || str_eq(name, "name-server"));
}

#define NETWORK "admin-interface@name"

static char *value_of(const struct flow *flow, const char *name)
{
	const char *text = flow_get(flow, name);
	const char *label = question_label(name, text);

	if (str_empty(text) && preset_keeps_hash(flow, name))
		return xstrdup(_("(as the answers have it)"));
	if (question_find(name)->kind == TUI_PASSWORD)
		return xstrdup(str_empty(text) ? _("(none)") : "********");
	if (str_starts(name, "ssh-key") && !str_empty(text))
		return ssh_key_words(text);
	if (str_empty(text))
		return xstrdup(is_from_dhcp(flow, name) ? _("(from DHCP)") : _("(none)"));
	return xstrdup(label ? _(label) : text);
}

/* Nothing was asked for, and nothing would be missed. */
static bool is_quiet(const struct flow *flow, const char *name)
{
	return (question_find(name)->in || strchr(name, '#')) && str_empty(flow_get(flow, name));
}

static const char *label_of(const char *name)
{
	return question_field(name)->label ?: question_help(name);
}

static void add_screen(const struct flow *flow, struct tui_form *form, const struct screen *screen)
{
	if (screen->run == storage_screen)
		tui_add(form, TUI_LINK, screen->name, _("Disks"),
			_("Enter goes there and returns here."))
			->text = storage_words(flow);
	if (screen->run == licence_screen)
		tui_add(form, TUI_LINK, screen->name, screen->title,
			_("Enter goes there and returns here."))
			->text = xstrdup(licence_is_open(flow) ? _("not accepted") : _("accepted"));
	if (str_eq(screen->name, "network") && !flow->setup->host->n_nics)
		tui_add(form, TUI_LINK, NETWORK, screen->title,
			_("Enter goes there and returns here."))
			->text = xstrdup(_("none: no network interface"));
	for (const char *const *name = screen->fields; name && *name; name++)
		if (flow_asks(flow, *name) && !is_quiet(flow, *name))
			tui_add(form, TUI_LINK, *name, label_of(*name),
				_("Enter goes there and returns here."))
				->text = value_of(flow, *name);
}

/* The screen that a line leads to: by a field of it, or by its own name. */
static size_t screen_of(const char *name)
{
	for (size_t i = 0; i < screens_count(); i++)
		if (str_eq(screens[i].name, name) ||
		    strv_contains((char **)(uintptr_t)screens[i].fields, name))
			return i;
	return screen_number("summary");
}

/* What was entered and does not count would be missed only after the installation. */
static void check_unfinished(const struct flow *flow, struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++) {
		struct tui_row *row = &form->rows[i];
		size_t screen = screen_of(row->name);

		if (flow->unfinished[screen] &&
		    (i == 0 || screen_of(form->rows[i - 1].name) != screen))
			tui_complain(row, "What was entered there is not right yet and does not "
					  "count: Enter goes there");
	}
}

/* What the machine has no longer. */
static void check(struct tui_form *form, void *data)
{
	struct tui_row *licence = tui_find(form, "licence"), *pool = tui_find(form, "pool");
	const struct flow *flow = data;
	const char *nic = flow_get(flow, "admin-interface@name");
	struct tui_row *disks = tui_find(form, "storage"), *network = tui_find(form, NETWORK);

	if (licence && licence_is_open(flow))
		tui_complain(licence, "Without accepting it nothing is installed");
	if (pool && pool_is_open(flow))
		tui_complain(pool,
			     "With these answers it is not settled: Enter goes there, Forward "
			     "checks it anew");
	if (disks && flow->n_lost)
		tui_complain(disks, "%s is not there any more: Enter, and choose again",
			     flow->lost[0].line);
	if (network && flow->setup->host->n_nics && !flow_has_nic(flow, nic))
		tui_complain(network, "%s is not there any more: Enter, and choose again", nic);
	check_unfinished(flow, form);
}

enum screen_end summary_screen(struct flow *flow, const struct screen *screen)
{
	_cleanup_tui_form_ struct tui_form form = {.title = screen->title,
						   .keys = flow_keys,
						   .check = check,
						   .data = flow,
						   .tried = true};
	struct tui_result result;
	enum screen_end end;
	bool again;

	flow->complete = true;
	pool_judge_again(flow);
	form.intro = xstrdup(screen->intro);
	for (size_t i = 0; i < screens_count(); i++)
		if (screen_applies(flow, &screens[i]) && &screens[i] != screen)
			add_screen(flow, &form, &screens[i]);
	form.row = form.n_rows;
	form.placed = true;
	do {
		result = flow_run(flow, &form);
		if (result.end == TUI_FOLLOW) {
			flow->jump_to = form.rows[result.number].name;
			flow->jump = screen_of(flow->jump_to);
			return SCREEN_JUMP;
		}
		end = flow_end(flow, &result, &again);
	} while (again);
	return end;
}
