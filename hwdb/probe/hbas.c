/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Storage controllers: what they are, what runs on them, and which disks hang behind them. */
#include "common/i18n.h"
#include "common/str.h"
#include "hwdb/controller.h"
#include "hwdb/probe/hba.h"

#define PCI "/sys/bus/pci/devices"

/* Kinds by PCI class (PCI Code and ID Assignment Specification), the longest that fits. */
static const struct {
	const char *class_id, *kind;
} classes[] = {
	{"010601", "ahci"}, {"0106", "sata"}, {"0108", "nvme"}, {"0107", "sas"},   {"0104", "raid"},
	{"0101", "ide"},    {"0105", "ata"},  {"0100", "scsi"}, {"0180", "other"}, {"0c04", "fc"},
};

static const char *kind_of_class(const struct host_pci *pci)
{
	for (size_t i = 0; pci->class_id && i < ARRAY_SIZE(classes); i++)
		if (str_starts(pci->class_id, classes[i].class_id))
			return classes[i].kind;
	return NULL;
}

static const struct host_pci *find_pci(const struct host *host, const char *address)
{
	for (size_t i = 0; address && i < host->n_pci; i++)
		if (str_eq(host->pci[i].address, address))
			return &host->pci[i];
	return NULL;
}

static struct host_hba *find_hba(struct host *host, const char *address)
{
	for (size_t i = 0; i < host->n_hbas; i++)
		if (str_eq(host->hbas[i].pci_address, address))
			return &host->hbas[i];
	return NULL;
}

static void set(char **text, const char *value)
{
	free(*text);
	*text = xstrdup(value);
}

/* What a controller without driver, or in a mode that hides drives, keeps from the system. */
static void explain(const struct probe *probe, const struct host_pci *pci, struct host_hba *hba)
{
	uint64_t remapped = probe_number(probe, 0, PCI "/%s/remapped_nvme", pci->address);

	if (remapped) {
		hba->hides = xasprintf(
			remapped == 1 ? N_("%llu NVMe drive is hidden behind this controller "
					   "(Intel RST): "
					   "switch it from RAID to AHCI in firmware setup")
				      : N_("%llu NVMe drives are hidden behind this controller "
					   "(Intel RST): "
					   "switch it from RAID to AHCI in firmware setup"),
			(unsigned long long)remapped);
	} else if (pci->driver) {
		return;
	} else if (str_eq(hba->kind, "vmd")) {
		hba->hides =
			xstrdup(N_("NVMe drives behind this volume management device (VMD) cannot "
				   "be seen, no driver is bound: load the module vmd, or switch "
				   "VMD off in firmware setup"));
	} else if (controller_mode(pci) == CONTROLLER_RAID_MODE) {
		hba->hides =
			xasprintf(N_("%s:%s is a SATA or NVMe controller in RAID mode with no "
				     "driver bound: switch it to AHCI or NVMe in firmware setup"),
				  pci->vendor_id, pci->device_id);
	} else {
		hba->hides = xstrdup(
			pci->modules ? N_("no driver is bound, so its disks cannot be seen: load "
					  "the module that claims it")
				     : N_("no driver is bound, so its disks cannot be seen"));
	}
}

static void add_controller(struct probe *probe, const struct host_pci *pci, const char *kind)
{
	struct host *host = probe->host;
	struct host_hba *hba = ARRAY_APPEND(host->hbas, host->n_hbas);

	hba->pci_address = xstrdup(pci->address);
	hba->kind = xstrdup(kind);
	hba->driver = xstrdup(pci->driver);
	explain(probe, pci, hba);
}

static void add_controllers(struct probe *probe)
{
	for (size_t i = 0; i < probe->host->n_pci; i++) {
		const struct host_pci *pci = &probe->host->pci[i];
		const char *kind = kind_of_class(pci);

		/* A function kept for a guest has no disk of the host's to hide. */
		if (pci->vf_of && !pci->driver)
			continue;
		if (controller_mode(pci) == CONTROLLER_VMD)
			add_controller(probe, pci, "vmd");
		else if (kind && str_eq(pci->vendor_id, "1af4"))
			add_controller(probe, pci, "virtio");
		else if (kind)
			add_controller(probe, pci, kind);
	}
}

