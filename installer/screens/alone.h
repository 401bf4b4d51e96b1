/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Screens of an installation that nobody is expected to stand before: its last call, and its end.
 * What a line sends by itself does nothing here; what has a consequence is typed as a word. Used by
 * follow.c and, for the last call, by the flow. tui_open() comes first.
 */
#pragma once

#include "installer/screens/end.h"

struct screens_call {
	const char *title;
	const char *plan; /* for people */
	int64_t end_ms;   /* of CLOCK_MONOTONIC, when it begins by itself */
	/* Whether it is still called for; NULL: until that time. */
	bool (*goes_on)(void *data);
	void *data;
};

enum screens_called { SCREENS_BEGINS, SCREENS_HALTED, SCREENS_CALL_GONE /* the terminal */ };

/* Bytes are read here, since a key of the toolkit may be one of noise; heard as everywhere
 * (common/halt.h). */
enum screens_called screens_call(const struct screens_call *call);

/* SCREENS_SHELL: the screen was closed, or the terminal went. `eject` is not offered. */
enum screens_choice screens_alone_end(const struct screens_ending *ending);
