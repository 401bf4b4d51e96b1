/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One frame of a form: a window over the whole screen, so that nothing is ever hidden behind it. */
#include "common/str.h"
#include "common/tui/form.h"
#include "common/tui/text.h"

/* Below so many rows the help line and its border make room for the body. */
#define SMALL_SCREEN 14
/* Lines longer than that are hard to read; the window of a wide screen is in its middle. */
#define WIDEST 100
#define MARK   4 /* columns of a mark: "(*) " */

static const char *brand = "";

void form_set_brand(const char *text)
{
	brand = text;
}

struct frame {
	int left, width; /* of the window */
	int top, height; /* of the body */
	int rows;        /* of the screen */
	bool small;
};

static struct frame frame_now(void)
{
	struct frame frame = {0};
	int columns;

	terminal_size(&frame.rows, &columns);
	frame.width = columns < WIDEST ? columns : WIDEST;
	frame.left = (columns - frame.width) / 2;
	frame.small = frame.rows < SMALL_SCREEN;
	frame.top = 2;
	/* Border and brand above; buttons, border and keys below, and often the help. */
	frame.height = frame.rows - 2 - (frame.small ? 3 : 5);
	if (frame.height < 1)
		frame.height = 1;
	return frame;
}

size_t form_label(const struct tui_form *form)
{
	size_t most = form_width() / 2 + 2, label = 0;

	for (size_t i = 0; i < form->n_rows; i++) {
		const struct tui_row *row = &form->rows[i];
		size_t width = text_columns(shown(row->label));

		if ((row_is_entry(row) || row->kind == TUI_LINK) && width > label)
			label = width;
	}
	return label < most ? label : most;
}

size_t form_width(void)
{
	int rows, columns;

	terminal_size(&rows, &columns);
	return (size_t)(columns < WIDEST ? columns > 12 ? columns - 4 : 8 : WIDEST - 4);
}

static void border(const struct frame *frame, int row, const char *left, const char *right,
		   const char *text, bool title)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, left);
	for (int i = 2; i < frame->width; i++)
		strbuf_add(&buf, "─");
	strbuf_add(&buf, right);
	terminal_put(row, frame->left, frame->width, STYLE_BORDER, buf.text);
	if (!str_empty(text)) {
		int width = (int)text_columns(text) + 2, room = frame->width - 6;
		_cleanup_free_ char *padded = xasprintf(" %s ", text);
		int at = title ? 3 : frame->width - 3 - width;

		terminal_put(row, frame->left + (at > 2 ? at : 2), width < room ? width : room,
			     title ? STYLE_TITLE : STYLE_BORDER, padded);
	}
}

/* Into the upper border, at its right. */
static void border_note(const struct frame *frame, const char *text)
{
	int width = (int)text_columns(text) + 2;
	_cleanup_free_ char *padded = xasprintf(" %s ", text);

	terminal_put(1, frame->left + frame->width - 3 - width, width, STYLE_BORDER, padded);
}

static void draw_buttons(const struct tui_form *form, const struct frame *frame, int row)
{
	int column = frame->left + 2;

	for (size_t i = 0; i < form_buttons(form); i++) {
		bool focus = form->row == form->n_rows + i;
		_cleanup_free_ char *text =
			xasprintf(focus ? "> %s <" : "< %s >", shown(form_button(form, i)));
		int width = (int)text_columns(text);

		terminal_put(row, column, width, focus ? STYLE_BUTTON_FOCUS : STYLE_BUTTON, text);
		if (focus)
			terminal_cursor(row, column);
		column += width + 3;
	}
}

static void draw_keys(const struct tui_form *form, const struct frame *frame)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	bool passwords = false;

	for (size_t i = 0; i < form->n_rows; i++)
		passwords |= form->rows[i].kind == TUI_PASSWORD && !form->rows[i].hidden;
	strbuf_add(&buf, _(" F1/^G Help"));
	if (passwords)
		strbuf_add(&buf, _("  F6/^V Show"));
	for (const struct tui_key *key = form->keys; key && key->number; key++)
		strbuf_addf(&buf, "  F%u/^%c %s", key->number, key->letter, shown(key->label));
	if (form->buttons)
		strbuf_add(&buf, _("  Tab Next  Esc/^B Back"));
	terminal_put(frame->rows - 1, 0, frame->width + 2 * frame->left + 1, STYLE_HELP, buf.text);
}

