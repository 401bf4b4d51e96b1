/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The local storage repository as XenServer's first boot makes it, without a pool engine: a volume
 * group over the partitions that default-storage.conf names, and for type "ext" one volume with a
 * file system in it. A device that carries anything but an empty partition table is refused.
 */
#include <errno.h>

#include "common/proc.h"
#include "common/str.h"
#include "firstboot/devices.h"
#include "firstboot/firstboot.h"

#define TAG          "local-storage"
#define DATA         "default-storage.conf"
#define MOUNT_FOLDER "/run/sr-mount"

struct storage {
	char **devices;
	bool ext;
	const char *uuid;
	char *group; /* VG_XenStorage-UUID or XSLocalEXT-UUID */
};

static void storage_done(struct storage *storage)
{
	strv_free(storage->devices);
	free(storage->group);
}

static int read_wish(struct firstboot *firstboot, struct storage *ret, struct error **err)
{
	_cleanup_free_ char *partitions = data_get(firstboot->root, DATA, "XSPARTITIONS");
	_cleanup_free_ char *type = data_get(firstboot->root, DATA, "XSTYPE");

	if (str_empty(partitions))
		return 0;
	if (type && !str_eq(type, "lvm") && !str_eq(type, "ext")) {
		error_set(err, ERROR_USER, "local storage of type \"%s\" cannot be made", type);
		return error_hint(err,
				  "Set XSTYPE in %s to lvm or ext, then run: xenhost-firstboot run",
				  FIRSTBOOT_DATA "/" DATA);
	}
	ret->ext = str_eq(type, "ext");
	ret->devices = strv_split(partitions, " ");
	return 0;
}

/* The name is kept before anything is written, so that a crash leaves no second group behind. */
static int name_storage(struct firstboot *firstboot, struct storage *storage, struct error **err)
{
	int r;

	if (!firstboot->storage_uuid) {
		r = fsroot_read_text(firstboot->root, "/proc/sys/kernel/random/uuid",
				     &firstboot->storage_uuid);
		if (r < 0)
			return error_errno(err, ERROR_INTERNAL, r, "no random UUID");
		r = state_save(firstboot, err);
		if (r < 0)
			return r;
	}
	storage->uuid = firstboot->storage_uuid;
	storage->group =
		xasprintf("%s-%s", storage->ext ? "XSLocalEXT" : "VG_XenStorage", storage->uuid);
	return 0;
}

/* Looks at every device before the first is written to. */
static int check_devices(const struct storage *storage, struct error **err)
{
	for (char **device = storage->devices; *device; device++) {
		_cleanup_free_ char *group = NULL;
		enum device_content content;
		int r = device_wait(*device, err);

		if (r == 0)
			r = device_content(*device, &content, &group, err);
		if (r < 0)
			return r;
		if (content == DEVICE_EMPTY || content == DEVICE_EMPTY_TABLE)
			continue;
		if (content == DEVICE_PHYSICAL_VOLUME &&
		    (str_empty(group) || str_eq(group, storage->group)))
			continue;
		error_set(err, ERROR_HARDWARE, "%s is not empty%s%s, so no local storage was made",
			  *device, str_empty(group) ? "" : ": volume group ",
			  str_empty(group) ? "" : group);
		return error_hint(err,
				  "If its content may be lost, choose the disk in "
				  "xenhost-firstboot, Local storage; or run wipefs -a %s and then "
				  "xenhost-firstboot run.",
				  *device);
	}
	return 0;
}

static int prepare_device(const char *device, struct error **err)
{
	_cleanup_free_ char *group = NULL;
	enum device_content content;
	int r = device_content(device, &content, &group, err);

	if (r < 0 || content == DEVICE_PHYSICAL_VOLUME)
		return r;
	if (content == DEVICE_EMPTY_TABLE)
		r = proc_runl(err, TAG, "wipefs", "--all", device, NULL);
	if (r == 0)
		r = proc_runl(err, TAG, "pvcreate", "--yes", device, NULL);
	return r;
}

