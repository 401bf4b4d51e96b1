/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The machine that is to be installed, as both ways to install it begin: by an answer file (run.c)
 * and by screens (attended.c). Looks and names NICs, opens the log; changes no disk.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "hwdb/host.h"

/* Where the new system is mounted while it is made. */
#define LIVE_TARGET "/run/xenhost/target"

/*
 * Needs root. From here on signals cancel, and the log is RESULT_LOG. What was set before a failure
 * is the caller's to free too.
 */
int live_start(struct fsroot **root, char **command_line, struct host **host,
	       struct error **err) _must_check_;
