/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The management network: which NIC, how it gets its address, what carries the bridge. */
#include "installer/plan/build.h"

#include "common/i18n.h"
#include "common/str.h"

/* The first bridge of a Xen host, which xl and guest configurations take when nothing is said. */
#define BRIDGE "xenbr0"
#define BOND   "bond0"

static int parse_ipv4(const char *text, uint32_t *ret)
{
	_cleanup_strv_ char **parts = strv_split(text ?: "", ".");
	uint32_t address = 0;

	if (strv_length(parts) != 4)
		return -1;
	for (size_t i = 0; i < 4; i++) {
		unsigned octet;

		if (str_to_uint(parts[i], 0, 255, &octet) < 0)
			return -1;
		address = address << 8 | octet;
	}
	*ret = address;
	return 0;
}

static int check_static(struct plan_network *network, struct error **err)
{
	uint32_t ip, mask, gateway;

	if (network->mode != ADDRESS_STATIC)
		return 0;
	if (parse_ipv4(network->ip, &ip) < 0 || parse_ipv4(network->netmask, &mask) < 0 ||
	    (~mask & (~mask + 1)) != 0) {
		error_set(err, ERROR_USER, "the management address %s with netmask %s is none",
			  network->ip ?: "(none)", network->netmask ?: "(none)");
		return error_hint(err, "write ip and netmask such as 192.0.2.10 and 255.255.255.0");
	}
	for (network->prefix = 0; mask & 0x80000000u; mask <<= 1)
		network->prefix++;
	mask = network->prefix ? ~0u << (32 - network->prefix) : 0;
	if (!network->gateway)
		return 0;
	if (parse_ipv4(network->gateway, &gateway) < 0) {
		error_set(err, ERROR_USER, "the gateway %s is no address", network->gateway);
		return error_hint(err, "write it such as 192.0.2.1");
	}
	if ((gateway & mask) != (ip & mask) || gateway == ip) {
		error_set(err, ERROR_USER, "the gateway %s is not a neighbour of %s/%u",
			  network->gateway, network->ip, network->prefix);
		return error_hint(err, "check ip, netmask and gateway of admin-interface");
	}
	return 0;
}

/* Design 3.9: a pool settles the backend, and a different one blocks the join. */
static void resolve_backend(struct build *build)
{
	struct plan *plan = build->plan;

	plan->network_backend = build->answers->network_backend;
	if (plan->network_backend != BACKEND_DEFAULT) {
		plan->network_backend_reason = xstrdup(D_("the answers ask for it"));
		return;
	}
	if (build->answers->has_pool) {
		plan->network_backend = BACKEND_OPENVSWITCH;
		plan->network_backend_reason = xstrdup(D_("a pool is named"));
		return;
	}
	if (plan->network.bond && plan->network.bond_mode == BOND_BALANCE_SLB) {
		plan->network_backend = BACKEND_OPENVSWITCH;
		plan->network_backend_reason = xstrdup(D_("the bond's mode balance-slb needs it"));
		return;
	}
	plan->network_backend = BACKEND_BRIDGE;
	plan->network_backend_reason = xstrdup(D_("no pool is named"));
}

static void copy_network(struct build *build)
{
	const struct answers *answers = build->answers;
	const struct answers_interface *admin = &answers->admin;
	struct plan_network *network = &build->plan->network;
	const char *dot = answers->hostname ? strchr(answers->hostname, '.') : NULL;

	network->bridge = xstrdup(BRIDGE);
	network->vlan = admin->vlan;
	network->device = admin->vlan ? xasprintf("%s.%u", BRIDGE, admin->vlan) : xstrdup(BRIDGE);
	network->mode = admin->mode;
	network->mode6 = admin->mode6;
	if (admin->mode == ADDRESS_STATIC) {
		network->ip = xstrdup(admin->ip);
		network->netmask = xstrdup(admin->netmask);
		network->gateway = xstrdup(admin->gateway);
	}
	if (admin->mode6 == ADDRESS_STATIC) {
		network->ip6 = xstrdup(admin->ip6);
		network->gateway6 = xstrdup(admin->gateway6);
	}
	for (size_t i = 0; i < strv_length(answers->name_servers); i++)
		strv_add(&network->name_servers, answers->name_servers[i]);
	network->domain = dot && dot[1] ? xstrdup(dot + 1) : NULL;
	build->plan->hostname = xstrdup(answers->hostname);
}

static void copy_time(struct build *build)
{
	const struct answers *answers = build->answers;
	struct plan *plan = build->plan;

	plan->timezone = xstrdup(str_empty(answers->timezone) ? "Etc/UTC" : answers->timezone);
	plan->keymap = xstrdup(str_empty(answers->keymap) ? "us" : answers->keymap);
	plan->ntp_source = answers->ntp_source;
	for (size_t i = 0; i < strv_length(answers->ntp_servers); i++)
		strv_add(&plan->ntp_servers, answers->ntp_servers[i]);
}

static void add_nics(struct build *build)
{
	for (size_t i = 0; i < build->host->n_nics; i++) {
		const struct host_nic *nic = &build->host->nics[i];
		struct plan_nic *entry = ARRAY_APPEND(build->plan->nics, build->plan->n_nics);

		entry->name = xstrdup(nic->name);
		entry->mac = xstrdup(nic->mac);
		entry->pci_address = xstrdup(nic->pci_address);
		entry->slot = xstrdup(nic->slot);
	}
}

