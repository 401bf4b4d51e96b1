/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Ethernet interfaces of real devices, with the address they were made with, in ethN order. */
#include <net/if_arp.h>

#include "common/bootline.h"
#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/lldp.h"
#include "hwdb/probe/nic_ethtool.h"
#include "hwdb/probe/nic_order.h"

#define NET "/sys/class/net"

static const struct host_nic *find_captured(const struct probe *probe, const char *kernel_name)
{
	const struct host *captured = probe->captured;

	for (size_t i = 0; captured && i < captured->n_nics; i++)
		if (str_eq(captured->nics[i].kernel_name, kernel_name))
			return &captured->nics[i];
	return NULL;
}

static char *permanent_mac(const struct probe *probe, const char *kernel_name)
{
	const struct host_nic *captured = find_captured(probe, kernel_name);
	_cleanup_free_ char *text = NULL;
	char *mac = NULL;

	if (captured)
		return xstrdup(captured->mac);
	if (fsroot_is_live(probe->root))
		mac = nic_ask_permanent_mac(kernel_name);
	if (mac)
		return mac;
	text = probe_text(probe, NET "/%s/address", kernel_name);
	return text ? str_lower(text) : NULL;
}

/* dom0's end of a guest's interface, which sits on a bus too. */
static bool is_guests(const struct probe *probe, const char *kernel_name)
{
	_cleanup_free_ char *bus = probe_link_name(probe, NET "/%s/device/subsystem", kernel_name);

	return str_eq(bus, "xen-backend");
}

/* What pools and bridges can use: Ethernet, on hardware, no radio, no virtual function. */
static bool is_wanted(const struct probe *probe, const char *kernel_name, const char *path)
{
	return path && !strstr(path, "/devices/virtual/") &&
	       probe_number(probe, 0, NET "/%s/type", kernel_name) == ARPHRD_ETHER &&
	       fsroot_existsf(probe->root, NET "/%s/device", kernel_name) &&
	       !fsroot_existsf(probe->root, NET "/%s/device/physfn", kernel_name) &&
	       !fsroot_existsf(probe->root, NET "/%s/phy80211", kernel_name) &&
	       !fsroot_existsf(probe->root, NET "/%s/wireless", kernel_name) &&
	       !is_guests(probe, kernel_name);
}

static void read_link(const struct probe *probe, const char *kernel_name, struct host_nic *nic)
{
	/* A link that is down administratively has no carrier to read: unknown. */
	uint64_t carrier = probe_number(probe, UINT32_MAX, NET "/%s/carrier", kernel_name);
	uint64_t speed = probe_number(probe, UINT32_MAX, NET "/%s/speed", kernel_name);

	nic->has_link = carrier <= 1;
	nic->link = carrier == 1;
	nic->has_speed = nic->link && speed > 0 && speed < INT32_MAX;
	nic->speed_mbps = nic->has_speed ? (unsigned)speed : 0;
}

/* A bond or bridge that the interface is a port of. */
static void read_master(const struct probe *probe, const char *kernel_name, struct host_nic *nic)
{
	nic->master = probe_link_name(probe, NET "/%s/master", kernel_name);
	if (!nic->master)
		return;
	if (fsroot_existsf(probe->root, NET "/%s/bonding", nic->master))
		nic->master_kind = xstrdup("bond");
	else if (fsroot_existsf(probe->root, NET "/%s/bridge", nic->master))
		nic->master_kind = xstrdup("bridge");
	else if (str_eq(nic->master, "ovs-system"))
		nic->master_kind = xstrdup("openvswitch");
}

static void read_virtual_functions(const struct probe *probe, const char *kernel_name,
				   struct host_nic *nic)
{
	uint64_t most =
		probe_number(probe, UINT64_MAX, NET "/%s/device/sriov_totalvfs", kernel_name);
	uint64_t now = probe_number(probe, UINT64_MAX, NET "/%s/device/sriov_numvfs", kernel_name);

	nic->has_sriov = most <= UINT16_MAX && now <= UINT16_MAX;
	nic->sriov_vfs_max = nic->has_sriov ? (unsigned)most : 0;
	nic->sriov_vfs = nic->has_sriov ? (unsigned)now : 0;
}

static void copy_neighbours(const struct host_nic *from, struct host_nic *to)
{
	to->has_lldp_seconds = from->has_lldp_seconds;
	to->lldp_seconds = from->lldp_seconds;
	for (size_t i = 0; i < from->n_lldp; i++)
		host_fields_copy(host_lldp_fields, &from->lldp[i],
				 ARRAY_APPEND(to->lldp, to->n_lldp));
}

/* What the driver tells when asked, now or when the folder was made. */
static void read_driver(const struct probe *probe, const char *kernel_name, struct host_nic *nic)
{
	const struct host_nic *captured = find_captured(probe, kernel_name);

	if (fsroot_is_live(probe->root)) {
		nic_ask_driver(kernel_name, nic);
	} else if (captured) {
		nic_copy_asked(captured, nic);
		copy_neighbours(captured, nic);
	}
}

