/* SPDX-License-Identifier: GPL-3.0-or-later */
/* From what libblkid and LVM's metadata say to what it means: kind, worth, and words for people. */
#include "common/i18n.h"
#include "common/str.h"
#include "hwdb/drawn.h"
#include "hwdb/probe/disk.h"

struct type_row {
	const char *type; /* a pattern */
	enum disk_content_kind kind;
	const char *words;
	bool valuable; /* data worth money (design: virtual machines or many hosts hang on it) */
};

/* libblkid's names; what is not here is a file system. */
static const struct type_row types[] = {
	{"gpt", CONTENT_TABLE, N_("GPT partition table"), false},
	{"dos", CONTENT_TABLE, N_("MBR partition table"), false},
	{"PMBR", CONTENT_TABLE, N_("MBR partition table"), false},
	{"mac", CONTENT_TABLE, N_("Apple partition table"), false},
	{"sun", CONTENT_TABLE, N_("Sun partition table"), false},
	{"bsd", CONTENT_TABLE, N_("BSD disk label"), false},
	{"sgi", CONTENT_TABLE, N_("SGI disk label"), false},
	{"LVM?_member", CONTENT_LVM, N_("LVM physical volume"), false},
	{"VMFS*", CONTENT_VMFS, N_("VMFS datastore"), true},
	{"ceph_bluestore", CONTENT_CEPH, N_("Ceph OSD"), true},
	{"zfs_member", CONTENT_ZFS, N_("ZFS pool member"), true},
	{"drbd*", CONTENT_CLUSTER, N_("DRBD replica"), true},
	{"ocfs*", CONTENT_CLUSTER, N_("OCFS2 cluster file system"), true},
	{"gfs*", CONTENT_CLUSTER, N_("GFS2 cluster file system"), true},
	{"oracleasm", CONTENT_CLUSTER, N_("Oracle ASM disk"), true},
	{"linux_raid_member", CONTENT_RAID, N_("member of a software RAID"), false},
	{"*_raid_member", CONTENT_RAID, N_("member of a firmware RAID"), false},
	{"ddf_raid*", CONTENT_RAID, N_("member of a firmware RAID"), false},
	{"crypto_LUKS", CONTENT_CRYPT, N_("LUKS encrypted volume"), false},
	{"BitLocker", CONTENT_CRYPT, N_("BitLocker encrypted volume"), false},
	{"cs_fvault2", CONTENT_CRYPT, N_("FileVault encrypted volume"), false},
	{"swap", CONTENT_SWAP, N_("swap space"), false},
	{"swsuspend", CONTENT_SWAP, N_("hibernated system"), false},
	{"bcache", CONTENT_OTHER, N_("bcache device"), false},
	{"*_log", CONTENT_OTHER, N_("journal of a file system"), false},
	{"jbd", CONTENT_OTHER, N_("journal of a file system"), false},
	{"vdo", CONTENT_OTHER, N_("VDO volume"), false},
	{"stratis", CONTENT_OTHER, N_("Stratis pool member"), false},
	{"mpool", CONTENT_OTHER, N_("storage pool member"), false},
	{"ubi", CONTENT_OTHER, N_("UBI volume"), false},
};

/* Partition types that tell what libblkid cannot see; GUIDs as their owners publish them. */
static const struct type_row partition_types[] = {
	{"aa31e02a-400f-11db-9590-000c2911d1b8", CONTENT_VMFS, N_("VMFS datastore"), true},
	{"381cfccc-7288-11e0-92ee-000c2911d0b2", CONTENT_VMFS, N_("VMware vSAN disk"), true},
	{"0xfb", CONTENT_VMFS, N_("VMFS datastore"), true},
	{"4fbd7e29-9d25-41b8-afd0-062c0ceff05d", CONTENT_CEPH, N_("Ceph OSD"), true},
	{"4fbd7e29-9d25-41b8-afd0-5ec00ceff05d", CONTENT_CEPH, N_("encrypted Ceph OSD"), true},
	{"cafecafe-9b03-4f30-b4c6-b4b80ceff106", CONTENT_CEPH, N_("Ceph block device"), true},
	{"6a898cc3-1dd2-11b2-99a6-080020736631", CONTENT_ZFS, N_("ZFS pool member"), true},
	{"e75caf8f-f680-4cee-afa3-b001e56efc2d", CONTENT_RAID, N_("Storage Spaces member"), false},
};

static const struct type_row *find_row(const struct type_row *rows, size_t n, const char *type)
{
	for (size_t i = 0; type && i < n; i++)
		if (str_glob(rows[i].type, type))
			return &rows[i];
	return NULL;
}

static bool is_virtual_disk(const char *volume)
{
	/* Names that XenServer's and XCP-ng's LVM storage managers give to virtual disks. */
	return str_starts(volume, "VHD-") || str_starts(volume, "LV-") ||
	       str_starts(volume, "QCOW2-");
}

static bool is_shared(const struct host_disk *disk)
{
	return str_eq(disk->transport, "fc") || str_eq(disk->transport, "iscsi") ||
	       str_eq(disk->transport, "nvme-of");
}

