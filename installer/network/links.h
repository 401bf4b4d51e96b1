/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One link at a time: up, carrier, VLAN, address, DHCP. For network.c alone; runs ip and udhcpc
 * through common/proc.c and reads their results from /sys, /proc and the lease files.
 */
#pragma once

#include "installer/network/network.h"

/* Written by the DHCP script of the initrd: NAME.lease and NAME.dns. */
#define NETWORK_STATE_FOLDER "/run/xenhost/network"

int link_set_up(const char *name, struct error **err) _must_check_;
bool link_has_carrier(const struct fsroot *root, const char *name);
/* Makes NAME.VLAN on top and gives its name. */
int link_add_vlan(const char *name, unsigned vlan, char **ret, struct error **err) _must_check_;
/* Address, default route and /etc/resolv.conf as configured. */
int link_set_static(const struct fsroot *root, const char *name,
		    const struct network_config *config, struct error **err) _must_check_;
/* Starts a DHCP client that stays and renews; does not wait for its lease. */
int link_start_dhcp(const char *name, struct error **err) _must_check_;
int link_start_dhcp6(const char *name, struct error **err) _must_check_;
/* "192.0.2.7/24" of the lease, or NULL while there is none. Newly allocated. */
char *link_lease_address(const struct fsroot *root, const char *name);
/* A value of the lease file, such as "ntp". Newly allocated, or NULL. */
char *link_lease_value(const struct fsroot *root, const char *name, const char *key);
/* True once the kernel has an IPv6 address of global scope on it. */
bool link_has_global_v6(const struct fsroot *root, const char *name);
