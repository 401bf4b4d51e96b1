/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/tui/keys.h"

#include "common/str.h"

#define ESC 0x1b

/* A terminal of another character set sends a byte or two that are none, a bad line does not stop.
 */
#define BAD_IS_NOISE  3
#define GOOD_FORGIVES 16

/*
 * What VT100, VT220, xterm, Linux and PuTTY send. First the sequences "ESC [ NUMBER ~", by number
 * (VT220's manual, table 3-3; xterm's control sequences, "PC-Style Function Keys").
 */
static const struct {
	unsigned code;
	enum key_kind kind;
	unsigned number;
} tildes[] = {
	{1, KEY_HOME, 0},       {3, KEY_DELETE, 0},     {4, KEY_END, 0},
	{5, KEY_PAGE_UP, 0},    {6, KEY_PAGE_DOWN, 0},  {7, KEY_HOME, 0},
	{8, KEY_END, 0},        {11, KEY_FUNCTION, 1},  {12, KEY_FUNCTION, 2},
	{13, KEY_FUNCTION, 3},  {14, KEY_FUNCTION, 4},  {15, KEY_FUNCTION, 5},
	{17, KEY_FUNCTION, 6},  {18, KEY_FUNCTION, 7},  {19, KEY_FUNCTION, 8},
	{20, KEY_FUNCTION, 9},  {21, KEY_FUNCTION, 10}, {23, KEY_FUNCTION, 11},
	{24, KEY_FUNCTION, 12},
};

/* Then those that end with a letter, after "ESC [" or "ESC O". */
static const struct {
	char letter;
	enum key_kind kind;
	unsigned number;
} letters[] = {
	{'A', KEY_UP, 0},       {'B', KEY_DOWN, 0},     {'C', KEY_RIGHT, 0},
	{'D', KEY_LEFT, 0},     {'H', KEY_HOME, 0},     {'F', KEY_END, 0},
	{'Z', KEY_TAB_BACK, 0}, {'P', KEY_FUNCTION, 1}, {'Q', KEY_FUNCTION, 2},
	{'R', KEY_FUNCTION, 3}, {'S', KEY_FUNCTION, 4},
};

static void restart(struct key_reader *reader)
{
	reader->length = 0;
	reader->overlong = false;
}

static bool give(struct key_reader *reader, enum key_kind kind, unsigned number, struct key *ret)
{
	restart(reader);
	*ret = (struct key){.kind = kind, .number = number};
	return kind != KEY_NONE;
}

/* "ESC [ ... final": parameters after a semicolon are modifiers, which mean nothing here. */
static bool sequence(struct key_reader *reader, char final, struct key *ret)
{
	unsigned code = 0;

	if (reader->overlong)
		return give(reader, KEY_NONE, 0, ret);
	for (size_t i = 2; i < reader->length && code < 1000; i++) {
		if (reader->bytes[i] < '0' || reader->bytes[i] > '9')
			break;
		code = code * 10 + (unsigned)(reader->bytes[i] - '0');
	}
	for (size_t i = 0; final == '~' && i < ARRAY_SIZE(tildes); i++)
		if (tildes[i].code == code)
			return give(reader, tildes[i].kind, tildes[i].number, ret);
	for (size_t i = 0; i < ARRAY_SIZE(letters); i++)
		if (letters[i].letter == final)
			return give(reader, letters[i].kind, letters[i].number, ret);
	return give(reader, KEY_NONE, 0, ret);
}

/*
 * The second byte behind Esc. Terminals without function keys send Esc and a digit, as the BIOS of
 * a server does over serial lines: 0 is F10, ! is F11, @ is F12.
 */
static bool after_escape(struct key_reader *reader, char c, struct key *ret)
{
	if (c >= '1' && c <= '9')
		return give(reader, KEY_FUNCTION, (unsigned)(c - '0'), ret);
	if (c == '0')
		return give(reader, KEY_FUNCTION, 10, ret);
	if (c == '!' || c == '@')
		return give(reader, KEY_FUNCTION, c == '!' ? 11 : 12, ret);
	if (c == '[' || c == 'O') {
		reader->bytes[reader->length++] = c;
		return false;
	}
	return give(reader, KEY_NONE, 0, ret);
}

