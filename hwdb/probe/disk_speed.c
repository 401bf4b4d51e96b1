/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fast a disk turns, from what it told the kernel when it was found. */
#include "common/str.h"
#include "hwdb/probe/bytes.h"
#include "hwdb/probe/disk.h"

#define PAGE_MAX 65536

/* Values that are speeds; 1 is "does not turn" (SBC-4 and ACS-4, nominal rotation rate). */
#define RPM_MIN 0x401
#define RPM_MAX 0xfffe

static unsigned read_page(const struct probe *probe, const char *name, const char *page,
			  size_t offset, bool little)
{
	_cleanup_free_ char *path = xasprintf("/sys/block/%s/device/%s", name, page);
	_cleanup_free_ char *bytes = NULL;
	const uint8_t *at;
	size_t length;
	unsigned rpm;

	if (fsroot_read(probe->root, path, PAGE_MAX, &bytes, &length) < 0 || length < offset + 2)
		return 0;
	at = (const uint8_t *)bytes + offset;
	rpm = little ? le16(at) : be16(at);
	return rpm >= RPM_MIN && rpm <= RPM_MAX ? rpm : 0;
}

void disk_read_speeds(struct probe *probe)
{
	for (size_t i = 0; i < probe->host->n_disks; i++) {
		struct host_disk *disk = &probe->host->disks[i];

		if (!disk->name || !disk->has_rotational || !disk->rotational ||
		    !str_starts(disk->name, "sd"))
			continue;
		/* Page B1, Block Device Characteristics; else word 217 of ATA's IDENTIFY data,
		 * which page 89 holds from byte 60 on. */
		disk->rpm = read_page(probe, disk->name, "vpd_pgb1", 4, false);
		if (!disk->rpm)
			disk->rpm = read_page(probe, disk->name, "vpd_pg89", 60 + (size_t)2 * 217,
					      true);
		disk->has_rpm = disk->rpm > 0;
	}
}