static void find_place(const struct probe *probe, const struct slots *slots, const char *path,
		       struct nic_candidate *candidate)
{
	const char *address = candidate->nic.pci_address;
	const struct slot_place *place = slots_find(slots, path);
	uint64_t index;

	candidate->place = PLACE_UNKNOWN;
	if (!address)
		return;
	candidate->nic.slot = probe_text(probe, "/sys/bus/pci/devices/%s/label", address);
	index = probe_number(probe, UINT32_MAX, "/sys/bus/pci/devices/%s/index", address);
	if (index == UINT32_MAX)
		index = probe_number(probe, UINT32_MAX, "/sys/bus/pci/devices/%s/acpi_index",
				     address);
	if (place) {
		candidate->place = place->kind;
		candidate->number = place->number;
		if (!candidate->nic.slot)
			candidate->nic.slot = xstrdup(place->label);
	}
	if (index != UINT32_MAX) {
		candidate->place = PLACE_ONBOARD;
		candidate->number = (unsigned)index;
	}
}

/* BOOTIF=01-52-54-00-12-34-56 is PXELINUX's and iPXE's word; iBFT's addresses are the firmware's.
 */
static char **boot_macs(const struct probe *probe)
{
	const char *line = probe->host->command_line ?: "";
	_cleanup_free_ char *bootif = bootline_get(line, "BOOTIF");
	_cleanup_strv_ char **names = NULL;
	char **macs = NULL;

	if (bootif) {
		_cleanup_free_ char *lower = str_lower(bootif);
		char *mac = strlen(lower) == 20 ? lower + 3 : lower;

		for (char *c = mac; *c; c++)
			if (*c == '-')
				*c = ':';
		strv_add(&macs, mac);
	}
	if (fsroot_list(probe->root, "/sys/firmware/ibft", &names) < 0)
		return macs;
	for (char **name = names; name && *name; name++) {
		_cleanup_free_ char *mac = probe_text(probe, "/sys/firmware/ibft/%s/mac", *name);

		if (mac && str_starts(*name, "ethernet"))
			strv_add(&macs, mac);
	}
	return macs;
}

static void add_nic(const struct probe *probe, const struct slots *slots, char *const *boot,
		    const char *kernel_name, struct nic_candidate **candidates, size_t *n)
{
	_cleanup_free_ char *path = probe_real_path(probe, NET "/%s", kernel_name);
	struct nic_candidate *candidate;
	char *mac;

	if (!is_wanted(probe, kernel_name, path))
		return;
	mac = permanent_mac(probe, kernel_name);
	if (!mac)
		return;
	candidate = ARRAY_APPEND(*candidates, *n);
	candidate->nic.kernel_name = xstrdup(kernel_name);
	candidate->nic.mac = mac;
	candidate->nic.driver = probe_link_name(probe, NET "/%s/device/driver", kernel_name);
	/* A USB adapter hangs below a PCI controller, but is not in that one's place. */
	if (!strstr(path, "/usb"))
		candidate->nic.pci_address = sysfs_pci_address(path);
	candidate->port = (unsigned)probe_number(probe, 0, NET "/%s/dev_port", kernel_name);
	candidate->nic.boot = strv_contains(boot, mac);
	read_link(probe, kernel_name, &candidate->nic);
	read_master(probe, kernel_name, &candidate->nic);
	read_virtual_functions(probe, kernel_name, &candidate->nic);
	read_driver(probe, kernel_name, &candidate->nic);
	find_place(probe, slots, path, candidate);
}

void probe_nics(struct probe *probe)
{
	struct host *host = probe->host;
	_cleanup_slots_ struct slots slots = {0};
	_cleanup_strv_ char **names = NULL, **boot = boot_macs(probe), **rules = NULL;
	_cleanup_strv_ char **pins = nic_rules_read(probe);
	_cleanup_free_ struct nic_candidate *candidates = NULL;
	size_t n = 0, absent;

	if (fsroot_list(probe->root, NET, &names) < 0)
		return;
	slots_read(probe, &slots);
	for (char **name = names; name && *name; name++)
		add_nic(probe, &slots, boot, *name, &candidates, &n);
	if (!probe->options->map_netdev)
		rules = bootline_get_all(host->command_line ?: "", "map_netdev");
	absent = nic_order(candidates, n, pins, probe->options->map_netdev ?: rules, &host->notes);
	if (probe->nic_rules)
		*probe->nic_rules = (struct host_nic_rules){
			.missing = nic_rules_missing(candidates, n),
			.absent = absent,
		};
	for (size_t i = 0; i < n; i++)
		*ARRAY_APPEND(host->nics, host->n_nics) = candidates[i].nic;
	if (probe->options->lldp_seconds && fsroot_is_live(probe->root)) {
		int r = lldp_listen(host->nics, host->n_nics, probe->options->lldp_seconds);

		if (r < 0)
			probe_note(probe, "Neighbours (LLDP) could not be listened for: %s",
				   strerror(-r));
	}
}
