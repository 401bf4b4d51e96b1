/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * struct plan: a whole installation as data, and the pure function that makes it:
 * plan = f(host, answers, source, seed, time). What the confirm screen shows is what execute runs.
 * No I/O here: same input, byte-identical plan. Secrets are named by key and never held.
 */
#pragma once

#include "answerfiles/answers.h"
#include "common/error.h"
#include "common/findings.h"
#include "common/json.h"
#include "hwdb/host.h"
#include "installer/payload/source.h"

#define PLAN_SEED_BYTES 16
/* Where the installed host finds the password of the pool that it joins; root's alone. */
#define PLAN_POOL_PASSWORD "/var/lib/xenhost/firstboot/pool-password"
/* Where it finds what it needs to report on: secrets.firstboot_report, likewise. */
#define PLAN_FIRSTBOOT_REPORT "/var/lib/xenhost/firstboot/report.json"
/* UEFI: 128 entries of 128 bytes. Before the first copy stand two sectors, behind the other one. */
#define GPT_ENTRIES_BYTES 16384

/* What a partition is for; order on disk and numbers are layout.c's tables. */
enum partition_purpose {
	PARTITION_LOGS,
	PARTITION_BACKUP,
	PARTITION_ROOT,
	PARTITION_BOOT, /* ESP under UEFI, BIOS boot partition under BIOS */
	PARTITION_SWAP,
	PARTITION_SR,
	PARTITION_JOURNAL, /* `small` only: xenhost's installation journal, 1 MiB */
	PARTITION_KEPT,    /* partition 1 of before, which stays as it is */
};

struct plan_partition {
	char *id;   /* "root", "logs", "esp" ... : how steps name it */
	char *disk; /* disk id */
	enum partition_purpose purpose;
	unsigned number;
	uint64_t start_bytes, size_bytes;
	char *type_guid; /* lower case */
	char *name; /* GPT name, XenServer's: "root", "backup", "localsr", "ESP", "logs", "swap" */
	char *uuid; /* partition GUID, from the seed; NULL for a kept one, which has its own */
	char *filesystem; /* "ext4", "vfat", "swap" or NULL */
	char *fs_uuid;    /* from the seed; vfat: "ABCD-1234"; NULL without a file system */
	char *label;      /* "root-xxxxxx", "BOOT-XXXXXX" ... or NULL */
	char *mount;      /* on the installed host, or NULL */
};

struct plan_disk {
	char *id, *name, *model, *serial; /* name is for the eye */
	uint64_t size_bytes;
	unsigned logical_block_bytes;
	char *table_digest; /* must still hold just before the first write */
	bool target;        /* holds the system */
	bool guest_storage; /* whole (guest disks) or its SR partition (target) joins the local SR
			     */
	char **destroys;    /* one line in words for each thing that is lost */
	char *keeps;        /* what stays on it, in words, or NULL */
};

struct plan_nic {
	char *name, *mac, *pci_address, *slot;
	bool management;
	bool bonded; /* with the others that are: one link, which bears the management NIC's MAC */
};

/* A file of the new system: final text, or a symbolic link. */
struct plan_file {
	char *path;    /* on the installed host */
	unsigned mode; /* 0 for a link */
	char *content; /* NULL for a link; may be "" */
	char *symlink; /* the link's text, or NULL for a file */
};

/* The management network of the new host. */
struct plan_service {
	char *name; /* as the new host calls it, without .service */
	bool enabled;
};

struct plan_network {
	char *bridge;  /* "xenbr0", over the management NIC, with its MAC; NULL: no such network */
	char *device;  /* what bears the address: the bridge, or "xenbr0.42" with a VLAN */
	unsigned vlan; /* 0: none */
	char *bond;    /* "bond0", of the NICs marked as bonded, or NULL */
	enum bond_mode bond_mode;
	enum address_mode mode, mode6;
	char *ip, *netmask, *gateway; /* static only */
	unsigned prefix;
	char *ip6, *gateway6;
	char **name_servers;
	char *domain; /* of the host name, or NULL */
};

