/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * struct host: one machine described as data. hwdb/ fills it from a root handle (host_detect) or
 * from its own JSON (host_from_json); everybody else only reads it. Never holds open devices.
 * Unknown strings are NULL, unknown numbers have their `has_` flag false and are null in JSON.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "common/json.h"
#include "common/macro.h"
#include "hwdb/host_platform.h"

/* What the hardware database says of a device (hwdb/database.h); all may be NULL but the state. */
struct host_support {
	char *state;            /* "driven", "works", "certified", "needs-firmware", ... */
	char *driver;           /* names of those that claim it, with blanks between */
	char *firmware_package; /* Debian packages that have the driver's firmware files */
	char *minimum_firmware; /* the version that the source asks for, as its vendor counts */
	char *note;
	char *source; /* whose claim it is: a URL, a package, a lab */
};

struct host_pci {
	char *address;                          /* "0000:00:1f.2" */
	char *vendor_id, *device_id, *class_id; /* lower-case hex: "8086", "2922", "010601" */
	char *subsystem_vendor_id, *subsystem_device_id;
	char *vendor_name, *device_name, *class_name; /* from pci.ids, or NULL */
	char *driver;                                 /* bound driver or NULL */
	char **modules; /* drivers that claim it (modules.alias), where the root has them */
	char *slot;     /* physical or SMBIOS slot label, or NULL */
	char *parent;   /* the bridge that it is behind, or NULL on a root bus */
	bool has_numa_node;
	unsigned numa_node;
	/* From the configuration space, of which only root may read more than the header. */
	char *express; /* "endpoint", "legacy-endpoint", "root-port", "upstream-port",
			  "downstream-port", "bridge-to-pci", "bridge-from-pci",
			  "integrated-endpoint", "event-collector", "other"; "none" on
			  conventional PCI; NULL when unknown */
	bool has_multifunction, multifunction;
	/* PCI Express link: lanes, and million transfers a second on each (2500 is generation 1,
	 * 16000 is 4). A port's are those of the link below it; nothing behind it: unknown. */
	bool has_link_width, has_link_width_max, has_link_speed, has_link_speed_max;
	unsigned link_width, link_width_max, link_speed_mtps, link_speed_max_mtps;
	bool has_function_reset, function_reset; /* of its own (FLR) */
	bool has_ari, ari, has_ats, ats, has_pasid, pasid;
	/* Access Control Services, and which of them: "source-validation", "translation-blocking",
	 * "request-redirect", "completion-redirect", "upstream-forwarding", "egress-control",
	 * "direct-translated". */
	bool has_acs, acs;
	char **acs_supported, **acs_enabled;
	bool has_aer, aer; /* Advanced Error Reporting; what it counted since the system started */
	bool has_aer_correctable, has_aer_nonfatal, has_aer_fatal;
	uint64_t aer_correctable, aer_nonfatal, aer_fatal;
	bool has_sriov, sriov;
	bool has_vfs_total, has_vfs_enabled; /* virtual functions; known where sriov is true */
	unsigned vfs_total, vfs_enabled;
	/* The firmware or the kernel found room for the memory of all its virtual functions. */
	bool has_vf_memory, vf_memory_assigned;
	bool has_vf_memory_bytes;
	uint64_t vf_memory_bytes;            /* of all virtual functions together */
	char *vf_of;                         /* a virtual function's physical one, or NULL */
	bool has_product_data, product_data; /* it has vital product data (VPD) */
	/* What that says, read from network, storage, display and accelerator cards; or NULL. */
	char *product_name, *part_number, *serial, *engineering_level;
	bool has_iommu_group; /* the kernel's number, while it has one */
	unsigned iommu_group;
	/* No other device shares its IOMMU group, as it is or as Linux would make it. */
	bool has_alone, alone;
	bool has_support; /* the hardware database knows it */
	struct host_support support;
};

struct host_vlan {
	unsigned id;
	char *name; /* or NULL */
};

