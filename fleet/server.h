/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * xenhost-fleet's side of HTTP: requests to pages, exports and the store. The only file that
 * includes libmicrohttpd. One thread serves everybody, so nothing here is locked. No path of a
 * request is ever one of a file.
 */
#pragma once

#include "common/error.h"
#include "fleet/store.h"

struct server_options {
	const char *address; /* "192.0.2.1", "::" for all */
	unsigned port;       /* 0: any that is free */
	const char *token;   /* that senders must know; NULL: everybody may send */
	const char *reader;  /* the password that readers must know; NULL: everybody may read */
	const char *certificate, *key; /* PEM, both or none: https */
};

struct server;
int server_start(const struct server_options *options, struct store *store, struct server **ret,
		 struct error **err) _must_check_;
/* Where it listens. */
unsigned server_port(const struct server *server);
void server_stop(struct server *server);
