/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An installation as it is watched, and its end. Whoever hears the events of an installation fills
 * struct screens_progress from any thread; the screen reads it. Knows nothing of execute.
 */
#pragma once

#include <pthread.h>

#include "installer/plan/plan.h"

struct screens_progress {
	pthread_mutex_t lock; /* over everything below */
	const struct plan *plan;
	const char *step; /* id of the plan's step at work, or NULL */
	unsigned permille;
	uint64_t bytes, total_bytes; /* of the step; 0 when it counts none */
	double bytes_per_second;
	unsigned seconds_left; /* of the step; 0 is unknown */
	char *warning;         /* the last one, or NULL; owned */
	bool finished;
};

/* Shows it until it is finished. Esc and Ctrl-C ask, and call `stop` when that is wanted. */
void screens_watch(struct screens_progress *progress, const char *log, void (*stop)(void));

enum screens_choice { SCREENS_REBOOT, SCREENS_POWEROFF, SCREENS_SHELL };
/* The end in words; what the operator wants next. Without a terminal: a reboot after success. */
enum screens_choice screens_end(const char *words, bool success, const char *log);
