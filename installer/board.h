/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The board: what a running installation without questions shows to those who watch, on as many
 * consoles as there are. A file of the running installer that run.c writes and watch.c reads, both
 * in memory; whoever watches can say one thing, that it shall halt while that is still offered.
 * Nobody who reads, slowly or never, holds the installation up. Holds no secret.
 */
#pragma once

#include "installer/execute/execute.h"
#include "installer/screens/progress.h"

/* Where it is, in their order. */
enum board_stage {
	BOARD_CALL,    /* the last call: it begins by itself in a moment */
	BOARD_RUNNING, /* the plan is carried out */
	BOARD_OVER,
};

/* What changes. */
struct board_state {
	enum board_stage stage;
	int64_t call_end_ms; /* of CLOCK_MONOTONIC, when the last call is over */
	size_t step;         /* number of the plan's step at work */
	unsigned permille, seconds_left;
	uint64_t bytes, total_bytes;
	double bytes_per_second;
	struct screens_supply supply;
	char warning[200]; /* the last one, or "" */
};

struct board; /* for whoever writes it */

/* At `path`, in place of one that is there; it begins with the last call. `payload` is asked how it
 * fares from then on, until it is closed. ERROR_INTERNAL when there is no room. */
int board_open(const char *path, const struct plan *plan, const struct payload *payload,
	       int wait_ms, struct board **ret, struct error **err) _must_check_;
/* Who halted it during the last call ("ttyS0"), newly allocated, or NULL. */
char *board_halted(const struct board *board);
void board_run(struct board *board); /* the last call is over */
void board_event(struct board *board, const struct event *event);
void board_close(struct board *board); /* it is over; fine for NULL */

struct board_view; /* for whoever reads it */

/* -ENOENT: no installation is so far yet. -EINVAL: it is no board. */
int board_look(const char *path, struct board_view **ret) _must_check_;
/* Once the installation has ended in whatever way the stage is BOARD_OVER. */
void board_state(const struct board_view *view, struct board_state *ret);
/* Kind, id and title of each step, and nothing else of the plan; the view's. */
const struct plan *board_plan(const struct board_view *view);
const char *board_text(const struct board_view *view); /* of the plan, for people */
/* Halts it, if the last call still goes on. */
void board_halt(const struct board_view *view, const char *who);
void board_stop(const struct board_view *view); /* as Ctrl-C on its own terminal */
void board_leave(struct board_view *view);      /* fine for NULL */
