/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of interfaces and addresses. A join puts the host's interfaces on the pool's networks by
 * the name of their bridges, and everything else of the host's own networks is lost. */
#include <arpa/inet.h>

#include "common/str.h"
#include "firstboot/pool/checks.h"

#define EACH(at, side, class)                                                                      \
	struct json_member at = {0};                                                               \
	json_next((side)->records[class], &(at));

void check_management(struct sides *sides)
{
	if (!sides->joining->management)
		found(sides, "none", NULL, "this host has no management interface yet");
}

/* How many records of a class there are on the joining host, and which. */
static void judge_leftovers(struct sides *sides, enum side_class class, const char *what)
{
	_cleanup_strv_ char **uuids = NULL;
	_cleanup_free_ char *here = NULL;

	for (EACH(at, sides->joining, class))
		strv_add(&uuids, api_string(at.value, "uuid"));
	if (!uuids)
		return;
	here = strv_join(uuids, ", ");
	found(sides, here, NULL, "this host has %s", what);
}

void check_bonds(struct sides *sides)
{
	judge_leftovers(sides, CLASS_BOND, "bonds");
}

void check_tunnels(struct sides *sides)
{
	judge_leftovers(sides, CLASS_TUNNEL, "tunnels");
}

void check_sriov(struct sides *sides)
{
	judge_leftovers(sides, CLASS_SRIOV, "networks of virtual functions (SR-IOV)");
}

void check_vlans(struct sides *sides)
{
	_cleanup_strv_ char **tags = NULL;
	_cleanup_free_ char *here = NULL;

	for (EACH(at, sides->joining, CLASS_VLAN)) {
		const struct json *pif =
			side_follow(sides->joining, CLASS_PIF, at.value, "untagged_PIF");

		if (!api_bool(pif, "management"))
			strv_addf(&tags, "%lld", (long long)api_number(at.value, "tag", -1));
	}
	if (!tags)
		return;
	here = strv_join(tags, ", ");
	found(sides, here, NULL, "this host has VLANs beside that of its management");
}

static char *vlan_text(int64_t vlan)
{
	return vlan < 0 ? xstrdup("none (-1)") : xasprintf("%lld", (long long)vlan);
}

void check_management_vlan(struct sides *sides)
{
	int64_t here = api_number(sides->joining->management, "VLAN", -1);
	int64_t there = api_number(sides->pool->management, "VLAN", -1);
	_cleanup_free_ char *here_text = vlan_text(here);
	_cleanup_free_ char *there_text = vlan_text(there);
	struct obstacle *obstacle;

	if (!sides->joining->management || !sides->pool->management || here == there)
		return;
	obstacle = found(sides, here_text, there_text, "the management networks have other VLANs");
	strv_addf(&obstacle->params, "%lld", (long long)here);
	strv_addf(&obstacle->params, "%lld", (long long)there);
}

static const char *backend(const struct side *side)
{
	const char *name = api_map(side->host, "software_version", "network_backend");

	return *name ? name : "bridge";
}

void check_backend(struct sides *sides)
{
	const char *here = backend(sides->joining);
	const char *there = backend(sides->pool);
	struct obstacle *obstacle;

	if (str_eq(here, there))
		return;
	obstacle = found(sides, here, there, "bridges are made by different software");
	obstacle_fix(obstacle, "xe-switch-network-backend %s on this host, then reboot it", there);
	strv_add(&obstacle->params, "Network backends differ");
}

static char *controller(const struct json *record)
{
	return xasprintf("%s:%s:%lld", api_string(record, "protocol"),
			 api_string(record, "address"), (long long)api_number(record, "port", 0));
}

/* A host without a controller takes the pool's. */
void check_sdn_controller(struct sides *sides)
{
	_cleanup_free_ char *there = NULL;

	if (!str_eq(backend(sides->joining), "openvswitch") ||
	    !str_eq(backend(sides->pool), "openvswitch"))
		return;
	for (EACH(at, sides->pool, CLASS_SDN_CONTROLLER)) {
		free(there);
		there = controller(at.value);
	}
	for (EACH(at, sides->joining, CLASS_SDN_CONTROLLER)) {
		_cleanup_free_ char *here = controller(at.value);
		struct obstacle *obstacle;

		if (str_eq(here, there))
			continue;
		obstacle = found(sides, here, there ? there : "none",
				 "this host's networks are ruled by another controller");
		obstacle_fix(obstacle, "xe sdn-controller-forget uuid=%s on this host",
			     api_string(at.value, "uuid"));
		strv_add(&obstacle->params, "SDN controller differs");
	}
}

static const char *address_type(const struct json *pif)
{
	const char *type = api_string(pif, "primary_address_type");

	return *type ? type : "IPv4";
}

void check_address_type(struct sides *sides)
{
	const char *here = address_type(sides->joining->management);
	const char *there = address_type(sides->pool->management);

	if (sides->joining->management && sides->pool->management && !str_eq(here, there))
		strv_add(&found(sides, here, there, "the management networks use different IP")
				  ->params,
			 "Primary address type differs");
}

