/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk's device is opened and read, or what capture stored of it is taken. */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "common/digest.h"
#include "common/i18n.h"
#include "common/str.h"
#include "hwdb/probe/disk.h"
#include "hwdb/probe/lvm.h"

/* A GPT is an MBR, a header and 16 KiB of entries (UEFI specification, GUID Partition Table). */
#define GPT_ENTRY_BYTES 16384
#define IN_USE          "in use by a driver or program"

static int add_area(struct digest *digest, int fd, uint64_t offset, uint64_t length)
{
	_cleanup_free_ char *bytes = xmalloc(length ? length : 1);
	const struct lvm_source source = {.fd = fd, .size = offset + length};
	int r = lvm_read_fd(&source, offset, bytes, length);

	if (r == 0)
		digest_add(digest, bytes, length);
	return r;
}

int disk_table_digest(int fd, uint64_t size_bytes, unsigned logical_block_bytes, char **ret)
{
	unsigned entries = (GPT_ENTRY_BYTES + logical_block_bytes - 1) / logical_block_bytes;
	uint64_t area = (uint64_t)(2 + entries) * logical_block_bytes;
	_cleanup_(digest_freep) struct digest *digest = digest_new();
	uint8_t hash[SHA256_BYTES];
	char hex[SHA256_HEX];
	int r;

	if (size_bytes < 2 * area) {
		r = add_area(digest, fd, 0, size_bytes);
	} else {
		r = add_area(digest, fd, 0, area);
		if (r == 0)
			r = add_area(digest, fd, size_bytes - area, area);
	}
	if (r < 0)
		return r;
	digest_finish(TAKE_PTR(digest), hash);
	digest_to_hex(hash, SHA256_BYTES, hex);
	*ret = xstrdup(hex);
	return 0;
}

void disk_copy_content(const struct host_disk *from, struct host_disk *to)
{
	to->unreadable = xstrdup(from->unreadable);
	to->table_digest = xstrdup(from->table_digest);
	for (size_t i = 0; i < from->n_contents; i++) {
		const struct host_content *source = &from->contents[i];
		struct host_content *content = ARRAY_APPEND(to->contents, to->n_contents);

		content->partition = source->partition;
		content->start_bytes = source->start_bytes;
		content->size_bytes = source->size_bytes;
		content->type = xstrdup(source->type);
		content->label = xstrdup(source->label);
		content->uuid = xstrdup(source->uuid);
		content->partition_type = xstrdup(source->partition_type);
		content->partition_name = xstrdup(source->partition_name);
		content->volume_group = xstrdup(source->volume_group);
		content->date = xstrdup(source->date);
		content->system = xstrdup(source->system);
		content->xenserver = source->xenserver;
		content->backup = source->backup;
		content->raid_level = xstrdup(source->raid_level);
		content->has_raid_disks = source->has_raid_disks;
		content->raid_disks = source->raid_disks;
		content->has_inodes_used = source->has_inodes_used;
		content->inodes_used = source->inodes_used;
		for (char **volume = source->volumes; volume && *volume; volume++)
			strv_add(&content->volumes, *volume);
	}
}

/* The node must be the very device that sysfs describes. */
static int open_node(const struct probe *probe, const struct host_disk *disk)
{
	_cleanup_free_ char *path = xasprintf("/dev/%s", disk->name);
	_cleanup_free_ char *devno = probe_text(probe, "/sys/block/%s/dev", disk->name);
	_cleanup_free_ char *found = NULL;
	_cleanup_close_ int fd = -1;
	struct stat st;

	/* sysfs writes "cciss!c0d0" for /dev/cciss/c0d0. */
	for (char *c = path; *c; c++)
		if (*c == '!')
			*c = '/';
	fd = fsroot_open_fd(probe->root, path, O_RDONLY | O_NONBLOCK);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	found = xasprintf("%u:%u", major(st.st_rdev), minor(st.st_rdev));
	if (!S_ISBLK(st.st_mode) || !str_eq(found, devno))
		return -ENODEV;
	return TAKE_FD(fd);
}

/* An exclusive open fails when the kernel or a program claims the disk, without changing anything.
 */
static bool is_claimed(const struct probe *probe, const struct host_disk *disk)
{
	_cleanup_free_ char *path = xasprintf("/dev/%s", disk->name);
	int fd = fsroot_open_fd(probe->root, path, O_RDONLY | O_NONBLOCK | O_EXCL);

	if (fd >= 0)
		close(fd);
	return fd == -EBUSY;
}

static void read_device(const struct probe *probe, struct host_disk *disk)
{
	_cleanup_close_ int fd = open_node(probe, disk);
	int r = fd < 0 ? fd : 0;

	if (r == 0)
		r = disk_table_digest(fd, disk->size_bytes, disk->logical_block_bytes,
				      &disk->table_digest);
	if (r == 0)
		r = disk_probe_contents(fd, disk);
	if (r < 0) {
		disk->unreadable = xstrdup(strerror(-r));
		free(disk->table_digest);
		disk->table_digest = NULL;
	} else if (!disk->holders && !str_eq(disk->kind, "loop") && is_claimed(probe, disk)) {
		strv_add(&disk->holders, IN_USE);
	}
}

static void take_captured(const struct probe *probe, struct host_disk *disk)
{
	const struct host *captured = probe->captured;

	for (size_t i = 0; captured && i < captured->n_disks; i++) {
		const struct host_disk *known = &captured->disks[i];

		if (!str_eq(known->name, disk->name))
			continue;
		disk_copy_content(known, disk);
		if (strv_contains(known->holders, IN_USE))
			strv_add(&disk->holders, IN_USE);
		return;
	}
	disk->unreadable = xstrdup(N_("the folder has no copy of its content"));
}

void disk_read_content(const struct probe *probe, struct host_disk *disk)
{
	if (disk->size_bytes == 0)
		disk->unreadable = xstrdup(N_("no medium"));
	else if (fsroot_is_live(probe->root))
		read_device(probe, disk);
	else
		take_captured(probe, disk);
}
