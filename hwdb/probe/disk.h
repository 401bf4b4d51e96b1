/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The parts of the disk probe: a block device below the root, who it is, how it is attached, what
 * stands on it, who uses it. Each function fills its members of struct host_disk and leaves the
 * rest alone. Devices are opened O_RDONLY and only when the root is live.
 */
#pragma once

#include "hwdb/probe/probe.h"

/* What udev knows of a device: /run/udev/data/b8:0. Empty when udev has not seen it. */
struct udev_record {
	char **links;      /* "/dev/disk/by-id/...", sorted; by-* links only */
	char **properties; /* "ID_PATH=..." */
};

void udev_record_read(const struct probe *probe, const char *devno, struct udev_record *ret);
void udev_record_done(struct udev_record *record);
const char *udev_record_get(const struct udev_record *record, const char *key);

struct block {
	char *name;  /* as in /sys/block: "sda", "cciss!c0d0" */
	char *path;  /* real path below /sys/devices */
	char *devno; /* "8:0" */
	struct udev_record udev;
	char **partitions; /* names of its partitions: "sda1" */
};

int block_read(const struct probe *probe, const char *name, struct block *ret) _must_check_;
void block_done(struct block *block);

/* kind, vendor, model, serial, wwn; the id is disk_assign_ids()'s. */
void disk_identify(const struct probe *probe, const struct block *block, struct host_disk *disk);
/* "naa.5000c500a1b2c3d4" gives "5000c500a1b2c3d4"; NULL for names that are not world-wide. */
char *wwn_from_wwid(const char *wwid);
/* transport, pci_address, driver */
void disk_find_transport(const struct probe *probe, const struct block *block,
			 struct host_disk *disk);
/* holders, install_medium */
void disk_find_holders(const struct probe *probe, const struct block *block,
		       struct host_disk *disk);
/* rpm of every rotating disk. */
void disk_read_speeds(struct probe *probe);
/* Ids of all disks, paths of one disk joined, parents; call once, when all are listed. */
void disk_assign_ids(const struct probe *probe, struct host *host, const struct block *blocks);

/* table_digest, contents, unreadable, from an open device or what capture stored. */
void disk_read_content(const struct probe *probe, struct host_disk *disk);
/* contents alone, from a descriptor of the whole disk (0 or -errno). */
int disk_probe_contents(int fd, struct host_disk *disk) _must_check_;
/* The same three from another path to the same disk. */
void disk_copy_content(const struct host_disk *from, struct host_disk *to);
/* The digest documented in host.h. */
int disk_table_digest(int fd, uint64_t size_bytes, unsigned logical_block_bytes,
		      char **ret) _must_check_;
/* kind, description and valuable of every content, from the rest of it. No I/O. */
void disk_classify_contents(struct host_disk *disk);
