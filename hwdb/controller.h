/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Storage controllers that firmware setup puts between disks and the system: Intel's VMD, chipsets
 * in RAID mode. One table of ids, for the probe (hwdb/probe/hbas.c) and for the explanations
 * (hwdb/explain.c), which say what to change. Pure; does not know whether a disk is really hidden.
 */
#pragma once

#include "hwdb/host.h"

enum controller_mode {
	CONTROLLER_PLAIN,
	CONTROLLER_VMD,       /* NVMe drives stand in a PCI domain of its own */
	CONTROLLER_RAID_MODE, /* a chipset's SATA or NVMe ports, shown as a RAID controller */
};

enum controller_mode controller_mode(const struct host_pci *pci);
