/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the checks of the pre-flight share among themselves; preflight.c alone calls them, by their
 * row in the table. A check compares two sides and notes what it finds; it never decides what
 * follows from that.
 */
#pragma once

#include "firstboot/pool/preflight.h"

struct sides {
	const struct side *joining;
	const struct side *pool;
	const struct check *check; /* whose turn it is */
	struct preflight *out;
};

/* Notes an obstacle with the row's verdict and fix, both of which the caller may lower or sharpen;
 * copies both values. */
struct obstacle *found(struct sides *sides, const char *here, const char *there, const char *format,
		       ...) _printf_(4, 5);
void obstacle_fix(struct obstacle *obstacle, const char *format, ...) _printf_(2, 3);

typedef void check_fn(struct sides *sides);
/* What the row `index` of the table does, beside preflight_check(). */
check_fn *check_row(size_t index);

/* checks_pool.c: licences, high availability, clusters, hosts, guests, storage, ongoing work */
check_fn check_licence_pooling, check_licence_size, check_ha_joining, check_ha_pool,
	check_cluster_joining, check_cluster_pool, check_itself, check_other_hosts,
	check_member_uuid, check_running_vms, check_busy_vms, check_guidance, check_shared_storage,
	check_updating, check_already_member, check_pool_limit, check_licence_expiry,
	check_workload_balancing;
/* checks_software.c: versions, processors, updates, storage drivers */
check_fn check_platform, check_software, check_cpu_vendor, check_edition, check_api_version,
	check_db_schema, check_updates, check_storage_drivers, check_cpu_pool_levels,
	check_newer_agent, check_update_level;
/* checks_network.c: interfaces, addresses, names */
check_fn check_management, check_bonds, check_tunnels, check_sriov, check_vlans,
	check_management_vlan, check_backend, check_sdn_controller, check_address_type, check_nbd,
	check_address, check_host_name, check_management_bridge, check_nic_order,
	check_missing_nics, check_mtu, check_name_servers, check_dynamic_address;
/* checks_trust.c: who believes whom, and what time it is */
check_fn check_auth, check_tls_verification, check_ca_names, check_pinned_purposes, check_clock,
	check_coordinator_certificate, check_ca_validity;
