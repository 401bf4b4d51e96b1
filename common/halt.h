/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a person types to halt an installation that nobody watches: Ctrl-C twice, or the word "stop"
 * on a line of its own. Made so that what a serial line or a BMC sends by itself never does it:
 * noise, an echo of what was printed, a key sequence that was split. Fed by whoever reads a console
 * (installer/last_call.c, installer/screens/last_call_screen.c); reads nothing itself and knows no
 * clock.
 */
#pragma once

#include "common/i18n.h"

/* How it is told to people; stands on no line alone, so that its echo is no answer. */
#define HALT_WORDS N_("press Ctrl-C twice, or type stop and press Enter")

/* The line was quiet for so long before a first Ctrl-C counts, or after a wrong line is forgotten.
 */
#define HALT_QUIET_MS 500
/* Nothing else may follow a second Ctrl-C for so long. */
#define HALT_SETTLE_MS 300
/* Two that are further apart are not one wish. */
#define HALT_TWICE_MS 3000

struct halt {
	bool begun;                  /* a byte came at all, the last one at `last_ms` */
	int64_t last_ms;             /* of any byte */
	unsigned interrupts;         /* in a row: 0, 1, 2 is enough */
	int64_t first_ms, second_ms; /* of these */
	char line[16];               /* what was typed since the last Enter */
	size_t length;               /* of the line, longer ones are counted only */
	bool word;                   /* it was the word */
};

/* `now_ms` never falls. */
void halt_feed(struct halt *halt, unsigned char byte, int64_t now_ms);
/* Somebody wants it halted; asked again and again, since a second Ctrl-C counts a little later. */
bool halt_is_wanted(const struct halt *halt, int64_t now_ms);
