/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a network interface's driver answers through ethtool's ioctls. Used by the NIC probe on the
 * running machine alone; a captured one has the answers stored. Sends no packet, changes no
 * setting.
 */
#pragma once

#include "hwdb/host.h"

/* The address the interface was made with, "52:54:00:12:34:56", or NULL. */
char *nic_ask_permanent_mac(const char *kernel_name);
/* firmware_version, bus_info, speeds_mbps, autoneg, full_duplex, port: as far as the driver tells.
 */
void nic_ask_driver(const char *kernel_name, struct host_nic *nic);
/* The same members from what was stored. */
void nic_copy_asked(const struct host_nic *from, struct host_nic *to);

/* The speeds of a mask of link modes (enum ethtool_link_mode_bit_indices, 32 a word), each once and
 * ascending. */
void nic_speeds_of_modes(const uint32_t *words, size_t n_words, unsigned **ret, size_t *ret_n);
/* "tp", "fibre", "da", ... for linux/ethtool.h's PORT_*; NULL for those that say nothing. */
const char *nic_port_word(unsigned port);
