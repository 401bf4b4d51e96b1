/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/controller.h"

#include "common/str.h"

/*
 * The first row that fits decides. VMD's ids are those that Linux's driver vmd claims. 2822, 2826
 * and 282a are what Intel's chipsets of all years show in RAID mode; others of Intel's and AMD's
 * have ids of their own there, and the class of a RAID controller where AHCI would be. Globs; NULL
 * asks nothing.
 */
static const struct {
	const char *vendor_id, *device_id, *class_id, *device_name;
	enum controller_mode mode;
} rows[] = {
	{"8086", "201d", NULL, NULL, CONTROLLER_VMD},
	{"8086", "28c0", NULL, NULL, CONTROLLER_VMD},
	{"8086", "467f", NULL, NULL, CONTROLLER_VMD},
	{"8086", "4c3d", NULL, NULL, CONTROLLER_VMD},
	{"8086", "7d0b", NULL, NULL, CONTROLLER_VMD},
	{"8086", "9a0b", NULL, NULL, CONTROLLER_VMD},
	{"8086", "a77f", NULL, NULL, CONTROLLER_VMD},
	{"8086", "ad0b", NULL, NULL, CONTROLLER_VMD},
	{"8086", "b06f", NULL, NULL, CONTROLLER_VMD},
	{"8086", "b60b", NULL, NULL, CONTROLLER_VMD},
	{"8086", NULL, NULL, "*Volume Management Device*", CONTROLLER_VMD},
	{"8086", "2822", NULL, NULL, CONTROLLER_RAID_MODE},
	{"8086", "2826", NULL, NULL, CONTROLLER_RAID_MODE},
	{"8086", "282a", NULL, NULL, CONTROLLER_RAID_MODE},
	{"8086", NULL, "0104*", NULL, CONTROLLER_RAID_MODE},
	{"1022", NULL, "0104*", NULL, CONTROLLER_RAID_MODE},
	{NULL, NULL, "0104*", "*SATA*RAID*", CONTROLLER_RAID_MODE},
};

static bool fits(const char *pattern, const char *text)
{
	return !pattern || (text && str_glob(pattern, text));
}

enum controller_mode controller_mode(const struct host_pci *pci)
{
	/* Newer ones than this table, where the driver knows them. */
	if (str_eq(pci->driver, "vmd"))
		return CONTROLLER_VMD;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (fits(rows[i].vendor_id, pci->vendor_id) &&
		    fits(rows[i].device_id, pci->device_id) &&
		    fits(rows[i].class_id, pci->class_id) &&
		    fits(rows[i].device_name, pci->device_name))
			return rows[i].mode;
	return CONTROLLER_PLAIN;
}
