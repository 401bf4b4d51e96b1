/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * answer_server.py in a process of its own: answer files by HTTP, HTTPS, FTP and TFTP, and DNS, all
 * on loopback. For tests of what fetches them.
 */
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/unit/unit.h"

struct answer_server {
	pid_t pid;
	int stop; /* closing it ends the server */
	char *folder;
	unsigned http, ftp, tftp, dns, https; /* ports */
};

static inline void answer_server_put(const struct answer_server *server, const char *name,
				     const char *text)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", server->folder, name);
	_cleanup_fclose_ FILE *file = fopen(path, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
}

static inline int answer_server_start(void **state)
{
	struct answer_server *server = xcalloc(1, sizeof(*server));
	_cleanup_fclose_ FILE *told = NULL;
	int in[2], out[2];

	server->folder = unit_folder_make();
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	server->pid = fork();
	assert_true(server->pid >= 0);
	if (server->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		dup2(in[0], STDIN_FILENO);
		dup2(out[1], STDOUT_FILENO);
		close(in[1]);
		close(out[0]);
		execl("/usr/bin/python3", "python3", "tests/unit/answer_server.py", server->folder,
		      NULL);
		_exit(1);
	}
	close(in[0]);
	close(out[1]);
	server->stop = in[1];
	told = fdopen(out[0], "r");
	assert_int_equal(fscanf(told, "http=%u ftp=%u tftp=%u dns=%u https=%u", &server->http,
				&server->ftp, &server->tftp, &server->dns, &server->https),
			 5);
	*state = server;
	return 0;
}

static inline int answer_server_stop(void **state)
{
	struct answer_server *server = *state;

	close(server->stop);
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	unit_folder_remove(server->folder);
	free(server);
	return 0;
}