/* The part of the text around the cursor that has room. */
static void draw_field(const struct tui_row *row, int at, int column, int width, bool focus)
{
	_cleanup_free_ char *stars = NULL;
	const char *text = row->text ?: "";
	size_t cursor = row->cursor < strlen(text) ? row->cursor : strlen(text), columns, start = 0;
	_cleanup_free_ char *head = xstrndup(text, cursor);
	size_t position = text_columns(head);

	if (row->kind == TUI_PASSWORD && !row->shown) {
		size_t count = text_columns(text);

		stars = xcalloc(1, count + 1);
		memset(stars, '*', count);
		text = stars;
	}
	for (; position >= (size_t)width; position -= columns)
		start += text_character(text + start, &columns);
	terminal_put(at, column, width, focus ? STYLE_ENTRY_FOCUS : STYLE_ENTRY, text + start);
	if (focus)
		terminal_cursor(at, column + (int)position);
	explicit_bzero(head, strlen(head));
}

static void draw_entry(const struct tui_form *form, const struct frame *frame,
		       const struct line *line, int at, bool focus)
{
	const struct tui_row *row = &form->rows[line->row];
	int column = frame->left + 2, label = (int)form_label(form) + 1, width;
	const char *strength = row->kind == TUI_PASSWORD ? password_strength(row->text) : NULL;

	width = frame->width - 4 - label - 2 - (row->kind == TUI_PASSWORD ? 8 : 0);
	if (width > 60)
		width = 60;
	terminal_put(at, column, label, focus ? STYLE_FOCUS : STYLE_WINDOW, shown(row->label));
	if (width < 1)
		return;
	terminal_put(at, column + label, 1, STYLE_WINDOW, "[");
	draw_field(row, at, column + label + 1, width, focus);
	terminal_put(at, column + label + 1 + width, 1, STYLE_WINDOW, "]");
	if (strength)
		terminal_put(at, column + label + width + 3, 7, STYLE_SECTION, shown(strength));
}

static void draw_option(const struct tui_form *form, const struct frame *frame,
			const struct line *line, int at, bool focus)
{
	const struct tui_row *row = &form->rows[line->row];
	const struct tui_option *option = &row->options[line->option];
	int column = frame->left + 3, end = frame->left + frame->width - 2;
	unsigned n = row_columns(row);

	for (unsigned c = 0; c < n; c++, column += MARK) {
		bool on = option->marks & 1U << c;
		bool exclusive = row->kind != TUI_TABLE || row->columns[c].exclusive;
		bool here = focus && (n == 1 || c == form->column);
		const char *mark = option->refused || option->barred & 1U << c ? " - "
				   : exclusive                                 ? on ? "(*)" : "( )"
				   : on                                        ? "[x]"
									       : "[ ]";

		terminal_put(at, column, 3, here ? STYLE_FOCUS : STYLE_WINDOW, mark);
		if (here)
			terminal_cursor(at, column + 1);
	}
	terminal_put(at, column, end - column,
		     focus             ? STYLE_FOCUS
		     : option->refused ? STYLE_DISABLED
				       : STYLE_WINDOW,
		     line->text);
}

static void draw_link(const struct tui_form *form, const struct frame *frame,
		      const struct line *line, int at, bool focus)
{
	const struct tui_row *row = &form->rows[line->row];
	_cleanup_free_ char *label = text_cell(shown(row->label), form_label(form), false);
	_cleanup_free_ char *text = xasprintf("%s  %s", label, line->text);

	terminal_put(at, frame->left + 2, frame->width - 4, focus ? STYLE_FOCUS : STYLE_WINDOW,
		     text);
	if (focus)
		terminal_cursor(at, frame->left + 2);
}

static void draw_line(const struct tui_form *form, const struct frame *frame,
		      const struct line *line, int at, bool focus)
{
	static const enum style styles[] = {
		[LINE_TEXT] = STYLE_WINDOW,
		[LINE_SECTION] = STYLE_SECTION,
		[LINE_DIM] = STYLE_DISABLED,
		[LINE_PROBLEM] = STYLE_PROBLEM,
	};

	switch (line->kind) {
	case LINE_ENTRY:
		draw_entry(form, frame, line, at, focus);
		return;
	case LINE_OPTION:
		draw_option(form, frame, line, at, focus);
		return;
	case LINE_LINK:
		draw_link(form, frame, line, at, focus);
		return;
	case LINE_TEXT:
	case LINE_SECTION:
	case LINE_DIM:
	case LINE_PROBLEM:
		break;
	}
	terminal_put(at, frame->left + 2, frame->width - 4, styles[line->kind], line->text);
}