static struct plan_nic *entry_of(const struct build *build, const struct host_nic *nic)
{
	return &build->plan->nics[nic - build->host->nics];
}

static void warn_link(struct build *build, const char *where, const struct host_nic *nic)
{
	if (nic->has_link && !nic->link)
		build_warn(build, where, "plug the cable in, or choose another interface",
			   "%s has no link", nic->name);
}

/* LACP takes only ports of one speed into use (IEEE 802.1AX). */
static void warn_speed(struct build *build, const struct host_nic *first,
		       const struct host_nic *nic)
{
	if (build->answers->bond_mode == BOND_LACP && first->has_speed && nic->has_speed &&
	    first->link && nic->link && first->speed_mbps != nic->speed_mbps)
		build_warn(build, "bond", "bond NICs of one speed",
			   "%s runs at %u Mbit/s and %s at %u: LACP uses those of one speed only",
			   first->name, first->speed_mbps, nic->name, nic->speed_mbps);
}

/* With the source, where it is known: XAPI runs on a host without a pool, too. */
static bool runs_xapi(const struct build *build)
{
	const struct answers *answers = build->answers;

	return (answers->has_pool && answers->pool.engine == ENGINE_XAPI) ||
	       (build->source &&
		strv_contains(build->source->pool_engines, pool_engine_to_string(ENGINE_XAPI)));
}

/*
 * XAPI takes its network from management.conf, which names one NIC as XenServer's installer writes
 * it. It reads BOND_MODE and BOND_MEMBERS there too, but a host with a bond can join no pool.
 */
static void warn_toolstack(struct build *build, const struct host_nic *management)
{
	if (runs_xapi(build))
		build_warn(build, "bond",
			   "let that NIC's switch port work without the bond; make the bond when "
			   "XAPI runs, by xe bond-create on the pool's coordinator: the pool gives "
			   "it to each host that joins",
			   "XAPI makes no bond of these answers at first boot: it manages the host "
			   "through %s alone",
			   management->name);
}

static int add_bond(struct build *build, const struct host_nic *management, struct error **err)
{
	const struct answers *answers = build->answers;
	struct plan_network *network = &build->plan->network;
	int r;

	if (answers->n_bond_ports == 0)
		return 0;
	network->bond = xstrdup(BOND);
	network->bond_mode = answers->bond_mode;
	entry_of(build, management)->bonded = true;
	for (size_t i = 0; i < answers->n_bond_ports; i++) {
		const struct answers_bond_port *port = &answers->bond_ports[i];
		const struct nic_query query = {"bond-port", port->name, port->hwaddr,
						&port->match};
		const struct host_nic *nic = NULL;

		if ((r = build_find_nic(build, &query, &nic, err)) < 0)
			return r;
		if (entry_of(build, nic)->bonded) {
			error_set(err, ERROR_USER, "%s is in the bond twice", nic->name);
			return error_hint(err, "name each NIC once; that of admin-interface is in "
					       "the bond anyway");
		}
		entry_of(build, nic)->bonded = true;
		warn_link(build, "bond-port", nic);
		warn_speed(build, management, nic);
	}
	warn_toolstack(build, management);
	if (answers->bond_mode != BOND_BALANCE_SLB || answers->network_backend != BACKEND_BRIDGE)
		return 0;
	error_set(err, ERROR_USER, "a Linux bridge knows no bond of mode balance-slb");
	return error_hint(err, "choose Open vSwitch as network-backend, or another mode");
}

/* The NICs keep their names and come up; nothing bears an address. */
static void build_without_network(struct build *build)
{
	struct plan *plan = build->plan;

	build_warn(build, "admin-interface",
		   "it gets one by a new installation, or by files of systemd-networkd",
		   "the host gets no management network: it is reached at its console only");
	plan->network_backend = build->answers->network_backend;
	if (plan->network_backend == BACKEND_DEFAULT)
		plan->network_backend = BACKEND_BRIDGE;
	plan->network_backend_reason = xstrdup(D_("there is no management network"));
	plan->hostname = xstrdup(build->answers->hostname);
	copy_time(build);
}

int build_network(struct build *build, struct error **err)
{
	const struct answers *answers = build->answers;
	const struct answers_interface *admin = &answers->admin;
	static const struct nic_choice none;
	const struct nic_query query = {"admin-interface", answers->has_admin ? admin->name : NULL,
					answers->has_admin ? admin->hwaddr : NULL,
					answers->has_admin ? &admin->match : &none};
	const struct host_nic *management = NULL;
	int r;

	if (answers_want_no_network(answers)) {
		add_nics(build);
		build_without_network(build);
		return 0;
	}
	if ((r = build_find_nic(build, &query, &management, err)) < 0)
		return r;
	add_nics(build);
	entry_of(build, management)->management = true;
	warn_link(build, "admin-interface", management);
	if ((r = add_bond(build, management, err)) < 0)
		return r;
	if (answers->admin.mode == ADDRESS_NONE && answers->admin.mode6 == ADDRESS_NONE) {
		error_set(err, ERROR_USER, "the management interface gets no address at all");
		return error_hint(err, "write proto=\"dhcp\" or proto=\"static\"");
	}
	copy_network(build);
	copy_time(build);
	resolve_backend(build);
	return check_static(&build->plan->network, err);
}
