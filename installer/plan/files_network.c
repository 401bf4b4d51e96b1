/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The new host's network as files: NIC names pinned by MAC, systemd-networkd for addresses and for
 * the Linux bridge; with Open vSwitch a unit makes the bridge, which ovsdb keeps, and networkd
 * gives it its address all the same.
 */
#include "installer/plan/build.h"

#include "common/str.h"

static const struct plan_nic *management_nic(const struct plan *plan)
{
	for (size_t i = 0; i < plan->n_nics; i++)
		if (plan->nics[i].management)
			return &plan->nics[i];
	return &plan->nics[0];
}

bool nic_mac_is_shared(const struct plan *plan, const struct plan_nic *nic)
{
	for (size_t i = 0; i < plan->n_nics; i++)
		if (&plan->nics[i] != nic && str_eq(plan->nics[i].mac, nic->mac))
			return true;
	return false;
}

/*
 * udev gives no name that another card still bears, so these alone would fail, card by card, when
 * drivers load in another order. On the running host xenhost-firstboot nic-names comes before them,
 * names all cards at once by initial_network_device_rules.conf, and leaves nothing to rename. They
 * stay with their names for whoever starts without it: an initrd that needs the network, a host
 * whose xenhost packages are gone. Both say the same.
 */
static void add_link_file(struct build *build, const struct plan_nic *nic)
{
	_cleanup_free_ char *path = xasprintf("/etc/systemd/network/10-%s.link", nic->name);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, "# The name this NIC had during installation.\n"
			 "# The rules of xenhost-firstboot(8), which say the same, come first.\n"
			 "[Match]\n");
	if (nic_mac_is_shared(build->plan, nic) && nic->pci_address)
		strbuf_addf(&buf, "Path=pci-%s*\n", nic->pci_address);
	else
		strbuf_addf(&buf, "PermanentMACAddress=%s\n", nic->mac);
	/* A bridge or VLAN above bears the same address. */
	strbuf_add(&buf, "Type=ether\nKind=!*\n\n");
	strbuf_addf(&buf, "[Link]\nName=%s\n", nic->name);
	build_file(build, path, strbuf_take(&buf));
}

static void add_port_file(struct build *build, const struct plan_nic *nic)
{
	_cleanup_free_ char *path = xasprintf("/etc/systemd/network/20-%s.network", nic->name);
	_cleanup_strbuf_ struct strbuf buf = {0};
	bool bridge = build->plan->network_backend == BACKEND_BRIDGE;

	strbuf_addf(&buf, "[Match]\nName=%s\nKind=!*\n\n", nic->name);
	if (nic->bonded && bridge) {
		strbuf_addf(&buf, "[Link]\nRequiredForOnline=no\n\n[Network]\nBond=%s\n%s",
			    build->plan->network.bond,
			    nic->management && build->plan->network.bond_mode == BOND_ACTIVE_BACKUP
				    ? "PrimarySlave=yes\n"
				    : "");
		strbuf_add(&buf, "LinkLocalAddressing=no\nIPv6AcceptRA=no\n");
	} else if (nic->bonded) {
		/* Open vSwitch takes it, and wants it up. */
		strbuf_add(&buf, "[Link]\nRequiredForOnline=no\nActivationPolicy=up\n\n"
				 "[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n");
	} else if (!nic->management) {
		/* Up, so that its link shows, and left to whoever manages the pool's networks. */
		strbuf_add(&buf, "[Link]\nRequiredForOnline=no\nActivationPolicy=up\n\n");
		strbuf_add(&buf, "[Network]\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n");
	} else {
		strbuf_add(&buf, "[Link]\nRequiredForOnline=no\n\n[Network]\n");
		if (bridge)
			strbuf_addf(&buf, "Bridge=%s\n", build->plan->network.bridge);
		strbuf_add(&buf, "LinkLocalAddressing=no\nIPv6AcceptRA=no\n");
	}
	build_file(build, path, strbuf_take(&buf));
}

static void add_ipv4(const struct plan_network *network, struct strbuf *buf)
{
	if (network->mode != ADDRESS_STATIC)
		return;
	strbuf_addf(buf, "Address=%s/%u\n", network->ip, network->prefix);
	if (network->gateway)
		strbuf_addf(buf, "Gateway=%s\n", network->gateway);
}

