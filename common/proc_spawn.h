/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Starting a program: the half of proc.c that forks. The child leads a session of its own, holds no
 * file descriptor beside the three pipes, and dies with its parent. Used by proc.c alone.
 */
#pragma once

#include "common/proc.h"

struct proc_child {
	pid_t pid;
	int pidfd;
	int in, out, err; /* our ends of its pipes, not blocking; in is -1 without input */
};

int proc_spawn(const struct proc *proc, const char *path, struct proc_child *ret,
	       struct error **err) _must_check_;
/* Closes what is open; the process itself is the caller's to reap. */
void proc_child_done(struct proc_child *child);

/* The folders programs are looked up in, "a:b:c". */
const char *proc_get_path(void);
