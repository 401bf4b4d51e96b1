/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How this host is set up, read from the files that the installer and the wizard write: as values
 * of the wizard, and as what changes when they become others. Writes nothing; changes.h does.
 */
#pragma once

#include "common/fsroot.h"
#include "firstboot/screens/values.h"

/* What no file tells is left out. */
void settings_read(const struct fsroot *root, struct wizard_values *ret);
/* The link that bears the management address, such as "xenbr0"; NULL where no file tells. */
char *settings_device(const struct fsroot *root);
/* Root has a password, or at least keys for ssh: somebody can log in. */
bool settings_has_login(const struct fsroot *root);
/* What /etc/shadow holds of root's password; NULL when it has none. Wipe it. */
char *settings_root_hash(const struct fsroot *root);
/* The toolstack that has the network in its hands, in words; NULL: it is set by files. */
const char *settings_network_owner(const struct fsroot *root);