static void add_ipv6(const struct plan_network *network, struct strbuf *buf)
{
	strbuf_addf(buf, "IPv6AcceptRA=%s\n",
		    network->mode6 == ADDRESS_AUTOCONF || network->mode6 == ADDRESS_DHCP ? "yes"
											 : "no");
	if (network->mode6 == ADDRESS_NONE)
		strbuf_add(buf, "LinkLocalAddressing=no\n");
	if (network->mode6 != ADDRESS_STATIC)
		return;
	strbuf_addf(buf, "Address=%s\n", network->ip6);
	if (network->gateway6)
		strbuf_addf(buf, "Gateway=%s\n", network->gateway6);
}

static const char *dhcp_kind(const struct plan_network *network)
{
	bool v4 = network->mode == ADDRESS_DHCP, v6 = network->mode6 == ADDRESS_DHCP;

	return v4 && v6 ? "yes" : v4 ? "ipv4" : v6 ? "ipv6" : "no";
}

static void add_address_file(struct build *build)
{
	const struct plan_network *network = &build->plan->network;
	_cleanup_free_ char *path =
		xasprintf("/etc/systemd/network/30-%s.network", network->device);
	_cleanup_strbuf_ struct strbuf buf = {0};
	bool own_servers = network->name_servers != NULL;

	strbuf_addf(&buf, "# The management interface.\n[Match]\nName=%s\n\n[Network]\nDHCP=%s\n",
		    network->device, dhcp_kind(network));
	add_ipv4(network, &buf);
	add_ipv6(network, &buf);
	for (size_t i = 0; i < strv_length(network->name_servers); i++)
		strbuf_addf(&buf, "DNS=%s\n", network->name_servers[i]);
	if (network->domain)
		strbuf_addf(&buf, "Domains=%s\n", network->domain);
	if (network->mode == ADDRESS_DHCP)
		/* Leases by MAC, as the installer got one and as fleets reserve them. */
		strbuf_addf(&buf, "\n[DHCPv4]\nClientIdentifier=mac\nUseDNS=%s\nUseDomains=yes\n",
			    own_servers ? "no" : "yes");
	if (network->mode6 == ADDRESS_DHCP)
		strbuf_addf(&buf, "\n[DHCPv6]\nUseDNS=%s\n", own_servers ? "no" : "yes");
	build_file(build, path, strbuf_take(&buf));
}

/* systemd.netdev(5). The management NIC's address, so that DHCP sees the NIC that it knows. */
static void add_linux_bond(struct build *build)
{
	const struct plan_network *network = &build->plan->network;
	_cleanup_free_ char *netdev = xasprintf("/etc/systemd/network/15-%s.netdev", network->bond);
	_cleanup_free_ char *port = xasprintf("/etc/systemd/network/20-%s.network", network->bond);
	const char *mode = NULL;

	switch (network->bond_mode) {
	case BOND_LACP:
		mode = "Mode=802.3ad\nTransmitHashPolicy=layer3+4\nLACPTransmitRate=fast\n";
		break;
	case BOND_ACTIVE_BACKUP:
		mode = "Mode=active-backup\n";
		break;
	case BOND_BALANCE_SLB:
		return; /* Open vSwitch's alone, which network.c sees to */
	}
	build_file(build, netdev,
		   xasprintf("[NetDev]\nName=%s\nKind=bond\nMACAddress=%s\n\n"
			     "[Bond]\n%sMIIMonitorSec=100ms\n",
			     network->bond, management_nic(build->plan)->mac, mode));
	build_file(build, port,
		   xasprintf("[Match]\nName=%s\n\n[Link]\nRequiredForOnline=no\n\n[Network]\n"
			     "Bridge=%s\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n",
			     network->bond, network->bridge));
}

