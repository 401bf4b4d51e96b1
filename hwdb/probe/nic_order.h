/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The order of network interfaces: which NIC bears which ethN. Used by the NIC probe and its test;
 * no I/O, so that the same machine gives the same names in the installer and in a test.
 *
 * Onboard NICs come first, by the index SMBIOS gives them; then those whose place is not known, by
 * PCI address; then cards by slot number, so that a further card moves no other; then what is not
 * on PCI. Ports of one card follow their functions and port numbers. map_netdev rules come before.
 */
#pragma once

#include "hwdb/probe/slots.h"

struct nic_candidate {
	struct host_nic nic;
	enum place_kind place;
	unsigned number; /* onboard index or slot number */
	unsigned port;   /* of several on one PCI function */
};

/*
 * Sorts the candidates and fills nic.name. `rules` are values of map_netdev= ("eth1:s:VALUE", where
 * VALUE is a MAC, a PCI address with an optional "[port]", an SMBIOS label, quoted or bare, or
 * "em1"/"pci2p1" as biosdevname's physical names); the first rule for a number and for a NIC wins.
 * A rule that is not understood adds a sentence to *notes.
 */
void nic_order(struct nic_candidate *candidates, size_t n, char *const *rules, char ***notes);