static void describe_lvm_sr(const struct host_disk *disk, struct host_content *content)
{
	size_t n = 0;

	for (char **volume = content->volumes; volume && *volume; volume++)
		n += is_virtual_disk(*volume);
	content->kind = CONTENT_SR;
	/* An empty one on shared storage may belong to a pool that is about to use it. */
	content->valuable = n > 0 || is_shared(disk);
	if (n == 0)
		content->description = xstrdup(N_("empty LVM storage repository"));
	else
		content->description =
			xasprintf(n == 1 ? N_("LVM storage repository, %zu virtual disk")
					 : N_("LVM storage repository, %zu virtual disks"),
				  n);
}

static void describe_file_sr(struct host_content *content)
{
	/* lost+found is the eleventh inode, and newer file systems keep a list of orphans. */
	bool empty = content->has_inodes_used && content->inodes_used <= 12;

	content->kind = CONTENT_SR;
	content->valuable = !empty;
	if (empty)
		content->description = xstrdup(N_("empty local storage repository"));
	else if (content->has_inodes_used)
		content->description = xstrdup(N_("local storage repository with files on it"));
	else
		content->description = xstrdup(N_("local storage repository"));
}

static void classify_lvm(const struct host_disk *disk, struct host_content *content)
{
	const char *group = content->volume_group;

	if (!group) {
		content->description =
			xstrdup(N_("LVM physical volume, its metadata is elsewhere"));
	} else if (str_starts(group, "VG_XenStorage-")) {
		describe_lvm_sr(disk, content);
	} else if (str_starts(group, "XSLocal")) {
		describe_file_sr(content);
	} else if (str_starts(group, "linstor_")) {
		content->kind = CONTENT_CLUSTER;
		content->valuable = true;
		content->description = xasprintf(N_("LINSTOR storage pool \"%s\""), group);
	} else if (str_starts(group, "ceph-")) {
		content->kind = CONTENT_CEPH;
		content->valuable = true;
		content->description = xstrdup(N_("Ceph OSD"));
	} else {
		size_t n = strv_length(content->volumes);

		content->description =
			xasprintf(n == 1 ? N_("LVM volume group \"%s\", %zu volume")
					 : N_("LVM volume group \"%s\", %zu volumes"),
				  group, n);
	}
}

#define MS_RESERVED "e3c9e316-0b5c-4db8-817d-f92df00215ae"
#define ESP         "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"

static bool has_partition_type(const struct host_disk *disk, const char *type)
{
	for (size_t i = 0; i < disk->n_contents; i++)
		if (str_eq(disk->contents[i].partition_type, type))
			return true;
	return false;
}

/* "member of a raid1 of 2 disks" */
static char *raid_words(const struct host_content *content)
{
	_cleanup_free_ char *disks = content->has_raid_disks
					     ? xasprintf(" of %u disk%s", content->raid_disks,
							 content->raid_disks == 1 ? "" : "s")
					     : NULL;

	return xasprintf(N_("member of a software %s%s%s%s%s"),
			 content->raid_level ? content->raid_level : "RAID", disks ?: "",
			 content->label ? " \"" : "", content->label ?: "",
			 content->label ? "\"" : "");
}

static char *filesystem_words(const struct host_disk *disk, const struct host_content *content)
{
	if (content->xenserver && content->system)
		return xasprintf(content->backup ? N_("backup of %s") : N_("%s installation"),
				 content->system);
	if (drawn_is_label(content->label, "root-"))
		return xstrdup(N_("XenServer or XCP-ng installation"));
	if (content->system)
		return xasprintf("%s, on %s", content->system, content->type);
	if (str_eq(content->type, "vfat") && str_eq(content->partition_type, ESP))
		return xstrdup(N_("EFI system partition"));
	if (str_eq(content->type, "ntfs") && has_partition_type(disk, MS_RESERVED))
		return content->label ? xasprintf(N_("Windows volume \"%s\""), content->label)
				      : xstrdup(N_("Windows volume"));
	if (content->label)
		return xasprintf(N_("%s file system \"%s\""), content->type, content->label);
	return xasprintf(N_("%s file system"), content->type);
}

static void classify(const struct host_disk *disk, struct host_content *content)
{
	const struct type_row *row = find_row(types, ARRAY_SIZE(types), content->type);

	if (!content->type)
		row = find_row(partition_types, ARRAY_SIZE(partition_types),
			       content->partition_type);
	if (row) {
		content->kind = row->kind;
		content->valuable = row->valuable;
		if (row->kind == CONTENT_LVM)
			classify_lvm(disk, content);
		else if (content->raid_level || content->has_raid_disks)
			content->description = raid_words(content);
		else if (content->label)
			content->description = xasprintf("%s \"%s\"", row->words, content->label);
		else
			content->description = xstrdup(row->words);
		return;
	}
	if (!content->type)
		return;
	content->kind = CONTENT_FILESYSTEM;
	content->description = filesystem_words(disk, content);
}

void disk_classify_contents(struct host_disk *disk)
{
	for (size_t i = 0; i < disk->n_contents; i++) {
		struct host_content *content = &disk->contents[i];

		content->kind = CONTENT_NONE;
		content->valuable = false;
		free(content->description);
		content->description = NULL;
		classify(disk, content);
	}
}