/* Controllers and network cards whose NVMe or SCSI side shows in a class of its own. */
static void add_nvme(struct probe *probe, const char *name)
{
	_cleanup_free_ char *path = probe_real_path(probe, "/sys/class/nvme/%s", name);
	_cleanup_free_ char *address = sysfs_pci_address(path);
	struct host_hba *hba = address ? find_hba(probe->host, address) : NULL;

	if (!hba || hba->model)
		return;
	strv_add(&hba->hosts, name);
	hba->model = probe_text(probe, "/sys/class/nvme/%s/model", name);
	hba->firmware_version = probe_text(probe, "/sys/class/nvme/%s/firmware_rev", name);
}

static struct host_hba *hba_of_host(struct probe *probe, const char *name, const char *path)
{
	_cleanup_free_ char *address = sysfs_pci_address(path);
	struct host *host = probe->host;
	const struct host_pci *pci = find_pci(host, address);
	struct host_hba *hba = address ? find_hba(host, address) : NULL;
	_cleanup_free_ char *driver = NULL;

	if (hba)
		return hba;
	/* iSCSI in software, and sticks: the first is a controller of its own, the latter none. */
	if (strstr(path, "/usb") ||
	    (!pci && !strstr(path, "/session") &&
	     !fsroot_existsf(probe->root, "/sys/class/iscsi_host/%s", name)))
		return NULL;
	driver = probe_text(probe, "/sys/class/scsi_host/%s/proc_name", name);
	hba = ARRAY_APPEND(host->hbas, host->n_hbas);
	hba->pci_address = TAKE_PTR(address);
	hba->kind = xstrdup("scsi");
	hba->driver = xstrdup(pci && pci->driver ? pci->driver : driver);
	return hba;
}

static void add_scsi(struct probe *probe, const char *name)
{
	_cleanup_free_ char *path = probe_real_path(probe, "/sys/class/scsi_host/%s", name);
	struct host_hba *hba = path ? hba_of_host(probe, name, path) : NULL;

	if (!hba)
		return;
	strv_add(&hba->hosts, name);
	hba_read_versions(probe, name, hba);
	if (fsroot_existsf(probe->root, "/sys/class/fc_host/%s", name)) {
		set(&hba->kind, "fc");
		hba_read_fc(probe, name, hba);
	} else if (fsroot_existsf(probe->root, "/sys/class/iscsi_host/%s", name)) {
		set(&hba->kind, "iscsi");
	} else if (fsroot_existsf(probe->root, "/sys/class/sas_host/%s", name)) {
		if (!str_eq(hba->kind, "raid"))
			set(&hba->kind, "sas");
		hba_read_sas(probe, name, hba);
	}
}

static void for_each(struct probe *probe, const char *folder,
		     void (*add)(struct probe *probe, const char *name))
{
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(probe->root, folder, &names) < 0)
		return;
	for (char **name = names; name && *name; name++)
		add(probe, *name);
}

/* Behind VMD stands a whole PCI domain: its disks' controllers have their path through it. */
static bool is_behind(const struct probe *probe, const struct host_hba *hba,
		      const struct host_disk *disk)
{
	_cleanup_free_ char *path = NULL, *part = NULL;

	if (str_eq(hba->pci_address, disk->pci_address))
		return hba->pci_address ||
		       (str_eq(hba->kind, "iscsi") && str_eq(disk->transport, "iscsi"));
	if (!str_eq(hba->kind, "vmd") || !disk->pci_address)
		return false;
	path = probe_real_path(probe, PCI "/%s", disk->pci_address);
	part = xasprintf("/%s/", hba->pci_address);
	return path && strstr(path, part);
}

static void find_disks(const struct probe *probe, struct host_hba *hba)
{
	const struct host *host = probe->host;

	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *disk = &host->disks[i];

		if (!str_eq(disk->kind, "cdrom") && !str_eq(disk->transport, "usb") &&
		    is_behind(probe, hba, disk)) {
			strv_add(&hba->disks, disk->id);
			if (str_eq(hba->kind, "scsi") && str_eq(disk->transport, "sas"))
				set(&hba->kind, "sas");
		}
	}
}

void probe_hbas(struct probe *probe)
{
	struct host *host = probe->host;

	add_controllers(probe);
	for_each(probe, "/sys/class/nvme", add_nvme);
	for_each(probe, "/sys/class/scsi_host", add_scsi);
	for (size_t i = 0; i < host->n_hbas; i++)
		find_disks(probe, &host->hbas[i]);
	probe_ibft(probe);
}