enum step_kind {
	/* The safe half: nothing on any disk changes. */
	STEP_CHECK_TOOLS,  /* every program the later steps run exists */
	STEP_CHECK_DISKS,  /* identity, size and table digest of each disk, read again */
	STEP_CHECK_SOURCE, /* manifest and signature, first and last chunk reachable */
	STEP_SCRIPTS_START,
	/* Nothing before this line wrote to a disk; everything after may. */
	STEP_POINT_OF_NO_RETURN,
	/* The destructive half. */
	STEP_DISABLE_BOOT,    /* old boot code and loaders of a chosen disk */
	STEP_WIPE,            /* signatures of a chosen disk and its old partitions */
	STEP_PARTITION,       /* new GPT on the target, empty GPT on guest disks */
	STEP_JOURNAL,         /* from here on the journal is on disk */
	STEP_WRITE_IMAGE,     /* the system, chunk by verified chunk */
	STEP_GROW,            /* UUID and label, file system grown to its partition */
	STEP_MAKE_FILESYSTEM, /* logs, ESP, swap */
	STEP_MOUNT,
	STEP_WRITE_FILES,  /* every plan_file */
	STEP_CERTIFICATES, /* those of the files join the ones that the host trusts */
	STEP_SERVICES,     /* what the answers enable or disable */
	STEP_IDENTITY,     /* machine-id, ssh host keys: fresh, never from the seed */
	STEP_PASSWORD,
	STEP_SCRIPTS_FIRSTBOOT, /* laid down on the new host, which runs them */
	STEP_SCRIPTS_POPULATED,
	STEP_BOOT_MENU, /* the package's own GRUB menu generator, in the new root */
	STEP_SAVE_LOG,
	STEP_BOOT_LOADER, /* boot code or ESP loader: what makes the disk bootable */
	STEP_UNMOUNT,
	STEP_BOOT_ENTRY, /* EFI variable; may fail, with a warning */
	STEP_SCRIPTS_COMPLETE,
	_STEP_MAX,
};

struct plan_step {
	enum step_kind kind;
	char *id;        /* unique: "write-image:root", "partition:<disk id>" */
	char *disk;      /* disk id or NULL */
	char *partition; /* partition id or NULL */
	char *title;     /* what it does, in words, with names and sizes */
	char *shown;     /* the title in the operator's language, set by screens; or NULL */
	unsigned weight; /* expected share of time */
};

struct plan_serial {
	bool present;
	bool from_firmware; /* ACPI SPCR named it, not the boot line */
	unsigned port;      /* 0 is COM1/ttyS0 ... as Linux counts */
	bool mmio;          /* address below is memory */
	uint64_t address;   /* 0: the port's standard address */
	unsigned baud;
	bool is_default; /* the serial menu entry is the default one */
};

struct plan {
	char seed[2 * PLAN_SEED_BYTES + 1];
	int64_t time; /* seconds since 1970, UTC */
	char *answers_file;
	char *machine; /* "Dell Inc. PowerEdge R740, serial ABC": for the eye only */
	uint64_t memory_bytes;
	unsigned cpu_threads;
	char *manifest_sha256, *product, *product_version, *key_id;
	bool development;
	enum layout_profile layout;
	enum firmware_kind firmware;
	char *install_id;
	char *installation_uuid, *control_domain_uuid;
	char *suffix;     /* six lower-case letters of every label */
	char *image_uuid; /* what the image carries before it gets its own */
	unsigned dom0_memory_mib, dom0_vcpus;
	struct plan_serial serial;
	enum network_backend network_backend; /* resolved: never BACKEND_DEFAULT */
	char *network_backend_reason;
	char **ssh_keys;                          /* lines of root's authorized_keys */
	char **xen_arguments, **kernel_arguments; /* beside those every host has */
	char *root_password_key; /* "root-password" or NULL: locked until first boot */
	enum password_type password_type;
	bool write_boot_entry;
	char *boot_entry_label;
	enum sr_type sr_type;
	bool has_sr;
	struct plan_disk *disks;
	size_t n_disks;
	char **untouched; /* one line in words for each disk that keeps its content */
	struct plan_partition *partitions; /* in disk order */
	size_t n_partitions;
	struct plan_nic *nics;
	size_t n_nics;
	struct plan_network network;
	char *proxy, *syslog_server; /* as in the answers, or NULL */
	enum syslog_protocol syslog_protocol;
	size_t n_ca_certificates; /* beside the distribution's; they stand in `files` */
	bool has_pool;            /* to be joined or begun at first boot, by a file of `files` */
	enum pool_engine pool_engine;
	char *pool_coordinator; /* NULL: the host begins a pool */
	char *pool_name;        /* of a pool that is begun, or NULL: the engine's */
	char *pool_default_sr;  /* name or UUID, or NULL */
	char *hostname;         /* NULL: from DHCP */
	char *timezone, *keymap;
	enum ntp_source ntp_source; /* resolved: what the time comes from */
	char **ntp_servers;
	struct plan_service *services; /* that shall differ from what the image has */
	size_t n_services;
	struct plan_file *files;
	size_t n_files;
	struct answers_script *scripts; /* copies */
	size_t n_scripts;
	struct answers_script *firstboot_scripts; /* copies; they have a moment, no stage */
	size_t n_firstboot_scripts;
	struct plan_step *steps;
	size_t n_steps;
	struct findings warnings; /* shown and logged, never silent */
};

