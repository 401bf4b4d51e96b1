/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Why there is no disk, or no network: what stands between a machine's hardware and a system on it,
 * in sentences. A function of the host alone; "check" prints it through its profiles.
 */
#pragma once

#include "hwdb/host_fields.h"

struct obstacle {
	char *about; /* "disk", "nic"; "link" and, less bad, "slot" of PCI Express; "firmware" */
	char *where; /* "pci 0000:00:1f.2", "disk sda" */
	char *message, *hint;
};

/* A module that errors were counted on; and what a controller counted beside its modules. */
struct memory_errors {
	char *where; /* "memory module DIMM_B2 of mc0", "memory controller mc0 (Skylake)" */
	uint64_t corrected, uncorrected; /* since the kernel was started */
};

struct explanation {
	/* Borrowed from the host: what an installation could take without being told to. */
	const struct host_disk **installable_disks;
	size_t n_installable_disks;
	/* Controllers that no driver took are always among them; disks, and controllers without
	 * any, only while no disk can be installed on; NICs alike. */
	struct obstacle *obstacles;
	size_t n_obstacles;
	/* Every controller that counts is among them, with 0 also. */
	struct memory_errors *memory_errors;
	size_t n_memory_errors;
};

/* Adds one; the returned obstacle's hint may be filled in by the caller. For files that explain. */
struct obstacle *explanation_add(struct explanation *explanation, const char *about,
				 const char *where, const char *format, ...) _printf_(4, 5);
void explain_links(const struct host *host, struct explanation *ret);
void explain_firmware(const struct host *host, struct explanation *ret);
void explain_memory(const struct host *host, struct explanation *ret);

void explain(const struct host *host, struct explanation *ret);
void explanation_done(struct explanation *explanation);
#define _cleanup_explanation_ _cleanup_(explanation_done)

extern const struct host_field obstacle_fields[], memory_errors_fields[];
