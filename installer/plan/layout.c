/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The partitions of the target: one table of both profiles, in the order on disk. Numbers, sizes,
 * types, names and labels of `xenserver` are those of XenServer and XCP-ng.
 */
#include "installer/plan/build.h"

#include <inttypes.h>
#include <limits.h>

#include "common/i18n.h"
#include "common/str.h"

/* GPT partition types; libparted knows each of them by a flag or as its default. */
#define TYPE_BASIC_DATA "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"
#define TYPE_SWAP       "0657fd6d-a4ab-43c4-84e5-0933c84b4f4f"
#define TYPE_LVM        "e6d6d379-f507-44c2-a23c-238f2a3df928"
#define TYPE_LINUX_DATA "0fc63daf-8483-4772-8e79-3d69d8477de4"

#define ALIGNMENT MIB
#define REST      UINT_MAX /* up to the last usable sector */

struct layout_row {
	enum partition_purpose purpose;
	const char *id, *name, *type, *filesystem, *label, *mount;
	unsigned number, number_without_sr; /* 0: absent without a local SR */
	unsigned mib[2];                    /* by enum layout_profile; 0: absent in that profile */
};

static const struct layout_row rows[] = {
	{PARTITION_LOGS,
	 "logs",
	 "logs",
	 TYPE_BASIC_DATA,
	 "ext4",
	 "logs",
	 "/var/log",
	 5,
	 5,
	 {[LAYOUT_XENSERVER] = 4096, [LAYOUT_SMALL] = 1024}},
	{PARTITION_BACKUP,
	 "backup",
	 "backup",
	 TYPE_BASIC_DATA,
	 NULL,
	 NULL,
	 NULL,
	 2,
	 2,
	 {[LAYOUT_XENSERVER] = 18432, [LAYOUT_SMALL] = 0}},
	{PARTITION_ROOT,
	 "root",
	 "root",
	 TYPE_BASIC_DATA,
	 "ext4",
	 "root",
	 "/",
	 1,
	 1,
	 {[LAYOUT_XENSERVER] = 18432, [LAYOUT_SMALL] = 8192}},
	{PARTITION_BOOT,
	 "boot",
	 "ESP",
	 GPT_TYPE_ESP,
	 "vfat",
	 "BOOT",
	 "/boot/efi",
	 4,
	 3,
	 {[LAYOUT_XENSERVER] = 512, [LAYOUT_SMALL] = 512}},
	{PARTITION_SWAP,
	 "swap",
	 "swap",
	 TYPE_SWAP,
	 "swap",
	 "swap",
	 "swap",
	 6,
	 6,
	 {[LAYOUT_XENSERVER] = 1024, [LAYOUT_SMALL] = 512}},
	{PARTITION_JOURNAL,
	 "journal",
	 "xenhost",
	 TYPE_LINUX_DATA,
	 NULL,
	 NULL,
	 NULL,
	 7,
	 7,
	 {[LAYOUT_XENSERVER] = 0, [LAYOUT_SMALL] = 1}},
	{PARTITION_SR,
	 "sr",
	 "localsr",
	 TYPE_LVM,
	 NULL,
	 NULL,
	 NULL,
	 3,
	 0,
	 {[LAYOUT_XENSERVER] = REST, [LAYOUT_SMALL] = REST}},
};

/* The smallest disk of each profile; XenServer's installer asks for 46 GiB as well. */
static const unsigned smallest_gib[] = {[LAYOUT_XENSERVER] = 46, [LAYOUT_SMALL] = 16};

const char *partition_purpose_to_string(enum partition_purpose purpose)
{
	switch (purpose) {
	case PARTITION_LOGS:
		return "logs";
	case PARTITION_BACKUP:
		return "backup";
	case PARTITION_ROOT:
		return "root";
	case PARTITION_BOOT:
		return "boot";
	case PARTITION_SWAP:
		return "swap";
	case PARTITION_SR:
		return "sr";
	case PARTITION_JOURNAL:
		return "journal";
	case PARTITION_KEPT:
		return "kept";
	}
	return NULL;
}

