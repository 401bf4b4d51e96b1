/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * INI files as a list of entries with their lines: the only file that includes inih. "[section]",
 * "key = value", comments behind "#" or ";", a value goes on in lines that start with a blank.
 * Called by readers of files that people write by hand; what the names mean is theirs to say.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

struct inifile_entry {
	char *section; /* "" before the first one */
	char *key, *value;
	unsigned line; /* from 1 */
};

struct inifile {
	struct inifile_entry *entries;
	size_t n;
};

/* `name` stands in errors: "name:line: sentence". Lines, section and key names have limits, which
 * the error tells; nothing is ever cut. */
int inifile_parse(const char *text, size_t length, const char *name, struct inifile *ret,
		  struct error **err) _must_check_;
void inifile_done(struct inifile *file);
#define _cleanup_inifile_ _cleanup_(inifile_done)
