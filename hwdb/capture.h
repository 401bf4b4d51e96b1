/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A machine as a folder or tarball: copies of the files that detection reads, symbolic links kept,
 * and beside them the host as it was detected, for what only opened devices tell (contents of
 * disks, permanent MAC addresses). Used by xenhost-hwinfo and by detection. Never writes to the
 * machine.
 */
#pragma once

#include "hwdb/host.h"

/* The detected host inside a captured folder. */
#define CAPTURE_HOST "/xenhost-host.json"

struct capture_options {
	bool mask; /* hide what every single machine has of its own, see hwdb/mask.h */
	const struct host_options *detect; /* or NULL */
};

/*
 * Captures the machine below `root` (live, or a folder captured before) to `out`: a folder that
 * does not exist or is empty, or a new file that ends in .tar.gz, .tgz, .tar.zst or .tar.xz.
 */
int capture_write(const struct fsroot *root, const char *out, const struct capture_options *options,
		  struct error **err) _must_check_;

/* The host stored in a captured folder; NULL when the root is live or holds none. */
int capture_read_host(const struct fsroot *root, struct host **ret,
		      struct error **err) _must_check_;

/* How tar is told to (un)compress a file of this name; NULL when the name is no tarball's. Short
 * options where there are any: busybox's tar knows no others. */
const char *capture_tar_option(const char *name);
