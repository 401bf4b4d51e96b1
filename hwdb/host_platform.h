/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The part of struct host that is no device: firmware and its helpers, processors, NUMA nodes and
 * memory. Included by hwdb/host.h alone, which everybody else includes. The same rules: unknown
 * strings are NULL, unknown numbers have their `has_` flag false.
 */
#pragma once

#include "common/macro.h"

enum firmware_kind { FIRMWARE_BIOS, FIRMWARE_UEFI };
enum secure_boot { SECURE_BOOT_UNKNOWN, SECURE_BOOT_ABSENT, SECURE_BOOT_OFF, SECURE_BOOT_ON };

/* A trusted platform module. */
struct host_tpm {
	char *version;      /* "1.2", "2.0" or NULL */
	char *manufacturer; /* its letters: "IFX", "STM", "INTC", ... or NULL */
	char *firmware_version, *description;
	bool driven;  /* a driver of the running kernel uses it */
	char **banks; /* hashes of its register banks: "sha1", "sha256"; empty: not known */
};

/* The service processor of the board. */
struct host_bmc {
	char *interface; /* as SMBIOS tells: "kcs", "smic", "bt", "ssif", or NULL */
	char *device;    /* the kernel's, "ipmi0"; NULL: no driver */
	char *ipmi_version, *firmware_version;
	char *manufacturer_id, *product_id; /* IANA enterprise number and the maker's own, hex */
	/* Redfish as seen from this machine, over the board's own network. */
	char *redfish_address, *redfish_host;
	bool has_redfish_port;
	unsigned redfish_port;
};

/* A timer that restarts the machine. */
struct host_watchdog {
	char *name;     /* "watchdog0" */
	char *identity; /* "iTCO_wdt", or NULL */
	char *driver;
	char *state; /* "active", "inactive", or NULL */
	bool has_timeout;
	unsigned timeout_s;
};

/* What runs below this kernel and tells so in /sys/hypervisor. */
struct host_hypervisor {
	char *type;          /* "xen" */
	char *version;       /* "4.20.0", or NULL */
	bool dom0;           /* it is the machine's own, and this its first domain */
	char *guest_type;    /* "PV", "PVH", "HVM" or NULL */
	char **capabilities; /* guests it can run: "xen-3.0-x86_64", "hvm-3.0-x86_64", ... */
};

struct host_firmware {
	enum firmware_kind kind;
	unsigned efi_bits; /* 32 or 64 under UEFI, else 0 */
	enum secure_boot secure_boot;
	bool has_setup_mode, setup_mode; /* UEFI: keys for Secure Boot can be put in freely */
	char *smbios_version;            /* "3.2", or NULL */
	char *system_vendor, *product_name, *product_serial,
		*product_uuid; /* SMBIOS, may be NULL */
	char *asset_tag;       /* of the chassis, as its owner wrote it, or NULL */
	char *board_vendor, *board_name, *bios_vendor, *bios_version, *bios_date;
	/* ACPI SPCR: the serial console the firmware names; spcr_present false when it names none.
	 */
	bool spcr_present;
	bool spcr_mmio;        /* address is memory-mapped, else an I/O port */
	uint64_t spcr_address; /* 0x3f8 is COM1, 0x2f8 COM2 */
	unsigned spcr_baud;    /* 0: as the firmware left it */
};

/* A processor as it is put into a socket. */
struct host_cpu_package {
	unsigned id;
	char *model;
	bool has_signature;
	unsigned family, model_number, stepping;
	char *microcode;         /* revision as the kernel writes it: "0x2006e05", or NULL */
	unsigned cores, threads; /* 0 is unknown */
};

/* A weakness of processors, as the kernel states it. */
struct host_cpu_vulnerability {
	char *name;   /* "mds", "spectre_v2", ... */
	char *status; /* "Not affected", "Mitigation: ...", "Vulnerable", "Vulnerable: ..." */
};

struct host_cpu {
	char *vendor; /* "GenuineIntel", "AuthenticAMD", ... */
	char *model;
	unsigned packages, cores, threads; /* totals of the machine; 0 is unknown */
	char *virtualization;              /* "vmx", "svm" or NULL */
	bool nested_paging;                /* ept or npt: PVH and HVM guests need it */
	char **flags;                      /* sorted */
	/* Whether the processor has VT-x or AMD-V, whatever firmware and kernel made of it; whether
	 * the firmware turned it off, and locked that until the next start. */
	bool has_virtualization_supported, virtualization_supported;
	bool has_virtualization_disabled, virtualization_disabled;
	bool has_virtualization_locked, virtualization_locked;
	bool has_unrestricted_guest, unrestricted_guest; /* guests start in real mode unaided */
	bool has_slat_2m_pages, slat_2m_pages;           /* sizes of pages of nested paging */
	bool has_slat_1g_pages, slat_1g_pages;
	bool has_sockets; /* false: SMBIOS says nothing or could not be read */
	unsigned sockets, empty_sockets;
	char *feature_level; /* "x86-64-v1" to "x86-64-v4", or NULL */
	char *smt;           /* as the kernel states it: "on", "off", "notsupported", ... or NULL */
	struct host_cpu_package *package_list;
	size_t n_package_list;
	struct host_cpu_vulnerability *vulnerabilities; /* empty: the kernel does not say */
	size_t n_vulnerabilities;
};

struct host_numa_node {
	unsigned id;
	uint64_t memory_bytes;
	char *cpus; /* "0-15,32-47" */
	/* To each node in the order of their ids, 10 is the node itself; empty: not known. */
	unsigned *distances;
	size_t n_distances;
};

/* A socket for a memory module, or a place of soldered memory, as SMBIOS describes it. */
struct host_dimm {
	char *locator; /* as silk-screened: "DIMM_A1", or NULL */
	char *bank;
	bool populated; /* the rest is unknown where no module is */
	bool has_size;
	uint64_t size_bytes;
	char *form_factor; /* "dimm", "sodimm", "chip", ... or NULL; also of an empty socket */
	char *type;        /* "ddr4", "ddr5", ... or NULL */
	char *buffering;   /* "registered", "load-reduced", "unbuffered" or NULL */
	bool has_ecc, ecc; /* it has bits for error correction */
	bool has_ranks;
	unsigned ranks;
	bool has_speed, has_configured_speed;
	unsigned speed_mts;            /* what the module can, in megatransfers a second */
	unsigned configured_speed_mts; /* what it runs at */
	char *manufacturer, *part_number, *serial;
};

/* Errors that the kernel's EDAC driver counted on one module since it was started. */
struct host_memory_module {
	char *label; /* as EDAC names the place, often the SMBIOS locator */
	bool has_errors;
	uint64_t corrected_errors, uncorrected_errors;
};

/* A memory controller that EDAC watches. */
struct host_memory_controller {
	char *id;   /* "mc0" */
	char *name; /* the driver's words, or NULL */
	bool has_errors;
	uint64_t corrected_errors, uncorrected_errors; /* of all its modules */
	struct host_memory_module *modules;
	size_t n_modules;
};

struct host_memory {
	bool has_slots; /* false: SMBIOS says nothing or could not be read */
	unsigned slots, empty_slots;
	bool has_maximum;
	uint64_t maximum_bytes; /* what the board takes */
	char *ecc; /* "none", "parity", "single-bit", "multi-bit", "crc", or NULL: not known */
	struct host_dimm *dimms;
	size_t n_dimms;
	struct host_memory_controller *controllers; /* empty: nobody counts errors */
	size_t n_controllers;
};
