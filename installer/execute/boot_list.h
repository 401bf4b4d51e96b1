/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The boot list of a UEFI firmware, read and changed through efibootmgr: as many of its entries as
 * point at a partition of a GPT disk. Used by the boot entry step, and by run.c when it finds that
 * this machine was installed before. Changes no disk.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

struct boot_entry {
	char number[5]; /* four hex digits */
	char *label;
	char uuid[37]; /* of the partition it points at, as the firmware spells it */
};

struct boot_list {
	struct boot_entry *entries;
	size_t count;
};

void boot_list_done(struct boot_list *list);
/* What `efibootmgr -v` prints; names in it are foreign. Lines that fit no entry are passed over. */
void boot_list_parse(const char *text, struct boot_list *ret);
int boot_list_read(struct boot_list *ret, struct error **err) _must_check_;

/* Whether an entry points at one of the partitions (GUIDs in any case, NULL-terminated). */
bool boot_entry_points_at(const struct boot_entry *entry, char *const *uuids);

int boot_list_remove(const struct boot_entry *entry, struct error **err) _must_check_;
/* The firmware starts it at the next boot, once, before anything of its own order (BootNext). */
int boot_list_start_next(const struct boot_entry *entry, struct error **err) _must_check_;
