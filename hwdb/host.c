/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/host.h"

#include <ctype.h>
#include <errno.h>

#include "common/str.h"
#include "hwdb/host_fields.h"

static const char *const firmware_names[] = {
	[FIRMWARE_BIOS] = "bios",
	[FIRMWARE_UEFI] = "uefi",
};

static const char *const secure_boot_names[] = {
	[SECURE_BOOT_UNKNOWN] = "unknown",
	[SECURE_BOOT_ABSENT] = "absent",
	[SECURE_BOOT_OFF] = "off",
	[SECURE_BOOT_ON] = "on",
};

static const char *const content_names[] = {
	[CONTENT_NONE] = "none",
	[CONTENT_TABLE] = "table",
	[CONTENT_FILESYSTEM] = "filesystem",
	[CONTENT_LVM] = "lvm",
	[CONTENT_RAID] = "raid",
	[CONTENT_SR] = "sr",
	[CONTENT_VMFS] = "vmfs",
	[CONTENT_CEPH] = "ceph",
	[CONTENT_ZFS] = "zfs",
	[CONTENT_CLUSTER] = "cluster",
	[CONTENT_CRYPT] = "crypt",
	[CONTENT_SWAP] = "swap",
	[CONTENT_OTHER] = "other",
};

static int name_index(const char *const *names, size_t count, const char *text)
{
	for (size_t i = 0; i < count; i++)
		if (str_eq(names[i], text))
			return (int)i;
	return -EINVAL;
}

const char *firmware_kind_to_string(enum firmware_kind kind)
{
	return firmware_names[kind];
}

const char *secure_boot_to_string(enum secure_boot state)
{
	return secure_boot_names[state];
}

const char *disk_content_kind_to_string(enum disk_content_kind kind)
{
	return content_names[kind];
}

int firmware_kind_from_string(const char *text, enum firmware_kind *ret)
{
	int i = name_index(firmware_names, ARRAY_SIZE(firmware_names), text);

	if (i < 0)
		return i;
	*ret = (enum firmware_kind)i;
	return 0;
}

int secure_boot_from_string(const char *text, enum secure_boot *ret)
{
	int i = name_index(secure_boot_names, ARRAY_SIZE(secure_boot_names), text);

	if (i < 0)
		return i;
	*ret = (enum secure_boot)i;
	return 0;
}

int disk_content_kind_from_string(const char *text, enum disk_content_kind *ret)
{
	int i = name_index(content_names, ARRAY_SIZE(content_names), text);

	if (i < 0)
		return i;
	*ret = (enum disk_content_kind)i;
	return 0;
}

struct host *host_new(void)
{
	return xcalloc(1, sizeof(struct host));
}

void host_disk_free(struct host_disk *disk)
{
	if (!disk)
		return;
	host_fields_done(host_disk_fields, disk);
	free(disk);
}

void host_free(struct host *host)
{
	if (!host)
		return;
	host_fields_done(host_fields, host);
	free(host);
}

char *host_partition_node(const struct host_disk *disk, unsigned partition)
{
	size_t length = disk->name ? strlen(disk->name) : 0;

	if (!length)
		return NULL;
	if (!partition)
		return xasprintf("/dev/%s", disk->name);
	return xasprintf("/dev/%s%s%u", disk->name,
			 isdigit((unsigned char)disk->name[length - 1]) ? "p" : "", partition);
}

const struct host_disk *host_find_disk(const struct host *host, const char *id)
{
	for (size_t i = 0; i < host->n_disks; i++)
		if (str_eq(host->disks[i].id, id))
			return &host->disks[i];
	return NULL;
}

const struct host_nic *host_find_nic(const struct host *host, const char *name)
{
	for (size_t i = 0; i < host->n_nics; i++)
		if (str_eq(host->nics[i].name, name))
			return &host->nics[i];
	return NULL;
}
