/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The terminal below the forms: a frame of styled text runs, drawn as a difference to the last one,
 * and keys. newt.c draws, input.c reads. Used in this folder alone.
 */
#pragma once

#include "common/error.h"
#include "common/tui/keys.h"

enum style {
	STYLE_ROOT,
	STYLE_WINDOW,
	STYLE_BORDER,
	STYLE_TITLE,
	STYLE_SECTION,
	STYLE_FOCUS,
	STYLE_ENTRY,
	STYLE_ENTRY_FOCUS,
	STYLE_DISABLED,
	STYLE_PROBLEM,
	STYLE_BUTTON,
	STYLE_BUTTON_FOCUS,
	STYLE_HELP,
};

int terminal_open(struct error **err) _must_check_;
void terminal_close(void);
void terminal_suspend(void);
void terminal_resume(void);
void terminal_size(int *ret_rows, int *ret_columns);
/* Asks the terminal for its size again; the next frame is drawn from nothing. */
void terminal_resized(void);
bool terminal_ascii(void); /* lines are drawn with - | + */

/* A frame: begin, any number of puts, end. Later runs lie over earlier ones. */
void terminal_begin(void);
/* `text` is anything: control characters and broken UTF-8 become "?". Cut at `columns`, and filled
 * with blanks up to there. */
void terminal_put(int row, int column, int columns, enum style style, const char *text);
/* Where the cursor stands when the frame is done; without it none is seen. */
void terminal_cursor(int row, int column);
void terminal_end(void);

/* More was typed already than was read. */
bool terminal_waiting(void);
/* Waits for a key; KEY_NONE after `wait_ms` (-1: for ever). */
struct key terminal_key(int wait_ms);