static int check_sectors(const struct build *build, const struct plan_disk *disk,
			 struct error **err)
{
	unsigned sector = disk->logical_block_bytes;

	if (sector != 512 && sector != 4096) {
		error_set(err, ERROR_HARDWARE, "disk %s has sectors of %u bytes", disk->name,
			  sector);
		return error_hint(err, "disks with sectors of 512 or 4096 bytes can be used");
	}
	if (sector == 4096 && build->plan->firmware == FIRMWARE_BIOS) {
		error_set(
			err, ERROR_HARDWARE,
			"disk %s has sectors of 4096 bytes, and BIOS cannot boot from such a disk",
			disk->name);
		return error_hint(err, "switch the firmware to UEFI, or choose a disk with sectors "
				       "of 512 bytes");
	}
	return 0;
}

static int check_size(const struct build *build, const struct plan_disk *disk, struct error **err)
{
	enum layout_profile layout = build->plan->layout;
	uint64_t gib = disk->size_bytes / GIB;
	/* Cut, not rounded: what is short by a little must not read as enough. */
	_cleanup_free_ char *size =
		gib ? xasprintf("%" PRIu64 " GiB", gib) : str_from_size(disk->size_bytes);

	if (gib >= smallest_gib[layout])
		return 0;
	error_set(err, ERROR_HARDWARE,
		  "disk %s is too small: it has %s, the %s layout needs %u GiB", disk->name, size,
		  layout_profile_to_string(layout), smallest_gib[layout]);
	if (gib >= smallest_gib[LAYOUT_SMALL])
		return error_hint(err,
				  "choose a larger disk, or the small layout, which needs "
				  "%u GiB: <layout>small</layout>",
				  smallest_gib[LAYOUT_SMALL]);
	return error_hint(err, "choose a larger disk; even the small layout needs %u GiB",
			  smallest_gib[LAYOUT_SMALL]);
}

/* Behind a partition that is kept, the rest of the disk is all there is. */
static int check_rest(const struct build *build, const struct plan_disk *disk, uint64_t start,
		      struct error **err)
{
	enum layout_profile layout = build->plan->layout;
	uint64_t gib = disk->size_bytes > start ? (disk->size_bytes - start) / GIB : 0;

	if (!build->kept || gib >= smallest_gib[layout])
		return 0;
	error_set(err, ERROR_HARDWARE,
		  "partition 1 of %s, which is kept, leaves %llu GiB behind it; the "
		  "%s layout needs %u GiB",
		  disk->name, (unsigned long long)gib, layout_profile_to_string(layout),
		  smallest_gib[layout]);
	return error_hint(err, "choose a larger disk, or have the partition erased: "
			       "preserve-first-partition=\"false\" on primary-disk");
}

static unsigned root_mib(enum layout_profile layout)
{
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].purpose == PARTITION_ROOT)
			return rows[i].mib[layout];
	return 0;
}

/* The image is written into root as it is and grown afterwards. */
static int check_image(const struct build *build, struct error **err)
{
	const struct source *source = build->source;
	uint64_t bytes = root_mib(build->plan->layout) * MIB;
	uint64_t needed = 0;

	if (source)
		needed = source->smallest_root_bytes > source->image_bytes
				 ? source->smallest_root_bytes
				 : source->image_bytes;
	if (needed <= bytes)
		return 0;
	_cleanup_free_ char *has = str_from_size(bytes), *needs = str_from_size(needed);
	error_set(err, ERROR_MEDIA,
		  "%s %s needs a root file system of %s, the %s layout has one of %s",
		  source->product_name, source->product_version, needs,
		  layout_profile_to_string(build->plan->layout), has);
	return error_hint(err, "%s",
			  build->plan->layout == LAYOUT_SMALL
				  ? N_("use the xenserver layout")
				  : N_("use a source that was made for this layout"));
}

