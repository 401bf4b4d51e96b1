/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PCI vital product data: what the maker wrote into a card about itself, decoded from its bytes.
 * Used by the PCI probe, tests and a fuzz target; no I/O.
 */
#pragma once

#include "hwdb/host.h"

/*
 * Fills product_name, part_number, serial and engineering_level of `pci` where they are stated and
 * not empty; bytes that are no printable ASCII become "?". -EBADMSG when the data ends before its
 * end tag or makes no sense; `pci` is then left as it was. The checksum is not looked at: a capture
 * without serial numbers changes what it covers.
 */
int vpd_parse(const uint8_t *bytes, size_t length, struct host_pci *pci) _must_check_;
