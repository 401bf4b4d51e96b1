/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What keys do to a form. */
#include "common/tui/form.h"
#include "common/str.h"

size_t form_buttons(const struct tui_form *form)
{
	size_t count = 0;

	while (form->buttons && form->buttons[count])
		count++;
	return form->buttons ? count : 2;
}

const char *form_button(const struct tui_form *form, size_t number)
{
	static const char *const usual[] = {N_("Forward F12/^N"), N_("Back Esc/^B")};

	return form->buttons ? form->buttons[number] : usual[number];
}

static struct tui_row *focused(const struct tui_form *form)
{
	return form->row < form->n_rows ? &form->rows[form->row] : NULL;
}

static void judge(struct tui_form *form)
{
	for (size_t i = 0; i < form->n_rows; i++) {
		free(form->rows[i].problem);
		form->rows[i].problem = NULL;
	}
	if (form->check)
		form->check(form, form->data);
}

/* The mark of the focused option and column; true when something changed. */
static bool mark(struct tui_form *form, struct tui_row *row, bool toggle)
{
	struct tui_option *option = &row->options[form->option];
	unsigned column = row_columns(row) > 1 ? form->column : 0, bit = 1U << column;
	bool exclusive = row->kind != TUI_TABLE || row->columns[column].exclusive;

	if (option->refused || option->barred & bit)
		return false;
	row->touched = true;
	if (!exclusive) {
		if (toggle)
			option->marks ^= bit;
		return toggle;
	}
	for (size_t i = 0; i < row->n_options; i++)
		row->options[i].marks &= ~bit;
	option->marks |= bit;
	return true;
}

/* Enter takes what it stands on and goes on; from the last row to the first button. */
static void go_on(struct tui_form *form, const struct lines *lines)
{
	struct tui_row *row = focused(form);

	if (row && row_has_options(row) && mark(form, row, false))
		judge(form);
	focus_move_rows(form, lines, 1);
	if (form->row > form->n_rows || (row && form->row < form->n_rows && row == focused(form)))
		form->row = form->n_rows;
}

static bool only_row(const struct tui_form *form, const struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		if (lines->list[i].focusable && lines->list[i].row != form->row)
			return false;
	return true;
}

/* Forward is refused while something will not do; the focus goes there. */
static bool may_go(struct tui_form *form)
{
	bool settled = true;

	for (size_t i = 0; i < form->n_rows; i++)
		if (!form->rows[i].hidden)
			settled &= search_settle(&form->rows[i]);
	judge(form);
	for (size_t i = 0; i < form->n_rows && !settled; i++)
		if (!form->rows[i].hidden && !search_settle(&form->rows[i]))
			search_complain(&form->rows[i]);
	form->tried = true;
	for (size_t i = 0; i < form->n_rows; i++) {
		if (form->rows[i].hidden || !form->rows[i].problem)
			continue;
		form->row = i;
		form->option = str_empty(form->rows[i].search) ? 0 : SIZE_MAX;
		form->rows[i].cursor = strlen(form->rows[i].text ?: "");
		return false;
	}
	return true;
}

static bool press(struct tui_form *form, size_t button, struct tui_result *ret)
{
	if (!form->buttons && button == 1) {
		*ret = (struct tui_result){.end = TUI_BACK};
		return true;
	}
	*ret = (struct tui_result){.end = TUI_BUTTON, .number = button};
	return button > 0 || may_go(form);
}

static void help(const struct tui_form *form)
{
	const struct tui_row *row = focused(form);
	const char *text = row && row->help ? row->help : form->general_help;

	tui_view(
		row && !str_empty(row->label) ? row->label : _("Help"),
		text
			?: _("Tab and the arrow keys move, Space marks, Enter takes and goes on. "
			     "F12 goes on to the next screen, Esc goes back to the last one; "
			     "nothing "
			     "is lost by either. Where a terminal has no function keys, the letter "
			     "beside each key does the same with Ctrl (^N is Ctrl and N), and so "
			     "do "
			     "Esc and a digit: Esc 5 is F5."));
}

static bool function_key(struct tui_form *form, unsigned number, struct tui_result *ret)
{
	struct tui_row *row = focused(form);

	if (number == 1)
		help(form);
	if (number == 6 && row && row->kind == TUI_PASSWORD)
		row->shown = !row->shown;
	if (number == 12 && !form->buttons)
		return press(form, 0, ret);
	for (const struct tui_key *key = form->keys; key && key->number; key++) {
		if (key->number != number)
			continue;
		*ret = (struct tui_result){.end = TUI_KEY, .number = number};
		return true;
	}
	return false;
}

static bool control_key(struct tui_form *form, char letter, struct tui_result *ret)
{
	static const struct tui_key usual[] = {{1, 'G', ""}, {6, 'V', ""}, {12, 'N', ""}, {0}};

	if (letter == 'B' || letter == 'C') {
		*ret = (struct tui_result){.end = letter == 'B' ? TUI_BACK : TUI_STOP};
		return true;
	}
	if (letter == 'L')
		terminal_resized();
	for (const struct tui_key *key = usual; key->number; key++)
		if (key->letter == letter)
			return function_key(form, key->number, ret);
	for (const struct tui_key *key = form->keys; key && key->number; key++)
		if (key->letter == letter)
			return function_key(form, key->number, ret);
	return false;
}

