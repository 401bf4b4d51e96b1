/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether this very installation was done before: a machine that boots its installer
 * again by mistake must not be installed again. Called by run.c and attended.c before planning;
 * reads the journals on the machine's disks and writes to none.
 */
#pragma once

#include "common/fsroot.h"
#include "hwdb/host.h"
#include "installer/execute/execute.h"

/*
 * The disk (borrowed) whose journal says that an installation with this id was completed, or NULL.
 * Disks that cannot be read count as having none: they are refused later if they are chosen.
 */
const struct host_disk *install_id_find(const struct fsroot *root, const struct host *host,
					const char *install_id);

/*
 * Has a UEFI firmware start that disk at the next boot, once: it started the installer although the
 * host is complete. -ENOENT when no entry of its boot list points at the disk.
 */
int install_id_start_next(const struct fsroot *root, const struct host_disk *disk,
			  struct error **err) _must_check_;

/*
 * The report of an installation that was done before, after the firmware was told what to start;
 * NULL when this one has to be done.
 */
struct report *install_id_done_before(const struct fsroot *root, const struct host *host,
				      const struct answers *answers, const char *command_line);
