/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether the network of this host does what it is for, line by line: link, address, gateway, name
 * servers, time servers, coordinator. Runs beside the screens, which look on; every wait is short
 * and has an end. Sends packets, changes nothing.
 */
#pragma once

#include "common/fsroot.h"
#include "firstboot/screens/wizard.h"

/*
 * The checks that these settings ask for, as steps of a job, and starts them in a thread of their
 * own. What is set by hand is taken from `values`, the rest is what the host uses now. The job is
 * the caller's until network_checks_release(), also while the thread works.
 */
struct network_checks;
struct network_checks *network_checks_start(const struct fsroot *root,
					    const struct wizard_values *values);
struct wizard_job *network_checks_job(struct network_checks *checks);
/* Waits for nobody: who is last puts the light out. */
void network_checks_release(struct network_checks *checks);

/* By how many seconds the server's clock is ahead of `now` (seconds since 1970), from an answer of
 * 48 bytes (RFC 5905, 7.3). False when it is none that tells the time. */
bool network_checks_clock(const uint8_t *answer, size_t length, double now, double *ret);
