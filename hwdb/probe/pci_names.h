/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Names of PCI vendors, devices and classes, looked up in the text of pci.ids where they are
 * wanted. libpci can tell them too, but takes in the whole file first: more time than all other
 * probes of a machine together. Used by the PCI probe and its test; reads that one file.
 */
#pragma once

#include "common/macro.h"

/* Of the package pci.ids; never below the root that is looked at. */
#define PCI_NAMES "/usr/share/misc/pci.ids"

struct pci_names {
	const char *text; /* mapped, or NULL */
	size_t length;
	/* Lines that are not indented, comments left out: a vendor or a class, and what it has. */
	struct pci_names_section {
		const char *start, *end;
	} * sections;
	size_t n_sections;
};

/* Nothing is found in a file that is not there. */
void pci_names_open(const char *path, struct pci_names *ret);
void pci_names_close(struct pci_names *names);
#define _cleanup_pci_names_ _cleanup_(pci_names_close)

/* Newly allocated, or NULL. */
char *pci_names_vendor(const struct pci_names *names, unsigned vendor);
char *pci_names_device(const struct pci_names *names, unsigned vendor, unsigned device);
/* Of class and subclass (16 bits): the subclass, else the class with the number in brackets. */
char *pci_names_class(const struct pci_names *names, unsigned class_id);
