/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Checks of what a host or a pool is busy with: licences, clusters, guests, storage, other hosts.
 */
#include "common/str.h"
#include "firstboot/pool/checks.h"

#define RESTRICTED_POOL_HOSTS 3  /* of a pool whose licence restricts its size */
#define POOL_HOSTS            64 /* what the vendors support */
#define LICENCE_SOON_S        (30 * 24 * 60 * 60)

/* The pool has the licence's word, on old releases its host. */
static bool is_restricted(const struct side *side, const char *what)
{
	const char *value = api_map(side->pool, "restrictions", what);

	if (!*value)
		value = api_map(side->host, "license_params", what);
	return str_eq(value, "true");
}

void check_licence_pooling(struct sides *sides)
{
	if (is_restricted(sides->joining, "restrict_pooling"))
		found(sides, api_string(sides->joining->host, "edition"), NULL,
		      "the licence of this host allows no pools");
}

void check_already_member(struct sides *sides)
{
	const struct side *joining = sides->joining;
	const char *address = api_string(joining->coordinator, "address");
	struct obstacle *obstacle;

	if (str_eq(joining->host_ref, joining->coordinator_ref))
		return;
	obstacle = found(sides, address, sides->pool->address,
			 "this host is a member of another pool, whose coordinator is %s", address);
	strv_add(&obstacle->params, address);
}

void check_licence_size(struct sides *sides)
{
	size_t hosts = side_count(sides->pool, CLASS_HOST);
	_cleanup_free_ char *there = xasprintf("%zu hosts", hosts);
	struct obstacle *obstacle;

	if (hosts < RESTRICTED_POOL_HOSTS || !is_restricted(sides->joining, "restrict_pool_size"))
		return;
	obstacle = found(sides, "at most 3 hosts", there,
			 "the licence of this host allows no pool of more than %d hosts",
			 RESTRICTED_POOL_HOSTS);
	strv_add(&obstacle->params, "Pool_size");
}

void check_pool_limit(struct sides *sides)
{
	size_t hosts = side_count(sides->pool, CLASS_HOST);
	_cleanup_free_ char *there = xasprintf("%zu hosts", hosts);

	if (hosts >= POOL_HOSTS)
		found(sides, "1 more", there, "no vendor supports pools of more than %d hosts",
		      POOL_HOSTS);
}

void check_ha_joining(struct sides *sides)
{
	if (api_bool(sides->joining->pool, "ha_enabled"))
		found(sides, "on", NULL, "high availability is on at this host");
}

void check_ha_pool(struct sides *sides)
{
	if (api_bool(sides->pool->pool, "ha_enabled"))
		found(sides, NULL, "on", "high availability is on in the pool");
}

void check_cluster_joining(struct sides *sides)
{
	const struct side *side = sides->joining;

	for (struct json_member at = {0}; json_next(side->records[CLASS_CLUSTER_HOST], &at);) {
		struct obstacle *obstacle;

		if (!str_eq(api_string(at.value, "host"), side->host_ref) ||
		    !api_bool(at.value, "enabled"))
			continue;
		obstacle = found(sides, "enabled", NULL, "this host takes part in a cluster");
		obstacle_fix(obstacle, "xe cluster-host-destroy uuid=%s",
			     api_string(at.value, "uuid"));
		strv_add(&obstacle->params, at.key);
	}
}

/* The bridges that the interface of a cluster reaches: of a bond, those of its members. */
static char **cluster_bridges(const struct side *side, const struct json *pif)
{
	char **bridges = NULL;
	const struct json *network = side_follow(side, CLASS_NETWORK, pif, "network");

	for (struct json_member at = {0}; json_next(side->records[CLASS_PIF], &at);) {
		const char *bond = json_get_string(at.value, "bond_slave_of");

		if (bond && api_holds(pif, "bond_master_of", bond))
			strv_add(&bridges,
				 api_string(side_follow(side, CLASS_NETWORK, at.value, "network"),
					    "bridge"));
	}
	if (!bridges)
		strv_add(&bridges, api_string(network, "bridge"));
	return bridges;
}

