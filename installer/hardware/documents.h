/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a hardware report consists of: the machine and its verdicts as JSON, as a page for a browser
 * and as text. Made by hardware.c out of a detected host, written by stick.c, sent by send.c. Pure.
 */
#pragma once

#include "hwdb/verdict.h"

enum document_kind { DOCUMENT_HOST, DOCUMENT_VERDICTS, DOCUMENT_PAGE, DOCUMENT_TEXT };
#define DOCUMENTS (DOCUMENT_TEXT + 1)

struct document {
	const char *field;        /* its name in what is sent: "host", "verdicts", "page", "text" */
	const char *suffix;       /* of its file: ".json", ... */
	const char *content_type; /* MIME */
	char *text;
};

struct documents {
	char *name; /* "xenhost-SERIAL-20261122T061500Z": of the files, without suffix; ASCII */
	struct document list[DOCUMENTS];
};

/* `time` is seconds since 1970. Strings of the machine that are no part of a file name are replaced
 * in `name`; without a serial number it bears the UUID, else the first MAC, else "machine". */
void documents_make(const struct host *host, const struct verdicts *verdicts, int64_t time,
		    struct documents *ret);
/* "xenhost-SERIAL", as the names of such files begin. */
char *documents_machine(const struct host *host);
void documents_done(struct documents *documents);
#define _cleanup_documents_ _cleanup_(documents_done)
