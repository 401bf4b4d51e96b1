/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes of a terminal to keys. A state machine without I/O: whoever reads feeds it bytes, and tells
 * it when it was quiet. Sequences that arrive in pieces are waited for, unknown ones are swallowed
 * whole, so that no piece of one is ever taken for Esc or text. What no keyboard sends is noise of
 * a line: after a little of it everything is swallowed until the line is quiet again.
 */
#pragma once

#include "common/macro.h"

enum key_kind {
	KEY_NONE,
	KEY_TEXT, /* `text`, one character */
	KEY_CTRL, /* `text[0]`, the letter in upper case */
	KEY_ENTER,
	KEY_TAB,
	KEY_TAB_BACK,
	KEY_BACKSPACE,
	KEY_DELETE,
	KEY_UP,
	KEY_DOWN,
	KEY_LEFT,
	KEY_RIGHT,
	KEY_HOME,
	KEY_END,
	KEY_PAGE_UP,
	KEY_PAGE_DOWN,
	KEY_ESCAPE,
	KEY_FUNCTION, /* `number` */
	KEY_RESIZE,
	KEY_GONE, /* the terminal is no longer there */
};

struct key {
	enum key_kind kind;
	unsigned number;
	char text[8];
};

struct key_reader {
	char bytes[32]; /* of a sequence that is not complete */
	size_t length;
	bool overlong; /* the rest of a sequence that did not fit is awaited, to be swallowed */
	unsigned bad;  /* bytes that no key sends, since `good` ones came in a row */
	unsigned good;
	bool noise; /* nothing counts until it was quiet */
};

/* Takes a byte; true when *ret is a key. */
bool keys_feed(struct key_reader *reader, unsigned char byte, struct key *ret);
/* Some of a sequence is there, or noise: call keys_quiet() when nothing follows for a while. */
bool keys_pending(const struct key_reader *reader);
/* Nothing followed: a lone Esc is one, a broken sequence is nothing. */
bool keys_quiet(struct key_reader *reader, struct key *ret);
