/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The management network: which NIC, how it gets its address, what carries the bridge. */
#include "installer/plan/build.h"

#include "common/str.h"

/* The first bridge of a Xen host, which xl and guest configurations take when nothing is said. */
#define BRIDGE "xenbr0"

static char *nic_describe(const struct host_nic *nic)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "%s, %s", nic->name, nic->mac);
	if (nic->pci_address)
		strbuf_addf(&buf, ", PCI %s", nic->pci_address);
	if (nic->slot)
		strbuf_addf(&buf, ", %s", nic->slot);
	if (nic->driver)
		strbuf_addf(&buf, ", %s", nic->driver);
	if (nic->has_link)
		strbuf_add(&buf, nic->link ? ", link up" : ", no link");
	return strbuf_take(&buf);
}

static int refuse_interface(struct build *build, const char *name, struct error **err)
{
	for (size_t i = 0; i < build->host->n_nics; i++) {
		_cleanup_free_ char *text = nic_describe(&build->host->nics[i]);

		findings_add(build->findings, SEVERITY_NOTE, build->host->nics[i].name, "%s", text);
	}
	if (build->host->n_nics == 0) {
		error_set(err, ERROR_HARDWARE, "the machine has no network interface");
		return error_hint(err, "a Xen host needs one; is its driver or firmware missing?");
	}
	if (!name) {
		error_set(err, ERROR_USER, "no management interface is named");
		return error_hint(err, "write <admin-interface name=\"eth0\" proto=\"dhcp\"/>");
	}
	error_set(err, ERROR_USER, "admin-interface \"%s\" is no network interface of this machine",
		  name);
	return error_hint(err, "choose one of those listed above, by name or MAC address");
}

static const struct host_nic *find_management(const struct build *build)
{
	const struct answers_interface *admin = &build->answers->admin;

	if (admin->name)
		return host_find_nic(build->host, admin->name);
	for (size_t i = 0; admin->hwaddr && i < build->host->n_nics; i++)
		if (str_eq_nocase(build->host->nics[i].mac, admin->hwaddr))
			return &build->host->nics[i];
	return NULL;
}

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
		plan->network_backend_reason = xstrdup("the answers ask for it");
		return;
	}
	plan->network_backend = BACKEND_BRIDGE;
	plan->network_backend_reason = xstrdup("no pool is named");
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

int build_network(struct build *build, struct error **err)
{
	const struct answers *answers = build->answers;
	struct plan *plan = build->plan;
	const struct host_nic *management = answers->has_admin ? find_management(build) : NULL;

	if (!management)
		return refuse_interface(
			build,
			answers->has_admin ? (answers->admin.name ?: answers->admin.hwaddr) : NULL,
			err);
	for (size_t i = 0; i < build->host->n_nics; i++) {
		const struct host_nic *nic = &build->host->nics[i];
		struct plan_nic *entry = ARRAY_APPEND(plan->nics, plan->n_nics);

		entry->name = xstrdup(nic->name);
		entry->mac = xstrdup(nic->mac);
		entry->pci_address = xstrdup(nic->pci_address);
		entry->slot = xstrdup(nic->slot);
		entry->management = nic == management;
	}
	if (management->has_link && !management->link)
		build_warn(build, "admin-interface",
			   "plug the cable in, or choose another interface", "%s has no link",
			   management->name);
	if (answers->admin.mode == ADDRESS_NONE && answers->admin.mode6 == ADDRESS_NONE) {
		error_set(err, ERROR_USER, "the management interface gets no address at all");
		return error_hint(err, "write proto=\"dhcp\" or proto=\"static\"");
	}
	copy_network(build);
	copy_time(build);
	resolve_backend(build);
	return check_static(&plan->network, err);
}
