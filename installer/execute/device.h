/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Block devices as execute needs them: nodes, partitions in the kernel's eyes, zeroing, flags. Used
 * by the steps; decides nothing. Regular files work where it makes sense, for tests.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "common/macro.h"

/* One partition the kernel knows on a disk. */
struct device_partition {
	unsigned number;
	char *node; /* "/dev/sda1" */
};

struct device_partitions {
	struct device_partition *list; /* by number */
	size_t count;
};

void device_partitions_done(struct device_partitions *partitions);
/* Of the disk "/dev/sda", from /sys below `root`. */
int device_partitions(const struct fsroot *root, const char *node, struct device_partitions *ret,
		      struct error **err) _must_check_;
/* The node of one partition; an error when the kernel does not know it. */
int device_partition_node(const struct fsroot *root, const char *node, unsigned number, char **ret,
			  struct error **err) _must_check_;

/* Bytes of a device or file. */
int device_size(int fd, uint64_t *ret) _must_check_;
/* 512 for a file. */
unsigned device_sector_bytes(int fd);
/* Takes the kernel's read-only mark off; nothing for a file. */
int device_set_writable(int fd) _must_check_;
/* -EBUSY when something else holds the device (mounted, part of an array). */
int device_check_free(const char *node) _must_check_;
/* That the range reads as zeros afterwards; by the device itself where it can. */
int device_zero(int fd, uint64_t offset, uint64_t bytes) _must_check_;
int device_write(int fd, const void *bytes, uint64_t length, uint64_t offset) _must_check_;
/* Makes the kernel's view of the partitions that of the table on the disk. -EBUSY while somebody
 * has one of the old ones open. Nothing for a file. */
int device_reread_table(int fd) _must_check_;
/* While it is locked udev keeps its hands off a disk: without that it would read the new table
 * again by itself, and partitions would vanish and come back under whoever uses them. */
int device_lock(int fd, bool lock) _must_check_;
/* Waits until udev has handled all events, so that nothing of it holds a node. */
int device_settle(struct error **err) _must_check_;
