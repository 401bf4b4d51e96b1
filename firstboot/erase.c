/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/erase.h"

#include <errno.h>
#include <fcntl.h>

#include "common/proc.h"
#include "common/str.h"
#include "installer/plan/plan.h"

#define TAG "local-storage"

static bool is_idle_volume(const struct fsroot *root, const char *holder)
{
	_cleanup_free_ char *name = xstrndup(holder, strcspn(holder, " "));
	_cleanup_free_ char *uuid = NULL;

	return str_starts(name, "dm-") &&
	       fsroot_read_textf(root, &uuid, "/sys/class/block/%s/dm/uuid", name) == 0 &&
	       str_starts(uuid, "LVM-");
}

bool erase_is_idle(const struct fsroot *root, const struct host_disk *disk)
{
	/* Mounts and swap above the volumes are holders of their own. */
	for (char **holder = disk->holders; holder && *holder; holder++)
		if (!is_idle_volume(root, *holder))
			return false;
	return disk->holders && disk->holders[0];
}

static const struct host_disk *find(const struct host *host, const char *path)
{
	for (size_t i = 0; i < host->n_disks; i++) {
		_cleanup_free_ char *stable = disk_stable_path(&host->disks[i]);

		if (str_eq(stable, path))
			return &host->disks[i];
	}
	return NULL;
}

static int refuse(struct error **err, const char *path, const char *reason)
{
	error_set(err, ERROR_HARDWARE, "%s was not erased: %s", path, reason);
	error_hint(err, "Look at it with lsblk, then call the wizard again: xenhost-firstboot");
	return error_code(err, EBUSY);
}

static bool is_same(const struct host_disk *a, const struct host_disk *b)
{
	_cleanup_strv_ char **one = disk_contents(a), **other = disk_contents(b);
	_cleanup_free_ char *words = strv_join(one, "\n"), *others = strv_join(other, "\n");

	return str_eq(a->id, b->id) && a->size_bytes == b->size_bytes &&
	       str_eq(a->table_digest, b->table_digest) && str_eq(words, others);
}

static int check(const struct fsroot *root, const struct host *shown, const struct host *now,
		 const char *path, const struct host_disk **ret, struct error **err)
{
	const struct host_disk *then = find(shown, path), *disk = find(now, path);

	if (!disk || !disk->name)
		return refuse(err, path, "it is not there any more");
	if (!then || !is_same(then, disk))
		return refuse(err, path, "its content is not what was shown");
	if (disk->holders && disk->holders[0] && !erase_is_idle(root, disk)) {
		_cleanup_free_ char *holders = strv_join(disk->holders, ", ");
		_cleanup_free_ char *reason = xasprintf("it is in use: %s", holders);

		return refuse(err, path, reason);
	}
	*ret = disk;
	return 0;
}

/* Volumes that somebody has opened meanwhile stay, and the disk with them. */
static int put_to_rest(const struct host_disk *disk, struct error **err)
{
	_cleanup_strv_ char **groups = NULL;

	if (!disk->holders || !disk->holders[0])
		return 0;
	for (size_t i = 0; i < disk->n_contents; i++) {
		const char *group = disk->contents[i].volume_group;
		int r;

		if (!group || strv_contains(groups, group))
			continue;
		strv_add(&groups, group);
		r = proc_runl(err, TAG, "vgchange", "--activate", "n", group, NULL);
		if (r < 0)
			return r;
	}
	return 0;
}

/* By the kernel's own word: an exclusive open fails while anything has the disk or a part of it. */
static int check_free(const struct fsroot *root, const char *node, struct error **err)
{
	int fd = fsroot_open_fd(root, node, O_RDONLY | O_EXCL);

	if (fd == -EBUSY)
		return refuse(err, node, "it is in use");
	if (fd < 0)
		return error_errno(err, ERROR_HARDWARE, fd, "cannot open %s", node);
	close(fd);
	return 0;
}

/* Nodes of partitions in /sys/class/block/sdb: folders that hold a file "partition". */
static void add_partitions(const struct fsroot *root, const char *name, char ***nodes)
{
	_cleanup_free_ char *folder = xasprintf("/sys/class/block/%s", name);
	_cleanup_strv_ char **entries = NULL;

	if (fsroot_list(root, folder, &entries) < 0)
		return;
	for (char **entry = entries; entry && *entry; entry++)
		if (fsroot_existsf(root, "%s/%s/partition", folder, *entry))
			strv_addf(nodes, "/dev/%s", *entry);
}

/* Partitions first: once the table is gone nobody knows where they were. */
static int wipe(const struct fsroot *root, const char *name, const char *node, struct error **err)
{
	_cleanup_strv_ char **argv = NULL, **partitions = NULL;
	int r;

	add_partitions(root, name, &partitions);
	strv_add(&argv, "wipefs");
	strv_add(&argv, "--all");
	/* Tables inside partitions, too; that nobody uses the disk was asked before. */
	strv_add(&argv, "--force");
	for (char **partition = partitions; partition && *partition; partition++)
		strv_add(&argv, *partition);
	strv_add(&argv, node);
	r = proc_run(&(struct proc){.argv = (const char *const *)argv, .tag = TAG}, NULL, err);
	/* With --force wipefs leaves the kernel its view of the partitions. Devices that never have
	 * any, such as those of the device mapper, refuse to be read anew. */
	if (r == 0 && partitions)
		r = proc_runl(err, TAG, "blockdev", "--rereadpt", node, NULL);
	return r < 0 ? r : proc_runl(err, TAG, "udevadm", "settle", NULL);
}

int erase_disk(const struct fsroot *root, const struct host *shown, const struct host *now,
	       const char *path, struct error **err)
{
	_cleanup_free_ char *node = NULL;
	const struct host_disk *disk = NULL;
	int r = check(root, shown, now, path, &disk, err);

	if (r < 0)
		return r;
	node = xasprintf("/dev/%s", disk->name);
	r = put_to_rest(disk, err);
	if (r == 0)
		r = check_free(root, node, err);
	return r < 0 ? r : wipe(root, disk->name, node, err);
}
