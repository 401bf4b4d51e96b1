/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * An installation as it is watched. Whoever hears the events of an installation fills
 * struct screens_progress from any thread; the screen reads it. Knows nothing of execute, nor how
 * a source is read: what can be done about either comes as functions.
 */
#pragma once

#include <pthread.h>

#include "installer/plan/plan.h"
#include "installer/screens/keep.h"

/* How the source fares, as it is looked at twice a second. */
struct screens_supply {
	bool reading;        /* something is read from it now */
	bool remote;         /* over a network: a new connection may help */
	uint64_t bytes;      /* that came so far */
	double held_seconds; /* so long it waited for the disk */
};

/* What can be done about a source that is slow, or fails. */
struct screens_source {
	void (*look)(struct screens_supply *ret, void *data);
	int (*retry)(void *data, struct error **err); /* takes up where it was, connected anew */
	/* The rest from there, which must hold the very same. */
	int (*change)(const char *where, void *data, struct error **err);
	void *data;
};

/* What becomes of a step that failed and can be run again. */
enum screens_decision { SCREENS_UNDECIDED, SCREENS_AGAIN, SCREENS_GIVE_UP };

struct screens_progress {
	pthread_mutex_t lock; /* over everything below but what says otherwise */
	const struct plan *plan;
	const char *step; /* id of the plan's step at work, or NULL */
	unsigned permille;
	uint64_t bytes, total_bytes; /* of the step; 0 when it counts none */
	double bytes_per_second;
	unsigned seconds_left; /* of the step; 0 is unknown */
	char *warning;         /* the last one, or NULL; owned */
	bool finished;
	/* A step waits for a decision: why it failed, and what helps; borrowed. NULL: none does. */
	const char *failure, *hint;
	enum screens_decision decision;
	/* Set before it is watched; each may be NULL. */
	const struct screens_source *source;
	const struct screens_keep *keep;
	double (*clock)(void); /* seconds; NULL: clock_seconds() */
	/* Called before each look, without the lock; fills what is above, for an installation that
	 * another process carries out. */
	void (*refresh)(struct screens_progress *progress, void *data);
	void *refresh_data;
	bool may_leave; /* who watches may go away, and nothing becomes of that */
};

/* Shows it until it is finished. Esc and Ctrl-C ask, and call `stop` when that is wanted. When the
 * terminal goes, what has not changed a disk is stopped, all else goes on. `stop` is NULL where
 * nobody is expected: then no key does anything but open the log. */
void screens_watch(struct screens_progress *progress, const char *log, void (*stop)(void));
/* For the thread that installs, when a step failed: waits until the operator decides. */
bool screens_decide(struct screens_progress *progress, const char *failure, const char *hint);
