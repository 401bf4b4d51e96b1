/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Empties a disk that an operator gave up for the local storage. Called by the wizard behind its
 * confirmation; never erases a disk that is used, that the system is on, or that is not what was
 * shown: it looks at the machine once more before it writes.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "hwdb/host.h"

/*
 * What uses the disk is nothing but volumes of LVM that nobody has opened: booting brings them up
 * by itself. False for a disk that nothing uses.
 */
bool erase_is_idle(const struct fsroot *root, const struct host_disk *disk);

/*
 * Takes partition tables and all signatures off the disk that `path` names (disk_stable_path()),
 * and off its partitions. `shown` is the machine as the operator saw it; `now`, as it is. Fails
 * before the first write when they differ in that disk.
 */
int erase_disk(const struct fsroot *root, const struct host *shown, const struct host *now,
	       const char *path, struct error **err) _must_check_;
