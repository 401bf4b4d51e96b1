/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the links of the running host have and know: addresses, gateway, servers that DHCP named.
 * Read from the kernel and from files of systemd and chrony; changes nothing.
 */
#pragma once

#include "common/fsroot.h"
#include "firstboot/screens/values.h"

/* Addresses that others can use, with blanks between; "" without any. Newly allocated. */
char *links_addresses(const char *device);
/* Why it has no link and what to do, or NULL: it has one. */
const char *links_why_down(const struct fsroot *root, const char *nic);
/* The default route's, IPv4; NULL without one. */
char *links_gateway(const struct fsroot *root);
/* Those that are in use; NULL without any. */
char **links_name_servers(const struct fsroot *root);
/* Those of these settings: their own, DHCP's, or the distribution's. */
char **links_time_servers(const struct fsroot *root, const struct wizard_values *values);
