/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Makes partition tables: the only file that includes libparted. Used by the partition step, on
 * disks, and by tests, on image files. Writes exactly what it is given; never aligns or moves.
 */
#pragma once

#include "common/error.h"
#include "installer/execute/gpt.h"
#include "installer/plan/plan.h"

/*
 * Writes a new GPT with the given partitions (none: an empty one), at their exact places, with
 * their numbers, types, names and GUIDs. `bios_boot` marks the protective entry active, which some
 * BIOSes ask for before they boot a disk. Reads back and compares. The kernel is not told.
 * A partition of purpose PARTITION_KEPT must stand in the table that is there, and keeps its entry
 * to the byte; its content is not looked at.
 */
int table_write(const char *node, const struct plan_partition *const *partitions, size_t count,
		bool bios_boot, struct error **err) _must_check_;
/* The entry of a partition that is to be kept. -ENOENT when the table on the disk has another or
 * none in its place, -ENODATA without a valid table. */
int table_check_kept(int fd, const struct plan_partition *kept,
		     uint8_t ret[GPT_ENTRY_BYTES]) _must_check_;
/* True when table_write() can make this type of partition. */
bool table_knows_type(const char *type_guid);
