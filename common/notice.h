/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Notices: the events (xenhost.event/1) that a machine sends to whoever watches its installation.
 * THE table of their kinds and members: senders build by it, receivers check by it, and the
 * table in docs/EVENTS.md is printed from it. No I/O.
 */
#pragma once

#include "common/error.h"
#include "common/json.h"

#define NOTICE_SCHEMA "xenhost.event/1"
/* One notice as text, and the parts of its id; whatever is longer is refused. */
#define NOTICE_MAX      (256 * 1024)
#define NOTICE_WORD_MAX 128

enum notice_kind {
	NOTICE_START,
	NOTICE_PHASE,
	NOTICE_PROGRESS,
	NOTICE_WARNING,
	NOTICE_FAILED,
	NOTICE_DONE,
	NOTICE_JOINED,
	_NOTICE_MAX,
};
const char *notice_kind_to_string(enum notice_kind kind);
/* -EINVAL for any other word. */
int notice_kind_from_string(const char *text, enum notice_kind *ret) _must_check_;

/* "machine/run/sequence": equal for every try to send one notice. Newly allocated. */
char *notice_id(const char *machine, const char *run, uint64_t sequence);

/* What a receiver needs of a notice to file it. Borrowed from the document. */
struct notice {
	enum notice_kind kind;
	const char *id, *machine, *run;
	uint64_t sequence;
};
/* Fit for an id: 1 to NOTICE_WORD_MAX letters, digits and "-_.:", no dot first. NULL is not. */
bool notice_is_word(const char *text);
/*
 * Holds a document against the table: what is required is there, what the table knows has its
 * type, and the id is made of its parts. Members that the table does not know are fine. ERROR_USER.
 */
int notice_check(const struct json *document, struct notice *ret, struct error **err) _must_check_;

/* The tables of docs/EVENTS.md, in Markdown. Newly allocated. */
char *notice_tables(void);