static bool has_purpose(const struct side *side, const char *purpose)
{
	for (EACH(at, side, CLASS_NETWORK)) {
		if (api_holds(at.value, "purpose", purpose))
			return true;
	}
	return false;
}

void check_nbd(struct sides *sides)
{
	static const char *const words[] = {"nbd", "insecure_nbd"};

	for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
		const char *other = words[1 - i];

		if (has_purpose(sides->joining, words[i]) && has_purpose(sides->pool, other)) {
			strv_add(&found(sides, words[i], other,
					"network block devices are served with and without TLS")
					  ->params,
				 "Incompatible network purposes: nbd and insecure_nbd");
			return;
		}
	}
}

/* Addresses that mean nothing to another host. */
static bool is_local_address(const char *address)
{
	return !*address || str_starts(address, "127.") || str_starts(address, "169.254.") ||
	       str_starts(address, "::1") || str_starts(address, "fe80:");
}

/* Every address of an interface, those of IPv6 without their prefix length. */
static void add_addresses(const struct json *pif, char ***addresses)
{
	const struct json *list = json_get_array(pif, "IPv6");

	if (!is_local_address(api_string(pif, "IP")))
		strv_add(addresses, api_string(pif, "IP"));
	for (size_t i = 0; i < json_length(list); i++) {
		const char *text = json_at_string(list, i);
		_cleanup_free_ char *address = text ? xstrndup(text, strcspn(text, "/")) : NULL;

		if (address && !is_local_address(address))
			strv_add(addresses, address);
	}
}

void check_address(struct sides *sides)
{
	const char *uuid = api_string(sides->joining->host, "uuid");
	_cleanup_strv_ char **own = NULL;

	for (EACH(at, sides->joining, CLASS_PIF))
		add_addresses(at.value, &own);
	for (EACH(at, sides->pool, CLASS_PIF)) {
		const struct json *host = side_follow(sides->pool, CLASS_HOST, at.value, "host");
		_cleanup_free_ char *title = api_title(host);
		_cleanup_strv_ char **others = NULL;

		add_addresses(at.value, &others);
		for (size_t i = 0; i < strv_length(others); i++) {
			if (strv_contains(own, others[i]) &&
			    !str_eq(api_string(host, "uuid"), uuid))
				found(sides, others[i], title,
				      "a host of the pool has an address of this host");
		}
	}
}

void check_host_name(struct sides *sides)
{
	static const char *const fields[] = {"hostname", "name_label"};
	const struct json *own = sides->joining->host;

	for (EACH(at, sides->pool, CLASS_HOST)) {
		_cleanup_free_ char *title = api_title(at.value);

		if (str_eq(api_string(at.value, "uuid"), api_string(own, "uuid")))
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
			const char *name = api_string(own, fields[i]);

			if (!*name || !str_eq_nocase(name, api_string(at.value, fields[i])))
				continue;
			found(sides, name, title, "a host of the pool has this host's name");
			break;
		}
	}
}

static const struct json *network_of(const struct side *side, const struct json *pif)
{
	return side_follow(side, CLASS_NETWORK, pif, "network");
}

static const char *bridge_of(const struct side *side, const struct json *pif)
{
	return api_string(network_of(side, pif), "bridge");
}

/* Of a VLAN that of the card below; of a bond those of its members. */
static char **bridges_below(const struct side *side, const struct json *pif)
{
	const struct json *vlan = side_follow(side, CLASS_VLAN, pif, "VLAN_master_of");
	char **bridges = NULL;

	if (vlan)
		pif = side_follow(side, CLASS_PIF, vlan, "tagged_PIF");
	for (EACH(at, side, CLASS_PIF)) {
		const char *bond = json_get_string(at.value, "bond_slave_of");

		if (bond && api_holds(pif, "bond_master_of", bond))
			strv_add(&bridges, bridge_of(side, at.value));
	}
	if (!bridges)
		strv_add(&bridges, bridge_of(side, pif));
	return bridges;
}

void check_management_bridge(struct sides *sides)
{
	_cleanup_strv_ char **here = bridges_below(sides->joining, sides->joining->management);
	_cleanup_strv_ char **there = bridges_below(sides->pool, sides->pool->management);
	_cleanup_free_ char *there_text = strv_join(there, ", ");

	if (!sides->joining->management || !sides->pool->management ||
	    strv_contains(there, here[0]))
		return;
	found(sides, here[0], there_text, "the management is on another network than the pool's");
}

/* The card of a host that is on a bridge, or NULL. */
static const struct json *card_on(const struct side *side, const char *bridge)
{
	for (EACH(at, side, CLASS_PIF)) {
		if (api_bool(at.value, "physical") &&
		    str_eq(api_string(at.value, "host"), side->host_ref) &&
		    str_eq(bridge_of(side, at.value), bridge))
			return at.value;
	}
	return NULL;
}

