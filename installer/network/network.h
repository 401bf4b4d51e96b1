/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Links of the running installer: gives NICs the ethN names of plans and installed hosts, brings
 * them up by DHCP or with fixed addresses, over a VLAN if asked. Called by `xenhost-install run`
 * before anything is fetched. Never touches a disk nor the network of the host to be installed.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "common/macro.h"
#include "hwdb/host.h"

/*
 * DHCP options of ours, asked for with every lease: the URL of an answer file, and the SHA-256
 * fingerprint of its server's certificate. Of those that RFC 2132 leaves to sites.
 */
#define NETWORK_OPTION_ANSWERS     240
#define NETWORK_OPTION_FINGERPRINT 241

/* What the boot line asks for, as XenServer's installer knows it. */
struct network_config {
	char *device; /* "all", "ethN" or a MAC, lower case */
	bool is_static;
	char *ip; /* static only: IPv4 or IPv6 */
	unsigned prefix;
	char *gateway, *domain; /* or NULL */
	char **dns;
	unsigned vlan; /* 0: none */
	char **bond; /* ports, as names or MACs in lower case; NULL: no bond. `device` is unused */
	const char *bond_mode; /* as ip(8) has it; with a bond only */
	/* Bonds that stand in the way are taken apart: nothing is fetched over them now. */
	bool anew;
};

/* "lacp" or "active-backup" as ip(8) has it; NULL for what the installer's own link cannot be. */
const char *network_bond_mode(const char *word);

void network_config_free(struct network_config *config);
DEFINE_CLEANUP(struct network_config *, network_config_free)
#define _cleanup_network_config_ _cleanup_(network_config_freep)

/*
 * Reads `network_device=` (or `answerfile_device=`) and `network_config=` out of a kernel command
 * line: "dhcp[:vlan=N]" or "static:ip=A;netmask=M[;gateway=G][;dns=A,B][;domain=D][;vlan=N]", each
 * with [;bond=ethN,ethM[;bond-mode=lacp|active-backup]].
 * Neither there: DHCP on every NIC. Kind ERROR_USER for what is wrong in them.
 */
int network_config_parse(const char *command_line, struct network_config **ret,
			 struct error **err) _must_check_;
/* True when the boot line wants links up whether or not anything is fetched. */
bool network_config_requested(const char *command_line);

/* Gives each NIC of `host` the name it bears in plans; kernel_name follows. */
int network_rename(struct host *host, struct error **err) _must_check_;

/*
 * Brings every NIC up, without an address, and says in `host` which have a link; waits 4 s at most.
 * After network_rename().
 */
void network_look(const struct fsroot *root, struct host *host);

/*
 * Brings the links up, all at the same time, each with DHCP, router advertisements or its fixed
 * address from the moment it shows a link, and waits until one of them has an address; the others
 * are waited for 2 s longer. Kind ERROR_NETWORK with the state of every NIC tried in the hint: no
 * link, no answer, or its address.
 */
int network_up(const struct fsroot *root, const struct host *host,
	       const struct network_config *config, struct error **err) _must_check_;
/*
 * The same, until one of them leads to the server of `url` (or to the proxy that http_configure()
 * was told of), whose routes and name servers go before those of the others from then on. The NIC
 * that the machine was booted over wins if it leads there up to 2 s after the first. The hint of
 * the error says for each NIC what is wrong: no link, no answer to DHCP, DNS, no route, no answer.
 * For a URL that names no server (a path, NULL) as network_up(). May be called again for another
 * URL; what is up stays so.
 */
int network_up_to(const struct fsroot *root, const struct host *host,
		  const struct network_config *config, const char *url,
		  struct error **err) _must_check_;

/* All of them up, without any address, until every one shows its link or 8 seconds have passed: who
 * only listens sends nothing. */
int network_links_up(const struct fsroot *root, const struct host *host,
		     struct error **err) _must_check_;

/* Links that have a lease of DHCP, eth2 before eth10; NULL when there is none. */
char **network_leases(const struct fsroot *root);
/* A value of a link's lease, such as "hostname"; "opt240" is that option in hex. Newly allocated,
 * or NULL. */
char *network_lease_value(const struct fsroot *root, const char *link, const char *key);
/*
 * The NIC that stands for this machine: the one that network_device= names, else the one it was
 * booted over, else the first with a lease, with a link, at all; NULL without any. The host name is
 * what its lease says, newly allocated or NULL. Fails for a boot line that is wrong.
 */
int network_nic(const struct fsroot *root, const struct host *host, const char *command_line,
		const struct host_nic **ret, char **ret_hostname, struct error **err) _must_check_;

/*
 * Sets the clock once, from whom the boot line's xenhost.time= names (`where`: a time server, or an
 * http: URL, whose answer has a date; NULL: nobody) and then from the time servers that DHCP named.
 * Certificates are valid from a date on, so this comes before the first of them is looked at. A
 * failure is told and logged, and is nobody's end.
 */
void network_set_clock(const struct fsroot *root, const char *where);
/* What time it is by a web server, asked in clear; ERROR_NETWORK where it does not say. */
int network_http_time(const char *url, time_t *ret, struct error **err) _must_check_;
