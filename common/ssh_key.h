/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Public keys of ssh as people compare them. Used for what a host was given when it was installed.
 * Looks at the form alone; whether a key is a good one it cannot tell.
 */
#pragma once

#include "common/macro.h"

/*
 * Of a line of a .pub file, "TYPE BASE64 [COMMENT]": "ED25519 SHA256:...", as `ssh-keygen -l` and
 * ssh itself show it (RFC 4716 names none of SHA-256; OpenSSH 6.8 does). -EINVAL for anything else.
 */
int ssh_key_fingerprint(const char *line, char **ret) _must_check_;
