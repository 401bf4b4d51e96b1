/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The table of checks: those of pool.join in its order, then those it forgets. `since` is the first
 * release whose source is known to hold the check, by its database schema: 5.779 is July 2024 (the
 * time of XCP-ng 8.3), 5.785 January 2025, 5.791 November 2025, 5.909 August 2026. A host between
 * two of them gets a warning at worst where its agent would refuse, and the agent then says so.
 */
#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/pool/checks.h"

/* When the answer is known. */
enum { ON_HOST = false, BEFOREHAND = true };

/* clang-format off */
static const struct {
	struct check check;
	check_fn *run;
} rows[] = {
	{{"licence-pooling", ON_HOST, JOIN_BLOCKER, "LICENCE_RESTRICTION", NULL,
	  "the licence of the host", "Some editions allow no pools at all.",
	  N_("apply a licence that allows pools: xe host-apply-edition")},
	 check_licence_pooling},
	{{"member-elsewhere", ON_HOST, JOIN_BLOCKER, "HOST_IS_SLAVE", NULL,
	  "whether the host is a member of another pool",
	  "A member of a pool must leave it before it joins another. "
	  "Leaving erases the host's local storage and all guests on it.",
	  N_("xe pool-eject host-uuid=UUID on the coordinator of its present pool (erases the host)")},
	 check_already_member},
	{{"licence-pool-size", ON_HOST, JOIN_BLOCKER, "LICENCE_RESTRICTION", NULL,
	  "hosts of the pool, and how many the licence of the host allows",
	  "Some editions allow pools of three hosts only.",
	  N_("apply another licence: xe host-apply-edition; or choose another pool")},
	 check_licence_size},
	{{"management", ON_HOST, JOIN_BLOCKER, "HOST_STILL_BOOTING", NULL,
	  "the management interface of the host",
	  "The host has not finished its first boot, or its management network is broken.",
	  N_("wait for the first boot to end; else xsconsole, Network and Management Interface, "
	  "Configure Management Interface")},
	 check_management},
	{{"ha-host", ON_HOST, JOIN_BLOCKER, "HA_IS_ENABLED", NULL, "high availability at the host",
	  "A host with high availability cannot leave its own pool of one.",
	  N_("xe pool-ha-disable on this host")},
	 check_ha_joining},
	{{"cluster-host", ON_HOST, JOIN_BLOCKER, "CLUSTERING_ENABLED", NULL,
	  "clustering at the host",
	  "The host takes part in a cluster (GFS2) of its own.",
	  N_("xe cluster-host-destroy uuid=UUID")},
	 check_cluster_joining},
	{{"cluster-pool", BEFOREHAND, JOIN_BLOCKER,
	  "POOL_JOINING_HOST_MUST_HAVE_ONLY_ONE_IP_ON_CLUSTERING_NETWORK", "5.791",
	  "addresses of the host on the pool's cluster network",
	  "A pool with clustering takes new hosts into the cluster at once, "
	  "by the one address that they have on its network.",
	  N_("give the host exactly one address on that network: xe pif-reconfigure-ip")},
	 check_cluster_pool},
	{{"ha-pool", BEFOREHAND, JOIN_BLOCKER, "HA_IS_ENABLED", NULL,
	  "high availability in the pool",
	  "A pool with high availability takes no new hosts.",
	  N_("xe pool-ha-disable on the coordinator; enable it again after the join")},
	 check_ha_pool},
	{{"itself", ON_HOST, JOIN_BLOCKER, "OPERATION_NOT_ALLOWED", NULL,
	  "the uuids of the host and of the coordinator",
	  "The address is the host's own, or the host was cloned from the coordinator's disk.",
	  N_("use the address of the pool's coordinator; install a cloned host anew")},
	 check_itself},
	{{"other-hosts", ON_HOST, JOIN_BLOCKER,
	  "JOINING_HOST_CANNOT_BE_MASTER_OF_OTHER_HOSTS", NULL,
	  "how many hosts the host knows",
	  "The host coordinates a pool of several hosts. Only a lone host can join.",
	  N_("xe pool-eject host-uuid=UUID for the others (erases them)")},
	 check_other_hosts},
	{{"running-guests", ON_HOST, JOIN_BLOCKER, "JOINING_HOST_CANNOT_HAVE_RUNNING_VMS", NULL,
	  "guests that run on the host",
	  "Guests keep their disks through a join but cannot run meanwhile.",
	  N_("xe vm-shutdown uuid=UUID, or xe vm-suspend uuid=UUID")},
	 check_running_vms},
	{{"busy-guests", ON_HOST, JOIN_BLOCKER,
	  "JOINING_HOST_CANNOT_HAVE_VMS_WITH_CURRENT_OPERATIONS",
	  NULL, "operations on guests of the host",
	  "A guest is just being started, copied, exported or the like.",
	  N_("wait until xe task-list shows none of them")},
	 check_busy_vms},
	{{"guidance", ON_HOST, JOIN_BLOCKER, "HOST_PENDING_MANDATORY_GUIDANCE_NOT_EMPTY", "5.785",
	  "what updates still ask of the host and of the coordinator",
	  "After an update one of the two must reboot or restart its agent.",
	  N_("do what pending-guidances of xe host-param-list asks: xe host-reboot or "
	  "xe-toolstack-restart")},
	 check_guidance},
	{{"platform", ON_HOST, JOIN_BLOCKER, "HOSTS_NOT_COMPATIBLE", NULL, "product and version",
	  "All hosts of a pool run the same version of the same product. Force does not help.",
	  N_("install the pool's product and version on this host")},
	 check_platform},
	{{"software", ON_HOST, JOIN_NEEDS_FORCE, "HOSTS_NOT_HOMOGENEOUS", NULL,
	  "builds of the agent and the Linux pack",
	  "The two are at different update levels of one version. "
	  "By force the host joins, and should be updated at once.",
	  N_("update both to the same level: yum update, then reboot")},
	 check_software},
	{{"cpu-vendor", BEFOREHAND, JOIN_NEEDS_FORCE, "HOSTS_NOT_HOMOGENEOUS", NULL,
	  "makers of the processors",
	  "Guests cannot be moved alive between processors of different makers.",
	  N_("choose a pool with processors of this maker; by force, without live migration")},
	 check_cpu_vendor},
	{{"shared-storage", ON_HOST, JOIN_BLOCKER, "JOINING_HOST_CANNOT_CONTAIN_SHARED_SRS", NULL,
	  "shared storage of the host",
	  "Shared storage belongs to a pool. Its data is untouched by forgetting it.",
	  N_("xe pbd-unplug, then xe sr-forget uuid=UUID; attach it to the pool afterwards")},
	 check_shared_storage},
	{{"bonds", BEFOREHAND, JOIN_BLOCKER, "POOL_JOINING_HOST_HAS_BONDS", NULL,
	  "bonds of the host",
	  "The pool makes its own bonds on a host that joins.", N_("xe bond-destroy uuid=UUID")},
	 check_bonds},
	{{"tunnels", ON_HOST, JOIN_BLOCKER, "POOL_JOINING_HOST_HAS_TUNNELS", NULL,
	  "tunnels of the host",
	  "The pool makes its own tunnels on a host that joins.", N_("xe tunnel-destroy uuid=UUID")},
	 check_tunnels},
	{{"sriov", ON_HOST, JOIN_BLOCKER, "POOL_JOINING_HOST_HAS_NETWORK_SRIOVS", NULL,
	  "networks of virtual functions (SR-IOV) of the host",
	  "The pool makes its own on a host that joins.", N_("xe network-sriov-destroy uuid=UUID")},
	 check_sriov},
	{{"vlans", ON_HOST, JOIN_BLOCKER, "POOL_JOINING_HOST_HAS_NON_MANAGEMENT_VLANS", NULL,
	  "VLANs of the host beside that of its management",
	  "The pool makes its own VLANs on a host that joins.", N_("xe vlan-destroy uuid=UUID")},
	 check_vlans},
	{{"management-vlan", BEFOREHAND, JOIN_BLOCKER,
	  "POOL_JOINING_HOST_MANAGEMENT_VLAN_DOES_NOT_MATCH",
	  NULL, "VLANs of the management networks",
	  "The management of all hosts is in one VLAN. Tag 0 is not the same as no tag (-1).",
	  N_("xsconsole, Network and Management Interface, Configure Management Interface")},
	 check_management_vlan},
	{{"directory", ON_HOST, JOIN_BLOCKER, "POOL_JOINING_EXTERNAL_AUTH_MISMATCH", NULL,
	  "directories that users are looked up in",
	  "All hosts of a pool are in the same domain, or none is.",
	  N_("xe pool-enable-external-auth or xe pool-disable-external-auth on this host")},
	 check_auth},
	{{"edition", ON_HOST, JOIN_BLOCKER, "LICENSE_HOST_POOL_MISMATCH", NULL,
	  "editions of the licences",
	  "All hosts of a pool have the same edition. "
	  "In a pool of several editions only the licence daemon knows which one counts, "
	  "which is a warning here.",
	  N_("xe host-apply-edition edition=EDITION on this host")},
	 check_edition},
	{{"network-backend", BEFOREHAND, JOIN_BLOCKER, "OPERATION_NOT_ALLOWED", NULL,
	  "what makes bridges",
	  "All hosts of a pool use Open vSwitch, or all use the kernel's bridges.",
	  N_("xe-switch-network-backend openvswitch|bridge on this host, then reboot it")},
	 check_backend},
	{{"sdn-controller", ON_HOST, JOIN_BLOCKER, "OPERATION_NOT_ALLOWED", NULL,
	  "controllers of the virtual switches",
	  "A host may bring a controller only where the pool has the same. "
	  "A host without one takes the pool's.",
	  N_("xe sdn-controller-forget uuid=UUID on this host")},
	 check_sdn_controller},
	{{"api-version", ON_HOST, JOIN_BLOCKER,
	  "POOL_JOINING_HOST_MUST_HAVE_SAME_API_VERSION", NULL,
	  "versions of the API", "The agents are of different releases.",
	  N_("update both to the same level: yum update, then reboot")},
	 check_api_version},
	{{"db-schema", ON_HOST, JOIN_BLOCKER, "POOL_JOINING_HOST_MUST_HAVE_SAME_DB_SCHEMA", NULL,
	  "layouts of the agents' databases", "The agents are of different releases.",
	  N_("update both to the same level: yum update, then reboot")},
	 check_db_schema},
	{{"updates", ON_HOST, JOIN_BLOCKER, "HOSTS_NOT_HOMOGENEOUS", NULL,
	  "updates that must be the same on all hosts",
	  "An update of the old kind is on one of the two only.",
	  N_("xe update-apply uuid=UUID host=HOST where it is missing")},
	 check_updates},
	{{"address-type", BEFOREHAND, JOIN_BLOCKER, "OPERATION_NOT_ALLOWED", NULL,
	  "IPv4 or IPv6 for management",
	  "The management of all hosts uses the same kind of address.",
	  N_("xe pif-set-primary-address-type on this host's management interface")},
	 check_address_type},
	{{"nbd", ON_HOST, JOIN_BLOCKER, "OPERATION_NOT_ALLOWED", NULL,
	  "purposes of networks: nbd, insecure_nbd",
	  "Within a pool network block devices are served with TLS, or without, never both.",
	  N_("xe network-param-remove param-name=purpose param-key=PURPOSE uuid=UUID on this host")},
	 check_nbd},
	{{"tls-verification", ON_HOST, JOIN_BLOCKER, "POOL_JOINING_HOST_TLS_VERIFICATION_MISMATCH",
	  "5.779", "verification of certificates",
	  "It is on by itself in fresh installations of XCP-ng 8.3 and XenServer 8 "
	  "and off after an upgrade from older ones.",
	  N_("xe pool-enable-tls-verification on the side that lacks it")},
	 check_tls_verification},
	{{"ca-names", ON_HOST, JOIN_BLOCKER, "POOL_JOINING_HOST_CA_CERTIFICATES_CONFLICT", "5.779",
	  "CA certificates of the same name", "Two different authorities bear one name.",
	  N_("xe pool-uninstall-ca-certificate name=NAME on this host")},
	 check_ca_names},
	{{"trusted-purposes", ON_HOST, JOIN_BLOCKER,
	  "POOL_JOINING_HOST_TRUSTED_CERTIFICATES_CONFLICT",
	  "5.909", "purposes of certificates that both trust",
	  "One certificate may serve for different things here and there, "
	  "but not for some of the same and others beside.",
	  N_("uninstall it on this host and install it with the pool's purposes")},
	 check_pinned_purposes},
	{{"updating", BEFOREHAND, JOIN_BLOCKER, "NOT_SUPPORTED_DURING_UPGRADE", "5.779",
	  "updates that are under way", "Updates are being applied on one side.",
	  N_("wait until they are applied")},
	 check_updating},
	{{"storage-drivers", ON_HOST, JOIN_BLOCKER,
	  "POOL_JOINING_SM_FEATURES_INCOMPATIBLE", "5.785",
	  "storage drivers and what they can do",
	  "The host must do everything with storage that the pool does.",
	  N_("install the pool's storage packages on this host, in the same version")},
	 check_storage_drivers},

	{{"agent-newer", ON_HOST, JOIN_BLOCKER, NULL, "5.779", "builds of the agents",
	  "pool.join accepts the host, whose agent then refuses to start beside an older "
	  "coordinator.",
	  N_("update the coordinator first, then this host")},
	 check_newer_agent},
	{{"member-uuid", ON_HOST, JOIN_BLOCKER, NULL, NULL, "uuids of the pool's other hosts",
	  "The host was cloned from a member's disk, whose place in the pool it would take. "
	  "An earlier try to join that failed half-way leaves such a record too, with the host's "
	  "own address; it is used again, and a warning only.",
	  N_("install this host anew; a record left behind goes with xe host-forget uuid=UUID")},
	 check_member_uuid},
	{{"address", BEFOREHAND, JOIN_BLOCKER, NULL, NULL, "addresses of the pool's hosts",
	  "Two hosts with one address cannot be told apart, neither by the pool nor by switches.",
	  N_("xsconsole, Network and Management Interface, Configure Management Interface")},
	 check_address},
	{{"clock", BEFOREHAND, JOIN_BLOCKER, NULL, NULL, "the clocks",
	  "More than five minutes apart, certificates and sessions fail and the pool raises "
	  "alarms. More than 30 seconds is a warning.",
	  N_("xsconsole, Network and Management Interface, Network Time (NTP), on both sides; "
	  "chronyc makestep sets the clock at once")},
	 check_clock},
	{{"coordinator-certificate", ON_HOST, JOIN_BLOCKER, NULL, NULL,
	  "validity of the coordinator's certificates",
	  "The host verifies the coordinator's certificate in the middle of the join. "
	  "A warning where verification is off, and for the certificate that users see.",
	  N_("set the clock of this host, or on the coordinator: "
	  "xe host-refresh-server-certificate host=HOST, xe host-reset-server-certificate")},
	 check_coordinator_certificate},
	{{"ca-validity", BEFOREHAND, JOIN_WARNING, NULL, NULL,
	  "validity of the pool's CA certificates",
	  "The join hands them to the host, which may not take one that has expired.",
	  N_("xe pool-uninstall-ca-certificate name=NAME on the coordinator")},
	 check_ca_validity},
	{{"pool-limit", BEFOREHAND, JOIN_WARNING, NULL, NULL, "hosts of the pool",
	  "The vendors support pools of up to 64 hosts.", N_("choose another pool")},
	 check_pool_limit},
	{{"licence-expiry", ON_HOST, JOIN_WARNING, NULL, NULL, "when licences end",
	  "With an expired licence a host falls back to the free edition, "
	  "which no longer fits its pool.",
	  N_("renew it: xe host-apply-edition, xe host-license-add")},
	 check_licence_expiry},
	{{"host-name", BEFOREHAND, JOIN_WARNING, NULL, NULL, "names of the pool's hosts",
	  "Two hosts of one name are easily confused.",
	  N_("xe host-set-hostname-live host-uuid=UUID host-name=NAME; "
	  "xe host-param-set uuid=UUID name-label=NAME")},
	 check_host_name},
	{{"management-network", BEFOREHAND, JOIN_WARNING, NULL, NULL,
	  "bridges that management is on",
	  "Networks are joined by the names of their bridges: the host's management comes "
	  "onto a network where the pool has none.",
	  N_("use the same network card for management as the pool: xe host-management-reconfigure")},
	 check_management_bridge},
	{{"nic-order", ON_HOST, JOIN_WARNING, NULL, NULL, "names of network cards on each bridge",
	  "Networks are joined by the names of their bridges: "
	  "this card comes onto the network of another card.",
	  N_("name the cards as the pool does: network_device_rules.conf of xenhost-firstboot(8), "
	  "on XenServer interface-rename; then xe pif-forget and xe pif-scan")},
	 check_nic_order},
	{{"missing-cards", ON_HOST, JOIN_WARNING, NULL, NULL,
	  "cards on networks that the pool uses",
	  "Guests and storage on these networks will not work on this host.",
	  N_("connect a card, then xe pif-scan host-uuid=UUID")},
	 check_missing_nics},
	{{"mtu", ON_HOST, JOIN_WARNING, NULL, NULL, "packet sizes of networks",
	  "The network takes the pool's value, "
	  "which the switch port of this host must allow too.",
	  N_("set the switch port alike, and xe network-param-set uuid=UUID MTU=SIZE")},
	 check_mtu},
	{{"name-servers", BEFOREHAND, JOIN_BLOCKER, NULL, NULL, "name servers",
	  "A host without name servers cannot find a pool that is named by its name. "
	  "Other servers than the pool's are a warning.",
	  N_("xe pif-reconfigure-ip uuid=UUID mode=static DNS=SERVERS ..., "
	  "or name the pool by its address")},
	 check_name_servers},
	{{"dynamic-address", BEFOREHAND, JOIN_WARNING, NULL, NULL,
	  "where the management address comes from",
	  "The pool finds its members by their addresses, which must never change.",
	  N_("set a static address, or fix the lease in the DHCP server")},
	 check_dynamic_address},
	{{"cpu-features", ON_HOST, JOIN_WARNING, NULL, NULL, "features of the processors",
	  "The pool offers its guests what all processors can. "
	  "Guests that run keep more until they restart, and cannot be moved to this host before.",
	  N_("restart the pool's guests after the join, or choose a pool of like processors")},
	 check_cpu_pool_levels},
	{{"update-level", ON_HOST, JOIN_WARNING, NULL, NULL,
	  "states that the two were last updated to",
	  "The agents do not compare it; management tools do.",
	  N_("update both to the same level: yum update, then reboot")},
	 check_update_level},
	{{"workload-balancing", ON_HOST, JOIN_WARNING, NULL, NULL, "workload balancing of the host",
	  "The host's own setting is lost with the join.", N_("xe pool-deconfigure-wlb on this host")},
	 check_workload_balancing},
};
/* clang-format on */

