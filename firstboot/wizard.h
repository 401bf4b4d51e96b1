/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The wizard of first boot: the screens over this host, and what they confirm carried out. main.c
 * calls it, without a command on a terminal, and for the consoles of a host that has something
 * open. What is open is status.h's matter.
 */
#pragma once

#include "firstboot/firstboot.h"

/*
 * "wizard [--console] [--root DIR] [--machine M]"; argv[0] is the command's name. With a folder as
 * root its files are read and written, and no program is run.
 */
int wizard_command(int argc, char **argv, struct error **err) _must_check_;