static int make_group(const struct storage *storage, struct error **err)
{
	_cleanup_strv_ char **argv = NULL;
	struct proc proc = {.tag = TAG};

	for (char **device = storage->devices; *device; device++) {
		int r = prepare_device(*device, err);

		if (r < 0)
			return r;
	}
	strv_add(&argv, "vgcreate");
	strv_add(&argv, storage->group);
	for (char **device = storage->devices; *device; device++)
		strv_add(&argv, *device);
	proc.argv = (const char *const *)argv;
	return proc_run(&proc, NULL, err);
}

/* One fstab line; nofail, because a host without its guests' disks must still be reachable. */
static int add_mount(const struct firstboot *firstboot, const struct storage *storage,
		     const char *device, struct error **err)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strbuf_ struct strbuf fstab = {0};
	int r = fsroot_read_text(firstboot->root, "/etc/fstab", &text);

	if (r < 0 && r != -ENOENT)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read /etc/fstab");
	if (text && strstr(text, device))
		return 0;
	strbuf_addf(&fstab, "%s%s%s " MOUNT_FOLDER "/%s ext4 defaults,nofail 0 2\n",
		    text ? text : "", text && *text ? "\n" : "", device, storage->uuid);
	r = fsroot_write_text(firstboot->root, "/etc/fstab", fstab.text, 0644);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write /etc/fstab");
	return 0;
}

static int make_file_system(const struct firstboot *firstboot, const struct storage *storage,
			    struct error **err)
{
	_cleanup_free_ char *device = xasprintf("/dev/%s/%s", storage->group, storage->uuid);
	_cleanup_free_ char *mount = xasprintf(MOUNT_FOLDER "/%s", storage->uuid);
	_cleanup_free_ char *group = NULL;
	enum device_content content;
	int r = 0;

	if (!fsroot_exists(firstboot->root, device))
		r = proc_runl(err, TAG, "lvcreate", "--yes", "-l", "100%FREE", "-n", storage->uuid,
			      storage->group, NULL);
	if (r == 0)
		r = device_wait(device, err);
	if (r == 0)
		r = device_content(device, &content, &group, err);
	if (r == 0 && content == DEVICE_EMPTY)
		r = proc_runl(err, TAG, "mkfs.ext4", "-q", device, NULL);
	if (r == 0)
		r = add_mount(firstboot, storage, device, err);
	if (r < 0)
		return r;
	r = fsroot_mkdir(firstboot->root, mount, 0700);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot make %s", mount);
	r = proc_runl(err, TAG, "systemctl", "daemon-reload", NULL);
	if (r == 0 && !path_is_mounted(firstboot->root, mount))
		r = proc_runl(err, TAG, "mount", mount, NULL);
	return r;
}

int task_local_storage(struct firstboot *firstboot, enum task_state *ret_state, char **ret_message,
		       struct error **err)
{
	_cleanup_(storage_done) struct storage storage = {0};
	bool exists = false;
	int r = read_wish(firstboot, &storage, err);

	if (r == 0 && !storage.devices) {
		*ret_state = TASK_NOTHING;
		*ret_message = xstrdup("no local storage was asked for");
		return 0;
	}
	if (r == 0)
		r = name_storage(firstboot, &storage, err);
	if (r == 0)
		r = volume_group_exists(storage.group, &exists, err);
	if (r == 0 && !exists)
		r = check_devices(&storage, err);
	if (r == 0 && !exists)
		r = make_group(&storage, err);
	if (r == 0 && storage.ext)
		r = make_file_system(firstboot, &storage, err);
	if (r < 0)
		return r;
	*ret_state = TASK_DONE;
	*ret_message = xasprintf("volume group %s%s%s", storage.group,
				 storage.ext ? ", mounted on " MOUNT_FOLDER "/" : "",
				 storage.ext ? storage.uuid : "");
	return 0;
}
