/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who a disk is, from what it told the kernel: VPD pages, NVMe and virtio attributes. udev's
 * database fills the gaps only, so that the same disk has the same identity without udev.
 */
#include "common/str.h"
#include "hwdb/probe/disk.h"

#define SYS_BLOCK "/sys/block"
#define VPD_MAX   65536

char *wwn_from_wwid(const char *wwid)
{
	static const char *const prefixes[] = {"naa.", "eui.", "uuid.", "0x"};
	_cleanup_free_ char *lower = wwid ? str_lower(wwid) : NULL;

	for (size_t i = 0; lower && i < ARRAY_SIZE(prefixes); i++) {
		struct strbuf buf = {0};

		if (!str_starts(lower, prefixes[i]))
			continue;
		for (const char *c = lower + strlen(prefixes[i]); *c; c++)
			if (*c != '-')
				strbuf_add_bytes(&buf, c, 1);
		/* All zeros, or other than hexadecimal: the maker left it out. */
		if (!buf.length || strspn(buf.text, "0") == buf.length ||
		    strspn(buf.text, "0123456789abcdef") != buf.length) {
			strbuf_done(&buf);
			return NULL;
		}
		return strbuf_take(&buf);
	}
	return NULL;
}

static char *trimmed(const char *bytes, size_t length)
{
	_cleanup_free_ char *copy = xstrndup(bytes, length);
	char *text = str_trim(copy);

	return *text ? xstrdup(text) : NULL;
}

/* VPD page 0x80, Unit Serial Number: four bytes of header, then text. */
static char *read_scsi_serial(const struct probe *probe, const char *name)
{
	_cleanup_free_ char *path = xasprintf(SYS_BLOCK "/%s/device/vpd_pg80", name);
	_cleanup_free_ char *page = NULL;
	size_t length;

	if (fsroot_read(probe->root, path, VPD_MAX, &page, &length) < 0 || length <= 4)
		return NULL;
	return trimmed(page + 4, length - 4);
}

/*
 * VPD page 0x89, ATA Information (SAT-4): the drive's IDENTIFY data from byte 60 on, whose words 27
 * to 46 are the model with swapped bytes. INQUIRY has only the model's first 16 letters.
 */
static char *read_ata_model(const struct probe *probe, const char *name)
{
	_cleanup_free_ char *path = xasprintf(SYS_BLOCK "/%s/device/vpd_pg89", name);
	_cleanup_free_ char *page = NULL;
	char model[40];
	size_t length;

	if (fsroot_read(probe->root, path, VPD_MAX, &page, &length) < 0 ||
	    length < 60 + 2 * 27 + sizeof(model))
		return NULL;
	for (size_t i = 0; i < sizeof(model); i++)
		model[i] = page[60 + 2 * 27 + (i ^ 1)];
	return trimmed(model, sizeof(model));
}

/* The serial number of the USB device that the disk's path leads through. */
static char *read_usb_serial(const struct probe *probe, const char *path)
{
	_cleanup_free_ char *folder = xstrdup(path);
	char *slash;

	while ((slash = strrchr(folder, '/')) && slash != folder) {
		*slash = '\0';
		if (fsroot_existsf(probe->root, "%s/idVendor", folder))
			return probe_text(probe, "%s/serial", folder);
	}
	return NULL;
}

static void identify_scsi(const struct probe *probe, const struct block *block,
			  struct host_disk *disk)
{
	const char *name = block->name;
	_cleanup_free_ char *wwid = probe_text(probe, SYS_BLOCK "/%s/device/wwid", name);

	disk->vendor = probe_text(probe, SYS_BLOCK "/%s/device/vendor", name);
	if (str_eq(disk->vendor, "ATA"))
		disk->model = read_ata_model(probe, name);
	if (!disk->model)
		disk->model = probe_text(probe, SYS_BLOCK "/%s/device/model", name);
	disk->serial = strstr(block->path, "/usb") ? read_usb_serial(probe, block->path)
						   : read_scsi_serial(probe, name);
	disk->wwn = wwn_from_wwid(wwid);
}

static void identify_nvme(const struct probe *probe, const char *name, struct host_disk *disk)
{
	_cleanup_free_ char *wwid = probe_text(probe, SYS_BLOCK "/%s/wwid", name);

	disk->model = probe_text(probe, SYS_BLOCK "/%s/device/model", name);
	disk->serial = probe_text(probe, SYS_BLOCK "/%s/device/serial", name);
	disk->wwn = wwn_from_wwid(wwid);
}

static void identify_mmc(const struct probe *probe, const char *name, struct host_disk *disk)
{
	disk->model = probe_text(probe, SYS_BLOCK "/%s/device/name", name);
	disk->serial = probe_text(probe, SYS_BLOCK "/%s/device/serial", name);
}

static void identify_md(const struct probe *probe, const struct block *block,
			struct host_disk *disk)
{
	disk->serial = xstrdup(udev_record_get(&block->udev, "MD_UUID"));
	if (!disk->serial)
		disk->serial = probe_text(probe, SYS_BLOCK "/%s/md/uuid", block->name);
	disk->model = probe_text(probe, SYS_BLOCK "/%s/md/level", block->name);
}

static void identify_map(const struct probe *probe, const struct block *block,
			 struct host_disk *disk)
{
	_cleanup_free_ char *uuid = probe_text(probe, SYS_BLOCK "/%s/dm/uuid", block->name);

	/* "mpath-3600..." begins with the SCSI id type 3: NAA. */
	if (uuid && str_starts(uuid, "mpath-3")) {
		_cleanup_free_ char *wwid = xasprintf("naa.%s", uuid + strlen("mpath-3"));

		disk->wwn = wwn_from_wwid(wwid);
	}
	disk->serial = TAKE_PTR(uuid);
}

static const char *kind_of(const char *name)
{
	static const struct {
		const char *prefix, *kind;
	} kinds[] = {{"sr", "cdrom"}, {"md", "md"}, {"dm-", "multipath"}, {"loop", "loop"}};

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_starts(name, kinds[i].prefix))
			return kinds[i].kind;
	return "disk";
}

void disk_identify(const struct probe *probe, const struct block *block, struct host_disk *disk)
{
	const char *name = block->name;

	disk->kind = xstrdup(kind_of(name));
	if (str_starts(name, "nvme"))
		identify_nvme(probe, name, disk);
	else if (str_starts(name, "mmcblk"))
		identify_mmc(probe, name, disk);
	else if (str_starts(name, "md"))
		identify_md(probe, block, disk);
	else if (str_starts(name, "dm-"))
		identify_map(probe, block, disk);
	else if (str_starts(name, "vd"))
		disk->serial = probe_text(probe, SYS_BLOCK "/%s/serial", name);
	else if (fsroot_existsf(probe->root, SYS_BLOCK "/%s/device/model", name))
		identify_scsi(probe, block, disk);
	if (!disk->serial)
		disk->serial = xstrdup(udev_record_get(&block->udev, "ID_SCSI_SERIAL")
					       ?: udev_record_get(&block->udev, "ID_SERIAL_SHORT"));
	if (!disk->wwn)
		disk->wwn = wwn_from_wwid(udev_record_get(&block->udev, "ID_WWN_WITH_EXTENSION"));
	/* Before ids are made of them: an id must not change afterwards. */
	str_make_printable(disk->serial);
	str_make_printable(disk->model);
}
