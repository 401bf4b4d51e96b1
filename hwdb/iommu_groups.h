/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which PCI functions Linux puts into one IOMMU group, and so must pass through together. Works on
 * struct host alone, no I/O; called by the IOMMU probe, and by whoever asks "what if it were on".
 */
#pragma once

#include "hwdb/host.h"

#define IOMMU_NO_GROUP UINT32_MAX /* an IOMMU itself */

/*
 * Predicts by the rules of Linux 6.12 for a kernel that has the IOMMU on, and therefore the ACS of
 * every function that has it: functions share a group when they can reach each other without
 * passing the IOMMU (ports above without ACS, functions of one device without ACS) or when it
 * cannot tell them apart (behind a bridge to conventional PCI). The kernel's quirks, which know
 * hundreds of devices that are separate without ACS, are not in it: it errs towards large groups.
 *
 * `ret` gets one number for each of host->pci, counted from 0 in the order of host->pci.
 * -ENODATA when the capabilities of some function are unknown (not run as root).
 */
int iommu_groups_predict(const struct host *host, unsigned **ret) _must_check_;

/* Fills iommu.group_list by the prediction, where the kernel's own groups are not there; else
 * iommu.unexpected with those that differ. Then pci[].alone. */
void iommu_groups_complete(struct host *host);
