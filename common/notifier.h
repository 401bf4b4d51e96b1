/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tells whoever watches the fleet how an installation goes. A process of its own sends, so that
 * nothing out there (a dead server, a slow one, no route) can hold up or fail what is watched: all
 * calls here but the last hand over and return at once. Used by the installer and by first boot.
 */
#pragma once

#include "common/notice.h"

/* The argument by which a program is told to be that process; see notifier_main(). */
#define NOTIFIER_COMMAND "report-events"

/*
 * What the process is told, as an object: it is also how the installer leaves word for first boot.
 *	url, token, sign, certificate_sha256	the receiver, see notice_send.h; no url: none
 *	machine					as in every notice; "key" says which it is
 *	run, sequence				the run, and the last number that was used in it
 *	ends_only				only start, failed, done and joined
 *	no_events				no notices, only documents
 *	syslog_server, syslog_tcp, hostname	where log lines go, or null
 *	log_file				where the process logs, or null
 *	pid_file				whose process it takes the place of, or null
 *	repeat_s				"failed" again after so long, for ever; 0: never
 *	linger_s				how long it tries on behind the last
 *notifier_finish() notifier_start() adds what http_configure() was told.
 */
struct notifier;

/* A run's name: 16 hex digits by chance. Newly allocated. */
char *notifier_draw_run(void);
/* Starts this very program again as the sender. ERROR_INTERNAL; nothing is sent then. */
int notifier_start(const struct json *config, struct notifier **ret,
		   struct error **err) _must_check_;
/* A notice of this kind; `members` (owned, may be NULL) are those of the kind alone. Secrets in
 * texts are masked. These three do nothing when there is no notifier. */
void notifier_tell(struct notifier *notifier, enum notice_kind kind, struct json *members);
/* A document of another schema, sent in its turn with "id" and "run" added. */
void notifier_document(struct notifier *notifier, const struct json *document);
/* Why the receiver does not take what it was sent last, newly allocated; NULL when it does, or when
 * that is not known yet. Waits for nothing. */
char *notifier_trouble(struct notifier *notifier);
/* Seconds since it was started. */
double notifier_elapsed(const struct notifier *notifier);
/*
 * Waits at most so long until everything was taken, and lets go of the process, which ends by
 * itself later. 0 when all of it arrived, -ETIMEDOUT when the receiver does not answer yet, -EIO
 * when something was refused or lost. -ENOENT without a notifier. Frees it.
 */
int notifier_finish(struct notifier *notifier, unsigned wait_s);

/* The process itself: returns its exit code. */
int notifier_main(void);
