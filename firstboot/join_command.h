/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command "join" of xenhost-firstboot: joins this host to a pool that somebody names, tells
 * each step on stderr, and keeps the result for "status". main.c calls it.
 */
#pragma once

#include "firstboot/firstboot.h"
#include "firstboot/pool/join.h"

/* argv[0] is the command's name. */
int join_command(int argc, char **argv, struct error **err) _must_check_;

/* Task of the state file that a join belongs to, whoever started it. */
#define JOIN_TASK "pool"
/* Those that name a pool which the host began, and choose its default storage. */
#define NAME_TASK    "pool-name"
#define STORAGE_TASK "pool-default-storage"
/* Notes a join's end in the state; `error` NULL: it succeeded. */
void join_note(struct firstboot *firstboot, const struct join_result *result,
	       const struct error *error);
