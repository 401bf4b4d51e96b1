/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * ACPI's I/O Virtualization Reporting Structure (AMD-Vi), decoded from its bytes. Used by the IOMMU
 * probe, tests and a fuzz target; no I/O.
 */
#pragma once

#include "hwdb/host.h"

/*
 * Fills what the table tells of `iommu`: units, reserved memory, whether any unit takes the
 * interrupts of an I/O APIC (without that Linux remaps none). A unit that is described in several
 * versions is listed once, by its newest. Devices are addresses, or ranges of them: "0000:00:01.0"
 * or "0000:00:01.0-0000:ff:1f.6". -EBADMSG for a damaged table; `iommu` is then left as it was.
 */
int ivrs_parse(const uint8_t *bytes, size_t length, struct host_iommu *iommu) _must_check_;
