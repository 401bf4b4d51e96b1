/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Recorded machines, one by one: a file, a capture, or every one in a folder and the folders below
 * it. Holds names only; whoever visits loads one machine at a time.
 */
#pragma once

#include "common/error.h"

/* -errno and an error of kind ERROR_USAGE for a path that cannot be one. "live" can. */
int machines_exist(const char *path, struct error **err) _must_check_;
/*
 * Calls `visit` with each machine's path, in the order of names. In a folder, what is not the
 * record of a machine by its name is passed over, as are names that begin with a dot and folders
 * behind symbolic links. A path that does not exist, or a folder without machines, is an error of
 * kind ERROR_USAGE.
 */
int machines_visit(const char *path, void (*visit)(const char *path, void *data), void *data,
		   struct error **err) _must_check_;
