/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The screen: forms as tables of rows, dialogs, and programs that borrow the terminal. Screens of
 * the installer and of first boot fill a struct tui_form and run it; everything an operator sees or
 * presses is handled here alone, and whatever is drawn is translated (common/i18n.h): labels, help
 * and buttons are marked where they stand, N_("..."), and handed in as they are; values of links
 * are the operator's, and never translated here. Knows nothing of Xen, reads no machine, and keeps
 * no answers: the caller takes texts and marks out of the rows. One terminal a process.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/*
 * Takes over the terminal of standard input and output. Colours, line drawing and the time after
 * which a lone Esc counts follow the terminal. ERROR_USER when there is none.
 */
int tui_open(const char *brand, struct error **err) _must_check_;
void tui_close(void); /* gives the terminal back as it was; fine when it was not open */

enum tui_kind {
	TUI_TEXT,     /* words, wrapped; `label` holds them */
	TUI_SECTION,  /* a heading over the rows below */
	TUI_ENTRY,    /* a line of text */
	TUI_NUMBER,   /* digits */
	TUI_ADDRESS,  /* digits, a-f, dots, colons and a slash */
	TUI_PASSWORD, /* masked until F6 shows it */
	TUI_CHOICE,   /* one of the options */
	TUI_LIST,     /* one of many options; what is typed searches */
	TUI_TABLE,    /* options with one or two columns of marks: checklists, disks */
	TUI_LINK,     /* a line that Enter follows: `label`, and `text` as its value */
};

struct tui_option {
	char *label;
	char *details;   /* lines below it, or NULL */
	char *refused;   /* why it cannot be chosen; shown below it. NULL: it can */
	char *value;     /* the caller's, or NULL */
	unsigned marks;  /* 1 << column; choices and lists use column 0 */
	unsigned barred; /* 1 << column: cannot be marked there; `details` say why */
};

/* A column of marks: `exclusive` ones hold one mark, as the columns of choices and lists do. */
#define TUI_COLUMNS 2
struct tui_column {
	const char *title;
	bool exclusive;
};

struct tui_row {
	enum tui_kind kind;
	const char *name; /* the caller's; borrowed */
	char *label;
	char *help; /* of one row, for the line below and F1; or NULL */
	char *text; /* of entries; NULL is "" */
	struct tui_option *options;
	size_t n_options;
	struct tui_column columns[TUI_COLUMNS]; /* of tables; the first without a title ends them */
	bool hidden;
	char *problem; /* why its value will not do, set by `check`; NULL: it will */
	/* The form's own. */
	bool touched, shown;
	size_t cursor; /* bytes before it */
	char *search;
};

/* A function key that ends tui_run(), with the letter that does the same with Ctrl. */
struct tui_key {
	unsigned number; /* 1 to 12 */
	char letter;     /* upper case */
	const char *label;
};

struct tui_form {
	const char *title;
	char *intro; /* words above the rows, or NULL */
	char *place; /* "Step 3 of 12", right above the window, or NULL */
	struct tui_row *rows;
	size_t n_rows;
	const char *const *buttons; /* NULL-terminated; NULL: Forward and Back */
	const struct tui_key *keys; /* a number of 0 ends them; NULL: none of its own */
	const char *general_help;   /* for F1 where the row has none, or NULL */
	/* After each change: sets problems and hides rows. Or NULL. */
	void (*check)(struct tui_form *form, void *data);
	void *data;
	int wait_ms; /* 0: until a key ends it; else TUI_TICK after so long without one */
	/* Where the operator is: kept from one run to the next. */
	size_t row, option;
	unsigned column;
	size_t top;    /* first line that is seen */
	bool browsing; /* by pages, above or below where the focus is */
	bool placed, tried;
	bool at_end; /* the last line is seen */
};

enum tui_end {
	TUI_BUTTON, /* `number` of the button; 0 is Forward, given only without problems */
	TUI_BACK,   /* Esc, or Ctrl-B; the button Back gives it too */
	TUI_KEY,    /* `number` of the function key */
	TUI_FOLLOW, /* a link: `number` of its row */
	TUI_STOP,   /* Ctrl-C */
	TUI_TICK,
	TUI_GONE, /* the terminal is no longer there */
};

struct tui_result {
	enum tui_end end;
	size_t number;
};

/* Adds a row to a form; the caller fills the rest. Label and help are copied. */
struct tui_row *tui_add(struct tui_form *form, enum tui_kind kind, const char *name,
			const char *label, const char *help);
struct tui_option *tui_add_option(struct tui_row *row, const char *label);
void tui_row_clear_options(struct tui_row *row);
void tui_row_clear(struct tui_row *row); /* options, texts; wiped before they are freed */
void tui_form_done(struct tui_form *form);
#define _cleanup_tui_form_ _cleanup_(tui_form_done)
struct tui_row *tui_find(struct tui_form *form, const char *name);
/* The option that has column 0's mark, or NULL. */
struct tui_option *tui_chosen(const struct tui_row *row);
/* Says why the row's value will not do; the first reason counts. Takes nothing. Translates the
 * format, which needs no mark. */
void tui_complain(struct tui_row *row, const char *format, ...) _printf_(2, 3);

/*
 * What an operator has entered and marked, for the next time that the same form is made: of rows
 * and options by their names and values. Restoring it is a try: problems are shown at once. Free it
 * with tui_kept_free(), which wipes it; NULL is none to all of them.
 */
struct tui_kept *tui_keep(const struct tui_form *form);
void tui_restore(struct tui_form *form, const struct tui_kept *kept);
void tui_kept_free(struct tui_kept *kept);

struct tui_result tui_run(struct tui_form *form);
/* Draws the form as it is, and returns: for what is seen while something else is at work. */
void tui_show(struct tui_form *form);

/* A question or a message; gives the number of the button, or -1 for Esc, Ctrl-C or no terminal. */
int tui_ask(const char *title, const char *text, const char *const *buttons);
/* A long text to look through. */
void tui_view(const char *title, const char *text);
/* The end of a file, following it as it grows, until Esc. */
void tui_view_log(const char *title, const char *path);
/* A text as one QR code after the other, until Esc. -ENOTSUP: this terminal shows none, -E2BIG: the
 * screen is too small for so much. */
int tui_code(const char *title, const char *text) _must_check_;
/* Runs a program on the terminal, then draws the same screen again. 0, or -errno. */
int tui_program(const char *const *argv, const char *message) _must_check_;
