/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A strict reader of the part of TOML 1.0 that answer files of installers use: tables, dotted keys,
 * strings of one line, numbers, truths, lists of those, inline tables. Everything else (dates,
 * arrays of tables, strings of many lines) is refused with its line, never guessed. No I/O. No C
 * library for TOML is packaged in Debian, hence this one.
 */
#pragma once

#include "common/error.h"

struct toml_value {
	char *key;   /* the whole path: "disk-setup.filter.ID_SERIAL" */
	char *text;  /* of a string its content, else as written; NULL for a list */
	char **list; /* texts of a list; NULL for an empty one */
	bool is_list;
	unsigned line; /* from 1 */
};

struct toml {
	struct toml_value *values; /* in the order of the file */
	size_t n_values;
};

void toml_done(struct toml *toml);
#define _cleanup_toml_ _cleanup_(toml_done)
/* At most 1 MiB and 10,000 values; kind ERROR_USER. `name` is how messages call the file. */
int toml_parse(const char *text, size_t length, const char *name, struct toml *ret,
	       struct error **err) _must_check_;