/* Who is at the other end of a cable, as it announces itself (LLDP). */
struct host_lldp {
	char *chassis_id; /* a MAC as "00:1b:21:aa:bb:cc", an address, or text */
	char *port_id;
	char *port_description;
	char *system_name, *system_description;
	char *management_address; /* the first it names */
	char **capabilities;      /* "bridge", "router", ...: those enabled */
	bool has_port_vlan;
	unsigned port_vlan; /* untagged frames belong to it */
	struct host_vlan *vlans;
	size_t n_vlans;
	bool has_aggregation, aggregation_capable, aggregated; /* LACP: bonding can be, is on */
	bool has_frame_max;
	unsigned frame_max_bytes; /* headers included, as the port says: 1522, 9216, ... */
	bool has_speed;
	unsigned speed_mbps;
	bool has_autoneg, autoneg;
};

struct host_nic {
	char *name;        /* the ethN it will bear, as installed and in every plan */
	char *kernel_name; /* what it is called right now in the running kernel */
	char *mac;         /* permanent, lower case "52:54:00:12:34:56" */
	char *driver;
	char *pci_address; /* NULL when not on PCI */
	char *slot;        /* SMBIOS slot or onboard label, or NULL */
	bool has_link, link;
	bool has_speed;
	unsigned speed_mbps;
	bool boot; /* the machine was booted over it (BOOTIF, iBFT) */
	/* From the driver (ethtool), where it tells. */
	char *firmware_version, *bus_info;
	char *port;            /* "tp", "fibre", "da" (direct attach), "none" (no module), ... */
	unsigned *speeds_mbps; /* those it supports, ascending */
	size_t n_speeds;
	bool has_autoneg, autoneg;
	bool has_duplex, full_duplex;
	char *master;      /* the bond or bridge it is a port of, or NULL */
	char *master_kind; /* "bond", "bridge", "openvswitch", or NULL */
	/* SR-IOV: how many virtual functions it can have and has. They are never NICs of this list.
	 */
	bool has_sriov;
	unsigned sriov_vfs_max, sriov_vfs;
	/* How long was listened for neighbours at most; unknown: nobody listened, or it was down.
	 */
	bool has_lldp_seconds;
	unsigned lldp_seconds;
	struct host_lldp *lldp;
	size_t n_lldp;
};

enum disk_content_kind {
	CONTENT_NONE,  /* nothing recognised */
	CONTENT_TABLE, /* partition table */
	CONTENT_FILESYSTEM,
	CONTENT_LVM,  /* an LVM physical volume */
	CONTENT_RAID, /* md or firmware RAID member */
	CONTENT_SR,   /* XenServer/XCP-ng storage repository: VG_XenStorage-*, XSLocal* */
	CONTENT_VMFS,
	CONTENT_CEPH,
	CONTENT_ZFS,
	CONTENT_CLUSTER,
	CONTENT_CRYPT,
	CONTENT_SWAP,
	CONTENT_OTHER,
};

/* What stands on a whole disk (partition 0) or one of its partitions, read by libblkid. */
struct host_content {
	unsigned partition; /* 0: the whole disk */
	uint64_t start_bytes, size_bytes;
	enum disk_content_kind kind;
	char *type; /* blkid's name: "ext4", "LVM2_member", "gpt", ... or NULL */
	char *label, *uuid;
	char *partition_type; /* GPT type GUID or "0x8e", lower case; NULL for the whole disk */
	char *partition_name;
	char *volume_group; /* for LVM: from its metadata, or NULL */
	char **volumes; /* logical volume names with an SR's VDIs ("VHD-...", "LV-..."), or NULL */
	/* A volume group of one ext2, 3 or 4 volume: its inodes in use; a fresh one has 11 or 12.
	 */
	bool has_inodes_used;
	unsigned inodes_used;
	/* "YYYY-MM-DD" or NULL: the newest the metadata states; of a system, when it was installed;
	 * of a backup, when it was made. */
	char *date;
	char *description; /* in words: "XenServer or XCP-ng installation", "LVM storage repository,
			      3 virtual disks" */
	char *system;   /* the system installed on it, as it says itself: "XCP-ng 8.3.0", or NULL */
	bool xenserver; /* `system` is one of XenServer's family, by its inventory */
	bool backup;    /* the copy of one that an upgrade made */
	char *raid_level; /* of a Linux software RAID: "raid1", "linear", ... or NULL */
	bool has_raid_disks;
	unsigned raid_disks;
	bool valuable; /* data worth money: erasing needs destroy-existing */
};

