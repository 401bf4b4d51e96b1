/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a machine is fit to be a Xen host, as findings. Pure: works on struct host alone, so that
 * it says the same of a captured machine. Used by xenhost-hwinfo; decides nothing by itself.
 */
#pragma once

#include "common/findings.h"
#include "hwdb/host.h"

void host_check(const struct host *host, struct findings *findings);
