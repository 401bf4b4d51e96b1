/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <sys/mount.h>

#include "common/fetch_mount.h"
#include "common/fsroot.h"
#include "common/str.h"

/*
 * File systems a stick or partition may have, as blkid calls them, and how the kernel is told to
 * leave a journal alone: a log that is played back writes.
 */
static const struct {
	const char *type, *mount_as, *options;
} file_systems[] = {
	{"vfat", "vfat", NULL},     {"exfat", "exfat", NULL},     {"iso9660", "iso9660", NULL},
	{"udf", "udf", NULL},       {"ext2", "ext4", "noload"},   {"ext3", "ext4", "noload"},
	{"ext4", "ext4", "noload"}, {"xfs", "xfs", "norecovery"},
};

static int mount_device(const struct fetch *fetch, const struct fetch_device *device,
			struct error **err)
{
	const unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;

	for (size_t i = 0; i < ARRAY_SIZE(file_systems); i++) {
		if (!str_eq(device->type, file_systems[i].type))
			continue;
		if (mount(device->node, fetch->mount_point, file_systems[i].mount_as, flags,
			  file_systems[i].options) == 0)
			return 0;
		error_errno(err, ERROR_USAGE, errno, "the file system of %s (%s) cannot be mounted",
			    device->node, device->type);
		return error_hint(err, "See the kernel's messages (dmesg); check it on another "
				       "machine.");
	}
	error_set(err, ERROR_USAGE, "%s holds %s, which cannot be read here", device->node,
		  device->type ? device->type : "no file system");
	return error_hint(err, "Use a FAT, exFAT, ext4, XFS, ISO 9660 or UDF file system.");
}

/* Of what is mounted, which it no longer is thereafter. */
static int read_mounted(const struct fetch *fetch, const char *path, const char *from, char **ret,
			size_t *ret_length, struct error **err)
{
	_cleanup_fsroot_ struct fsroot *folder = NULL;
	int r = fsroot_open(fetch->mount_point, &folder);

	if (r == 0)
		r = fsroot_read(folder, path, fetch->max_bytes ? fetch->max_bytes : 16 * MIB, ret,
				ret_length);
	/* Lazily: somebody at a rescue console may be looking at it. */
	(void)umount2(fetch->mount_point, MNT_DETACH);
	if (r == 0)
		return 0;
	error_errno(err, ERROR_USAGE, r, "%s cannot be read from %s", path, from);
	error_hint(err, "Check its name there, capitals included, and who may read it.");
	return error_code(err, -r);
}

int fetch_from_device(const struct fetch *fetch, const struct fetch_device *device,
		      const char *path, char **ret, size_t *ret_length, struct error **err)
{
	int r = mount_device(fetch, device, err);

	return r < 0 ? r : read_mounted(fetch, path, device->node, ret, ret_length, err);
}