/* A disk's own account of its health, where smartctl is there to ask it. */
struct host_health {
	bool has_passed, passed; /* its own verdict */
	bool has_temperature;
	unsigned temperature_celsius;
	bool has_hours;
	unsigned power_on_hours;
	bool has_used;
	unsigned used_percent; /* of the writes it was made for; may exceed 100 */
	bool has_spare;
	unsigned spare_percent; /* of its spare blocks, still unused */
	bool has_spare_threshold;
	unsigned spare_threshold_percent; /* below it the disk counts as failing */
	bool has_reallocated;
	unsigned reallocated_sectors;
	bool has_pending;
	unsigned pending_sectors; /* unreadable now */
	bool has_media_errors;
	unsigned media_errors; /* NVMe: data that could not be read back */
};

/*
 * Several paths to one disk (the same WWN) are one entry of kind "multipath", which bears the WWN
 * as its id and names its paths as parents, and one entry of kind "path" for each path, whose id is
 * its by-path name; all carry the WWN in `wwn`. The multipath entry's `name` is NULL while no
 * device-mapper map joins the paths.
 */
struct host_disk {
	char *id; /* WWN, else "model_serial", else by-path: unique in a host, stable over boots */
	char *kind;     /* "disk", "multipath", "path", "md", "cdrom", "loop" */
	char **parents; /* ids below a multipath or md device */
	char *name;     /* "sda": for the eye only */
	uint64_t size_bytes;
	unsigned logical_block_bytes, physical_block_bytes;
	char *vendor, *model, *serial, *wwn;
	char *transport;   /* "nvme", "sata", "sas", "usb", "virtio", "fc", "iscsi", "spi", "raid",
			      ... */
	char *by_path;     /* name below /dev/disk/by-path, or NULL */
	char **links;      /* every /dev/disk/by-* path, sorted */
	char *pci_address; /* of its controller, or NULL */
	char *driver;      /* of its controller, or NULL */
	bool rotational, removable, read_only;
	bool has_rotational;
	bool install_medium; /* the installer was started from it */
	char **holders; /* what uses it now: "mounted on /", "md127", "dm-0", "swap"; empty: free */
	char *unreadable; /* why its content could not be read, or NULL */
	/* SHA-256 over the areas that hold partition tables: first and last 34 sectors (6 for 4Kn,
	 * that is UEFI's 16 KiB of entries plus header and MBR). Hex, NULL when unreadable. */
	char *table_digest;
	struct host_content *contents;
	size_t n_contents;
	bool has_discard, discard; /* free blocks can be told to it (TRIM, UNMAP) */
	bool has_discard_granularity;
	unsigned discard_granularity_bytes;
	bool has_discard_max;
	uint64_t discard_max_bytes; /* in one request */
	bool has_rpm;
	unsigned rpm; /* of rotating disks */
	char *zoned;  /* "none", "host-managed", "host-aware" */
	bool has_namespace;
	unsigned namespace_id; /* NVMe */
	bool has_health;
	struct host_health health;
};

/* One port of a storage adapter: a Fibre Channel port, or a SAS host. */
struct host_hba_port {
	char *host; /* "host3" */
	char *wwn;  /* of the port: FC port name or SAS address, hex */
	char *node_wwn, *fabric_wwn;
	char *state;            /* "Online", "Linkdown", ... (FC) */
	char *speed;            /* "16 Gbit", "12.0 Gbit": of SAS the fastest of its phys */
	char *supported_speeds; /* FC */
	bool has_phys;
	unsigned phys, phys_up; /* SAS: lanes there are, and lanes with a link */
};

/* A storage controller or adapter. */
struct host_hba {
	char *pci_address; /* NULL: iSCSI in software */
	char *kind; /* "ahci", "sata", "ide", "nvme", "sas", "fc", "raid", "vmd", "iscsi", "virtio",
		       "scsi", "ata", "other" */
	char *driver;
	char *model, *firmware_version; /* as the driver tells, or NULL */
	char **hosts;                   /* "host3", "nvme0" */
	struct host_hba_port *ports;
	size_t n_ports;
	/* SAS ends that are initiators and no targets, as far as the driver lists them: the disks
	 * behind are shared with other machines. 0 proves nothing; unknown: no end is listed. */
	bool has_other_initiators;
	unsigned other_initiators;
	char **disks; /* ids of the disks behind it; of a RAID controller, its volumes */
	char *hides; /* why disks behind it cannot be seen, and what to do; NULL: no reason known */
};

