/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which kernel modules claim a device: modules.alias of the root's kernel, matched as modprobe
 * does. Called by the PCI probe; loads nothing.
 */
#pragma once

#include "hwdb/probe/probe.h"

/* Fills `modules` of every PCI device. */
void modules_find(struct probe *probe);
