/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The journal of an installation, in the first MiB of the backup partition (`small`: of a partition
 * of its own): what was begun and what was finished, so that a later boot can tell. Records of a
 * fixed size, each with its own SHA-256 and on disk before the next step starts. Written by the
 * engine; journal_read() is for whoever looks at a disk later.
 */
#pragma once

#include "common/digest.h"
#include "common/error.h"
#include "common/macro.h"

#define JOURNAL_BYTES MIB
/* A block of a 4Kn disk, so that a torn write never damages the record before. */
#define JOURNAL_RECORD_BYTES 4096

enum journal_event {
	JOURNAL_BEGIN,      /* text: the install-id, if there is one */
	JOURNAL_STEP_BEGIN, /* step: its id */
	JOURNAL_STEP_END,
	JOURNAL_DONE,
	JOURNAL_FAILED, /* text: why */
};

struct journal; /* open for writing */

/* Starts a new journal at `offset` of `fd` (kept open by the caller), erasing what was there.
 * The digests are hex SHA-256. 0 or -errno, as for all of these. */
int journal_start(int fd, uint64_t offset, const char *plan_digest, const char *manifest_digest,
		  const char *install_id, struct journal **ret) _must_check_;
/* Appends and syncs. -ENOSPC when the MiB is full. */
int journal_add(struct journal *journal, enum journal_event event, const char *step,
		const char *text) _must_check_;
void journal_free(struct journal *journal);
DEFINE_CLEANUP(struct journal *, journal_free)

/* What a journal says in the end. */
struct journal_state {
	bool done;   /* the installation was completed */
	bool failed; /* it ended with an error; neither: it was cut short */
	char plan_digest[SHA256_HEX], manifest_digest[SHA256_HEX];
	int64_t begun, last; /* seconds since 1970 by the machine's clock */
	unsigned records;
	char *install_id; /* or NULL */
	char *last_step;  /* id of the step begun last, or NULL */
	bool last_step_ended;
	char *message; /* of a failure, or NULL */
};

void journal_state_done(struct journal_state *state);
/* -ENODATA when there is no journal at `offset`. The bytes may be anybody's. */
int journal_read(int fd, uint64_t offset, struct journal_state *ret) _must_check_;

const char *journal_event_to_string(enum journal_event event);
