/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PCI Express links in struct host: what a card has against what it and its slot could do. Used by
 * text, check and reports; pure, no I/O.
 */
#pragma once

#include "hwdb/host.h"

struct strbuf;

enum pci_link_state {
	PCI_LINK_UNKNOWN,  /* not a link of its own, or not enough of it is known */
	PCI_LINK_FULL,     /* the card has all it can use */
	PCI_LINK_SLOT,     /* the port above can do less than the card */
	PCI_LINK_DEGRADED, /* both ends could do more than they do: contact, riser, firmware setup
			    */
};

struct pci_link {
	enum pci_link_state state;
	/* What card and port could do together. */
	unsigned width, speed_mtps;
	unsigned percent; /* what it has now, of what the card could use */
};

/* The first function of a card speaks for it; the others are PCI_LINK_UNKNOWN. Display and compute
 * cards slow down when idle, so a speed below the possible one says nothing of them. */
struct pci_link host_pci_link(const struct host *host, const struct host_pci *pci);
const struct host_pci *host_find_pci(const struct host *host, const char *address);

/* Appends ", x4 of x8, 8 of 16 GT/s" and ", 4 of 128 virtual functions" as far as they are known.
 */
void host_pci_words(const struct host_pci *pci, struct strbuf *buf);
/* "2.5", "16" */
char *pci_speed_words(unsigned mtps);
