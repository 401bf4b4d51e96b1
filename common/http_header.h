/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Lines of the head of an answer over HTTP (RFC 9112, 5), as they come from a server that nobody
 * has to believe. For http.c; no I/O.
 */
#pragma once

#include <stddef.h>

/* What stands behind "NAME:" in a line that need not end with NUL, newly allocated without blanks
 * around it; NULL for a line of another name. */
char *http_header_value(const char *line, size_t length, const char *name);
