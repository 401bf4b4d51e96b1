/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/halt.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

#define CTRL_C    0x03
#define BACKSPACE 0x08
#define DELETE    0x7f
#define WORD      "stop"

static bool may_become_word(const struct halt *halt)
{
	return halt->length <= strlen(WORD) && strncasecmp(halt->line, WORD, halt->length) == 0;
}

/* Nothing else came shortly before the first and between both. */
static void feed_interrupt(struct halt *halt, bool quiet, int64_t now_ms)
{
	if (halt->interrupts == 1 && now_ms - halt->first_ms > HALT_TWICE_MS)
		halt->interrupts = 0;
	if (halt->interrupts == 0 && quiet) {
		halt->interrupts = 1;
		halt->first_ms = now_ms;
	} else if (halt->interrupts == 1) {
		halt->interrupts = 2;
		halt->second_ms = now_ms;
	}
	halt->length = 0;
}

static void feed_line(struct halt *halt, unsigned char byte)
{
	if (byte == '\r' || byte == '\n') {
		halt->word |= halt->length == strlen(WORD) && may_become_word(halt);
		halt->length = 0;
	} else if (byte == BACKSPACE || byte == DELETE) {
		halt->length -= halt->length > 0;
	} else {
		if (halt->length < sizeof(halt->line))
			halt->line[halt->length] = isalpha(byte) ? (char)byte : '?';
		if (halt->length < SIZE_MAX)
			halt->length++;
	}
}

void halt_feed(struct halt *halt, unsigned char byte, int64_t now_ms)
{
	bool quiet = !halt->begun || now_ms - halt->last_ms >= HALT_QUIET_MS;

	if (quiet && !may_become_word(halt))
		halt->length = 0;
	halt->begun = true;
	halt->last_ms = now_ms;
	if (byte == CTRL_C) {
		feed_interrupt(halt, quiet, now_ms);
		return;
	}
	/* Two that stood long enough are a wish, whatever comes after them. */
	if (!halt_is_wanted(halt, now_ms))
		halt->interrupts = 0;
	feed_line(halt, byte);
}

bool halt_is_wanted(const struct halt *halt, int64_t now_ms)
{
	return halt->word || (halt->interrupts >= 2 && now_ms - halt->second_ms >= HALT_SETTLE_MS);
}
