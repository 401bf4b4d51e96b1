/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One link at a time: up, carrier, bond, VLAN, address, DHCP. For this folder alone; runs ip and
 * udhcpc through common/proc.c and reads their results from /sys, /proc and the lease files.
 */
#pragma once

#include "installer/network/network.h"

/* Written by the DHCP script of the initrd: NAME.lease and NAME.dns. */
#define NETWORK_STATE_FOLDER "/run/xenhost/network"

/* The script that DHCP clients call; another one for tests, NULL goes back. Not copied. */
void links_set_script(const char *path);

/* How long network_up_to() waits for links, and for leases after the last one; for tests. */
void network_set_patience(double carrier_s, double lease_s);

int link_set_up(const char *name, struct error **err) _must_check_;
/* All of them in one go, without a program for each; which are missing or broken stay as they are.
 */
void links_set_up(char *const *names);
bool link_has_carrier(const struct fsroot *root, const char *name);
bool link_exists(const struct fsroot *root, const char *name);
/*
 * Makes a bond of these links, which go down for it and lose what they were told. `mode` as ip(8)
 * has it: "802.3ad". One that stands is left as it is; if it is wanted `anew`, only when it is of
 * these links and this mode, and else taken apart first. Fails with ERROR_NETWORK. (bond.c)
 */
int link_add_bond(const struct fsroot *root, const char *name, const char *mode, char *const *ports,
		  bool anew, struct error **err) _must_check_;
/* Takes the bond apart that the link is a port of; 0 when there is none. */
int link_leave_bond(const struct fsroot *root, const char *name, struct error **err) _must_check_;
/* Whether the bond is of LACP and has found nobody at the other end who speaks it. */
bool link_lacks_lacp(const struct fsroot *root, const char *name);
/* Makes NAME.VLAN on top, unless it stands already, and gives its name. */
int link_add_vlan(const struct fsroot *root, const char *name, unsigned vlan, char **ret,
		  struct error **err) _must_check_;
/* Address, default route and /etc/resolv.conf as configured. */
int link_set_static(const struct fsroot *root, const char *name,
		    const struct network_config *config, struct error **err) _must_check_;
/* Starts a DHCP client that stays and renews, unless one runs; does not wait for its lease, but
 * takes up to a second. */
int link_start_dhcp(const struct fsroot *root, const char *name, struct error **err) _must_check_;
int link_start_dhcp6(const struct fsroot *root, const char *name, struct error **err) _must_check_;
/* Makes resolv.conf of what all links were told. */
int link_assemble(const char *name, struct error **err) _must_check_;
/* Its routes and name servers go before those of all others from here on. */
int link_prefer(const char *name, struct error **err) _must_check_;
/* The name servers that the link was told of, and the domain or NULL. Newly allocated. */
void link_name_servers(const struct fsroot *root, const char *name, char ***ret_servers,
		       char **ret_domain);
/* "192.0.2.7/24" of the lease, or NULL while there is none. Newly allocated. */
char *link_lease_address(const struct fsroot *root, const char *name);
/* A value of the lease file, such as "ntp". Newly allocated, or NULL. */
char *link_lease_value(const struct fsroot *root, const char *name, const char *key);
/* An IPv6 address of global scope that may be used by now, or NULL. Newly allocated. */
char *link_global_v6(const struct fsroot *root, const char *name);
