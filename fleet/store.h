/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What xenhost-fleet remembers: every event once, and for each run of each machine what the events
 * of it come to. The only file that includes SQLite. For one thread; believes nothing about texts.
 */
#pragma once

#include "common/error.h"
#include "common/notice.h"

struct store;
/* Makes the database where there is none. ERROR_USAGE. */
int store_open(const char *path, struct store **ret, struct error **err) _must_check_;
void store_free(struct store *store);
DEFINE_CLEANUP(struct store *, store_free)

/*
 * Keeps a checked event, or a report ("id" machine/run/report); *ret_new is false for one that is
 * here already. `body` is the document as it came. `now` is seconds since 1970. -EIO, -ENOSPC ...
 */
int store_add_event(struct store *store, const struct notice *notice, const struct json *document,
		    const char *body, int64_t now, bool *ret_new, struct error **err) _must_check_;
int store_add_report(struct store *store, const char *machine, const char *run, const char *body,
		     int64_t now, bool *ret_new, struct error **err) _must_check_;
/* Takes away what was received before. */
int store_forget(struct store *store, int64_t before, struct error **err) _must_check_;

/* What a run has come to; SILENT is one that should say something and does not. */
enum run_state { RUN_INSTALLING, RUN_SILENT, RUN_FAILED, RUN_DONE, RUN_JOINED, _RUN_MAX };
const char *run_state_to_string(enum run_state state);
int run_state_from_string(const char *text, enum run_state *ret) _must_check_;
/* A running installation that says nothing for so long is silent: twice what a step may take to
 * say anything, tries after failures included. */
#define STORE_SILENT_S 180

/* One row of the list; texts are borrowed for the call, NULL where unknown. */
struct store_run {
	const char *machine, *run, *hostname, *vendor, *product, *serial, *uuid, *macs;
	enum run_state state;
	const char *step, *title, *text, *hint;
	int64_t first, last; /* received, seconds since 1970 */
	uint64_t permille, bytes_per_second, seconds_left, warnings, lost;
	bool has_report;
};
struct store_filter {
	const char *words;   /* each must stand in a name, number, address or text; or NULL */
	const char *state;   /* or several, with commas between; "" or NULL: all */
	const char *machine; /* all runs of this one, newest first; NULL: the newest of every one */
	int64_t now;
};
typedef void (*store_run_fn)(const struct store_run *run, void *data);
/* -EINVAL for what is no state. */
int store_runs(struct store *store, const struct store_filter *filter, store_run_fn each,
	       void *data, struct error **err) _must_check_;

/* One event as it came, and when. */
typedef void (*store_event_fn)(const char *body, int64_t received, void *data);
/* Of a machine (NULL: of all) and a run (NULL: of all of them), oldest first, the last `limit`. */
int store_events(struct store *store, const char *machine, const char *run, unsigned limit,
		 store_event_fn each, void *data, struct error **err) _must_check_;
/* The report of a run, newly allocated; -ENOENT when there is none. */
int store_report(struct store *store, const char *machine, const char *run, char **ret,
		 struct error **err) _must_check_;
/* How many events there are of each kind, and machines in each state. */
struct store_counts {
	uint64_t events[_NOTICE_MAX], machines[_RUN_MAX], duplicates;
};
int store_count(struct store *store, int64_t now, struct store_counts *ret,
		struct error **err) _must_check_;
