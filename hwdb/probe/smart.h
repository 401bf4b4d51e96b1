/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A disk's health as the disk itself counts it, through smartctl's JSON. Called by the disk probe
 * on a running machine when somebody asked. Wakes no sleeping disk, starts no self-test.
 */
#pragma once

#include "hwdb/probe/probe.h"

/* Pure: what `smartctl --json --health --attributes` says (schema of smartmontools 7). -ENODATA
 * when nothing in it is known. */
int smart_parse(const struct json *json, struct host_health *ret) _must_check_;
/* Asks one disk, "/dev/sda". -ENODATA when it does not tell, -ETIMEDOUT and others when the tool
 * fails. */
int smart_read(const char *node, unsigned timeout_s, struct host_health *ret) _must_check_;
/* Health of all disks: asked while the time lasts, or taken from what capture stored. */
void smart_read_all(struct probe *probe);
