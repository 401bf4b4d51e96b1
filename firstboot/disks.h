/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Disks that the wizard offers for the local storage, with what is on them: those that the
 * installation had in mind and first boot could not use, and every other that the planner would
 * take. Why the rest is not taken is said. Changes nothing.
 */
#pragma once

#include "firstboot/firstboot.h"
#include "firstboot/screens/wizard.h"
#include "hwdb/host.h"

struct disks {
	struct wizard_disk *list;
	size_t count;
};
void disks_done(struct disks *disks);
/* None where the local storage stands already. */
void disks_list(struct firstboot *firstboot, const struct host *host, struct disks *ret);