static void name_filesystem(const struct build *build, struct plan_partition *partition,
			    const char *label)
{
	_cleanup_free_ char *purpose = xasprintf("filesystem %s", partition->id);

	if (str_eq(partition->filesystem, "vfat")) {
		partition->label = xasprintf("%s-%s", label, build->plan->suffix);
		for (char *c = partition->label; *c; c++)
			if (*c >= 'a' && *c <= 'z')
				*c = (char)(*c - 'a' + 'A');
		partition->fs_uuid = names_vfat_id(build->seed, purpose);
	} else {
		partition->label = xasprintf("%s-%s", label, build->plan->suffix);
		partition->fs_uuid = names_uuid(build->seed, purpose);
	}
}

static void add_partition(struct build *build, const struct plan_disk *disk,
			  const struct layout_row *row, uint64_t start, uint64_t size)
{
	struct plan *plan = build->plan;
	bool bios_boot = row->purpose == PARTITION_BOOT && plan->firmware == FIRMWARE_BIOS;
	struct plan_partition *partition = ARRAY_APPEND(plan->partitions, plan->n_partitions);
	_cleanup_free_ char *purpose = xasprintf("partition %s", row->id);

	partition->id = xstrdup(row->id);
	partition->disk = xstrdup(disk->id);
	partition->purpose = row->purpose;
	/* A partition that is kept has number 1, and all others move up by one. */
	partition->number =
		(plan->has_sr ? row->number : row->number_without_sr) + (build->kept ? 1 : 0);
	partition->start_bytes = start;
	partition->size_bytes = size;
	partition->type_guid = xstrdup(bios_boot ? GPT_TYPE_BIOS_BOOT : row->type);
	partition->name = xstrdup(bios_boot ? "biosboot" : row->name);
	partition->uuid = names_uuid(build->seed, purpose);
	if (bios_boot || !row->filesystem)
		return;
	partition->filesystem = xstrdup(row->filesystem);
	partition->mount = xstrdup(row->mount);
	name_filesystem(build, partition, row->label);
}

/* As it is on the disk; its GUID and attributes stay too, without being known here. */
static void add_kept(struct plan *plan, const struct plan_disk *disk,
		     const struct host_content *kept)
{
	struct plan_partition *partition = ARRAY_APPEND(plan->partitions, plan->n_partitions);

	partition->id = xstrdup("kept");
	partition->disk = xstrdup(disk->id);
	partition->purpose = PARTITION_KEPT;
	partition->number = kept->partition;
	partition->start_bytes = kept->start_bytes;
	partition->size_bytes = kept->size_bytes;
	partition->type_guid = xstrdup(kept->partition_type);
	partition->name = xstrdup(kept->partition_name);
}

/* Where the new partitions begin. */
static uint64_t first_byte(const struct build *build)
{
	uint64_t end = build->kept ? build->kept->start_bytes + build->kept->size_bytes : 0;

	return end ? (end + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT : ALIGNMENT;
}

int build_layout(struct build *build, struct error **err)
{
	struct plan *plan = build->plan;
	const struct plan_disk *disk = &plan->disks[0];
	uint64_t start = first_byte(build), end;
	int r;

	if ((r = check_sectors(build, disk, err)) < 0 || (r = check_size(build, disk, err)) < 0 ||
	    (r = check_rest(build, disk, start, err)) < 0 || (r = check_image(build, err)) < 0)
		return r;
	if (build->kept)
		add_kept(plan, disk, build->kept);
	/* Before the end stand the second copy of the entries and the second header. */
	end = disk->size_bytes / disk->logical_block_bytes * disk->logical_block_bytes -
	      GPT_ENTRIES_BYTES - disk->logical_block_bytes;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		unsigned mib = rows[i].mib[plan->layout];
		uint64_t size = mib == REST ? end - start : mib * MIB;

		if (mib == 0 || (rows[i].purpose == PARTITION_SR && !plan->has_sr))
			continue;
		add_partition(build, disk, &rows[i], start, size);
		start += size;
	}
	return 0;
}