static void judge_cluster_interface(struct sides *sides, const struct json *pif)
{
	_cleanup_strv_ char **bridges = cluster_bridges(sides->pool, pif);
	_cleanup_free_ char *there = strv_join(bridges, ", ");
	_cleanup_strv_ char **addresses = NULL;
	_cleanup_free_ char *here = NULL;
	int64_t vlan = api_number(pif, "VLAN", -1);

	if (vlan >= 0 && !api_bool(pif, "management")) {
		struct obstacle *obstacle;

		here = xasprintf("VLAN %lld", (long long)vlan);
		obstacle = found(sides, NULL, here,
				 "the pool's cluster runs on a VLAN that is not "
				 "the management network");
		obstacle->code = "POOL_JOINING_POOL_CANNOT_ENABLE_CLUSTERING_ON_VLAN_NETWORK";
		obstacle_fix(obstacle, "move the cluster to a network without VLAN, or run it on "
				       "the management network");
		strv_addf(&obstacle->params, "%lld", (long long)vlan);
		return;
	}
	for (struct json_member at = {0}; json_next(sides->joining->records[CLASS_PIF], &at);) {
		const struct json *network =
			side_follow(sides->joining, CLASS_NETWORK, at.value, "network");

		if (*api_string(at.value, "IP") &&
		    strv_contains(bridges, api_string(network, "bridge")))
			strv_add(&addresses, api_string(at.value, "IP"));
	}
	if (strv_length(addresses) == 1)
		return;
	here = strv_join(addresses, ", ");
	found(sides, addresses ? here : "no address", there,
	      "this host needs exactly one address on the pool's cluster network");
}

/* The coordinator's own part in the cluster names the interface. */
void check_cluster_pool(struct sides *sides)
{
	const struct side *pool = sides->pool;
	bool joins = false;

	for (struct json_member at = {0}; json_next(pool->records[CLASS_CLUSTER], &at);)
		joins = joins || api_bool(at.value, "pool_auto_join");
	for (struct json_member at = {0};
	     joins && json_next(pool->records[CLASS_CLUSTER_HOST], &at);) {
		const struct json *pif = side_follow(pool, CLASS_PIF, at.value, "PIF");

		if (pif && str_eq(api_string(at.value, "host"), pool->coordinator_ref))
			judge_cluster_interface(sides, pif);
	}
}

void check_itself(struct sides *sides)
{
	const char *uuid = api_string(sides->joining->host, "uuid");
	struct obstacle *obstacle;

	if (!str_eq(uuid, api_string(sides->pool->coordinator, "uuid")))
		return;
	obstacle = found(sides, uuid, uuid, "this host is the coordinator that it shall join");
	strv_add(&obstacle->params, side_count(sides->joining, CLASS_HOST) > 1
					    ? "Host is already part of a pool"
					    : "Host cannot become slave of itself");
}

/*
 * The agent would take such a record for its own. One that an earlier try left behind bears this
 * host's address too, and is rightly used again.
 */
void check_member_uuid(struct sides *sides)
{
	const struct json *host = sides->joining->host;
	const char *uuid = api_string(host, "uuid");

	for (struct json_member at = {0}; json_next(sides->pool->records[CLASS_HOST], &at);) {
		_cleanup_free_ char *there = api_title(at.value);
		bool same_address =
			str_eq(api_string(at.value, "address"), api_string(host, "address"));

		if (str_eq(at.key, sides->pool->coordinator_ref) ||
		    !str_eq(api_string(at.value, "uuid"), uuid))
			continue;
		if (!same_address) {
			found(sides, uuid, there, "another host of the pool has this host's uuid");
			continue;
		}
		found(sides, uuid, there, "the pool knows this host from an earlier try to join")
			->verdict = JOIN_WARNING;
	}
}

void check_other_hosts(struct sides *sides)
{
	size_t hosts = side_count(sides->joining, CLASS_HOST);
	_cleanup_free_ char *here = xasprintf("%zu hosts", hosts);

	if (hosts > 1)
		found(sides, here, NULL, "this host coordinates a pool of several hosts itself");
}

