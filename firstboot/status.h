/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How the host stands, for the wizard's first page, and what of it is open: somebody has to decide
 * it, or it went wrong. Reads files, links and units; changes nothing.
 */
#pragma once

#include "firstboot/firstboot.h"
#include "firstboot/screens/wizard.h"

/* Adds the lines of the first page. */
void status_describe(const struct firstboot *firstboot, const struct host *host,
		     struct wizard_status *ret);
/*
 * Names of what is open: "network", "password", and tasks that failed: the local storage, the join.
 * The wizard comes by itself where one is that nobody has dismissed. NULL when there is none.
 */
char **status_open(const struct firstboot *firstboot);
bool status_wants_wizard(const struct firstboot *firstboot);
