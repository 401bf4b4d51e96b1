/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How an installation goes, told to the URL of the answers' <report> and to their <syslog-server>:
 * events on the way, the report at its end. Called by run.c and attended.c; everything is handed to
 * a process of its own (common/notifier.h), so nothing here waits but deliver_end() and
 * deliver_wait(), and nothing fails.
 */
#pragma once

#include "answerfiles/answers.h"
#include "common/notifier.h"
#include "hwdb/host.h"
#include "installer/execute/execute.h"
#include "installer/remote.h"

/* How long the end of an installation waits for its report to arrive. */
#define DELIVER_WAIT_S 45

struct deliver {
	struct notifier *notifier; /* NULL: nobody is told */
	struct json *machine;
	unsigned permille;
	char *run;
	char *step, *url;            /* url: masked, NULL without one */
	const struct remote *remote; /* how people get in, or NULL */
};
void deliver_done(struct deliver *deliver);

/* What tells this machine from others: the "machine" of events and report. */
struct json *deliver_machine(const struct host *host, const struct answers *answers);
/* The report as report_to_json() has it, and "machine". */
struct json *deliver_document(const struct host *host, const struct answers *answers,
			      const struct report *report);

/*
 * Begins to tell, where the answers name somebody. `log_folder` is where the process logs and
 * leaves its pid. Gives the secrets what the first boot needs, where that one has a pool to join.
 */
void deliver_start(struct deliver *deliver, const struct host *host, const struct answers *answers,
		   struct secrets *secrets, const char *log_folder);
/* A part of the safe half begins: "source", in words. */
void deliver_phase(struct deliver *deliver, const char *id, const char *title);
/* A sentence about events that nobody takes, newly allocated; NULL when somebody does, or nobody is
 * told. Waits for nothing. */
char *deliver_trouble(const struct deliver *deliver);
/* An event of the installation itself, but not its end. */
void deliver_event(struct deliver *deliver, const struct event *event);
/*
 * It is over; `plan` and `error` may be NULL. Sends the report too, and waits DELIVER_WAIT_S at
 * most: 0 when all arrived, -ENOENT when nobody is told, else as notifier_finish() says.
 */
int deliver_end(struct deliver *deliver, const struct host *host, const struct answers *answers,
		const struct plan *plan, const struct report *report, const struct error *error);
/* Both halves of it, for who has something to show meanwhile: the telling, which waits for nothing
 * and may come before the network, and the waiting. */
void deliver_tell_end(struct deliver *deliver, const struct host *host,
		      const struct answers *answers, const struct plan *plan,
		      const struct report *report, const struct error *error);
int deliver_wait(struct deliver *deliver);
