/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of network interfaces: which NIC bears which ethN. Used by the NIC probe and its test;
 * no I/O, so that the same machine gives the same names in the installer and in a test.
 *
 * Onboard NICs come first, by the index SMBIOS gives them; then those whose place is not known, by
 * PCI address; then cards by slot number, so that a further card moves no other; then what is not
 * on PCI. Ports of one card follow their functions and port numbers. Rules come before: those that
 * an installed host keeps of the names its NICs have borne, then map_netdev's.
 */
#pragma once

#include "hwdb/probe/slots.h"

struct nic_candidate {
	struct host_nic nic;
	enum place_kind place;
	unsigned number; /* onboard index or slot number */
	unsigned port;   /* of several on one PCI function */
	bool pinned;     /* its name is one that the host keeps */
};

/*
 * Sorts the candidates and fills nic.name. `rules` are values of map_netdev= ("eth1:s:VALUE", where
 * VALUE is a MAC, a PCI address with an optional "[port]", an SMBIOS label, quoted or bare, or
 * "em1"/"pci2p1" as biosdevname's physical names). `pins` are rules as an installed host keeps them
 * ('1:mac="VALUE"', also pci= and label=); their numbers are theirs
 * even while the NIC is not there. The first rule for a number and for a NIC wins.
 * A rule that is not understood adds a sentence to *notes. Both lists may be NULL.
 * Gives the number of pins whose NIC is not there.
 */
size_t nic_order(struct nic_candidate *candidates, size_t n, char *const *pins, char *const *rules,
		 char ***notes);

/* Reads the rules that the host below the root keeps (nic_rules.c), or NULL. */
char **nic_rules_read(struct probe *probe);
/* The rules that would pin those candidates which none pins yet, or NULL. */
char **nic_rules_missing(const struct nic_candidate *candidates, size_t n);
