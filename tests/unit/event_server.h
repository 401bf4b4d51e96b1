/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server of events for unit tests, a process of its own: tests/unit/event_server.py, which also
 * says how it can behave. What came is read from its folder.
 */
#pragma once

#include "tests/unit/peer.h"

#include "common/digest.h"
#include "common/file.h"
#include "common/json.h"

struct server {
	struct peer peer;
	unsigned http, udp, tcp;
	char sha256[SHA256_HEX];
};

static inline void server_start(struct server *server, const char *const *behaviours)
{
	_cleanup_fclose_ FILE *told =
		peer_start(&server->peer, "tests/unit/event_server.py", behaviours);

	assert_int_equal(fscanf(told, "http=%u udp=%u tcp=%u sha256=%64s%*c", &server->http,
				&server->udp, &server->tcp, server->sha256),
			 4);
}

static inline void server_stop(struct server *server)
{
	peer_stop(&server->peer);
}

/* Lines of what came, each parsed; as many as there are. */
static inline size_t received(const struct server *server, const char *name, struct json **ret,
			      size_t room)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", server->peer.folder, name), *text = NULL;
	_cleanup_strv_ char **lines = NULL;
	size_t count = 0;

	if (file_read(path, 16 * MIB, &text, NULL) < 0)
		return 0;
	lines = strv_split(text, "\n");
	for (; lines && lines[count] && count < room; count++)
		assert_int_equal(
			json_parse(lines[count], strlen(lines[count]), name, &ret[count], NULL), 0);
	return count;
}

static inline struct json *body_of(const struct json *record)
{
	const char *text = json_get_string(record, "body");
	struct json *body = NULL;

	assert_int_equal(json_parse(text, strlen(text), "body", &body, NULL), 0);
	return body;
}

static inline void free_all(struct json **records, size_t count)
{
	for (size_t i = 0; i < count; i++)
		json_free(records[i]);
}
