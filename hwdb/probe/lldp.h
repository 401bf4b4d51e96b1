/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The neighbours at the other ends of network cables, as switches announce them (IEEE 802.1AB).
 * Used by the NIC probe when somebody asked to listen. Nothing is ever sent.
 */
#pragma once

#include "hwdb/host.h"

#define LLDP_ETHERTYPE 0x88cc

/*
 * Pure: one LLDPDU, what follows the EtherType. -EBADMSG when it is none: the three elements that
 * each must begin with (chassis, port, time to live) are missing or doubled, or an element reaches
 * past the end. -ENODATA when the neighbour says that it is leaving (time to live 0).
 * Text is shown as it came; control characters are written as blanks. Free with
 * lldp_neighbour_done().
 */
int lldp_parse(const void *bytes, size_t length, struct host_lldp *ret) _must_check_;
void lldp_neighbour_done(struct host_lldp *neighbour);
#define _cleanup_lldp_neighbour_ _cleanup_(lldp_neighbour_done)

/* Whether this process may listen; else kind ERROR_USAGE. */
int lldp_may_listen(struct error **err) _must_check_;
/*
 * Listens on all of them at once, and fills `lldp` of each: for `seconds` at most, and no longer
 * than until every one that has a link was heard. Each gets has_lldp_seconds, those that are down
 * excepted. 0 or -errno.
 */
int lldp_listen(struct host_nic *nics, size_t n, unsigned seconds) _must_check_;
