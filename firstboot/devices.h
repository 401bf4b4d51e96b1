/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands on a block device of the running host, before first boot gives it to LVM. Asked of
 * blkid, lsblk and lvm; writes nothing.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "common/macro.h"

enum device_content {
	DEVICE_EMPTY,
	DEVICE_EMPTY_TABLE, /* a partition table without partitions, as the installer leaves it */
	DEVICE_PHYSICAL_VOLUME, /* of LVM; *ret_group is its group, "" when it has none */
	DEVICE_IN_USE,          /* anything else */
};

/* Waits until the node is there, up to a minute. */
int device_wait(const char *device, struct error **err) _must_check_;
int device_content(const char *device, enum device_content *ret, char **ret_group,
		   struct error **err) _must_check_;
int volume_group_exists(const char *group, bool *ret, struct error **err) _must_check_;
bool path_is_mounted(const struct fsroot *root, const char *path);
