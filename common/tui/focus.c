/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where an operator stands in a form, and where the keys that move lead to. */
#include "common/str.h"
#include "common/tui/form.h"

/* The focus goes to a line, or without one to the first button. */
static void focus_line(struct tui_form *form, const struct lines *lines, ptrdiff_t at)
{
	if (at < 0 || (size_t)at >= lines->count) {
		form->row = form->n_rows;
		return;
	}
	if (form->row != lines->list[at].row && form->row < form->n_rows)
		form->column = 0;
	form->row = lines->list[at].row;
	form->option = lines->list[at].option;
	if (row_is_entry(&form->rows[form->row]))
		form->rows[form->row].cursor = strlen(form->rows[form->row].text ?: "");
}

/* The nearest line in that direction that can have the focus, or -1. */
static ptrdiff_t next_line(const struct lines *lines, ptrdiff_t from, int step)
{
	for (ptrdiff_t i = from; i >= 0 && (size_t)i < lines->count; i += step)
		if (lines->list[i].focusable)
			return i;
	return -1;
}

/* A row's first line to stand on: of options that which is marked. */
static ptrdiff_t entrance(const struct tui_form *form, const struct lines *lines, ptrdiff_t at)
{
	if (at < 0 || lines->list[at].kind != LINE_OPTION)
		return at;
	for (size_t i = (size_t)at; i < lines->count && lines->list[i].row == lines->list[at].row;
	     i++) {
		const struct line *line = &lines->list[i];

		if (line->kind == LINE_OPTION &&
		    form->rows[line->row].options[line->option].marks & 1U)
			return (ptrdiff_t)i;
	}
	return at;
}

/* Where an operator begins: the first row, or the first button of a form that is only read. */
void focus_place(struct tui_form *form, const struct lines *lines, size_t page)
{
	if (!form->placed || (form->row < form->n_rows && lines_focus(lines, form) < 0)) {
		ptrdiff_t at = -1;

		for (size_t i = 0; i < lines->count && form->placed && at < 0; i++)
			if (lines->list[i].focusable && lines->list[i].row == form->row)
				at = (ptrdiff_t)i;
		/* A search without a match: what is typed still goes there. */
		if (at < 0 && form->placed && !str_empty(form->rows[form->row].search))
			return;
		if (at < 0)
			at = entrance(form, lines, next_line(lines, 0, 1));
		focus_line(form, lines, at);
		/* The words above come first, even if details below have to wait for a key then. */
		form->browsing = !form->placed && at == next_line(lines, 0, 1) && (size_t)at < page;
	}
	form->placed = true;
}

void focus_move_lines(struct tui_form *form, const struct lines *lines, size_t page, int step)
{
	ptrdiff_t focus = lines_focus(lines, form), next;
	size_t most = lines->count > page ? lines->count - page : 0;

	if (focus < 0 && step > 0) {
		if (form->top < most)
			form->top++;
		else if (form->row + 1 < form->n_rows + form_buttons(form))
			form->row++;
		return;
	}
	if (focus < 0) {
		next = next_line(lines, (ptrdiff_t)lines->count - 1, -1);
		if (form->row > form->n_rows)
			form->row--;
		else if (next >= 0)
			focus_line(form, lines, next);
		else if (form->top > 0)
			form->top--;
		return;
	}
	next = next_line(lines, focus + step, step);
	if (next >= 0)
		focus_line(form, lines, next);
	else if (step > 0)
		form->row = form->n_rows;
	else
		form->top = 0;
}

/* The lines move, and the focus stays. */
static void browse(struct tui_form *form, const struct lines *lines, size_t page, int step)
{
	size_t most = lines->count > page ? lines->count - page : 0;

	form->browsing = true;
	if (step > 0)
		form->top = form->top + page < most ? form->top + page : most;
	else
		form->top = form->top > page ? form->top - page : 0;
}

size_t focus_last(const struct lines *lines, ptrdiff_t focus)
{
	size_t last = (size_t)focus;

	while (last + 1 < lines->count && !lines->list[last + 1].focusable &&
	       lines->list[last + 1].row == lines->list[focus].row)
		last++;
	return last;
}

void focus_move_page(struct tui_form *form, const struct lines *lines, size_t page, int step)
{
	ptrdiff_t focus = lines_focus(lines, form), to, next;

	if (focus < 0 || (step > 0 && focus_last(lines, focus) >= form->top + page) ||
	    (step < 0 && form->top > (size_t)focus)) {
		browse(form, lines, page, step);
		return;
	}
	to = focus + step * (ptrdiff_t)page;
	if (to < 0)
		to = 0;
	if ((size_t)to >= lines->count)
		to = (ptrdiff_t)lines->count - 1;
	next = next_line(lines, to, step);
	if (next < 0)
		next = next_line(lines, to, -step);
	if (next == focus) {
		browse(form, lines, page, step);
		return;
	}
	form->browsing = false;
	focus_line(form, lines, next);
}

void focus_move_far(struct tui_form *form, const struct lines *lines, size_t page, int step)
{
	if (lines_focus(lines, form) >= 0)
		focus_move_page(form, lines, lines->count, step);
	else
		form->top = step > 0 && lines->count > page ? lines->count - page : 0;
}

/* From row to row and on to the buttons, and round. */
void focus_move_rows(struct tui_form *form, const struct lines *lines, int step)
{
	size_t stops = form->n_rows + form_buttons(form), row = form->row;

	for (size_t tries = 0; tries < stops; tries++) {
		row = (row + (step > 0 ? 1 : stops - 1)) % stops;
		if (row >= form->n_rows) {
			form->row = row;
			return;
		}
		for (size_t i = 0; i < lines->count; i++) {
			if (!lines->list[i].focusable || lines->list[i].row != row)
				continue;
			focus_line(form, lines, entrance(form, lines, (ptrdiff_t)i));
			return;
		}
	}
}