/* The disk that the firmware boots from over iSCSI. */
struct host_ibft_target {
	char *name; /* "iqn.2026-01.example:boot" */
	char *address;
	bool has_port;
	unsigned port;
	char *lun; /* the eight bytes, hex digits without leading zeros each, as the kernel writes
		    */
	char *nic_mac;
};

struct host_ibft {
	char *initiator;
	struct host_ibft_target *targets;
	size_t n_targets;
};

/* A unit that translates devices' accesses to memory, as the firmware's table describes it.
 * Devices are PCI addresses, ranges of them ("0000:00:01.0-0000:ff:1f.6"), or, where none is there,
 * paths through bridges ("0000:00:1c.0/00.0"). */
struct host_iommu_unit {
	char *address; /* its own as a PCI device (AMD), or NULL */
	unsigned segment;
	uint64_t register_address;
	bool all_devices; /* of its segment that no other unit names */
	char **devices;
	char **bridges;           /* with everything behind them */
	char **interrupt_sources; /* "ioapic 8 at 0000:f0:1f.7", "hpet 0 at ...", "acpi ..." */
};

/* Memory that devices go on using while the firmware or its management processor wants it (RMRR,
 * IVMD); such a device can hardly be passed through. */
struct host_iommu_reserved {
	unsigned segment;
	uint64_t start, size_bytes;
	bool all_devices;
	char **devices; /* as above */
};

struct host_iommu_group {
	unsigned id;
	char *type; /* "DMA", "DMA-FQ", "identity", ... as the kernel says, or NULL */
	char **devices;
};

struct host_iommu {
	char *kind;   /* the firmware's table: "dmar" (Intel), "ivrs" (AMD) or NULL */
	bool enabled; /* Linux uses it; under Xen it is Xen's and false here */
	unsigned groups;
	/* From the table; unknown when it cannot be read or is damaged. */
	bool has_interrupt_remapping, interrupt_remapping; /* the platform can */
	bool has_x2apic_opt_out, x2apic_opt_out;           /* the firmware asks not to use it */
	bool has_dma_opt_in, dma_opt_in; /* it guards DMA since before the system started */
	bool has_address_bits;
	unsigned address_bits;
	struct host_iommu_unit *units;
	size_t n_units;
	struct host_iommu_reserved *reserved;
	size_t n_reserved;
	bool has_entries;
	unsigned ats_entries, proximity_entries; /* ports with ATS, units with a NUMA node */
	/* The kernel's groups while it has some; else what Linux would make of the PCI devices'
	 * ACS, which needs root's rights to know and does not know the kernel's quirks. */
	bool groups_predicted;
	struct host_iommu_group *group_list;
	size_t n_group_list;
	/* PCI devices whose group differs from what their ACS lets expect: quirks, boot options */
	char **unexpected;
};

struct host {
	struct host_firmware firmware;
	struct host_cpu cpu;
	struct host_numa_node *numa;
	size_t n_numa;
	uint64_t memory_bytes;
	struct host_memory memory;
	struct host_pci *pci;
	size_t n_pci;
	struct host_nic *nics; /* in ethN order */
	size_t n_nics;
	struct host_disk *disks; /* sorted by name, natural order */
	size_t n_disks;
	struct host_hba *hbas; /* by PCI address */
	size_t n_hbas;
	bool has_ibft; /* the firmware has an iSCSI boot table */
	struct host_ibft ibft;
	struct host_iommu iommu;
	bool has_hypervisor, has_tpm, has_bmc; /* null in JSON where there is none */
	struct host_hypervisor hypervisor;
	struct host_tpm tpm;
	struct host_bmc bmc;
	struct host_watchdog *watchdogs;
	size_t n_watchdogs;
	char *virtual_machine; /* "qemu", "vmware", "xen" ... or NULL on metal */
	char *kernel_release;
	char *command_line; /* secrets masked */
	char **notes;       /* what detection could not honour or read, in sentences for people */
};

