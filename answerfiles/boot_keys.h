/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom the boot line lets into the running installer by ssh: its xenhost.sshkey=, one for each key.
 * Read by `xenhost-install`, and judged wherever a boot line is. They are of the installer alone:
 * the host gets those of the answers. Passwords are never taken from a boot line.
 */
#pragma once

#include "common/findings.h"
#include "common/macro.h"

#define BOOT_KEYS_PARAMETER "xenhost.sshkey"
/* The word for a password that is made at boot and shown on the screen. */
#define BOOT_PASSWORD_PARAMETER "xenhost.ssh"

/* Those that are public keys of ssh, in order; NULL when there is none. A finding for every other,
 * which never ends an installation and never quotes it. A value without any blank has colons in
 * their place: boot loaders lose quotes. */
char **boot_keys_read(const char *command_line, struct findings *findings);
