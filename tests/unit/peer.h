/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server for unit tests: a Python program as a process of its own, given a folder of its own,
 * that says its ports on one line and ends when its standard input does. Started by the headers of
 * each server (answer_server.h, event_server.h).
 */
#pragma once

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "tests/unit/unit.h"

struct peer {
	pid_t pid;
	int stop; /* closing it ends the server */
	char *folder;
};

/* With its folder and then `arguments` (or NULL) as the program's; what it says comes back. */
static inline FILE *peer_start(struct peer *peer, const char *program, const char *const *arguments)
{
	const char *argv[16] = {"python3", program, peer->folder = unit_folder_make()};
	int in[2], out[2];

	for (size_t i = 0; arguments && arguments[i]; i++) {
		assert_true(i + 4 < ARRAY_SIZE(argv));
		argv[3 + i] = arguments[i];
	}
	assert_int_equal(pipe(in), 0);
	assert_int_equal(pipe(out), 0);
	peer->pid = fork();
	assert_true(peer->pid >= 0);
	if (peer->pid == 0) {
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
	peer->stop = in[1];
	return fdopen(out[0], "r");
}

static inline void peer_stop(struct peer *peer)
{
	close(peer->stop);
	kill(peer->pid, SIGKILL);
	waitpid(peer->pid, NULL, 0);
	unit_folder_remove(peer->folder);
}
