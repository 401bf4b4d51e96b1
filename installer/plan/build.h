/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the files of the planner share while a plan is being made; nobody outside includes it.
 * plan_build() calls the stages below in the order in which they stand here. Each reads the four
 * inputs and adds its part to the plan; none does I/O.
 */
#pragma once

#include "installer/plan/plan.h"

/* GPT partition types, of more than one file; the rest are layout.c's. */
#define GPT_TYPE_ESP       "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define GPT_TYPE_BIOS_BOOT "21686148-6449-6e6f-744e-656564454649"

struct build {
	const struct host *host;
	const struct answers *answers;
	const struct source *source; /* NULL in a preview */
	const uint8_t *seed;
	struct plan *plan;
	struct findings *findings;       /* why a plan was refused, disk by disk */
	const struct host_content *kept; /* the target's partition 1 if it stays, else NULL */
};

/* Firmware, processor, memory, mode: refuses what cannot become a Xen host (checks.c). */
int build_checks(struct build *build, struct error **err) _must_check_;
/* plan->disks: the target first (disks.c), with what each loses (disks_content.c). */
int build_disks(struct build *build, struct error **err) _must_check_;
/* build->kept, on the disk that will be the target (disks_keep.c). */
int build_keep(struct build *build, const struct host_disk *disk, struct error **err) _must_check_;
int build_disk_contents(struct build *build, struct error **err) _must_check_;
/* Suffix, UUIDs (names.c) and partitions (layout.c). */
void build_names(struct build *build);
int build_layout(struct build *build, struct error **err) _must_check_;
/* dom0's share of the machine and its consoles (dom0.c). */
void build_dom0(struct build *build);
/* Which NIC is meant: `match` if it has terms, else `name`, else `hwaddr`. */
struct nic_query {
	const char *where; /* "admin-interface", for messages */
	const char *name, *hwaddr;
	const struct nic_choice *match;
};
/* Exactly one; otherwise `findings` lists every NIC with what stands against it (nics.c). */
int build_find_nic(struct build *build, const struct nic_query *query, const struct host_nic **ret,
		   struct error **err) _must_check_;
/* NICs, the management network, the backend (network.c). */
int build_network(struct build *build, struct error **err) _must_check_;
/* plan->services (services.c). */
void build_services(struct build *build);
/* plan->files (files_system.c, files_peers.c, files_network.c, files_firstboot.c). */
void build_files_system(struct build *build);
void build_files_peers(struct build *build);
void build_files_network(struct build *build);
void build_files_firstboot(struct build *build);
/* Those of them that plan_settings() gives: name and time; management network and its backend. */
void build_files_settings(struct build *build);
void build_files_management(struct build *build);
void build_files_backend(struct build *build);
/* Two ports with one address, as some cards have: only their place tells them apart. */
bool nic_mac_is_shared(const struct plan *plan, const struct plan_nic *nic);
/* plan->steps (steps.c). */
void build_steps(struct build *build);

/* A warning of the plan with its hint (NULL for none). `where` is what it is about. */
void build_warn(struct build *build, const char *where, const char *hint, const char *format, ...)
	_printf_(4, 5);

/* Adds a file whose content it takes over; mode 0644 unless another is given. */
void build_file(struct build *build, const char *path, char *content);
void build_file_mode(struct build *build, const char *path, unsigned mode, char *content);
void build_link(struct build *build, const char *path, const char *text);

/* The choice's text is no more than the disk's node name, which may change from boot to boot. */
bool disk_choice_is_node_name(const struct disk_choice *choice, const struct host_disk *disk);
/* `text` names the disk: node name, link, id, WWN or serial. */
bool disk_is_named(const struct host_disk *disk, const char *text);
/* "sda, 447.1 GiB, INTEL SSDSC2KB48, serial BTYF1234" */
char *disk_describe(const struct host_disk *disk);
/* How the choice reads in messages: its text, or its terms as written. */
char *disk_choice_text(const struct disk_choice *choice);

/* Everything random of a plan comes from the seed and a purpose in words (names.c). */
char *names_uuid(const uint8_t *seed, const char *purpose);    /* RFC 9562 version 4 */
char *names_vfat_id(const uint8_t *seed, const char *purpose); /* "ABCD-1234" */

/* "2026-11-21 00:00:00" in UTC (text.c). */
char *time_to_text(int64_t time);
