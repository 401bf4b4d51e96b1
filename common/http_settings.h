/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What http_configure() said of all requests to come: a proxy, and authorities beside the system's.
 * For http.c alone, which asks here for each request; nothing here talks to a server.
 */
#pragma once

#include "common/str.h"

/* The system's certificates and those added, as PEM; empty where none were added, since the library
 * then reads the system's itself. */
const struct strbuf *http_settings_authorities(void);

/*
 * Somewhere on the way large packets may be lost without a word, as behind tunnels whose routers
 * are forbidden to say so: connections from here on are made for small ones.
 */
void http_settings_suspect_way(void);
/* What a segment may hold on such a way, in bytes; 0 where nothing is suspected. */
int http_settings_segment(void);

/* URL, or NULL for what the environment says. */
const char *http_settings_proxy(void);
