/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The probes behind host_detect(): one file a kind of device, one function each, which fills its
 * part of struct host from files below the root handle. What cannot be read stays unknown; a probe
 * never fails the whole detection, never writes, and opens devices only when the root is live.
 */
#pragma once

#include "hwdb/host.h"

struct probe {
	const struct fsroot *root;
	const struct host_options *options; /* never NULL */
	/* What opened devices told when a captured folder was made, or NULL. */
	const struct host *captured;
	bool shallow; /* identities alone: no device's content is read */
	struct host *host;
	struct host_nic_rules *nic_rules; /* filled by probe_nics(); NULL: nobody asks */
};

void probe_kernel(struct probe *probe); /* first: others read the command line's copy */
void probe_firmware(struct probe *probe);
void probe_spcr(struct probe *probe);
void probe_cpu(struct probe *probe);
void probe_memory(struct probe *probe);
void probe_management(struct probe *probe);
void probe_pci(struct probe *probe);
void probe_iommu(struct probe *probe);
void probe_virtual_machine(struct probe *probe); /* after firmware and cpu */
void probe_nics(struct probe *probe);            /* after pci */
void probe_disks(struct probe *probe);           /* after pci */
void probe_hbas(struct probe *probe);            /* after pci and disks */

/* The trimmed text of a file, or NULL when it cannot be read or is empty. */
char *probe_text(const struct probe *probe, const char *format, ...) _printf_(2, 3);
/* A number in a file; `fallback` when it cannot be read. */
uint64_t probe_number(const struct probe *probe, uint64_t fallback, const char *format, ...)
	_printf_(3, 4);
/* The last part of a symbolic link, such as a driver's name, or NULL. */
char *probe_link_name(const struct probe *probe, const char *format, ...) _printf_(2, 3);
/* The real path below /sys of a class device, or NULL. */
char *probe_real_path(const struct probe *probe, const char *format, ...) _printf_(2, 3);
void probe_note(struct probe *probe, const char *format, ...) _printf_(2, 3);

/* The address of the last PCI device in a path below /sys/devices, or NULL. */
char *sysfs_pci_address(const char *path);
bool is_pci_address(const char *text);
/* Orders "0000:02:00.0" before "0000:10:00.0" before "10000:01:00.0"; NULL comes last. */
int pci_address_compare(const char *a, const char *b);
/* "sda2" before "sda10". */
int natural_compare(const char *a, const char *b);
