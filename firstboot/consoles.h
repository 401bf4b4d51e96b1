/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The command "consoles" of xenhost-firstboot: where something was left open, a wizard on each
 * console instead of its login prompt. A unit starts it before those prompts; main.c calls it.
 */
#pragma once

#include "firstboot/firstboot.h"

/* A file of a console's name here keeps its login prompt back. */
#define CONSOLES_FOLDER "/run/xenhost-wizard"

/* Consoles of the kernel that have a login prompt: "tty1", "hvc0"; NULL without any. */
char **consoles_list(const struct fsroot *root);
/* Waits a while for "run", decides, and starts the wizards. */
int consoles_start(struct firstboot *firstboot, struct error **err) _must_check_;
