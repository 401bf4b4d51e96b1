/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One line of text being edited: of an entry, or what a list is searched for. */
#include <ctype.h>

#include "common/str.h"
#include "common/tui/form.h"
#include "common/tui/text.h"

/* Nothing that anybody types is longer; a paste is cut there. */
#define ENTRY_MAX 1024

static bool is_taken(enum tui_kind kind, const char *character)
{
	if (kind == TUI_NUMBER)
		return isdigit((unsigned char)*character);
	if (kind == TUI_ADDRESS)
		return *character && strchr("0123456789abcdefABCDEF.:/", *character);
	return true;
}

/* An edited copy takes the old text's place, which is wiped: it may be a password. */
static void replace(struct tui_row *row, size_t from, size_t to, const char *inserted)
{
	const char *old = row->text ?: "";
	size_t length = strlen(old);
	char *text = xasprintf("%.*s%s%s", (int)from, old, inserted, old + to);

	if (row->text)
		explicit_bzero(row->text, length);
	free(row->text);
	row->text = text;
	row->cursor = from + strlen(inserted);
	row->touched = true;
}

static size_t before(const char *text, size_t at)
{
	do
		at = at > 0 ? at - 1 : 0;
	while (at > 0 && ((unsigned char)text[at] & 0xc0) == 0x80);
	return at;
}

static size_t after(const char *text, size_t at)
{
	size_t columns;

	return at + text_character(text + at, &columns);
}

static void insert(struct tui_row *row, const char *character)
{
	const char *text = row->text ?: "";

	if (strlen(text) + strlen(character) < ENTRY_MAX && is_taken(row->kind, character))
		replace(row, row->cursor, row->cursor, character);
}

static bool move(struct tui_row *row, const struct key *key, const char *text)
{
	size_t length = strlen(text);

	if (key->kind == KEY_LEFT)
		row->cursor = before(text, row->cursor);
	else if (key->kind == KEY_RIGHT)
		row->cursor = after(text, row->cursor);
	else if (key->kind == KEY_HOME)
		row->cursor = 0;
	else if (key->kind == KEY_END)
		row->cursor = length;
	else
		return false;
	return true;
}

bool entry_key(struct tui_row *row, const struct key *key)
{
	const char *text = row->text ?: "";

	if (row->cursor > strlen(text))
		row->cursor = strlen(text);
	if (key->kind == KEY_TEXT)
		insert(row, key->text);
	else if (key->kind == KEY_BACKSPACE)
		replace(row, before(text, row->cursor), row->cursor, "");
	else if (key->kind == KEY_DELETE)
		replace(row, row->cursor, after(text, row->cursor), "");
	else if (key->kind == KEY_CTRL && key->text[0] == 'U')
		replace(row, 0, row->cursor, "");
	else
		return move(row, key, text);
	return true;
}

bool search_key(struct tui_row *row, const struct key *key)
{
	size_t length = strlen(row->search ?: "");
	char *text;

	if (key->kind == KEY_TEXT && length < 40)
		text = xasprintf("%s%s", row->search ?: "", key->text);
	else if (key->kind == KEY_BACKSPACE && length > 0)
		text = xstrndup(row->search, before(row->search, length));
	else if (key->kind == KEY_CTRL && key->text[0] == 'U')
		text = xstrdup("");
	else
		return false;
	free(row->search);
	row->search = text;
	return true;
}

/* Blanks stand for any separator: "new york" finds America/New_York. */
bool option_matches(const struct tui_row *row, const struct tui_option *option)
{
	const char *wanted = row->search;

	if (str_empty(wanted))
		return true;
	for (const char *start = option->label; *start; start++) {
		size_t i = 0;

		while (wanted[i] && start[i] &&
		       (tolower((unsigned char)wanted[i]) == tolower((unsigned char)start[i]) ||
			(wanted[i] == ' ' && strchr("_/-", start[i]))))
			i++;
		if (!wanted[i])
			return true;
	}
	return false;
}

static void mark_only(struct tui_row *row, struct tui_option *option)
{
	for (size_t i = 0; i < row->n_options; i++)
		row->options[i].marks &= ~1U;
	option->marks |= 1U;
	row->touched = true;
}

bool search_settle(struct tui_row *row)
{
	struct tui_option *only = NULL, *marked = NULL;
	size_t found = 0;

	if (row->kind != TUI_LIST || str_empty(row->search))
		return true;
	for (size_t i = 0; i < row->n_options; i++) {
		struct tui_option *option = &row->options[i];

		if (option->refused || !option_matches(row, option))
			continue;
		if (option->marks & 1U)
			marked = option;
		if (strcasecmp(option->label, row->search) == 0) {
			mark_only(row, option);
			return true;
		}
		only = option;
		found++;
	}
	if (found == 1)
		mark_only(row, only);
	return found == 1 || marked;
}

void search_complain(struct tui_row *row)
{
	size_t found = 0;

	for (size_t i = 0; i < row->n_options; i++)
		found += option_matches(row, &row->options[i]);
	if (found > 0)
		tui_complain(row, "Several have \"%s\" in them: Enter takes the one it stands on",
			     row->search);
	else
		tui_complain(row, "None has \"%s\" in it: Ctrl-U empties the search", row->search);
}

/* Length, and how many kinds of characters: what guessing takes. */
const char *password_strength(const char *text)
{
	bool lower = false, upper = false, digit = false, other = false;
	size_t length = strlen(text ?: ""), kinds;

	if (length == 0)
		return NULL;
	for (const char *c = text; *c; c++) {
		lower |= islower((unsigned char)*c) != 0;
		upper |= isupper((unsigned char)*c) != 0;
		digit |= isdigit((unsigned char)*c) != 0;
		other |= !isalnum((unsigned char)*c);
	}
	kinds = (size_t)lower + upper + digit + other;
	if (length < 8 || (length < 12 && kinds < 2))
		return N_("weak");
	return length >= 16 || (length >= 12 && kinds >= 3) ? N_("good") : N_("fair");
}