static bool vm_runs(const struct json *vm)
{
	return str_eq(api_string(vm, "power_state"), "Running") &&
	       !api_bool(vm, "is_control_domain");
}

static bool vm_is_busy(const struct json *vm)
{
	return api_count(vm, "current_operations") > 0;
}

static bool is_shared_storage(const struct json *sr)
{
	return api_bool(sr, "shared") && !api_bool(sr, "is_tools_sr");
}

/* The titles of all records that fit, or NULL. */
static char *titles(const struct side *side, enum side_class class,
		    bool (*fits)(const struct json *record))
{
	_cleanup_strv_ char **list = NULL;

	for (struct json_member at = {0}; json_next(side->records[class], &at);) {
		_cleanup_free_ char *title = api_title(at.value);

		if (fits(at.value))
			strv_add(&list, title);
	}
	strv_sort(list);
	return list ? strv_join(list, ", ") : NULL;
}

void check_running_vms(struct sides *sides)
{
	_cleanup_free_ char *here = titles(sides->joining, CLASS_VM, vm_runs);

	if (here)
		found(sides, here, NULL, "guests run on this host");
}

void check_busy_vms(struct sides *sides)
{
	_cleanup_free_ char *here = titles(sides->joining, CLASS_VM, vm_is_busy);

	if (here)
		found(sides, here, NULL, "operations on guests of this host are under way");
}

void check_shared_storage(struct sides *sides)
{
	_cleanup_free_ char *here = titles(sides->joining, CLASS_SR, is_shared_storage);

	if (here)
		found(sides, here, NULL, "this host has shared storage attached");
}

static char *guidance(const struct json *host)
{
	const struct json *list = json_get_array(host, "pending_guidances");
	_cleanup_strv_ char **words = NULL;

	for (size_t i = 0; i < json_length(list); i++)
		strv_add(&words, json_at_string(list, i));
	return words ? strv_join(words, ", ") : NULL;
}

void check_guidance(struct sides *sides)
{
	_cleanup_free_ char *here = guidance(sides->joining->host);
	_cleanup_free_ char *there = guidance(sides->pool->coordinator);

	if (here)
		strv_add(&found(sides, here, NULL,
				"this host must be restarted after an update first")
				  ->params,
			 sides->joining->host_ref);
	if (there)
		strv_add(&found(sides, NULL, there,
				"the coordinator must be restarted after an update first")
				  ->params,
			 sides->pool->coordinator_ref);
}

void check_updating(struct sides *sides)
{
	static const char operation[] = "apply_updates";

	if (api_holds(sides->joining->pool, "current_operations", operation))
		found(sides, operation, NULL, "updates are being applied to this host");
	if (api_holds(sides->pool->pool, "current_operations", operation))
		found(sides, NULL, operation, "updates are being applied to the pool");
}

/* Free editions carry the epoch for a date, and there is nothing that could run out. */
static void judge_licence(struct sides *sides, const struct side *side, const struct json *host)
{
	const char *text = api_map(host, "license_params", "expiry");
	_cleanup_free_ char *title = api_title(host);
	_cleanup_free_ char *day = NULL;
	bool here = side == sides->joining;
	int64_t expiry;

	if (!side->has_clock || side_time(text, &expiry) < 0 || expiry < LICENCE_SOON_S ||
	    expiry > side->time + LICENCE_SOON_S)
		return;
	day = xstrndup(text, strcspn(text, "T"));
	found(sides, here ? day : NULL, here ? NULL : day, "the licence of %s %s", title,
	      expiry <= side->time ? "has expired" : "expires within 30 days");
}

void check_licence_expiry(struct sides *sides)
{
	judge_licence(sides, sides->joining, sides->joining->host);
	for (struct json_member at = {0}; json_next(sides->pool->records[CLASS_HOST], &at);)
		judge_licence(sides, sides->pool, at.value);
}

void check_workload_balancing(struct sides *sides)
{
	if (api_bool(sides->joining->pool, "wlb_enabled"))
		found(sides, api_string(sides->joining->pool, "wlb_url"), NULL,
		      "this host uses workload balancing of its own, which ends with the join");
}