void check_nic_order(struct sides *sides)
{
	_cleanup_strv_ char **here = NULL;
	_cleanup_strv_ char **there = NULL;
	_cleanup_free_ char *here_text = NULL;
	_cleanup_free_ char *there_text = NULL;

	for (EACH(at, sides->joining, CLASS_PIF)) {
		const char *bridge = bridge_of(sides->joining, at.value);
		const struct json *other = card_on(sides->pool, bridge);
		const char *name = api_string(at.value, "device");

		if (!api_bool(at.value, "physical") || !other ||
		    str_eq(name, api_string(other, "device")))
			continue;
		strv_addf(&here, "%s on %s", name, bridge);
		strv_addf(&there, "%s on %s", api_string(other, "device"), bridge);
	}
	if (!here)
		return;
	here_text = strv_join(here, ", ");
	there_text = strv_join(there, ", ");
	found(sides, here_text, there_text, "the network cards are in another order");
}

/* A spare card of the coordinator's is nobody's loss. */
static bool card_is_used(const struct side *side, const struct json *pif)
{
	const char *bond = json_get_string(pif, "bond_slave_of");

	return api_bool(pif, "management") || *api_string(pif, "IP") ||
	       (bond && side_find(side, CLASS_BOND, bond)) || api_count(pif, "VLAN_slave_of") > 0 ||
	       api_count(network_of(side, pif), "VIFs") > 0;
}

void check_missing_nics(struct sides *sides)
{
	_cleanup_strv_ char **bridges = NULL;
	_cleanup_free_ char *there = NULL;

	for (EACH(at, sides->pool, CLASS_PIF)) {
		const char *bridge = bridge_of(sides->pool, at.value);

		if (api_bool(at.value, "physical") && card_is_used(sides->pool, at.value) &&
		    str_eq(api_string(at.value, "host"), sides->pool->host_ref) &&
		    !card_on(sides->joining, bridge))
			strv_addf(&bridges, "%s on %s", api_string(at.value, "device"), bridge);
	}
	if (!bridges)
		return;
	there = strv_join(bridges, ", ");
	found(sides, "no card", there, "this host has no card for networks that the pool uses");
}

void check_mtu(struct sides *sides)
{
	for (EACH(at, sides->joining, CLASS_PIF)) {
		const char *bridge = bridge_of(sides->joining, at.value);
		const struct json *other = card_on(sides->pool, bridge);
		int64_t own_mtu = api_number(network_of(sides->joining, at.value), "MTU", 1500);
		int64_t pool_mtu = api_number(network_of(sides->pool, other), "MTU", 1500);
		_cleanup_free_ char *here = xasprintf("%lld", (long long)own_mtu);
		_cleanup_free_ char *there = xasprintf("%lld", (long long)pool_mtu);

		if (api_bool(at.value, "physical") && other && own_mtu != pool_mtu)
			found(sides, here, there,
			      "packets of %s (%s) have another size in the pool",
			      api_string(at.value, "device"), bridge);
	}
}

/* And no address, with or without a port. */
static bool is_name(const char *address)
{
	unsigned char bytes[sizeof(struct in6_addr)];
	const char *port = address ? strchr(address, ':') : NULL;
	_cleanup_free_ char *host = NULL;

	if (!address || (port && strchr(port + 1, ':')))
		return false;
	host = xstrndup(address, strcspn(address, ":"));
	return inet_pton(AF_INET, host, bytes) != 1;
}

static char *name_servers(const struct json *pif)
{
	_cleanup_strv_ char **list = strv_split(api_string(pif, "DNS"), ", ");

	strv_sort(list);
	return strv_join(list, ", ");
}

/* With DHCP the record is silent about what the lease says. */
void check_name_servers(struct sides *sides)
{
	const struct json *pif = sides->joining->management;
	const struct json *other = sides->pool->management;
	_cleanup_free_ char *here = name_servers(pif);
	_cleanup_free_ char *there = name_servers(other);

	if (!str_eq(api_string(pif, "ip_configuration_mode"), "Static"))
		return;
	if (!*here && is_name(sides->pool->address))
		found(sides, "none", sides->pool->address,
		      "this host has no name server to find the pool by its name");
	else if (str_eq(api_string(other, "ip_configuration_mode"), "Static") &&
		 !str_eq(here, there))
		found(sides, *here ? here : "none", *there ? there : "none",
		      "the name servers are not the pool's")
			->verdict = JOIN_WARNING;
}

void check_dynamic_address(struct sides *sides)
{
	const struct json *pif = sides->joining->management;

	if (str_eq(api_string(pif, "ip_configuration_mode"), "DHCP"))
		found(sides, api_string(pif, "ip_configuration_mode"),
		      api_string(sides->pool->management, "ip_configuration_mode"),
		      "the address of this host comes from DHCP");
}
