/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Every disk of the machine: what it is, how it is attached, what stands on it, who uses it. */
#include "common/str.h"
#include "hwdb/probe/disk.h"
#include "hwdb/probe/smart.h"

#define SYS_BLOCK "/sys/block"

/* Memory, floppies, boot areas of flash chips and volumes made of disks are no disks. */
static bool is_wanted(const struct probe *probe, const char *name)
{
	static const char *const unwanted[] = {"ram",    "zram", "fd",   "drbd",
					       "bcache", "zd",   "nullb"};

	for (size_t i = 0; i < ARRAY_SIZE(unwanted); i++)
		if (str_starts(name, unwanted[i]))
			return false;
	if (str_starts(name, "mmcblk") && (strstr(name, "boot") || strstr(name, "rpmb")))
		return false;
	if (str_starts(name, "loop") || str_starts(name, "nbd"))
		return fsroot_existsf(probe->root, SYS_BLOCK "/%s/loop/backing_file", name) ||
		       fsroot_existsf(probe->root, SYS_BLOCK "/%s/pid", name);
	if (str_starts(name, "dm-")) {
		_cleanup_free_ char *uuid = probe_text(probe, SYS_BLOCK "/%s/dm/uuid", name);

		return uuid && str_starts(uuid, "mpath-");
	}
	/* The paths of an NVMe disk with native multipath. */
	return probe_number(probe, 0, SYS_BLOCK "/%s/hidden", name) == 0;
}

static int compare_names(const void *a, const void *b)
{
	return natural_compare(*(char *const *)a, *(char *const *)b);
}

int block_read(const struct probe *probe, const char *name, struct block *ret)
{
	_cleanup_free_ char *folder = xasprintf(SYS_BLOCK "/%s", name);
	_cleanup_strv_ char **entries = NULL;
	int r = fsroot_list(probe->root, folder, &entries);

	if (r < 0)
		return r;
	*ret = (struct block){.name = xstrdup(name)};
	r = fsroot_realpath(probe->root, folder, &ret->path);
	if (r < 0) {
		block_done(ret);
		return r;
	}
	ret->devno = probe_text(probe, SYS_BLOCK "/%s/dev", name);
	udev_record_read(probe, ret->devno ?: "", &ret->udev);
	for (char **entry = entries; entry && *entry; entry++)
		if (str_starts(*entry, name) &&
		    fsroot_existsf(probe->root, SYS_BLOCK "/%s/%s/partition", name, *entry))
			strv_add(&ret->partitions, *entry);
	if (ret->partitions)
		qsort(ret->partitions, strv_length(ret->partitions), sizeof(*ret->partitions),
		      compare_names);
	return 0;
}

void block_done(struct block *block)
{
	free(block->name);
	free(block->path);
	free(block->devno);
	udev_record_done(&block->udev);
	strv_free(block->partitions);
	*block = (struct block){0};
}

static void read_attributes(const struct probe *probe, const struct block *block,
			    struct host_disk *disk)
{
	const char *name = block->name;
	uint64_t rotational = probe_number(probe, 2, SYS_BLOCK "/%s/queue/rotational", name);

	disk->name = xstrdup(name);
	/* The kernel counts in 512-byte units whatever the disk's sectors are. */
	disk->size_bytes = probe_number(probe, 0, SYS_BLOCK "/%s/size", name) * 512;
	disk->logical_block_bytes =
		(unsigned)probe_number(probe, 512, SYS_BLOCK "/%s/queue/logical_block_size", name);
	disk->physical_block_bytes = (unsigned)probe_number(
		probe, disk->logical_block_bytes, SYS_BLOCK "/%s/queue/physical_block_size", name);
	disk->has_rotational = rotational < 2;
	disk->rotational = rotational == 1;
	disk->removable = probe_number(probe, 0, SYS_BLOCK "/%s/removable", name) == 1;
	disk->read_only = probe_number(probe, 0, SYS_BLOCK "/%s/ro", name) == 1;
	disk->by_path = xstrdup(udev_record_get(&block->udev, "ID_PATH"));
	for (char **link = block->udev.links; link && *link; link++)
		strv_add(&disk->links, *link);
}

