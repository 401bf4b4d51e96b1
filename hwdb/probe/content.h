/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands on a partition beyond its signature: the system installed on it, the RAID it belongs
 * to. Used by the content probe; reads from a descriptor opened O_RDONLY, mounts nothing.
 */
#pragma once

#include "hwdb/host.h"

/* system, backup and date of an ext2, 3 or 4 file system; leaves all alone when there is none. */
void content_read_system(int fd, struct host_content *content);
/* Pure: PRODUCT_BRAND, PRODUCT_VERSION and the day of installation, out of XenServer's inventory.
 * -ENODATA when it names no product. *ret_date may become NULL. */
int content_parse_inventory(const char *text, char **ret_system, char **ret_date) _must_check_;
/* Pure: PRETTY_NAME of os-release(5), or NULL. */
char *content_parse_os_release(const char *text);

/* raid_level, raid_disks and date of a Linux software RAID member. */
void content_read_md(int fd, struct host_content *content);

/* "YYYY-MM-DD" of seconds since 1970, or NULL for 0 and what is beyond 2106. */
char *content_date(uint64_t seconds);

/* A file in an ext2, 3 or 4 file system that starts at `offset` of the descriptor. */
struct ext;
int ext_open(int fd, uint64_t offset, struct ext **ret) _must_check_;
void ext_close(struct ext *ext);
DEFINE_CLEANUP(struct ext *, ext_close)
/* At most `max` bytes of it, NUL-terminated; ret_mtime in seconds since 1970. Either may be NULL.
 */
int ext_read(struct ext *ext, const char *path, size_t max, char **ret,
	     uint64_t *ret_mtime) _must_check_;
