/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A script that makes the answer file: run in the installer with who the machine is in its
 * environment and the machine's JSON on its standard input; what it prints is the file.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"

struct generator {
	const struct fsroot *root;
	const char *name; /* for messages: its URL, masked */
	const char *script;
	size_t length;
	char *const *environment;
	const char *input;
	unsigned timeout_s;
};

/* Its output; wipe it, since it may hold a password. Kind ERROR_USER for a script that fails. */
int generator_run(const struct generator *generator, char **ret, size_t *ret_length,
		  struct error **err) _must_check_;