/* An empty drive has no sectors, and some attributes are then zero; the kernel guesses others. */
static void repair_sizes(const struct block *block, struct host_disk *disk)
{
	if (str_starts(block->name, "sr") && block->udev.properties &&
	    !udev_record_get(&block->udev, "ID_CDROM_MEDIA"))
		disk->size_bytes = 0;
	if (disk->logical_block_bytes < 512 ||
	    disk->logical_block_bytes & (disk->logical_block_bytes - 1))
		disk->logical_block_bytes = 512;
	if (disk->physical_block_bytes < disk->logical_block_bytes)
		disk->physical_block_bytes = disk->logical_block_bytes;
}

static void read_discard(const struct probe *probe, const char *name, struct host_disk *disk)
{
	uint64_t max =
		probe_number(probe, UINT64_MAX, SYS_BLOCK "/%s/queue/discard_max_bytes", name);
	uint64_t granularity =
		probe_number(probe, 0, SYS_BLOCK "/%s/queue/discard_granularity", name);

	disk->has_discard = max != UINT64_MAX;
	disk->discard = disk->has_discard && max > 0;
	disk->has_discard_max = disk->discard;
	disk->discard_max_bytes = disk->discard ? max : 0;
	disk->has_discard_granularity = disk->discard && granularity && granularity <= UINT32_MAX;
	disk->discard_granularity_bytes = disk->has_discard_granularity ? (unsigned)granularity : 0;
}

static void read_zones(const struct probe *probe, const char *name, struct host_disk *disk)
{
	uint64_t nsid = probe_number(probe, 0, SYS_BLOCK "/%s/nsid", name);

	disk->zoned = probe_text(probe, SYS_BLOCK "/%s/queue/zoned", name);
	disk->has_namespace = nsid && nsid < UINT32_MAX;
	disk->namespace_id = disk->has_namespace ? (unsigned)nsid : 0;
}

static void add_disk(struct probe *probe, const struct block *block)
{
	struct host *host = probe->host;
	struct host_disk *disk = ARRAY_APPEND(host->disks, host->n_disks);

	read_attributes(probe, block, disk);
	read_discard(probe, block->name, disk);
	read_zones(probe, block->name, disk);
	repair_sizes(block, disk);
	disk_identify(probe, block, disk);
	disk_find_transport(probe, block, disk);
	disk_find_holders(probe, block, disk);
}

static void copy_contents(const struct host *host, struct host_disk *map)
{
	for (size_t i = 0; i < host->n_disks; i++)
		if (str_eq(host->disks[i].kind, "path") && str_eq(host->disks[i].wwn, map->wwn) &&
		    !host->disks[i].unreadable) {
			disk_copy_content(&host->disks[i], map);
			return;
		}
}

static void read_contents(struct probe *probe)
{
	struct host *host = probe->host;

	for (size_t i = 0; i < host->n_disks; i++) {
		struct host_disk *disk = &host->disks[i];

		if (disk->name)
			disk_read_content(probe, disk);
		else
			copy_contents(host, disk);
		disk_classify_contents(disk);
	}
}

void probe_disks(struct probe *probe)
{
	_cleanup_strv_ char **names = NULL;
	_cleanup_free_ struct block *blocks = NULL;
	size_t n = 0;

	if (fsroot_list(probe->root, SYS_BLOCK, &names) < 0)
		return;
	if (names)
		qsort(names, strv_length(names), sizeof(*names), compare_names);
	for (char **name = names; name && *name; name++) {
		struct block block;

		if (!is_wanted(probe, *name) || block_read(probe, *name, &block) < 0)
			continue;
		add_disk(probe, &block);
		*ARRAY_APPEND(blocks, n) = block;
	}
	disk_assign_ids(probe, probe->host, blocks);
	for (size_t i = 0; i < n; i++)
		block_done(&blocks[i]);
	if (!probe->shallow) {
		read_contents(probe);
		disk_read_speeds(probe);
		smart_read_all(probe);
	}
}
