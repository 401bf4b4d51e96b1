/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The language of the screens: English, or one that has a catalogue as gettext's msgfmt makes
 * it. tui_open() takes the operator's from the environment; screens may offer the others. Nothing
 * but what is drawn follows it: messages of libc stay English.
 */
#pragma once

#include "common/macro.h"

struct tui_language {
	const char *code; /* of ISO 639, as LANGUAGE names it; NULL ends the table */
	const char *name; /* in the language itself */
};

/* All that there are; a language without a catalogue is not available. */
extern const struct tui_language tui_languages[];
bool tui_language_available(const char *code);
/* The code of what is spoken now. */
const char *tui_language(void);
/* "de", "de_DE.UTF-8"; false when that is not available, and nothing changes then. */
bool tui_speak(const char *locale);