const struct check *preflight_check(size_t index)
{
	return index < ARRAY_SIZE(rows) ? &rows[index].check : NULL;
}

check_fn *check_row(size_t index)
{
	return rows[index].run;
}

/* A sentence a line, as the handbook is written. */
static void add_sentences(struct strbuf *buf, const char *text)
{
	const char *end;

	while ((end = strstr(text, ". "))) {
		strbuf_add_bytes(buf, text, (size_t)(end - text) + 1);
		strbuf_add(buf, "\n");
		text = end + 2;
	}
	strbuf_addf(buf, "%s\n", text);
}

char *preflight_reference(void)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		const struct check *check = &rows[i].check;

		strbuf_addf(&buf, "%s### %s\n\n", i ? "\n" : "", check->name);
		strbuf_addf(&buf, "**%s**; looks at %s.\n", join_verdict_to_string(check->verdict),
			    check->compares);
		add_sentences(&buf, check->meaning);
		if (check->code)
			strbuf_addf(&buf, "`pool.join` calls it `%s`.\n", check->code);
		if (check->since)
			strbuf_addf(
				&buf,
				"A warning where the host's database schema is older than %s.\n",
				check->since);
		strbuf_addf(&buf, "\nFix: %s.\n", check->fix);
	}
	return strbuf_take(&buf);
}
