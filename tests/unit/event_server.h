/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server of events for unit tests, a process of its own: tests/unit/event_server.py, which also
 * says how it can behave. What came is read from its folder.
 */
#pragma once

#include "tests/unit/unit.h"

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "common/digest.h"
#include "common/file.h"
#include "common/json.h"

struct server {
	pid_t pid;
	int stop;
	char *folder;
	unsigned http, udp, tcp;
	char sha256[SHA256_HEX];
};

static inline void server_start(struct server *server, const char *const *behaviours)
{
	_cleanup_fclose_ FILE *told = NULL;
	const char *argv[16] = {"python3", "tests/unit/event_server.py"};
	int in[2], out[2];

	server->folder = unit_folder_make();
	argv[2] = server->folder;
	for (size_t i = 0; behaviours && behaviours[i]; i++)
		argv[3 + i] = behaviours[i];
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	server->pid = fork();
	if (server->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[1]);
		close(out[0]);
		execv("/usr/bin/python3", (char *const *)(uintptr_t)argv);
		_exit(1);
	}
	close(in[0]);
	close(out[1]);
	server->stop = in[1];
	told = fdopen(out[0], "r");
	assert_int_equal(fscanf(told, "http=%u udp=%u tcp=%u sha256=%64s%*c", &server->http,
				&server->udp, &server->tcp, server->sha256),
			 4);
}

static inline void server_stop(struct server *server)
{
	close(server->stop);
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	unit_folder_remove(server->folder);
}

/* Lines of what came, each parsed; as many as there are. */
static inline size_t received(const struct server *server, const char *name, struct json **ret,
			      size_t room)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", server->folder, name), *text = NULL;
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