static bool enter(struct tui_form *form, const struct lines *lines, struct tui_result *ret)
{
	struct tui_row *row = focused(form);

	if (!row)
		return press(form, form->row - form->n_rows, ret);
	if (row->kind == TUI_LINK) {
		*ret = (struct tui_result){.end = TUI_FOLLOW, .number = form->row};
		return true;
	}
	if (row_has_options(row) &&
	    (lines_focus(lines, form) < 0 || row->options[form->option].refused))
		return false;
	if (only_row(form, lines) && (row->kind == TUI_CHOICE || row->kind == TUI_LIST)) {
		mark(form, row, false);
		return press(form, 0, ret);
	}
	go_on(form, lines);
	return false;
}

/* What the focused row makes of a key; true when it was one of its own. */
static bool row_key(struct tui_form *form, const struct key *key)
{
	struct tui_row *row = focused(form);

	if (!row)
		return false;
	if (row_is_entry(row))
		return entry_key(row, key);
	if (!row_has_options(row))
		return false;
	if (key->kind == KEY_TEXT && str_eq(key->text, " ") &&
	    (row->kind != TUI_LIST || str_empty(row->search)))
		return mark(form, row, true);
	if (row->kind == TUI_LIST && search_key(row, key)) {
		/* The first that fits gets the focus when lines are made of what is left. */
		form->option = SIZE_MAX;
		form->top = 0;
		return true;
	}
	if ((key->kind == KEY_LEFT || key->kind == KEY_RIGHT) && row_columns(row) > 1) {
		form->column = key->kind == KEY_RIGHT;
		return true;
	}
	return false;
}

/* It leaves the focus where it is, or may do so. */
static bool pages(const struct key *key)
{
	return key->kind == KEY_PAGE_UP || key->kind == KEY_PAGE_DOWN || key->kind == KEY_HOME ||
	       key->kind == KEY_END || key->kind == KEY_NONE;
}

static bool handle(struct tui_form *form, const struct lines *lines, size_t page,
		   const struct key *key, struct tui_result *ret)
{
	form->browsing = form->browsing && pages(key);
	if (row_key(form, key)) {
		judge(form);
		return false;
	}
	switch (key->kind) {
	case KEY_TAB:
	case KEY_TAB_BACK:
		focus_move_rows(form, lines, key->kind == KEY_TAB ? 1 : -1);
		return false;
	case KEY_UP:
	case KEY_DOWN:
		focus_move_lines(form, lines, page, key->kind == KEY_DOWN ? 1 : -1);
		return false;
	case KEY_LEFT:
	case KEY_RIGHT:
		if (form->row >= form->n_rows)
			focus_move_rows(form, lines, key->kind == KEY_RIGHT ? 1 : -1);
		return false;
	case KEY_PAGE_UP:
	case KEY_PAGE_DOWN:
		focus_move_page(form, lines, page, key->kind == KEY_PAGE_DOWN ? 1 : -1);
		return false;
	case KEY_HOME:
	case KEY_END:
		focus_move_far(form, lines, page, key->kind == KEY_END ? 1 : -1);
		return false;
	case KEY_ENTER:
		return enter(form, lines, ret);
	case KEY_ESCAPE:
		*ret = (struct tui_result){.end = TUI_BACK};
		return true;
	case KEY_FUNCTION:
		return function_key(form, key->number, ret);
	case KEY_CTRL:
		return control_key(form, key->text[0], ret);
	case KEY_RESIZE:
		terminal_resized();
		return false;
	case KEY_TEXT:
		if (str_eq(key->text, " ") && form->row >= form->n_rows)
			return enter(form, lines, ret);
		return false;
	case KEY_GONE:
		*ret = (struct tui_result){.end = TUI_GONE};
		return true;
	case KEY_NONE:
		*ret = (struct tui_result){.end = TUI_TICK};
		return form->wait_ms > 0;
	case KEY_BACKSPACE:
	case KEY_DELETE:
		return false;
	}
	return false;
}

void tui_show(struct tui_form *form)
{
	_cleanup_lines_ struct lines lines = {0};

	judge(form);
	lines_make(form, form_width(), &lines);
	focus_place(form, &lines, form_page());
	form_scroll(form, &lines);
	form_draw(form, &lines);
}

struct tui_result tui_run(struct tui_form *form)
{
	struct tui_result result;

	judge(form);
	for (;;) {
		_cleanup_lines_ struct lines lines = {0};
		struct key key;
		size_t page;

		lines_make(form, form_width(), &lines);
		focus_place(form, &lines, form_page());
		page = form_scroll(form, &lines);
		/* Of keys that come faster than a line can show what they do, the last one counts.
		 */
		if (!terminal_waiting())
			form_draw(form, &lines);
		key = terminal_key(form->wait_ms > 0 ? form->wait_ms : -1);
		if (handle(form, &lines, page, &key, &result))
			return result;
	}
}