struct host *host_new(void);
void host_free(struct host *host);
DEFINE_CLEANUP(struct host *, host_free)
#define _cleanup_host_ _cleanup_(host_freep)

/* Long enough to hear every switch: they announce themselves every 30 seconds (IEEE 802.1AB,
 * msgTxInterval). */
#define HOST_LLDP_SECONDS 32

/* The fixed NIC order rules of the boot line: map_netdev=ethX:d|s:value (MAC, PCI address or
 * label).
 */
struct host_options {
	char *const
		*map_netdev; /* values of every map_netdev= token, or NULL: read the command line */
	/* Listen for neighbours of NICs (LLDP) for so long at most; 0: do not. Live roots only. */
	unsigned lldp_seconds;
	/* Ask disks for their health: some 0.1 s each, 20 s at most. Live roots, and root only. */
	bool health;
};

/* Reads the machine below `root` without a single write. A captured folder lacks what only opened
 * devices tell; capture therefore stores that beside (hwdb/capture.c). */
int host_detect(const struct fsroot *root, const struct host_options *options, struct host **ret,
		struct error **err) _must_check_;
/* "live", a host JSON file, or a folder/tarball made by capture. */
int host_load(const char *machine, struct host **ret, struct error **err) _must_check_;
/* Whether a path looks like something that was recorded: a .json file, a tarball of capture, or a
 * folder of it; to find machines among other files. Says nothing of its content. */
bool host_is_stored(const char *path);
int host_load_with(const char *machine, const struct host_options *options, struct host **ret,
		   struct error **err) _must_check_;

/* Which NIC bears which name on an installed host: as the installer left it, and those since. */
#define HOST_NIC_RULES       "/etc/firstboot.d/data/initial_network_device_rules.conf"
#define HOST_NIC_RULES_LATER "/var/lib/xenhost/network_device_rules.conf"
struct host_nic_rules {
	char **missing; /* lines that HOST_NIC_RULES_LATER lacks, or NULL */
	size_t absent;  /* rules whose NIC is not there */
};
void host_nic_rules_done(struct host_nic_rules *rules);
#define _cleanup_host_nic_rules_ _cleanup_(host_nic_rules_done)
/* The NICs alone, and notes about their rules, in milliseconds: for each new link of a running
 * host. */
int host_detect_nics(const struct fsroot *root, struct host **ret, struct host_nic_rules *ret_rules,
		     struct error **err) _must_check_;

struct json *host_to_json(const struct host *host); /* schema xenhost.host/1 */
int host_from_json(const struct json *json, struct host **ret, struct error **err) _must_check_;
char *host_to_text(const struct host *host); /* for people */

/* Where a partition of the disk is opened: "/dev/sda1", "/dev/nvme0n1p1"; 0: the whole, "/dev/sr0".
 * Newly allocated, NULL for a disk without a name. */
char *host_partition_node(const struct host_disk *disk, unsigned partition);
const struct host_disk *host_find_disk(const struct host *host, const char *id);
const struct host_nic *host_find_nic(const struct host *host, const char *name);

/* Reads one live disk again from an open descriptor: identity, size, sectors and table digest. The
 * one call execute makes. `device` is its node, such as "/dev/sda". */
int host_disk_reread(const struct fsroot *root, const char *device, int fd, struct host_disk **ret,
		     struct error **err) _must_check_;
/* The node that now bears the disk with this id, "/dev/...". */
int host_disk_node(const struct fsroot *root, const char *id, char **ret,
		   struct error **err) _must_check_;
void host_disk_free(struct host_disk *disk);
DEFINE_CLEANUP(struct host_disk *, host_disk_free)

const char *firmware_kind_to_string(enum firmware_kind kind);
const char *secure_boot_to_string(enum secure_boot state);
const char *disk_content_kind_to_string(enum disk_content_kind kind);
/* -EINVAL for a word that names none. */
int firmware_kind_from_string(const char *text, enum firmware_kind *ret) _must_check_;
int secure_boot_from_string(const char *text, enum secure_boot *ret) _must_check_;
int disk_content_kind_from_string(const char *text, enum disk_content_kind *ret) _must_check_;
