/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * File systems that are mounted on fetch->mount_point, read-only, for as long as one file of them
 * is read. For fetch.c alone.
 */
#pragma once

#include "common/fetch.h"

/* The file `path` of a device's file system. Links of it stay inside it. */
int fetch_from_device(const struct fetch *fetch, const struct fetch_device *device,
		      const char *path, char **ret, size_t *ret_length,
		      struct error **err) _must_check_;