/*
 * Builds the plan. On refusal *err says why (its kind gives the exit code) and `findings` lists
 * every disk with its reason. `seed` has PLAN_SEED_BYTES bytes.
 */
int plan_build(const struct host *host, const struct answers *answers, const struct source *source,
	       const uint8_t *seed, int64_t time, struct plan **ret, struct findings *findings,
	       struct error **err) _must_check_;
/*
 * What the answers mean for a machine while no source is at hand: the same stages as plan_build(),
 * without those that a source decides. Refusals do not end it but become findings of severity
 * error that are fatal (the first of each stage), behind the disks that were looked at; the plan's
 * warnings stand there too. The plan holds what could be settled: disks with what they lose,
 * partitions, NICs; n_disks is 0 when none fits. It is for the eye: nobody executes it.
 */
struct plan *plan_preview(const struct host *host, const struct answers *answers,
			  struct findings *findings);
/*
 * The files of a host that runs already, for what the answers say of network, host name and time:
 * the very ones that plan_build() makes of the same answers. plan->files and plan->network are
 * filled, nothing of disks, steps and secrets is. For the first boot's screens.
 */
int plan_settings(const struct host *host, const struct answers *answers, struct plan **ret,
		  struct findings *findings, struct error **err) _must_check_;
/* The file that tells first boot of its local storage: devices, with blanks between. Newly
 * allocated.
 */
char *plan_storage_file(const char *paths, enum sr_type type);
void plan_free(struct plan *plan);
DEFINE_CLEANUP(struct plan *, plan_free)
#define _cleanup_plan_ _cleanup_(plan_freep)

struct json *plan_to_json(const struct plan *plan); /* schema xenhost.plan/1 */
char *plan_to_text(const struct plan *plan);
/* SHA-256 over the JSON text: the journal's and the report's name for this plan. */
void plan_digest(const struct plan *plan, char ret[SHA256_HEX]);

/* Where the new host keeps a script for first boot, counted from 0. Newly allocated. */
char *plan_firstboot_script(size_t index);
const struct plan_disk *plan_find_disk(const struct plan *plan, const char *id);
const struct plan_partition *plan_find_partition(const struct plan *plan, const char *id);
/* The partition of a disk that stays as it is, or NULL. */
const struct plan_partition *plan_find_kept(const struct plan *plan, const char *disk);

/*
 * Whether a disk is what a choice means and may be taken: NULL when both hold, else the reason in
 * words (newly allocated). *ret_meant, unless NULL, tells whether it is what the choice means.
 */
char *disk_choice_reject(const struct host *host, const struct host_disk *disk,
			 const struct disk_choice *choice, bool *ret_meant);
/* A path below /dev that stays the same over boots: how answer and first-boot files name a disk. */
char *disk_stable_path(const struct host_disk *disk);
/* What erasing a disk loses, in words: one line for each thing on it, and never none. */
char **disk_contents(const struct host_disk *disk);
/* Some of it is worth money: erasing the disk needs a word of its own. */
bool disk_is_valuable(const struct host_disk *disk);

/* One row a step kind (steps.c): the name in JSON, its weight, whether it may write to disks. */
struct step_kind_info {
	const char *name;
	unsigned weight;
	bool destructive;
};
const struct step_kind_info *step_kind_info(enum step_kind kind);
const char *partition_purpose_to_string(enum partition_purpose purpose);
