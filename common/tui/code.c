/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A text as QR codes over the whole screen, so that a telephone takes it away. */
#include <errno.h>

#include "common/i18n.h"
#include "common/qr.h"
#include "common/str.h"
#include "common/tui/terminal.h"
#include "common/tui/tui.h"

/* Light modules around a code. The standard wants 4; the screen's own light ones go on beyond. */
#define QUIET 2
/* More than that nobody scans one after the other. */
#define CODES_MAX 12
/* Of the screen, for the line that says which one it is. */
#define FOOT_ROWS 1

struct codes {
	const char *title, *text;
	size_t length, room; /* of the text, and of one code */
	size_t count, number;
};

/* Two modules a character: the upper half is the character's foreground. */
static const char *const blocks[2][2] = {{" ", "▄"}, {"▀", "█"}};

static size_t modules_that_fit(void)
{
	int rows, columns;
	size_t high, wide;

	terminal_size(&rows, &columns);
	high = rows > FOOT_ROWS ? 2 * (size_t)(rows - FOOT_ROWS) : 0;
	wide = columns > 0 ? (size_t)columns : 0;
	high = high < wide ? high : wide;
	return high > 2 * QUIET ? high - 2 * QUIET : 0;
}

/* For the screen as it is now; false when it is too small. */
static bool divide(struct codes *codes)
{
	codes->room = qr_capacity(modules_that_fit());
	if (codes->room == 0 || codes->length > codes->room * CODES_MAX)
		return false;
	codes->count = (codes->length + codes->room - 1) / codes->room;
	/* As alike as can be, which makes all of them smaller. */
	codes->room = (codes->length + codes->count - 1) / codes->count;
	if (codes->number >= codes->count)
		codes->number = 0;
	return true;
}

static int is_dark(const struct qr *qr, size_t row, size_t column)
{
	if (row < QUIET || column < QUIET || row - QUIET >= qr->modules ||
	    column - QUIET >= qr->modules)
		return 0;
	return qr->dark[(row - QUIET) * qr->modules + column - QUIET];
}

static void draw_rows(const struct qr *qr, int columns)
{
	size_t side = qr->modules + 2 * QUIET;
	int left = (columns - (int)side) / 2;

	for (size_t row = 0; row < side; row += 2) {
		_cleanup_strbuf_ struct strbuf buf = {0};

		for (size_t column = 0; column < side; column++)
			strbuf_add(&buf,
				   blocks[is_dark(qr, row, column)][is_dark(qr, row + 1, column)]);
		terminal_put((int)(row / 2), left, (int)side, STYLE_WINDOW, buf.text);
	}
}

static int draw(const struct codes *codes)
{
	size_t from = codes->number * codes->room;
	size_t length = codes->length - from < codes->room ? codes->length - from : codes->room;
	_cleanup_free_ char *foot =
		codes->count == 1
			? xasprintf(_(" %s. Esc: back"), i18n_text(codes->title))
			: xasprintf(_(" %s: code %zu of %zu, to be read in order. Enter: next, "
				      "Esc: back"),
				    i18n_text(codes->title), codes->number + 1, codes->count);
	_cleanup_qr_ struct qr qr = {0};
	int rows, columns, r = qr_encode(codes->text + from, length, &qr);

	if (r < 0)
		return r;
	terminal_size(&rows, &columns);
	terminal_begin();
	for (int row = 0; row < rows - FOOT_ROWS; row++)
		terminal_put(row, 0, columns, STYLE_WINDOW, "");
	draw_rows(&qr, columns);
	terminal_put(rows - FOOT_ROWS, 0, columns, STYLE_HELP, foot);
	terminal_end();
	return 0;
}

int tui_code(const char *title, const char *text)
{
	struct codes codes = {.title = title, .text = text, .length = strlen(text)};

	if (terminal_ascii())
		return -ENOTSUP;
	for (;;) {
		struct key key;
		int r = divide(&codes) ? draw(&codes) : -E2BIG;

		if (r < 0)
			return r;
		key = terminal_key(-1);
		if (key.kind == KEY_RESIZE)
			terminal_resized();
		else if (key.kind == KEY_ENTER || key.kind == KEY_RIGHT || key.kind == KEY_DOWN ||
			 key.kind == KEY_PAGE_DOWN)
			codes.number = (codes.number + 1) % codes.count;
		else if (key.kind == KEY_LEFT || key.kind == KEY_UP || key.kind == KEY_PAGE_UP)
			codes.number = (codes.number + codes.count - 1) % codes.count;
		else if (key.kind == KEY_ESCAPE || key.kind == KEY_GONE || key.kind == KEY_CTRL)
			return 0;
	}
}
