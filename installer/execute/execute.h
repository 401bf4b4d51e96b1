/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Carries a plan out: the only code that changes disks. Walks the plan's steps, journals them,
 * emits events, undoes mounts and the like on failure, and reports. Never decides anything: what is
 * not in the plan does not happen.
 */
#pragma once

#include "answerfiles/answers.h"
#include "common/error.h"
#include "installer/payload/payload.h"
#include "installer/plan/plan.h"

enum event_kind { EVENT_BEGIN, EVENT_PROGRESS, EVENT_END, EVENT_WARNING, EVENT_DONE, EVENT_FAILED };

/* What listeners (progress line, --events json, screens) hear. Borrowed for the call. */
struct event {
	enum event_kind kind;
	const struct plan_step *step; /* NULL for DONE and FAILED */
	unsigned permille;            /* of the whole installation, never falling */
	uint64_t bytes, total_bytes;  /* of this step, 0 when it does not count bytes */
	double bytes_per_second;      /* over the last seconds */
	unsigned seconds_left;        /* of this step; 0 is unknown */
	const char *text;             /* warning, failure sentence */
	const struct error *error;
};
typedef void (*event_fn)(const struct event *event, void *data);

struct execute_job {
	const struct plan *plan;
	const struct secrets *secrets;
	struct payload *payload;
	const struct fsroot *root; /* the running installer's "/" */
	const char *target;        /* where the new system is mounted: "/run/xenhost/target" */
	const char *log_file;      /* copied to the target, or NULL */
	/* How scripts on the medium and on labelled file systems are found; NULL: not at all. */
	const struct fetch *places;
	event_fn on_event;
	/* A step failed that can be run again from its beginning, and nothing was taken back yet:
	 * true runs it again. Waits as long as somebody thinks about it. NULL: never. */
	bool (*on_failure)(const struct plan_step *step, const struct error *error, void *data);
	/* What else the log and the report that the host keeps must warn of, newly allocated, or
	 * NULL. Asked just before they are kept. NULL: nothing. */
	char *(*last_warning)(void *data);
	void *data;
};

struct report_step {
	char *id, *title;
	bool done;
	double seconds;
};

/* The end of an installation as data; schema xenhost.report/1. */
struct report {
	bool success;
	bool changed; /* the point of no return was passed */
	char *failed_step;
	char *message, *hint;
	char *plan_digest;
	char seed[2 * PLAN_SEED_BYTES + 1];
	int64_t time;
	struct report_step *steps;
	size_t n_steps;
	char **warnings;
	char **host_keys; /* fingerprints of the new host's ssh, "ED25519 SHA256:..." */
	char **notes;     /* what state disks are in, what firmware could still boot */
	double seconds;
};

void report_free(struct report *report);
DEFINE_CLEANUP(struct report *, report_free)
#define _cleanup_report_ _cleanup_(report_freep)
struct json *report_to_json(const struct report *report);
char *report_to_text(const struct report *report);

/* Returns 0 on success; on failure *ret is set too and tells what state the machine is in. */
int execute_run(const struct execute_job *job, struct report **ret,
		struct error **err) _must_check_;

struct json *event_to_json(const struct event *event, double elapsed); /* xenhost.event/1 */
