/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tui/pieces.h"

#include "common/str.h"

#define FLAGS       "-+ #0'"
#define DIGITS      "0123456789"
#define NAME_LETTER "abcdefghijklmnopqrstuvwxyz0123456789_."

static bool add_piece(struct pieces *pieces, enum piece_kind kind, const char *start, size_t length)
{
	if (pieces->n == PIECES_MAX)
		return false;
	pieces->list[pieces->n++] = (struct piece){.kind = kind, .start = start, .length = length};
	return true;
}

static bool same(const char *one, size_t one_length, const char *other, size_t other_length)
{
	return one_length == other_length && memcmp(one, other, one_length) == 0;
}

/* The argument `at`; one that is fetched twice has one type. */
static bool set_argument(struct pieces *pieces, size_t at, const char *type, size_t length)
{
	if (at >= ARGUMENTS_MAX)
		return false;
	if (at >= pieces->n_arguments)
		pieces->n_arguments = at + 1;
	if (pieces->arguments[at].type)
		return same(pieces->arguments[at].type, pieces->arguments[at].length, type, length);
	pieces->arguments[at].type = type;
	pieces->arguments[at].length = length;
	return true;
}

/* "*" or digits; false when a star cannot be an argument. */
static bool width(struct pieces *pieces, const char **at, bool numbered)
{
	if (**at != '*') {
		*at += strspn(*at, DIGITS);
		return true;
	}
	pieces->stars = true;
	(*at)++;
	return !numbered && set_argument(pieces, pieces->n_arguments, *at - 1, 1);
}

/* "2$" of "%2$s"; 0 when there is none. */
static size_t numbered_argument(const char **at)
{
	size_t digits = strspn(*at, DIGITS), number = 0;

	if (!digits || digits > 2 || (*at)[digits] != '$')
		return 0;
	for (size_t i = 0; i < digits; i++)
		number = number * 10 + (size_t)((*at)[i] - '0');
	/* Arguments count from 1; what is left here is no conversion then. */
	if (number)
		*at += digits + 1;
	return number;
}

/* "hh" and "ll" alone have two letters. */
static bool is_modifier(const char *type, size_t length)
{
	return length < 2 || (length == 2 && type[0] == type[1] && strchr("hl", *type));
}

/* From behind "%". All conversions of a format are numbered, or none. */
static bool add_value(struct pieces *pieces, const char **at, int *numbering)
{
	size_t number = numbered_argument(at), length, argument;
	int mine = number ? 1 : -1;
	const char *type;

	if (*numbering && *numbering != mine)
		return false;
	*numbering = mine;
	*at += strspn(*at, FLAGS);
	if (!width(pieces, at, number))
		return false;
	if (**at == '.') {
		(*at)++;
		if (!width(pieces, at, number))
			return false;
	}
	type = *at;
	length = strspn(type, "hlqjzt");
	if (!is_modifier(type, length) || !type[length] ||
	    !strchr("diouxXeEfFgGaAcsp", type[length]))
		return false;
	argument = number ? number - 1 : pieces->n_arguments;
	if (!set_argument(pieces, argument, type, length + 1) ||
	    !add_piece(pieces, PIECE_VALUE, type, 0))
		return false;
	pieces->list[pieces->n - 1].argument = (unsigned)argument;
	pieces->list[pieces->n - 1].number = strchr("diuxX", type[length]) != NULL;
	*at = type + length + 1;
	return true;
}

static bool add_name(struct pieces *pieces, const char **at)
{
	size_t length = strspn(*at + 1, NAME_LETTER);
	const char *start = *at + 1;

	*at = start + length + 1;
	return add_piece(pieces, PIECE_NAME, start, length);
}

static bool is_name(const char *at)
{
	size_t length = *at == '{' ? strspn(at + 1, NAME_LETTER) : 0;

	return length && at[1 + length] == '}';
}

bool pieces_parse(const char *text, struct pieces *ret)
{
	struct pieces pieces = {.n = 0};
	int numbering = 0;

	while (*text) {
		const char *start = text;
		bool good;

		if (text[0] == '%' && text[1] == '%') {
			text += 2;
			good = add_piece(&pieces, PIECE_WORDS, start, 1);
		} else if (*text == '%') {
			text++;
			good = add_value(&pieces, &text, &numbering);
		} else if (is_name(text)) {
			good = add_name(&pieces, &text);
		} else {
			do
				text++;
			while (*text && *text != '%' && !is_name(text));
			good = add_piece(&pieces, PIECE_WORDS, start, (size_t)(text - start));
		}
		if (!good)
			return false;
	}
	for (size_t i = 0; i < pieces.n_arguments; i++)
		if (!pieces.arguments[i].type)
			return false;
	*ret = pieces;
	return true;
}

static bool has_names_of(const struct pieces *pieces, const struct pieces *of)
{
	for (size_t i = 0; i < of->n; i++) {
		const struct piece *name = &of->list[i];
		bool found = name->kind != PIECE_NAME;

		for (size_t j = 0; !found && j < pieces->n; j++)
			found = pieces->list[j].kind == PIECE_NAME &&
				same(pieces->list[j].start, pieces->list[j].length, name->start,
				     name->length);
		if (!found)
			return false;
	}
	return true;
}

bool pieces_agree(const struct pieces *one, const struct pieces *other)
{
	if (one->n_arguments != other->n_arguments)
		return false;
	for (size_t i = 0; i < one->n_arguments; i++)
		if (!same(one->arguments[i].type, one->arguments[i].length,
			  other->arguments[i].type, other->arguments[i].length))
			return false;
	return has_names_of(one, other) && has_names_of(other, one);
}
