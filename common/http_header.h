/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of the head of an answer over HTTP (RFC 9112, 5), as they come from a server that nobody
 * has to believe. For http.c; no I/O.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* What the head of an answer says of its body. */
struct http_head {
	uint64_t range_start; /* where its bytes begin, if range_known */
	bool range_known;
	const char *compressed; /* "gzip" and its like, static; NULL: as it is */
};

/* What stands behind "NAME:" in a line that need not end with NUL, newly allocated without blanks
 * around it; NULL for a line of another name. */
char *http_header_value(const char *line, size_t length, const char *name);
/* Notes one line. A status line begins a new head, after a redirect for example. */
void http_head_note(struct http_head *head, const char *line, size_t length);
