/* SPDX-License-Identifier: GPL-3.0-or-later */
/* host_detect(): the probes in order, on the running machine or a folder. */
#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "common/str.h"
#include "hwdb/capture.h"
#include "hwdb/database.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/disk.h"

static const struct host_options no_options;

int host_detect(const struct fsroot *root, const struct host_options *options, struct host **ret,
		struct error **err)
{
	_cleanup_host_ struct host *host = host_new();
	_cleanup_host_ struct host *captured = NULL;
	struct probe probe = {.root = root, .options = options ?: &no_options, .host = host};
	int r;

	if (!fsroot_exists(root, "/sys") || !fsroot_exists(root, "/proc")) {
		error_set(err, ERROR_USAGE, "There is no machine here: sys and proc are missing");
		error_hint(err, fsroot_is_live(root)
					? "Mount /sys and /proc"
					: "Give a folder made by \"xenhost-hwinfo capture\"");
		return -ENOENT;
	}
	r = capture_read_host(root, &captured, err);
	if (r < 0)
		return r;
	probe.captured = captured;
	probe_kernel(&probe);
	probe_firmware(&probe);
	probe_spcr(&probe);
	probe_cpu(&probe);
	probe_memory(&probe);
	probe_management(&probe);
	probe_pci(&probe);
	probe_iommu(&probe);
	probe_virtual_machine(&probe);
	probe_nics(&probe);
	probe_disks(&probe);
	probe_hbas(&probe);
	host_make_printable(host);
	if (fsroot_is_live(root))
		database_annotate(host);
	*ret = TAKE_PTR(host);
	return 0;
}

/* Identities of all disks, without reading any of them. */
static struct host *list_disks(const struct fsroot *root)
{
	struct host *host = host_new();
	struct probe probe = {.root = root, .options = &no_options, .host = host, .shallow = true};

	probe_disks(&probe);
	return host;
}

static int gone(struct error **err, const char *what)
{
	error_set(err, ERROR_HARDWARE, "The disk %s is not there any more", what);
	error_hint(err, "Check its cabling and run the installation again");
	return -ENODEV;
}

/* What the descriptor itself says, in place of what sysfs said some time ago. */
static int ask_descriptor(int fd, const char *device, struct host_disk *disk, struct error **err)
{
	uint64_t size;
	int block, read_only, r;

	if (ioctl(fd, BLKGETSIZE64, &size) < 0 || ioctl(fd, BLKSSZGET, &block) < 0 ||
	    ioctl(fd, BLKROGET, &read_only) < 0)
		return error_errno(err, ERROR_HARDWARE, errno, "Cannot ask %s for its size",
				   device);
	disk->size_bytes = size;
	disk->logical_block_bytes = (unsigned)block;
	disk->read_only = read_only != 0;
	r = disk_table_digest(fd, size, disk->logical_block_bytes, &disk->table_digest);
	if (r < 0)
		return error_errno(err, ERROR_HARDWARE, r, "Cannot read the partition table of %s",
				   device);
	return 0;
}

int host_disk_reread(const struct fsroot *root, const char *device, int fd, struct host_disk **ret,
		     struct error **err)
{
	_cleanup_host_ struct host *host = NULL;
	_cleanup_(host_disk_freep) struct host_disk *disk = NULL;
	_cleanup_free_ char *link = NULL;
	const char *name;
	struct stat st;
	int r;

	if (fstat(fd, &st) < 0)
		return error_errno(err, ERROR_HARDWARE, errno, "Cannot ask what %s is", device);
	if (!S_ISBLK(st.st_mode))
		return error_set(err, ERROR_HARDWARE, "%s is not a block device", device);
	r = fsroot_readlinkf(root, &link, "/sys/dev/block/%u:%u", major(st.st_rdev),
			     minor(st.st_rdev));
	if (r < 0)
		return gone(err, device);
	name = strrchr(link, '/') ? strrchr(link, '/') + 1 : link;
	host = list_disks(root);
	for (size_t i = 0; i < host->n_disks && !disk; i++)
		if (str_eq(host->disks[i].name, name)) {
			disk = xcalloc(1, sizeof(*disk));
			*disk = host->disks[i];
			host->disks[i] = (struct host_disk){0};
		}
	if (!disk)
		return gone(err, device);
	r = ask_descriptor(fd, device, disk, err);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(disk);
	return 0;
}

int host_disk_node(const struct fsroot *root, const char *id, char **ret, struct error **err)
{
	_cleanup_host_ struct host *host = list_disks(root);
	const struct host_disk *disk = host_find_disk(host, id);
	char *node;

	if (!disk)
		return gone(err, id);
	if (!disk->name) {
		error_set(err, ERROR_HARDWARE, "The paths to the disk %s are not joined", id);
		error_hint(err, "Start multipathd, or leave one path connected");
		return -ENODEV;
	}
	node = xasprintf("/dev/%s", disk->name);
	for (char *c = node; *c; c++)
		if (*c == '!')
			*c = '/';
	*ret = node;
	return 0;
}
