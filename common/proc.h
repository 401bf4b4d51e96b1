/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The one door to external programs: argv arrays, a fixed PATH, LC_ALL=C, an empty environment
 * beside those, a time limit, a process group that dies as a whole. Never a shell. Output goes to
 * the log with the caller's tag. Secrets travel on standard input only.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

struct proc {
	const char *const *argv; /* NULL-terminated; argv[0] is looked up in the fixed PATH */
	const char *const *env;  /* extra "KEY=value", NULL-terminated, or NULL */
	const char *tag;         /* for the log; argv[0] when NULL */
	const char *input;       /* fed to standard input; NULL gives /dev/null */
	size_t input_length;     /* 0 means strlen(input) */
	const char *directory;   /* working directory, or NULL for "/" */
	const char *chroot;      /* run below this root, or NULL */
	unsigned timeout_s;      /* 0 means 600 */
	bool despite_cancel;     /* runs although cancelled: for undoing what was done */
	bool any_status;         /* a non-zero exit is a result, not an error */
	bool leaves_daemon;      /* what it leaves in its group is not ended with it */
	bool quiet;              /* output is not logged (it holds data, not messages) */
	/* Called for every output line (both streams), or NULL. */
	void (*on_line)(const char *line, void *data);
	void *data;
};

struct proc_result {
	int status;   /* exit status; 128+signal when killed */
	char *output; /* standard output, NUL-terminated, the first 16 MiB */
	size_t output_length;
	char *errors; /* standard error, the last 64 KiB */
};

void proc_result_done(struct proc_result *result);
#define _cleanup_proc_result_ _cleanup_(proc_result_done)

/*
 * Runs the program to its end. Fails when it cannot start, is killed by the time limit or by
 * cancellation, or exits non-zero (unless any_status): the error quotes its last lines.
 * ret may be NULL. The error kind is ERROR_INTERNAL, or ERROR_CANCELLED.
 */
int proc_run(const struct proc *proc, struct proc_result *ret, struct error **err) _must_check_;

/* Shorthand: proc_runl(err, "tag", "mkfs.ext4", "-q", device, NULL). */
int proc_runl(struct error **err, const char *tag, const char *program, ...)
	__attribute__((sentinel)) _must_check_;

/* Cancellation, set by a signal handler: running programs are ended, further ones refused. */
void proc_cancel(void);
bool proc_cancelled(void);
/* Puts other folders in place of the fixed PATH ("a:b"; NULL goes back): for tests' fake tools. */
void proc_set_path(const char *path);
/* True if the program exists in the fixed PATH (below chroot when not NULL). */
bool proc_exists(const char *program, const char *chroot);
