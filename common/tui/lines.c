/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tui/form.h"

#include "common/str.h"
#include "common/tui/text.h"

bool row_is_entry(const struct tui_row *row)
{
	return row->kind == TUI_ENTRY || row->kind == TUI_NUMBER || row->kind == TUI_ADDRESS ||
	       row->kind == TUI_PASSWORD;
}

bool row_has_options(const struct tui_row *row)
{
	return row->kind == TUI_CHOICE || row->kind == TUI_LIST || row->kind == TUI_TABLE;
}

unsigned row_columns(const struct tui_row *row)
{
	unsigned count = 0;

	while (row->kind == TUI_TABLE && count < TUI_COLUMNS && row->columns[count].title)
		count++;
	return count ? count : 1;
}

static struct line *add(struct lines *lines, enum line_kind kind, size_t row)
{
	struct line *line = ARRAY_APPEND(lines->list, lines->count);

	line->kind = kind;
	line->row = row;
	line->focusable = kind == LINE_ENTRY || kind == LINE_OPTION || kind == LINE_LINK;
	return line;
}

/* Wrapped words; `indent` blanks stand before each line. */
static void add_words(struct lines *lines, enum line_kind kind, size_t row, size_t indent,
		      const char *text, size_t columns)
{
	size_t room = columns > indent + 8 ? columns - indent : 8;
	_cleanup_strv_ char **words = text_wrap(text, room);

	for (char **word = words; word && *word; word++)
		add(lines, kind, row)->text = xasprintf("%*s%s", (int)indent, "", *word);
}

static void add_problem(struct lines *lines, const struct tui_form *form, size_t row, size_t indent,
			size_t columns)
{
	const struct tui_row *at = &form->rows[row];
	_cleanup_free_ char *text = NULL;

	if (!at->problem || !(at->touched || form->tried))
		return;
	text = xasprintf("! %s", shown(at->problem));
	add_words(lines, LINE_PROBLEM, row, indent, text, columns);
}

/* Bytes of what has room: a comma is the best end, since a serial belongs to its word. */
static size_t first_part(const char *text, size_t columns)
{
	size_t fits = text_fit(text, columns), cut;

	if (!text[fits])
		return fits;
	for (cut = fits; cut > fits / 2; cut--)
		if (text[cut] == ' ' && text[cut - 1] == ',')
			return cut;
	for (cut = fits; cut > fits / 2 && text[cut] != ' '; cut--)
		;
	return cut > fits / 2 ? cut : fits > 0 ? fits : 1;
}

/* As much of a text as has room on the line that can have the focus; the rest below it. */
static void add_parted(struct lines *lines, struct line line, const char *text, size_t room,
		       size_t indent, size_t columns)
{
	size_t end = first_part(text, room > 8 ? room : 8);
	struct line *first = add(lines, line.kind, line.row);

	first->option = line.option;
	first->text = xstrndup(text, end);
	end += strspn(text + end, " ");
	if (text[end])
		add_words(lines, LINE_TEXT, line.row, indent, text + end, columns);
}

static void add_option(struct lines *lines, size_t row, size_t option,
		       const struct tui_option *from, size_t marks, size_t columns)
{
	size_t indent = marks + 4;

	add_parted(lines, (struct line){.kind = LINE_OPTION, .row = row, .option = option},
		   shown(from->label), columns > marks ? columns - marks - 1 : 0, indent, columns);
	if (from->details)
		add_words(lines, LINE_DIM, row, indent, shown(from->details), columns);
	if (from->refused)
		add_words(lines, LINE_DIM, row, indent, shown(from->refused), columns);
}

static void add_options(struct lines *lines, const struct tui_form *form, size_t at, size_t columns)
{
	const struct tui_row *row = &form->rows[at];
	size_t marks = 4 * row_columns(row), found = 0;

	if (!str_empty(row->label))
		add(lines, LINE_SECTION, at)->text = xstrdup(shown(row->label));
	add_problem(lines, form, at, 2, columns);
	for (unsigned c = 0; row->kind == TUI_TABLE && c < row_columns(row); c++)
		if (row->columns[c].title && *row->columns[c].title)
			add(lines, LINE_SECTION, at)->text = xasprintf(
				"%s┌─ %s", c == 0 ? " " : " │   ", shown(row->columns[c].title));
	for (size_t i = 0; i < row->n_options; i++) {
		if (!option_matches(row, &row->options[i]))
			continue;
		add_option(lines, at, i, &row->options[i], marks, columns);
		found++;
	}
	if (!found && !str_empty(row->search))
		add_words(lines, LINE_DIM, at, 2,
			  _("Nothing has that in it. Backspace takes it back."), columns);
}

static void add_row(struct lines *lines, const struct tui_form *form, size_t at, size_t columns)
{
	const struct tui_row *row = &form->rows[at];

	if (row->kind == TUI_TEXT) {
		add_words(lines, LINE_TEXT, at, 0, shown(row->label), columns);
	} else if (row->kind == TUI_SECTION) {
		if (lines->count && !str_eq(lines->list[lines->count - 1].text, ""))
			add(lines, LINE_TEXT, at)->text = xstrdup("");
		add(lines, LINE_SECTION, at)->text = xstrdup(shown(row->label));
	} else if (row->kind == TUI_LINK) {
		add_parted(lines, (struct line){.kind = LINE_LINK, .row = at}, row->text ?: "",
			   columns - form_label(form) - 2, form_label(form) + 2, columns);
		add_problem(lines, form, at, 2, columns);
	} else if (row_is_entry(row)) {
		add(lines, LINE_ENTRY, at);
		add_problem(lines, form, at, 2, columns);
	} else {
		add_options(lines, form, at, columns);
	}
}

void lines_make(const struct tui_form *form, size_t columns, struct lines *ret)
{
	*ret = (struct lines){0};
	if (form->intro) {
		add_words(ret, LINE_TEXT, form->n_rows, 0, shown(form->intro), columns);
		if (form->n_rows)
			add(ret, LINE_TEXT, form->n_rows)->text = xstrdup("");
	}
	for (size_t i = 0; i < form->n_rows; i++) {
		bool parted = i > 0 && row_has_options(&form->rows[i]) && ret->count;

		if (form->rows[i].hidden)
			continue;
		if (parted && ret->list[ret->count - 1].kind != LINE_SECTION &&
		    form->rows[i - 1].kind != TUI_TEXT)
			add(ret, LINE_TEXT, i)->text = xstrdup("");
		add_row(ret, form, i, columns);
	}
}

void lines_done(struct lines *lines)
{
	for (size_t i = 0; i < lines->count; i++)
		free(lines->list[i].text);
	free(lines->list);
	*lines = (struct lines){0};
}

ptrdiff_t lines_focus(const struct lines *lines, const struct tui_form *form)
{
	for (size_t i = 0; i < lines->count; i++) {
		const struct line *line = &lines->list[i];

		if (!line->focusable || line->row != form->row)
			continue;
		if (line->kind != LINE_OPTION || line->option == form->option)
			return (ptrdiff_t)i;
	}
	return -1;
}
