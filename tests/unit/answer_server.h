/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer_server.py in a process of its own: answer files by HTTP, HTTPS, FTP and TFTP, and DNS, all
 * on loopback. For tests of what fetches them.
 */
#pragma once

#include "tests/unit/peer.h"

struct answer_server {
	struct peer peer;
	unsigned http, ftp, tftp, dns, https; /* ports */
};

static inline void answer_server_put(const struct answer_server *server, const char *name,
				     const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", server->peer.folder, name);
	_cleanup_fclose_ FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
}

static inline int answer_server_start(void **state)
{
	struct answer_server *server = xcalloc(1, sizeof(*server));
	_cleanup_fclose_ FILE *told =
		peer_start(&server->peer, "tests/unit/answer_server.py", NULL);

	assert_int_equal(fscanf(told, "http=%u ftp=%u tftp=%u dns=%u https=%u", &server->http,
				&server->ftp, &server->tftp, &server->dns, &server->https),
			 5);
	*state = server;
	return 0;
}

static inline int answer_server_stop(void **state)
{
	struct answer_server *server = *state;

	peer_stop(&server->peer);
	free(server);
	return 0;
}