static void add_linux_bridge(struct build *build)
{
	const struct plan_network *network = &build->plan->network;
	const struct plan_nic *nic = management_nic(build->plan);
	_cleanup_free_ char *netdev =
		xasprintf("/etc/systemd/network/20-%s.netdev", network->bridge);

	/* The NIC's address, so that DHCP and switches see one machine; no forwarding delay. */
	build_file(build, netdev,
		   xasprintf("[NetDev]\nName=%s\nKind=bridge\nMACAddress=%s\n\n"
			     "[Bridge]\nSTP=no\nForwardDelaySec=0\n",
			     network->bridge, nic->mac));
	if (network->bond)
		add_linux_bond(build);
	if (network->vlan == 0)
		return;
	_cleanup_free_ char *vlan = xasprintf("/etc/systemd/network/25-%s.netdev", network->device);
	_cleanup_free_ char *trunk =
		xasprintf("/etc/systemd/network/25-%s.network", network->bridge);
	build_file(build, vlan,
		   xasprintf("[NetDev]\nName=%s\nKind=vlan\n\n[VLAN]\nId=%u\n", network->device,
			     network->vlan));
	build_file(build, trunk,
		   xasprintf("[Match]\nName=%s\n\n[Link]\nRequiredForOnline=no\n\n[Network]\n"
			     "VLAN=%s\nLinkLocalAddressing=no\nIPv6AcceptRA=no\n",
			     network->bridge, network->device));
}

#define OVS_UNIT "xenhost-openvswitch.service"

/*
 * ovs-vsctl(8)'s words for what carries the bridge. A bond by LACP works as active-backup until the
 * switch speaks LACP, as ports of Linux do by themselves.
 */
static char *open_vswitch_port(const struct plan *plan)
{
	const struct plan_network *network = &plan->network;
	_cleanup_strbuf_ struct strbuf buf = {0};
	const char *mode = NULL;

	if (!network->bond)
		return xasprintf("add-port %s %s", network->bridge, management_nic(plan)->name);
	switch (network->bond_mode) {
	case BOND_LACP:
		mode = "bond_mode=balance-tcp lacp=active other_config:lacp-time=fast "
		       "other_config:lacp-fallback-ab=true";
		break;
	case BOND_ACTIVE_BACKUP:
		mode = "bond_mode=active-backup";
		break;
	case BOND_BALANCE_SLB:
		mode = "bond_mode=balance-slb";
		break;
	}
	strbuf_addf(&buf, "add-bond %s %s %s", network->bridge, network->bond,
		    management_nic(plan)->name);
	for (size_t i = 0; i < plan->n_nics; i++)
		if (plan->nics[i].bonded && !plan->nics[i].management)
			strbuf_addf(&buf, " %s", plan->nics[i].name);
	strbuf_addf(&buf, " %s", mode);
	return strbuf_take(&buf);
}

static void add_open_vswitch(struct build *build)
{
	const struct plan_network *network = &build->plan->network;
	const struct plan_nic *nic = management_nic(build->plan);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf,
		    "[Unit]\nDescription=Bridge %s of the management network\n"
		    "Requires=openvswitch-switch.service\nAfter=openvswitch-switch.service\n"
		    "Before=network-online.target\n\n[Service]\nType=oneshot\n"
		    "RemainAfterExit=yes\n",
		    network->bridge);
	_cleanup_free_ char *port = open_vswitch_port(build->plan);
	strbuf_addf(&buf,
		    "ExecStart=/usr/bin/ovs-vsctl --may-exist add-br %s -- "
		    "set bridge %s other-config:hwaddr=%s -- "
		    "--may-exist %s\n",
		    network->bridge, network->bridge, nic->mac, port);
	if (network->vlan)
		strbuf_addf(&buf,
			    "ExecStart=/usr/bin/ovs-vsctl --may-exist add-port %s %s tag=%u -- "
			    "set interface %s type=internal\n",
			    network->bridge, network->device, network->vlan, network->device);
	strbuf_add(&buf, "\n[Install]\nWantedBy=multi-user.target\n");
	build_file(build, "/etc/systemd/system/" OVS_UNIT, strbuf_take(&buf));
	build_link(build, "/etc/systemd/system/multi-user.target.wants/" OVS_UNIT, "../" OVS_UNIT);
	/* Both kinds of bridge in one kernel take each other's frames, as XenServer has found. */
	build_file(build, "/etc/modprobe.d/blacklist-bridge.conf",
		   xstrdup("install bridge /bin/true\n"));
}

void build_files_network(struct build *build)
{
	struct plan *plan = build->plan;

	for (size_t i = 0; i < plan->n_nics; i++) {
		add_link_file(build, &plan->nics[i]);
		add_port_file(build, &plan->nics[i]);
	}
	if (!plan->network.bridge)
		return;
	if (plan->network_backend == BACKEND_OPENVSWITCH)
		add_open_vswitch(build);
	else
		add_linux_bridge(build);
	add_address_file(build);
}
