/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/pool/planned.h"

#include "common/str.h"

/* References and ids of the host to come; no agent makes such ones. */
#define POOL_REF    "OpaqueRef:planned-pool"
#define HOST_REF    "OpaqueRef:planned-host"
#define PIF_REF     "OpaqueRef:planned-pif"
#define NETWORK_REF "OpaqueRef:planned-network"
#define BOND_REF    "OpaqueRef:planned-bond"
#define PLANNED     "planned"

/* What is not known of the host is as in the pool, so that nothing is said of it. */
static void add_host(struct json *document, const struct host *host, const struct answers *answers,
		     const struct side *pool)
{
	struct json *record = json_set_object(json_set_object(document, "host"), HOST_REF);
	const struct json *theirs = json_get(pool->coordinator, "software_version");
	struct json *software, *cpu;

	json_set_members(record, pool->coordinator);
	software = json_set_object(record, "software_version");
	if (theirs)
		json_set_members(software, theirs);
	json_set_string(record, "uuid", PLANNED);
	json_set_string(record, "hostname", answers->hostname ?: "");
	json_set_string(record, "name_label", answers->hostname ?: "");
	json_set_string(record, "address",
			answers->admin.mode == ADDRESS_STATIC ? answers->admin.ip : "");
	cpu = json_set_object(record, "cpu_info");
	json_set_string(cpu, "vendor", host->cpu.vendor);
	if (answers->network_backend != BACKEND_BRIDGE)
		json_set_string(software, "network_backend", "openvswitch");
	else
		json_set_string(software, "network_backend", "bridge");
}

static const char *mode_word(enum address_mode mode)
{
	switch (mode) {
	case ADDRESS_DHCP:
		return "DHCP";
	case ADDRESS_STATIC:
		return "Static";
	case ADDRESS_AUTOCONF:
		return "Autoconf";
	case ADDRESS_NONE:
		return "None";
	}
	return "None";
}

static void add_interface(struct json *document, const struct answers *answers, const char *nic)
{
	const struct answers_interface *admin = &answers->admin;
	struct json *pif = json_set_object(json_set_object(document, "PIF"), PIF_REF);
	struct json *network = json_set_object(json_set_object(document, "network"), NETWORK_REF);
	_cleanup_free_ char *servers =
		answers->name_servers ? strv_join(answers->name_servers, ",") : xstrdup("");
	const char *number = str_starts(nic, "eth") ? nic + strlen("eth") : nic;

	json_set_string(pif, "uuid", PLANNED);
	json_set_string(pif, "host", HOST_REF);
	json_set_string(pif, "network", NETWORK_REF);
	json_set_string(pif, "device", answers->n_bond_ports ? "bond0" : nic);
	json_set_bool(pif, "management", true);
	json_set_i64(pif, "VLAN", admin->vlan ? (int64_t)admin->vlan : -1);
	json_set_string(pif, "ip_configuration_mode", mode_word(admin->mode));
	json_set_string(pif, "ipv6_configuration_mode", mode_word(admin->mode6));
	json_set_string(pif, "IP", admin->mode == ADDRESS_STATIC ? admin->ip : "");
	json_set_string(pif, "DNS", servers);
	json_set_string(pif, "primary_address_type", admin->mode == ADDRESS_NONE ? "IPv6" : "IPv4");
	json_set_string(network, "uuid", PLANNED);
	json_set_stringf(network, "bridge", "xenbr%s", number);
	if (answers->n_bond_ports)
		json_set_string(json_set_object(json_set_object(document, "Bond"), BOND_REF),
				"uuid", "bond0, as asked for");
}

static int planned_side(const struct host *host, const struct answers *answers, const char *nic,
			const struct side *pool, int64_t now, struct side **ret, struct error **err)
{
	_cleanup_json_ struct json *document = json_new_object();
	struct json *record = json_set_object(json_set_object(document, "pool"), POOL_REF);
	_cleanup_free_ char *time = side_time_text(now);

	json_set_string(document, "schema", "xenhost.pool-side/1");
	json_set_string(document, "this_host", HOST_REF);
	json_set_string(document, "time", time);
	json_set_i64(document, "clock_ahead_s", 0);
	json_set_string(record, "uuid", PLANNED);
	json_set_string(record, "master", HOST_REF);
	add_host(document, host, answers, pool);
	add_interface(document, answers, nic);
	return side_from_json(document, "the host to be installed", ret, err);
}

static void drop(struct preflight *preflight, size_t index)
{
	struct preflight one = {.list = xcalloc(1, sizeof(*one.list)), .count = 1};

	one.list[0] = preflight->list[index];
	preflight_done(&one);
	preflight->count--;
	memmove(&preflight->list[index], &preflight->list[index + 1],
		(preflight->count - index) * sizeof(preflight->list[0]));
}

int preflight_planned(const struct host *host, const struct answers *answers, const char *nic,
		      const struct side *pool, int64_t now, struct preflight *ret,
		      struct error **err)
{
	_cleanup_side_ struct side *joining = NULL;
	int r = planned_side(host, answers, nic, pool, now, &joining, err);

	if (r < 0)
		return r;
	preflight_run(joining, pool, answers->pool.force, ret);
	for (size_t i = ret->count; i > 0; i--)
		if (!ret->list[i - 1].check->beforehand)
			drop(ret, i - 1);
	return 0;
}
