/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A PCI function's configuration space, read gently: the heads of the capability lists and those
 * few registers that are wanted, nothing in between. So no device is made to answer for registers
 * it does not have, and a virtual machine, which leaves to its host for each, is not slowed down.
 * Used by the PCI probe, capture, tests and a fuzz target; never writes. What could not be read (64
 * bytes without root's rights) stays unknown, never false.
 */
#pragma once

#include "common/fsroot.h"
#include "hwdb/host.h"

#define PCI_CONFIG_MAX 4096

struct pci_config {
	int fd; /* -1: there is nothing beyond `bytes` */
	/* What was read so far, four bytes a bit; the rest of `bytes` is zero. */
	uint64_t have[PCI_CONFIG_MAX / 4 / 64];
	size_t limit; /* reading at or beyond it failed or gives nothing */
	uint8_t bytes[PCI_CONFIG_MAX];
};

/* `path` is the device's folder; 0 or -errno. */
int pci_config_open(const struct fsroot *root, const char *path,
		    struct pci_config *ret) _must_check_;
/* A space that is there as bytes. */
void pci_config_from_bytes(const uint8_t *bytes, size_t length, struct pci_config *ret);
void pci_config_done(struct pci_config *config);
#define _cleanup_pci_config_ _cleanup_(pci_config_done)

/* Fills those members of `pci` that the configuration space tells; others are left alone. */
void pci_config_describe(struct pci_config *config, struct host_pci *pci);
/* The whole header, for a copy that others can read too; describing needs a few words of it. */
void pci_config_read_header(struct pci_config *config);
/* Bytes from the start that hold everything read so far, at their places. */
size_t pci_config_length(const struct pci_config *config);
