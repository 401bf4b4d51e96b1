/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Texts that stand in URLs: escaped where they would change its meaning, and read back (RFC 3986).
 * No I/O.
 */
#pragma once

#include "common/macro.h"

/* All but letters, digits, "-._~" and ":" as %XX, so that it may stand in a path or query. */
char *url_escape(const char *text);
/* %XX as the byte it means; what is no such escape, and %00, stays as it is. Newly allocated. */
char *url_unescape(const char *text);
/* With user and password replaced by "***", for messages; with or without a scheme. NULL for NULL.
 */
char *url_masked(const char *url);
/* True for "word://...", word being what RFC 3986 calls a scheme. */
bool url_has_scheme(const char *text);
