/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a disk is attached: told by its path below /sys/devices and the classes of its SCSI host. */
#include "common/str.h"
#include "hwdb/probe/disk.h"

/* Controllers that show volumes of their own making and hide the drives behind. */
static const char *const raid_drivers[] = {
	"megaraid_sas",
	"megaraid_mbox",
	"megaraid_legacy",
	"aacraid",
	"arcmsr",
	"hpsa",
	"smartpqi",
	"3w-9xxx",
	"3w-sas",
	"3w-xxxx",
	"ips",
	"dpt_i2o",
	"cciss",
	"stex",
	"hptiop",
	"mvumi",
	"dac960",
	"myrb",
	"myrs",
	NULL,
};

static bool is_listed(const char *const *list, const char *word)
{
	for (; word && *list; list++)
		if (str_eq(*list, word))
			return true;
	return false;
}

/* "host3" in ".../ata4/host3/target3:0:0/3:0:0:0/block/sda", or NULL. */
static char *scsi_host(const char *path)
{
	_cleanup_strv_ char **parts = strv_split(path, "/");
	unsigned number;

	for (char **part = parts; part && *part; part++)
		if (str_starts(*part, "host") &&
		    str_to_uint(*part + 4, 0, UINT32_MAX, &number) == 0)
			return xstrdup(*part);
	return NULL;
}

/* Whether a component of the path is the prefix followed by a digit: "/ata4/". */
static bool has_part(const char *path, const char *prefix)
{
	const char *at = path;
	size_t length = strlen(prefix);

	while ((at = strstr(at, prefix))) {
		if (at[length] >= '0' && at[length] <= '9')
			return true;
		at += length;
	}
	return false;
}

/* An IDE controller's drives speak ATA through libata, like SATA ones: its PCI class tells. */
static const char *ata_transport(const struct probe *probe, const char *pci_address)
{
	uint64_t class =
		pci_address ? probe_number(probe, 0, "/sys/bus/pci/devices/%s/class", pci_address)
			    : 0;

	return class >> 8 == 0x0101 ? "ata" : "sata";
}

static const char *scsi_transport(const struct probe *probe, const char *path,
				  const struct host_disk *disk)
{
	_cleanup_free_ char *host = scsi_host(path);

	if (has_part(path, "/usb"))
		return "usb";
	if (!host)
		return NULL;
	if (fsroot_existsf(probe->root, "/sys/class/fc_host/%s", host))
		return "fc";
	if (fsroot_existsf(probe->root, "/sys/class/iscsi_host/%s", host) ||
	    has_part(path, "/session"))
		return "iscsi";
	/* A RAID controller lists drives that it passes through as SAS ends. */
	if (strstr(path, "/end_device-"))
		return "sas";
	if (is_listed(raid_drivers, disk->driver))
		return "raid";
	if (fsroot_existsf(probe->root, "/sys/class/sas_host/%s", host))
		return "sas";
	if (fsroot_existsf(probe->root, "/sys/class/spi_host/%s", host))
		return "spi";
	if (has_part(path, "/ata"))
		return ata_transport(probe, disk->pci_address);
	if (has_part(path, "/virtio"))
		return "virtio";
	return str_eq(disk->driver, "hv_storvsc") ? "hyperv" : "scsi";
}

static const char *nvme_transport(const struct probe *probe, const char *controller)
{
	_cleanup_free_ char *text = probe_text(probe, "/sys/class/nvme/%s/transport", controller);

	return !text || str_eq(text, "pcie") ? "nvme" : "nvme-of";
}

/* "nvme0" for "nvme0n1"; with multipath, the first controller of the disk's subsystem. */
static char *nvme_controller(const struct probe *probe, const struct block *block)
{
	_cleanup_strv_ char **names = NULL;
	_cleanup_free_ char *folder = xasprintf("/sys/block/%s/device", block->name);
	char *name = probe_link_name(probe, "/sys/block/%s/device", block->name);
	unsigned number;

	if (!name || !str_starts(name, "nvme-subsys"))
		return name;
	free(name);
	if (fsroot_list(probe->root, folder, &names) < 0)
		return NULL;
	for (char **entry = names; entry && *entry; entry++)
		if (str_starts(*entry, "nvme") &&
		    str_to_uint(*entry + 4, 0, UINT32_MAX, &number) == 0)
			return xstrdup(*entry);
	return NULL;
}

static void find_nvme(const struct probe *probe, const struct block *block, struct host_disk *disk)
{
	_cleanup_free_ char *controller = nvme_controller(probe, block);
	_cleanup_free_ char *path = NULL;

	if (!controller)
		return;
	path = probe_real_path(probe, "/sys/class/nvme/%s", controller);
	disk->transport = xstrdup(nvme_transport(probe, controller));
	disk->pci_address = sysfs_pci_address(path);
	disk->driver = xstrdup("nvme");
}

/* The driver of the SCSI host where it is known, else of the nearest parent that has one. */
static char *find_driver(const struct probe *probe, const struct block *block)
{
	_cleanup_free_ char *host = scsi_host(block->path);
	_cleanup_free_ char *name =
		host ? probe_text(probe, "/sys/class/scsi_host/%s/proc_name", host) : NULL;
	_cleanup_free_ char *pci = NULL;

	if (name && !str_eq(name, "<NULL>") && !str_eq(name, "(null)"))
		return TAKE_PTR(name);
	if (!host)
		return probe_link_name(probe, "/sys/block/%s/device/driver", block->name);
	pci = sysfs_pci_address(block->path);
	return pci ? probe_link_name(probe, "/sys/bus/pci/devices/%s/driver", pci) : NULL;
}

void disk_find_transport(const struct probe *probe, const struct block *block,
			 struct host_disk *disk)
{
	static const struct {
		const char *prefix, *transport;
	} by_name[] = {{"vd", "virtio"}, {"xvd", "xen"},   {"mmcblk", "mmc"}, {"nbd", "nbd"},
		       {"rbd", "rbd"},   {"pmem", "pmem"}, {"cciss", "raid"}, {"rssd", "pcie"}};

	if (str_starts(block->name, "nvme")) {
		find_nvme(probe, block, disk);
		return;
	}
	if (strstr(block->path, "/devices/virtual/"))
		return;
	disk->pci_address = sysfs_pci_address(block->path);
	disk->driver = find_driver(probe, block);
	for (size_t i = 0; i < ARRAY_SIZE(by_name); i++)
		if (str_starts(block->name, by_name[i].prefix)) {
			disk->transport = xstrdup(by_name[i].transport);
			return;
		}
	disk->transport = xstrdup(scsi_transport(probe, block->path, disk));
}
