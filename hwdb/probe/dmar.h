/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ACPI's DMA Remapping table (Intel VT-d), decoded from its bytes. Used by the IOMMU probe, tests
 * and a fuzz target; no I/O, and no device is looked up.
 */
#pragma once

#include "hwdb/host.h"

/*
 * Fills what the table tells of `iommu`: flags, counts, units, reserved memory. Devices are written
 * as paths: "0000:00:02.0", and "0000:00:1c.0/00.0" for what is behind bridges, each step a device
 * and function on the bus below the one before. -EBADMSG for a damaged table; `iommu` is then left
 * as it was. Xen hides the table from its dom0 as "XMAR", which is taken too.
 */
int dmar_parse(const uint8_t *bytes, size_t length, struct host_iommu *iommu) _must_check_;
