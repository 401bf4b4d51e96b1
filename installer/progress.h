/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an operator sees of a running installation: one line that moves on a terminal, a line per
 * step and per tenth elsewhere, or events as JSON lines. Listens to execute, decides nothing.
 */
#pragma once

#include "installer/execute/execute.h"

struct progress {
	bool json;      /* events on stdout instead of text on stderr */
	bool terminal;  /* stderr is one */
	double started; /* seconds of the monotonic clock */
	double step_began;
	unsigned tenth; /* last tenth of this step that was printed */
};

void progress_start(struct progress *progress, bool json);
/* An event_fn; `data` is the struct progress. */
void progress_event(const struct event *event, void *data);
