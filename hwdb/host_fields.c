/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/host_fields.h"

#include <errno.h>
#include <limits.h>

#include "common/str.h"

#define OFFSET(box, member) offsetof(struct box, member)

/* Before 19, clang-format takes these braces for blocks of code. */
/* clang-format off */
#define NAMED(key, box, member, kind) \
	{key, FIELD_##kind, OFFSET(box, member), 0, false, NULL, 0}
#define ROW(box, member, kind) NAMED(#member, box, member, kind)
#define REQUIRED(box, member, kind) \
	{#member, FIELD_##kind, OFFSET(box, member), 0, true, NULL, 0}
#define MAYBE_NAMED(key, box, member, flag, kind) \
	{key, FIELD_MAYBE_##kind, OFFSET(box, member), OFFSET(box, flag), false, NULL, 0}
#define MAYBE(box, member, flag, kind) MAYBE_NAMED(#member, box, member, flag, kind)
/* Members of the box itself that stand in an object of their own. */
#define OBJECT(key, table) \
	{key, FIELD_OBJECT, 0, 0, false, table, 0}
#define MAYBE_OBJECT(key, box, flag, table) \
	{key, FIELD_MAYBE_OBJECT, 0, OFFSET(box, flag), false, table, 0}
#define BOX(box, member, table) \
	{#member, FIELD_OBJECT, OFFSET(box, member), 0, false, table, 0}
#define MAYBE_BOX(box, member, flag, table) \
	{#member, FIELD_MAYBE_OBJECT, OFFSET(box, member), OFFSET(box, flag), false, table, 0}
#define UINTS(key, box, array, count) \
	{key, FIELD_UINTS, OFFSET(box, array), OFFSET(box, count), false, NULL, 0}
#define MAYBE_BOX(box, member, flag, table) \
	{#member, FIELD_MAYBE_OBJECT, OFFSET(box, member), OFFSET(box, flag), false, table, 0}
#define BOXES(key, box, array, count, table) \
	{key, FIELD_BOXES, OFFSET(box, array), OFFSET(box, count), false, table, \
	 sizeof(*((struct box *)NULL)->array)}
/* clang-format on */

static const struct host_field host_spcr_fields[] = {
	NAMED("mmio", host_firmware, spcr_mmio, BOOL),
	NAMED("address", host_firmware, spcr_address, U64),
	NAMED("baud", host_firmware, spcr_baud, UINT),
	{0},
};

static const struct host_field host_firmware_fields[] = {
	REQUIRED(host_firmware, kind, FIRMWARE),
	ROW(host_firmware, efi_bits, UINT),
	ROW(host_firmware, secure_boot, SECURE_BOOT),
	MAYBE(host_firmware, setup_mode, has_setup_mode, BOOL),
	ROW(host_firmware, system_vendor, STRING),
	ROW(host_firmware, product_name, STRING),
	ROW(host_firmware, product_serial, STRING),
	ROW(host_firmware, product_uuid, STRING),
	ROW(host_firmware, asset_tag, STRING),
	ROW(host_firmware, board_vendor, STRING),
	ROW(host_firmware, board_name, STRING),
	ROW(host_firmware, bios_vendor, STRING),
	ROW(host_firmware, bios_version, STRING),
	ROW(host_firmware, bios_date, STRING),
	ROW(host_firmware, smbios_version, STRING),
	MAYBE_OBJECT("spcr", host_firmware, spcr_present, host_spcr_fields),
	{0},
};

static const struct host_field host_cpu_package_fields[] = {
	REQUIRED(host_cpu_package, id, UINT),
	ROW(host_cpu_package, model, STRING),
	MAYBE(host_cpu_package, family, has_signature, UINT),
	MAYBE(host_cpu_package, model_number, has_signature, UINT),
	MAYBE(host_cpu_package, stepping, has_signature, UINT),
	ROW(host_cpu_package, microcode, STRING),
	ROW(host_cpu_package, cores, KNOWN_UINT),
	ROW(host_cpu_package, threads, KNOWN_UINT),
	{0},
};

static const struct host_field host_cpu_vulnerability_fields[] = {
	REQUIRED(host_cpu_vulnerability, name, STRING),
	REQUIRED(host_cpu_vulnerability, status, STRING),
	{0},
};

static const struct host_field host_cpu_fields[] = {
	ROW(host_cpu, vendor, STRING),
	ROW(host_cpu, model, STRING),
	ROW(host_cpu, packages, KNOWN_UINT),
	ROW(host_cpu, cores, KNOWN_UINT),
	ROW(host_cpu, threads, KNOWN_UINT),
	ROW(host_cpu, virtualization, STRING),
	ROW(host_cpu, nested_paging, BOOL),
	ROW(host_cpu, flags, STRV),
	MAYBE(host_cpu, virtualization_supported, has_virtualization_supported, BOOL),
	MAYBE(host_cpu, virtualization_disabled, has_virtualization_disabled, BOOL),
	MAYBE(host_cpu, virtualization_locked, has_virtualization_locked, BOOL),
	MAYBE(host_cpu, unrestricted_guest, has_unrestricted_guest, BOOL),
	MAYBE(host_cpu, slat_2m_pages, has_slat_2m_pages, BOOL),
	MAYBE(host_cpu, slat_1g_pages, has_slat_1g_pages, BOOL),
	MAYBE(host_cpu, sockets, has_sockets, UINT),
	MAYBE(host_cpu, empty_sockets, has_sockets, UINT),
	ROW(host_cpu, feature_level, STRING),
	ROW(host_cpu, smt, STRING),
	BOXES("package_list", host_cpu, package_list, n_package_list, host_cpu_package_fields),
	BOXES("vulnerabilities", host_cpu, vulnerabilities, n_vulnerabilities,
	      host_cpu_vulnerability_fields),
	{0},
};

static const struct host_field host_numa_fields[] = {
	REQUIRED(host_numa_node, id, UINT),
	ROW(host_numa_node, memory_bytes, U64),
	ROW(host_numa_node, cpus, STRING),
	UINTS("distances", host_numa_node, distances, n_distances),
	{0},
};

const struct host_field host_support_fields[] = {
	REQUIRED(host_support, state, STRING),
	ROW(host_support, driver, STRING),
	ROW(host_support, firmware_package, STRING),
	ROW(host_support, minimum_firmware, STRING),
	ROW(host_support, note, STRING),
	ROW(host_support, source, STRING),
	{0},
};

const struct host_field host_pci_fields[] = {
	REQUIRED(host_pci, address, STRING),
	ROW(host_pci, vendor_id, STRING),
	ROW(host_pci, device_id, STRING),
	ROW(host_pci, class_id, STRING),
	ROW(host_pci, subsystem_vendor_id, STRING),
	ROW(host_pci, subsystem_device_id, STRING),
	ROW(host_pci, vendor_name, STRING),
	ROW(host_pci, device_name, STRING),
	ROW(host_pci, class_name, STRING),
	ROW(host_pci, driver, STRING),
	ROW(host_pci, modules, STRV),
	ROW(host_pci, slot, STRING),
	ROW(host_pci, parent, STRING),
	MAYBE(host_pci, numa_node, has_numa_node, UINT),
	ROW(host_pci, express, STRING),
	MAYBE(host_pci, multifunction, has_multifunction, BOOL),
	MAYBE(host_pci, link_width, has_link_width, UINT),
	MAYBE(host_pci, link_width_max, has_link_width_max, UINT),
	MAYBE(host_pci, link_speed_mtps, has_link_speed, UINT),
	MAYBE(host_pci, link_speed_max_mtps, has_link_speed_max, UINT),
	MAYBE(host_pci, function_reset, has_function_reset, BOOL),
	MAYBE(host_pci, ari, has_ari, BOOL),
	MAYBE(host_pci, ats, has_ats, BOOL),
	MAYBE(host_pci, pasid, has_pasid, BOOL),
	MAYBE(host_pci, acs, has_acs, BOOL),
	ROW(host_pci, acs_supported, STRV),
	ROW(host_pci, acs_enabled, STRV),
	MAYBE(host_pci, aer, has_aer, BOOL),
	MAYBE(host_pci, aer_correctable, has_aer_correctable, U64),
	MAYBE(host_pci, aer_nonfatal, has_aer_nonfatal, U64),
	MAYBE(host_pci, aer_fatal, has_aer_fatal, U64),
	MAYBE(host_pci, sriov, has_sriov, BOOL),
	MAYBE(host_pci, vfs_total, has_vfs_total, UINT),
	MAYBE(host_pci, vfs_enabled, has_vfs_enabled, UINT),
	MAYBE(host_pci, vf_memory_assigned, has_vf_memory, BOOL),
	MAYBE(host_pci, vf_memory_bytes, has_vf_memory_bytes, U64),
	ROW(host_pci, vf_of, STRING),
	MAYBE(host_pci, product_data, has_product_data, BOOL),
	ROW(host_pci, product_name, STRING),
	ROW(host_pci, part_number, STRING),
	ROW(host_pci, serial, STRING),
	ROW(host_pci, engineering_level, STRING),
	MAYBE(host_pci, iommu_group, has_iommu_group, UINT),
	MAYBE(host_pci, alone, has_alone, BOOL),
	MAYBE_BOX(host_pci, support, has_support, host_support_fields),
	{0},
};

static const struct host_field host_vlan_fields[] = {
	REQUIRED(host_vlan, id, UINT),
	ROW(host_vlan, name, STRING),
	{0},
};

const struct host_field host_lldp_fields[] = {
	ROW(host_lldp, chassis_id, STRING),
	ROW(host_lldp, port_id, STRING),
	ROW(host_lldp, port_description, STRING),
	ROW(host_lldp, system_name, STRING),
	ROW(host_lldp, system_description, STRING),
	ROW(host_lldp, management_address, STRING),
	ROW(host_lldp, capabilities, STRV),
	MAYBE(host_lldp, port_vlan, has_port_vlan, UINT),
	BOXES("vlans", host_lldp, vlans, n_vlans, host_vlan_fields),
	MAYBE(host_lldp, aggregation_capable, has_aggregation, BOOL),
	MAYBE(host_lldp, aggregated, has_aggregation, BOOL),
	MAYBE(host_lldp, frame_max_bytes, has_frame_max, UINT),
	MAYBE(host_lldp, speed_mbps, has_speed, UINT),
	MAYBE(host_lldp, autoneg, has_autoneg, BOOL),
	{0},
};

const struct host_field host_nic_fields[] = {
	REQUIRED(host_nic, name, STRING),
	ROW(host_nic, kernel_name, STRING),
	REQUIRED(host_nic, mac, STRING),
	ROW(host_nic, driver, STRING),
	ROW(host_nic, pci_address, STRING),
	ROW(host_nic, slot, STRING),
	MAYBE(host_nic, link, has_link, BOOL),
	MAYBE(host_nic, speed_mbps, has_speed, UINT),
	ROW(host_nic, boot, BOOL),
	ROW(host_nic, firmware_version, STRING),
	ROW(host_nic, bus_info, STRING),
	ROW(host_nic, port, STRING),
	UINTS("speeds_mbps", host_nic, speeds_mbps, n_speeds),
	MAYBE(host_nic, autoneg, has_autoneg, BOOL),
	MAYBE(host_nic, full_duplex, has_duplex, BOOL),
	ROW(host_nic, master, STRING),
	ROW(host_nic, master_kind, STRING),
	MAYBE(host_nic, sriov_vfs_max, has_sriov, UINT),
	MAYBE(host_nic, sriov_vfs, has_sriov, UINT),
	MAYBE(host_nic, lldp_seconds, has_lldp_seconds, UINT),
	BOXES("lldp", host_nic, lldp, n_lldp, host_lldp_fields),
	{0},
};

const struct host_field host_content_fields[] = {
	ROW(host_content, partition, UINT),
	ROW(host_content, start_bytes, U64),
	ROW(host_content, size_bytes, U64),
	REQUIRED(host_content, kind, CONTENT_KIND),
	ROW(host_content, type, STRING),
	ROW(host_content, label, STRING),
	ROW(host_content, uuid, STRING),
	ROW(host_content, partition_type, STRING),
	ROW(host_content, partition_name, STRING),
	ROW(host_content, volume_group, STRING),
	ROW(host_content, volumes, STRV),
	MAYBE(host_content, inodes_used, has_inodes_used, UINT),
	ROW(host_content, date, STRING),
	ROW(host_content, description, STRING),
	ROW(host_content, valuable, BOOL),
	ROW(host_content, system, STRING),
	ROW(host_content, xenserver, BOOL),
	ROW(host_content, backup, BOOL),
	ROW(host_content, raid_level, STRING),
	MAYBE(host_content, raid_disks, has_raid_disks, UINT),
	{0},
};

static const struct host_field host_health_fields[] = {
	MAYBE(host_health, passed, has_passed, BOOL),
	MAYBE(host_health, temperature_celsius, has_temperature, UINT),
	MAYBE(host_health, power_on_hours, has_hours, UINT),
	MAYBE(host_health, used_percent, has_used, UINT),
	MAYBE(host_health, spare_percent, has_spare, UINT),
	MAYBE(host_health, spare_threshold_percent, has_spare_threshold, UINT),
	MAYBE(host_health, reallocated_sectors, has_reallocated, UINT),
	MAYBE(host_health, pending_sectors, has_pending, UINT),
	MAYBE(host_health, media_errors, has_media_errors, UINT),
	{0},
};

const struct host_field host_disk_fields[] = {
	REQUIRED(host_disk, id, STRING),
	REQUIRED(host_disk, kind, STRING),
	ROW(host_disk, parents, STRV),
	ROW(host_disk, name, STRING),
	REQUIRED(host_disk, size_bytes, U64),
	REQUIRED(host_disk, logical_block_bytes, UINT),
	ROW(host_disk, physical_block_bytes, KNOWN_UINT),
	ROW(host_disk, vendor, STRING),
	ROW(host_disk, model, STRING),
	ROW(host_disk, serial, STRING),
	ROW(host_disk, wwn, STRING),
	ROW(host_disk, transport, STRING),
	ROW(host_disk, by_path, STRING),
	ROW(host_disk, links, STRV),
	ROW(host_disk, pci_address, STRING),
	ROW(host_disk, driver, STRING),
	MAYBE(host_disk, rotational, has_rotational, BOOL),
	ROW(host_disk, removable, BOOL),
	ROW(host_disk, read_only, BOOL),
	ROW(host_disk, install_medium, BOOL),
	ROW(host_disk, holders, STRV),
	ROW(host_disk, unreadable, STRING),
	ROW(host_disk, table_digest, STRING),
	BOXES("contents", host_disk, contents, n_contents, host_content_fields),
	MAYBE(host_disk, discard, has_discard, BOOL),
	MAYBE(host_disk, discard_granularity_bytes, has_discard_granularity, UINT),
	MAYBE(host_disk, discard_max_bytes, has_discard_max, U64),
	MAYBE(host_disk, rpm, has_rpm, UINT),
	ROW(host_disk, zoned, STRING),
	MAYBE(host_disk, namespace_id, has_namespace, UINT),
	{"health", FIELD_MAYBE_OBJECT, OFFSET(host_disk, health), OFFSET(host_disk, has_health),
	 false, host_health_fields, 0},
	{0},
};

static const struct host_field host_hba_port_fields[] = {
	ROW(host_hba_port, host, STRING),
	ROW(host_hba_port, wwn, STRING),
	ROW(host_hba_port, node_wwn, STRING),
	ROW(host_hba_port, fabric_wwn, STRING),
	ROW(host_hba_port, state, STRING),
	ROW(host_hba_port, speed, STRING),
	ROW(host_hba_port, supported_speeds, STRING),
	MAYBE(host_hba_port, phys, has_phys, UINT),
	MAYBE(host_hba_port, phys_up, has_phys, UINT),
	{0},
};

static const struct host_field host_hba_fields[] = {
	ROW(host_hba, pci_address, STRING),
	REQUIRED(host_hba, kind, STRING),
	ROW(host_hba, driver, STRING),
	ROW(host_hba, model, STRING),
	ROW(host_hba, firmware_version, STRING),
	ROW(host_hba, hosts, STRV),
	BOXES("ports", host_hba, ports, n_ports, host_hba_port_fields),
	MAYBE(host_hba, other_initiators, has_other_initiators, UINT),
	ROW(host_hba, disks, STRV),
	ROW(host_hba, hides, STRING),
	{0},
};

static const struct host_field host_ibft_target_fields[] = {
	ROW(host_ibft_target, name, STRING),           ROW(host_ibft_target, address, STRING),
	MAYBE(host_ibft_target, port, has_port, UINT), ROW(host_ibft_target, lun, STRING),
	ROW(host_ibft_target, nic_mac, STRING),        {0},
};

static const struct host_field host_ibft_fields[] = {
	ROW(host_ibft, initiator, STRING),
	BOXES("targets", host_ibft, targets, n_targets, host_ibft_target_fields),
	{0},
};

const struct host_field host_iommu_unit_fields[] = {
	ROW(host_iommu_unit, address, STRING),         ROW(host_iommu_unit, segment, UINT),
	ROW(host_iommu_unit, register_address, U64),   ROW(host_iommu_unit, all_devices, BOOL),
	ROW(host_iommu_unit, devices, STRV),           ROW(host_iommu_unit, bridges, STRV),
	ROW(host_iommu_unit, interrupt_sources, STRV), {0},
};

static const struct host_field host_iommu_reserved_fields[] = {
	ROW(host_iommu_reserved, segment, UINT),   ROW(host_iommu_reserved, start, U64),
	ROW(host_iommu_reserved, size_bytes, U64), ROW(host_iommu_reserved, all_devices, BOOL),
	ROW(host_iommu_reserved, devices, STRV),   {0},
};

static const struct host_field host_iommu_group_fields[] = {
	REQUIRED(host_iommu_group, id, UINT),
	ROW(host_iommu_group, type, STRING),
	ROW(host_iommu_group, devices, STRV),
	{0},
};

const struct host_field host_iommu_fields[] = {
	ROW(host_iommu, kind, STRING),
	ROW(host_iommu, enabled, BOOL),
	ROW(host_iommu, groups, UINT),
	MAYBE(host_iommu, interrupt_remapping, has_interrupt_remapping, BOOL),
	MAYBE(host_iommu, x2apic_opt_out, has_x2apic_opt_out, BOOL),
	MAYBE(host_iommu, dma_opt_in, has_dma_opt_in, BOOL),
	MAYBE(host_iommu, address_bits, has_address_bits, UINT),
	BOXES("units", host_iommu, units, n_units, host_iommu_unit_fields),
	BOXES("reserved", host_iommu, reserved, n_reserved, host_iommu_reserved_fields),
	MAYBE(host_iommu, ats_entries, has_entries, UINT),
	MAYBE(host_iommu, proximity_entries, has_entries, UINT),
	ROW(host_iommu, groups_predicted, BOOL),
	BOXES("group_list", host_iommu, group_list, n_group_list, host_iommu_group_fields),
	ROW(host_iommu, unexpected, STRV),
	{0},
};

static const struct host_field host_dimm_fields[] = {
	ROW(host_dimm, locator, STRING),
	ROW(host_dimm, bank, STRING),
	ROW(host_dimm, populated, BOOL),
	MAYBE(host_dimm, size_bytes, has_size, U64),
	ROW(host_dimm, form_factor, STRING),
	ROW(host_dimm, type, STRING),
	ROW(host_dimm, buffering, STRING),
	MAYBE(host_dimm, ecc, has_ecc, BOOL),
	MAYBE(host_dimm, ranks, has_ranks, UINT),
	MAYBE(host_dimm, speed_mts, has_speed, UINT),
	MAYBE(host_dimm, configured_speed_mts, has_configured_speed, UINT),
	ROW(host_dimm, manufacturer, STRING),
	ROW(host_dimm, part_number, STRING),
	ROW(host_dimm, serial, STRING),
	{0},
};

static const struct host_field host_memory_module_fields[] = {
	ROW(host_memory_module, label, STRING),
	MAYBE(host_memory_module, corrected_errors, has_errors, U64),
	MAYBE(host_memory_module, uncorrected_errors, has_errors, U64),
	{0},
};

static const struct host_field host_memory_controller_fields[] = {
	REQUIRED(host_memory_controller, id, STRING),
	ROW(host_memory_controller, name, STRING),
	MAYBE(host_memory_controller, corrected_errors, has_errors, U64),
	MAYBE(host_memory_controller, uncorrected_errors, has_errors, U64),
	BOXES("modules", host_memory_controller, modules, n_modules, host_memory_module_fields),
	{0},
};

static const struct host_field host_memory_fields[] = {
	NAMED("total_bytes", host, memory_bytes, KNOWN_U64),
	MAYBE_NAMED("slots", host, memory.slots, memory.has_slots, UINT),
	MAYBE_NAMED("empty_slots", host, memory.empty_slots, memory.has_slots, UINT),
	MAYBE_NAMED("maximum_bytes", host, memory.maximum_bytes, memory.has_maximum, U64),
	NAMED("ecc", host, memory.ecc, STRING),
	BOXES("dimms", host, memory.dimms, memory.n_dimms, host_dimm_fields),
	BOXES("controllers", host, memory.controllers, memory.n_controllers,
	      host_memory_controller_fields),
	{0},
};

static const struct host_field host_tpm_fields[] = {
	ROW(host_tpm, version, STRING),
	ROW(host_tpm, manufacturer, STRING),
	ROW(host_tpm, firmware_version, STRING),
	ROW(host_tpm, description, STRING),
	ROW(host_tpm, driven, BOOL),
	ROW(host_tpm, banks, STRV),
	{0},
};

static const struct host_field host_bmc_fields[] = {
	ROW(host_bmc, interface, STRING),
	ROW(host_bmc, device, STRING),
	ROW(host_bmc, ipmi_version, STRING),
	ROW(host_bmc, firmware_version, STRING),
	ROW(host_bmc, manufacturer_id, STRING),
	ROW(host_bmc, product_id, STRING),
	ROW(host_bmc, redfish_address, STRING),
	ROW(host_bmc, redfish_host, STRING),
	MAYBE(host_bmc, redfish_port, has_redfish_port, UINT),
	{0},
};

static const struct host_field host_watchdog_fields[] = {
	REQUIRED(host_watchdog, name, STRING),
	ROW(host_watchdog, identity, STRING),
	ROW(host_watchdog, driver, STRING),
	ROW(host_watchdog, state, STRING),
	MAYBE(host_watchdog, timeout_s, has_timeout, UINT),
	{0},
};

static const struct host_field host_hypervisor_fields[] = {
	ROW(host_hypervisor, type, STRING),       ROW(host_hypervisor, version, STRING),
	ROW(host_hypervisor, dom0, BOOL),         ROW(host_hypervisor, guest_type, STRING),
	ROW(host_hypervisor, capabilities, STRV), {0},
};

const struct host_field host_fields[] = {
	{"firmware", FIELD_OBJECT, OFFSET(host, firmware), 0, true, host_firmware_fields, 0},
	BOX(host, cpu, host_cpu_fields),
	BOXES("numa", host, numa, n_numa, host_numa_fields),
	OBJECT("memory", host_memory_fields),
	BOXES("pci", host, pci, n_pci, host_pci_fields),
	BOXES("nics", host, nics, n_nics, host_nic_fields),
	BOXES("disks", host, disks, n_disks, host_disk_fields),
	BOXES("hbas", host, hbas, n_hbas, host_hba_fields),
	{"ibft", FIELD_MAYBE_OBJECT, OFFSET(host, ibft), OFFSET(host, has_ibft), false,
	 host_ibft_fields, 0},
	BOX(host, iommu, host_iommu_fields),
	MAYBE_BOX(host, tpm, has_tpm, host_tpm_fields),
	MAYBE_BOX(host, bmc, has_bmc, host_bmc_fields),
	BOXES("watchdogs", host, watchdogs, n_watchdogs, host_watchdog_fields),
	MAYBE_BOX(host, hypervisor, has_hypervisor, host_hypervisor_fields),
	ROW(host, virtual_machine, STRING),
	ROW(host, kernel_release, STRING),
	ROW(host, command_line, STRING),
	ROW(host, notes, STRV),
	{0},
};
