/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Password hashes as /etc/shadow holds them, through libcrypt. Salts come from the kernel, never
 * from a plan's seed.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/* yescrypt with libcrypt's preferred cost. Newly allocated. */
int password_hash(const char *plain, char **ret, struct error **err) _must_check_;
/* True for a hash libcrypt can check, and for "!!", "!" and "*" (a locked account). */
bool password_hash_is_valid(const char *hash);
/* Whether a typed password is the one that the hash is of. */
bool password_fits(const char *plain, const char *hash);
