/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Drawing by newt: a frame is one newt form of labels; newt (S-Lang) sends what differs. */
#include <langinfo.h>
#include <locale.h>
#include <newt.h>
#include <slang.h>
#include <sys/ioctl.h>
#include <termios.h>

#include "common/str.h"
#include "common/tui/terminal.h"
#include "common/tui/text.h"

/* newt's own sets, since only those have a look without colours too. */
static const int colour_sets[] = {
	[STYLE_ROOT] = NEWT_COLORSET_ROOTTEXT,
	[STYLE_WINDOW] = NEWT_COLORSET_LABEL,
	[STYLE_BORDER] = NEWT_COLORSET_BORDER,
	[STYLE_TITLE] = NEWT_COLORSET_TITLE,
	[STYLE_SECTION] = NEWT_COLORSET_TEXTBOX,
	[STYLE_FOCUS] = NEWT_COLORSET_ACTLISTBOX,
	[STYLE_ENTRY] = NEWT_COLORSET_ENTRY,
	[STYLE_ENTRY_FOCUS] = NEWT_COLORSET_ENTRY,
	[STYLE_DISABLED] = NEWT_COLORSET_DISENTRY,
	[STYLE_PROBLEM] = NEWT_COLORSET_CHECKBOX,
	[STYLE_BUTTON] = NEWT_COLORSET_COMPACTBUTTON,
	[STYLE_BUTTON_FOCUS] = NEWT_COLORSET_ACTBUTTON,
	[STYLE_HELP] = NEWT_COLORSET_HELPLINE,
};

static const struct {
	int set;
	const char *foreground, *background;
} palette[] = {
	{NEWT_COLORSET_ROOT, "white", "blue"},
	{NEWT_COLORSET_ROOTTEXT, "white", "blue"},
	{NEWT_COLORSET_LABEL, "black", "lightgray"},
	{NEWT_COLORSET_BORDER, "black", "lightgray"},
	{NEWT_COLORSET_WINDOW, "black", "lightgray"},
	{NEWT_COLORSET_TITLE, "red", "lightgray"},
	{NEWT_COLORSET_TEXTBOX, "blue", "lightgray"},
	{NEWT_COLORSET_ACTLISTBOX, "white", "blue"},
	{NEWT_COLORSET_ENTRY, "white", "blue"},
	{NEWT_COLORSET_DISENTRY, "gray", "lightgray"},
	{NEWT_COLORSET_CHECKBOX, "red", "lightgray"},
	{NEWT_COLORSET_COMPACTBUTTON, "black", "lightgray"},
	{NEWT_COLORSET_ACTBUTTON, "lightgray", "red"},
	{NEWT_COLORSET_HELPLINE, "black", "cyan"},
};

static struct {
	bool open, ascii;
	newtComponent frame;
	bool has_cursor;
	int cursor_row, cursor_column;
	char *under_cursor;
	enum style style_under_cursor;
} terminal;

/* The terminals that VT names stand for may be anything at the end of a serial line. */
static bool wants_ascii(void)
{
	const char *term = getenv("TERM") ?: "";

	return !str_eq(nl_langinfo(CODESET), "UTF-8") || str_starts(term, "vt") ||
	       str_starts(term, "ansi") || str_eq(term, "dumb");
}

/* newt leaves Ctrl-S its meaning, for terminals that need it; a stray one must not freeze the
 * screen for whoever does not know Ctrl-Q: with this any key ends it. */
static void thaw_by_any_key(void)
{
	struct termios settings;

	if (tcgetattr(STDIN_FILENO, &settings) < 0)
		return;
	settings.c_iflag |= IXANY;
	(void)tcsetattr(STDIN_FILENO, TCSANOW, &settings);
}

int terminal_open(struct error **err)
{
	if (terminal.open)
		return 0;
	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		error_set(err, ERROR_USAGE, "there is no terminal to show screens on");
		return error_hint(err, "Start it on a console, or use its commands: see --help.");
	}
	setlocale(LC_CTYPE, "");
	terminal.ascii = wants_ascii();
	text_set_ascii(terminal.ascii);
	if (newtInit() < 0) {
		error_set(err, ERROR_USAGE, "this terminal cannot show screens");
		return error_hint(err,
				  "TERM=%s must be one that terminfo knows, such as linux or "
				  "vt220; the commands need none: see --help.",
				  getenv("TERM") ?: "");
	}
	for (size_t i = 0; i < ARRAY_SIZE(palette); i++)
		newtSetColor(palette[i].set, (char *)(uintptr_t)palette[i].foreground,
			     (char *)(uintptr_t)palette[i].background);
	thaw_by_any_key();
	newtCls();
	newtCursorOff();
	terminal.open = true;
	return 0;
}

void terminal_close(void)
{
	if (!terminal.open)
		return;
	newtCursorOn();
	newtFinished();
	terminal.open = false;
}

void terminal_suspend(void)
{
	newtCursorOn();
	newtSuspend();
}

void terminal_resume(void)
{
	newtResume();
	thaw_by_any_key();
	newtCursorOff();
	terminal_resized();
}

void terminal_size(int *ret_rows, int *ret_columns)
{
	newtGetScreenSize(ret_columns, ret_rows);
}

/*
 * Terminals cut and shift what they show when their size changes, each in its own way, so that no
 * difference to the last frame is worth anything. newt knows the new size, but keeps S-Lang's old
 * screen; a new one begins with clearing the terminal.
 */
void terminal_resized(void)
{
	newtResizeScreen(0);
	SLsmg_reinit_smg();
}

bool terminal_ascii(void)
{
	return terminal.ascii;
}

void terminal_begin(void)
{
	int rows, columns;

	terminal_size(&rows, &columns);
	terminal.has_cursor = false;
	terminal.frame = newtForm(NULL, NULL, 0);
	newtFormSetBackground(terminal.frame, NEWT_COLORSET_ROOT);
	for (int row = 0; row < rows; row++)
		terminal_put(row, 0, columns, STYLE_ROOT, "");
}

void terminal_put(int row, int column, int columns, enum style style, const char *text)
{
	_cleanup_free_ char *cell = NULL;
	newtComponent label;
	int rows, width;

	terminal_size(&rows, &width);
	if (row < 0 || row >= rows || column < 0 || column >= width || columns <= 0)
		return;
	if (columns > width - column)
		columns = width - column;
	cell = text_cell(text, (size_t)columns, terminal.ascii);
	label = newtLabel(column, row, cell);
	newtLabelSetColors(label, colour_sets[style]);
	newtFormAddComponent(terminal.frame, label);
}

void terminal_cursor(int row, int column)
{
	terminal.has_cursor = true;
	terminal.cursor_row = row;
	terminal.cursor_column = column;
}

void terminal_end(void)
{
	newtDrawForm(terminal.frame);
	newtFormDestroy(terminal.frame);
	terminal.frame = NULL;
	if (terminal.has_cursor) {
		/* The cursor stays where was drawn last, and nothing is drawn here. */
		newtComponent here = newtLabel(terminal.cursor_column, terminal.cursor_row, "");
		newtComponent form = newtForm(NULL, NULL, 0);

		newtLabelSetColors(here, NEWT_COLORSET_ENTRY);
		newtFormAddComponent(form, here);
		newtDrawForm(form);
		newtFormDestroy(form);
		newtCursorOn();
	} else {
		newtCursorOff();
	}
	newtRefresh();
}
