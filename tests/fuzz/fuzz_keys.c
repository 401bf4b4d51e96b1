/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Any bytes as what a terminal sends, with pauses (byte 0xff) between them: keys must be whole,
 * text must be a character that text.c takes as one, and after a pause nothing is left over.
 */
#include <stdlib.h>
#include <string.h>

#include "common/tui/keys.h"
#include "common/tui/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check(const struct key *key)
{
	size_t columns;

	if (key->kind == KEY_NONE || memchr(key->text, 0, sizeof(key->text)) == NULL)
		abort();
	if ((key->kind == KEY_FUNCTION) != (key->number >= 1 && key->number <= 12))
		abort();
	if (key->kind == KEY_CTRL && (key->text[0] < 'A' || key->text[0] > 'Z'))
		abort();
	if (key->kind == KEY_TEXT && (key->text[0] & 0x80) == 0 &&
	    text_character(key->text, &columns) != 1)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	struct key_reader reader = {0};
	struct key key;

	for (size_t i = 0; i < length; i++) {
		if (bytes[i] != 0xff && keys_feed(&reader, bytes[i], &key))
			check(&key);
		if (bytes[i] == 0xff && keys_quiet(&reader, &key) && key.kind != KEY_ESCAPE)
			abort();
		if (bytes[i] == 0xff && keys_pending(&reader))
			abort();
		if (reader.length >= sizeof(reader.bytes))
			abort();
	}
	return 0;
}
