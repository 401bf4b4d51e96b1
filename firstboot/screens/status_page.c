/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The first page: how the host stands, renewed while it is looked at. */
#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/screens/flow.h"

#define TICK_MS 2000

static const char *const marks[] = {
	[STATUS_GOOD] = " ok ", [STATUS_OPEN] = N_("open"), [STATUS_BAD] = " !! "};

void wizard_status_done(struct wizard_status *status)
{
	for (size_t i = 0; i < status->count; i++) {
		free(status->list[i].text);
		free(status->list[i].reason);
	}
	free(status->list);
	*status = (struct wizard_status){0};
}

struct status_line *wizard_status_add(struct wizard_status *status, const char *screen,
				      const char *label, enum status_mark mark)
{
	struct status_line *line = ARRAY_APPEND(status->list, status->count);

	*line = (struct status_line){.screen = screen, .label = label, .mark = mark};
	return line;
}

static bool can_follow(const struct flow *flow, const char *screen)
{
	return screen && wizard_screen_applies(flow, &wizard_screens[wizard_screen_number(screen)]);
}

static void add_line(const struct flow *flow, struct tui_form *form, const struct status_line *line)
{
	bool follow = can_follow(flow, line->screen);
	_cleanup_free_ char *label = xasprintf("[%s] %s", _(marks[line->mark]), _(line->label));

	tui_add(form, TUI_LINK, follow ? line->screen : NULL, label,
		follow ? _("Enter goes there.") : _("Enter shows all of it."))
		->text = xstrdup(line->text);
	if (line->reason) {
		_cleanup_free_ char *words = xasprintf("         %s", line->reason);

		tui_add(form, TUI_TEXT, NULL, words, NULL);
	}
}

/* What has no screen is only told of. */
static void show_line(const struct tui_form *form, size_t number)
{
	const struct tui_row *row = &form->rows[number];
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%s\n", row->text);
	if (number + 1 < form->n_rows && form->rows[number + 1].kind == TUI_TEXT)
		strbuf_addf(&buf, "\n%s\n", form->rows[number + 1].label + strlen("         "));
	tui_view(row->label, buf.text);
}

static void clear_rows(struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++)
		tui_row_clear(&form->rows[i]);
	free(form->rows);
	form->rows = NULL;
	form->n_rows = 0;
}

/* The focus stays on its button or line where that is still there. */
static void fill(const struct flow *flow, struct tui_form *form)
{
	_cleanup_wizard_status_ struct wizard_status status = {0};
	size_t before = form->n_rows, row = form->row;

	clear_rows(form);
	flow->setup->status(&status, flow->setup->data);
	for (size_t i = 0; i < status.count; i++)
		add_line(flow, form, &status.list[i]);
	if (row >= before)
		form->row = form->n_rows + (row - before);
	else if (row < form->n_rows && form->rows[row].kind != TUI_LINK)
		form->row = form->n_rows;
}

static char *intro_of(const struct flow *flow)
{
	return xasprintf(
		"%s\n\n%s", flow->setup->title,
		flow->setup->console
			? _("Something was left to decide, or went wrong: [open] and [ !! ]. "
			    "Set up leads through all questions; Enter on a line goes there "
			    "alone. Log in leaves the host as it is.")
			: _("Set up leads through all questions; Enter on a line goes there "
			    "alone. Nothing is changed before you confirm it."));
}

enum screen_end wizard_status_page(struct flow *flow, const struct screen *screen)
{
	static const char *const console[] = {N_("Set up"), N_("Log in"), NULL};
	static const char *const terminal[] = {N_("Set up"), N_("Leave"), NULL};
	const struct wizard_setup *setup = flow->setup;
	_cleanup_tui_form_ struct tui_form form = {.title = screen->title,
						   .keys = wizard_keys,
						   .buttons = setup->console ? console : terminal,
						   .wait_ms = TICK_MS,
						   .placed = true};
	struct tui_result result;
	enum screen_end end;
	bool again;

	flow->complete = false;
	form.intro = intro_of(flow);
	fill(flow, &form);
	form.row = form.n_rows;
	for (;;) {
		result = tui_run(&form);
		if (result.end == TUI_FOLLOW && !form.rows[result.number].name) {
			show_line(&form, result.number);
			continue;
		}
		if ((result.end == TUI_FOLLOW ||
		     (result.end == TUI_BUTTON && result.number == 0)) &&
		    !wizard_log_in(flow))
			continue;
		if (result.end == TUI_FOLLOW) {
			flow->complete = true;
			flow->jump = wizard_screen_number(form.rows[result.number].name);
			return SCREEN_JUMP;
		}
		if (result.end == TUI_TICK) {
			if (setup->is_over && setup->is_over(setup->data))
				result.end = TUI_GONE;
			else
				fill(flow, &form);
		}
		/* There is nothing behind the first page. */
		if (result.end == TUI_BACK || (result.end == TUI_BUTTON && result.number == 1))
			result.end = TUI_STOP;
		end = wizard_form_end(flow, &result, &again);
		if (!again)
			return end;
	}
}
