/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Burn-in: processors, memory, disks and network kept busy with the standard tools that are there
 * (stress-ng, fio, iperf3), and every counter of errors read before and after. Used by
 * "xenhost-hwinfo burn-in" and by the report. Never writes to a disk: fio gets nothing but reads.
 */
#pragma once

#include "hwdb/host_fields.h"
#include "hwdb/verdict.h"

/* One thing that was tried or watched. */
struct burnin_row {
	char *name;     /* "processors", "memory-corrected", "temperature", ... */
	char *title;    /* for people */
	char *result;   /* a word of verdict_result_to_string() */
	char *measured; /* for people; never NULL */
	char *hint;     /* what to do, or NULL */
};

struct burnin {
	char *started;              /* "2026-11-22T04:30:00Z" */
	char *serial, *uuid, *name; /* of the machine, as its firmware tells, or NULL */
	unsigned seconds;           /* that it ran */
	unsigned wanted_seconds;
	bool cancelled;
	struct burnin_row *rows;
	size_t n_rows;
};

extern const struct host_field burnin_fields[];

void burnin_done(struct burnin *burnin);
#define _cleanup_burnin_ _cleanup_(burnin_done)
/* A row whose measured value is printed; `hint` may be NULL. */
struct burnin_row *burnin_add(struct burnin *burnin, const char *name, const char *title,
			      enum verdict_result result, const char *hint, const char *measured,
			      ...) _printf_(6, 7);
/* How many rows bear this result. */
size_t burnin_count(const struct burnin *burnin, enum verdict_result result);

struct json *burnin_to_json(const struct burnin *burnin); /* schema xenhost.burnin/1 */
int burnin_from_json(const struct json *json, struct burnin *ret, struct error **err) _must_check_;
char *burnin_to_text(const struct burnin *burnin);

struct burnin_options {
	unsigned seconds;
	const char *peer; /* an address where "iperf3 -s" waits, or NULL */
	/* Called each second, for a line of progress, or NULL. `celsius` is 0 while unknown. */
	void (*on_second)(unsigned passed, unsigned celsius, void *data);
	void *data;
};

/* Runs to its end, or until proc_cancel(): then too there is a result. Fails when the machine
 * cannot be looked at, or when there is nothing to run. */
int burnin_run(const struct fsroot *root, const struct burnin_options *options, struct burnin *ret,
	       struct error **err) _must_check_;

/* What is counted (burnin_counters.c): taken before and after, then compared. */
struct burnin_watch;
struct burnin_watch *burnin_watch_start(const struct fsroot *root);
/* Takes the temperatures; the hottest sensor's, or 0. */
unsigned burnin_watch_tick(struct burnin_watch *watch);
/* Rows for everything watched. */
void burnin_watch_finish(struct burnin_watch *watch, struct burnin *burnin);
void burnin_watch_free(struct burnin_watch *watch);
DEFINE_CLEANUP(struct burnin_watch *, burnin_watch_free)
#define _cleanup_burnin_watch_ _cleanup_(burnin_watch_freep)

/* The tools (burnin_tools.c). */
enum burnin_tool { BURNIN_STRESS, BURNIN_FIO, BURNIN_IPERF };
#define BURNIN_TOOLS (BURNIN_IPERF + 1)

/* What it is started with, or NULL and *ret_why in words: nothing for it to do. The disks are the
 * host's whole fixed ones. Both newly allocated. */
char **burnin_tool_argv(enum burnin_tool tool, const struct fsroot *root, const struct host *host,
			const struct burnin_options *options, char **ret_why);
/* A row by what it printed and how it ended. */
void burnin_tool_judge(enum burnin_tool tool, int status, const char *output, const char *errors,
		       struct burnin *burnin);
/* All of them at once; rows for each. Calls burnin_watch_tick() each second. How many ran. */
size_t burnin_tools_run(const struct fsroot *root, const struct host *host,
			const struct burnin_options *options, struct burnin_watch *watch,
			struct burnin *burnin);
