/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What one PCI function can do and where it sits: configuration space first, and sysfs where that
 * is not readable or does not tell. Called by the PCI probe for each function; opens no device.
 */
#pragma once

#include "hwdb/probe/probe.h"

/* `path` is the function's real folder below /sys/devices. */
void pci_facts(const struct probe *probe, const char *path, struct host_pci *pci);