static bool in_sequence(struct key_reader *reader, unsigned char byte, struct key *ret)
{
	char c = (char)byte;

	/* A new one begins before this one was complete. */
	if (byte == ESC) {
		restart(reader);
		reader->bytes[reader->length++] = ESC;
		return false;
	}
	if (reader->length == 1)
		return after_escape(reader, c, ret);
	/* Linux's F1 to F5: ESC [ [ A. */
	if (reader->length == 3 && reader->bytes[2] == '[') {
		if (c >= 'A' && c <= 'E')
			return give(reader, KEY_FUNCTION, (unsigned)(c - 'A') + 1, ret);
		return give(reader, KEY_NONE, 0, ret);
	}
	if (byte >= 0x40 && byte <= 0x7e && !(reader->length == 2 && c == '['))
		return sequence(reader, c, ret);
	if (byte < 0x20 || byte > 0x7e)
		return give(reader, KEY_NONE, 0, ret);
	if (reader->length < sizeof(reader->bytes) - 1)
		reader->bytes[reader->length++] = c;
	else
		reader->overlong = true;
	return false;
}

static size_t utf8_length(unsigned char first)
{
	if (first >= 0xc2 && first <= 0xdf)
		return 2;
	if (first >= 0xe0 && first <= 0xef)
		return 3;
	return first >= 0xf0 && first <= 0xf4 ? 4 : 0;
}

static bool bad(struct key_reader *reader, struct key *ret)
{
	reader->good = 0;
	reader->noise = ++reader->bad >= BAD_IS_NOISE;
	return give(reader, KEY_NONE, 0, ret);
}

static void forgive(struct key_reader *reader)
{
	if (reader->bad && ++reader->good >= GOOD_FORGIVES)
		reader->bad = reader->good = 0;
}

/* Second and later bytes of a character; a wrong one drops it. */
static bool in_character(struct key_reader *reader, unsigned char byte, struct key *ret)
{
	if ((byte & 0xc0) != 0x80) {
		(void)bad(reader, ret);
		return keys_feed(reader, byte, ret);
	}
	reader->bytes[reader->length++] = (char)byte;
	if (reader->length < utf8_length((unsigned char)reader->bytes[0]))
		return false;
	*ret = (struct key){.kind = KEY_TEXT};
	memcpy(ret->text, reader->bytes, reader->length);
	restart(reader);
	forgive(reader);
	return true;
}

static bool control(struct key_reader *reader, unsigned char byte, struct key *ret)
{
	switch (byte) {
	case '\r':
	case '\n':
		return give(reader, KEY_ENTER, 0, ret);
	case '\t':
		return give(reader, KEY_TAB, 0, ret);
	case 0x08:
	case 0x7f:
		return give(reader, KEY_BACKSPACE, 0, ret);
	default:
		if (byte < 1 || byte > 26)
			return bad(reader, ret);
		give(reader, KEY_CTRL, 0, ret);
		ret->text[0] = (char)('A' + byte - 1);
		return true;
	}
}

bool keys_feed(struct key_reader *reader, unsigned char byte, struct key *ret)
{
	if (reader->noise)
		return false;
	if (reader->length && reader->bytes[0] == ESC)
		return in_sequence(reader, byte, ret);
	if (reader->length)
		return in_character(reader, byte, ret);
	if (byte == ESC || utf8_length(byte)) {
		reader->bytes[reader->length++] = (char)byte;
		return false;
	}
	if (byte < 0x20 || byte == 0x7f)
		return control(reader, byte, ret);
	if (byte > 0x7f)
		return bad(reader, ret);
	forgive(reader);
	*ret = (struct key){.kind = KEY_TEXT, .text = {(char)byte}};
	return true;
}

bool keys_pending(const struct key_reader *reader)
{
	return reader->length > 0 || reader->noise;
}

bool keys_quiet(struct key_reader *reader, struct key *ret)
{
	bool lone = reader->length == 1 && reader->bytes[0] == ESC;

	if (reader->noise)
		*reader = (struct key_reader){0};
	return give(reader, lone ? KEY_ESCAPE : KEY_NONE, 0, ret);
}