/* Half a page at once: on a slow line what scrolls is drawn line by line. */
static size_t top_around(size_t focus, size_t last, size_t page, size_t most)
{
	size_t top = focus > page / 2 ? focus - page / 2 : 0;

	if (top + page <= last)
		top = last + 1 - page;
	if (top > focus)
		top = focus;
	return top < most ? top : most;
}

/* Around the focused line its details and problems are seen too, where there is room. */
static void scroll_to_focus(struct tui_form *form, const struct lines *lines, size_t page)
{
	ptrdiff_t focus = lines_focus(lines, form);
	size_t most = lines->count > page ? lines->count - page : 0, last;

	if (form->top > most)
		form->top = most;
	if (focus < 0 || form->browsing)
		return;
	last = focus_last(lines, focus);
	if (form->top + page <= last || form->top > (size_t)focus)
		form->top = top_around((size_t)focus, last, page, most);
	/* Nothing above can have the focus: its words are seen again. */
	for (ptrdiff_t i = 0; i <= focus; i++) {
		if (i == focus && last < page)
			form->top = 0;
		if (lines->list[i].focusable)
			break;
	}
}

/* The line that says so may be far above, where many options are. */
static bool complains(const struct tui_form *form, const struct tui_row *row)
{
	return row && row_has_options(row) && row->problem && (row->touched || form->tried);
}

/* What does not fit ends where words do, and says that there is more: F1 has all of it. */
static char *cut(const char *text, size_t columns)
{
	size_t end;

	if (text_columns(text) <= columns || columns < 8)
		return xstrdup(text);
	for (end = text_fit(text, columns - 4); end > 0 && text[end] != ' '; end--)
		;
	return xasprintf("%.*s ...", (int)end, text);
}

static char *help_of(const struct tui_form *form)
{
	const struct tui_row *row = form->row < form->n_rows ? &form->rows[form->row] : NULL;

	if (complains(form, row))
		return xasprintf("! %s", shown(row->problem));
	if (row && row->kind == TUI_LIST)
		return xasprintf(_("Type to search: %s_   %s"), row->search ?: "",
				 shown(row->help));
	return xstrdup(row ? shown(row->help) : "");
}

size_t form_page(void)
{
	return (size_t)frame_now().height;
}

size_t form_scroll(struct tui_form *form, const struct lines *lines)
{
	size_t page = form_page();

	scroll_to_focus(form, lines, page);
	form->at_end = form->top + page >= lines->count;
	return page;
}

void form_draw(struct tui_form *form, const struct lines *lines)
{
	struct frame frame = frame_now();
	size_t page = (size_t)frame.height;
	ptrdiff_t focus = lines_focus(lines, form);
	int below = frame.top + frame.height;
	_cleanup_free_ char *words = help_of(form);
	_cleanup_free_ char *help = cut(words, form_width());

	terminal_begin();
	terminal_put(0, 1, frame.width, STYLE_ROOT, brand);
	if (form->place)
		terminal_put(0, frame.left + frame.width - (int)text_columns(form->place) - 1,
			     (int)text_columns(form->place), STYLE_ROOT, form->place);
	border(&frame, 1, "┌", "┐", shown(form->title), true);
	if (form->top > 0)
		border_note(&frame, _("more above"));
	for (int i = 0; i < frame.rows - 4; i++) {
		terminal_put(2 + i, frame.left, frame.width, STYLE_BORDER, "│");
		terminal_put(2 + i, frame.left + frame.width - 1, 1, STYLE_BORDER, "│");
	}
	for (size_t i = 0; i < page && form->top + i < lines->count; i++)
		draw_line(form, &frame, &lines->list[form->top + i], frame.top + (int)i,
			  focus == (ptrdiff_t)(form->top + i));
	if (!frame.small) {
		border(&frame, below, "├", "┤",
		       form->top + page < lines->count ? _("more below: Page Down") : NULL, false);
		terminal_put(below + 1, frame.left + 2, frame.width - 4,
			     help[0] == '!' ? STYLE_PROBLEM : STYLE_SECTION, help);
	}
	draw_buttons(form, &frame, frame.rows - 3);
	border(&frame, frame.rows - 2, "└", "┘", NULL, false);
	draw_keys(form, &frame);
	terminal_end();
}
