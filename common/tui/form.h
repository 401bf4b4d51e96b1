/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of a form among themselves: rows as a flat list of screen lines (lines.c), one frame of
 * it (draw.c), and what keys do to it (form.c, entry.c). Used in this folder alone.
 */
#pragma once

#include "common/i18n.h"
#include "common/tui/terminal.h"
#include "common/tui/tui.h"

enum line_kind {
	LINE_TEXT,
	LINE_SECTION,
	LINE_ENTRY,
	LINE_OPTION,

	LINE_LINK,
	LINE_DIM,
	LINE_PROBLEM
};

struct line {
	enum line_kind kind;
	size_t row, option; /* option: of LINE_OPTION */
	char *text; /* of those that are only seen; of options and links: as much of label or
		     * value as has room, the rest follows as lines of their own */
	bool focusable;
};

struct lines {
	struct line *list;
	size_t count;
};

/* The body of a form at a width of `columns`; shows problems of rows that were tried or touched. */
void lines_make(const struct tui_form *form, size_t columns, struct lines *ret);
void lines_done(struct lines *lines);
#define _cleanup_lines_ _cleanup_(lines_done)
/* Index of the line that has the focus, or -1: a button has it. */
ptrdiff_t lines_focus(const struct lines *lines, const struct tui_form *form);
/* The columns that a table has; 1 for choices and lists. */
unsigned row_columns(const struct tui_row *row);
bool row_is_entry(const struct tui_row *row);
bool row_has_options(const struct tui_row *row);

/* A text of a form as it is drawn: in the operator's language where it is in the catalogue. */
static inline const char *shown(const char *text)
{
	return text ? i18n_text(text) : "";
}

/* The buttons come behind the rows: form->row is n_rows plus the button's number then. */
size_t form_buttons(const struct tui_form *form);
const char *form_button(const struct tui_form *form, size_t number);

/* The focus goes to where an operator begins, and out of a row that is no longer seen (focus.c). */
void focus_place(struct tui_form *form, const struct lines *lines, size_t page);
/* By `step` lines (1, -1), pages of `page` lines, to either end, from row to row and on to buttons.
 */
void focus_move_lines(struct tui_form *form, const struct lines *lines, size_t page, int step);
void focus_move_page(struct tui_form *form, const struct lines *lines, size_t page, int step);
void focus_move_far(struct tui_form *form, const struct lines *lines, size_t page, int step);
void focus_move_rows(struct tui_form *form, const struct lines *lines, int step);
/* The last line of what the focused one shows: its details, and problems. */
size_t focus_last(const struct lines *lines, ptrdiff_t focus);

size_t form_page(void); /* how many lines of the body are seen */
/* The same. Moves `top` so that the focus is among them. */
size_t form_scroll(struct tui_form *form, const struct lines *lines);
/* Draws a frame, where that has put it. */
void form_draw(struct tui_form *form, const struct lines *lines);
size_t form_width(void);                        /* of the body's text */
size_t form_label(const struct tui_form *form); /* columns of the labels of entries and links */
void form_set_brand(const char *brand);

/* Takes the operator's language up, and gives it back to English (language.c). */
void language_open(void);
void language_close(void);

/* Does to an entry what the key means; false when it means nothing to one. */
bool entry_key(struct tui_row *row, const struct key *key);
/* A search string of a list, likewise. */
bool search_key(struct tui_row *row, const struct key *key);
bool option_matches(const struct tui_row *row, const struct tui_option *option);
/* Before Forward: the only one that fits what was typed, or is just that, was meant and is marked.
 * False where nobody knows: none or several fit, and what is marked is not among them. */
bool search_settle(struct tui_row *row);
void search_complain(struct tui_row *row);
/* "weak", "fair", "good" for a password, NULL without one. */
const char *password_strength(const char *text);
