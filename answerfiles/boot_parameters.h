/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Parameters of the boot line that the installers of XenServer and XCP-ng know and this one has no
 * use for. Said when they stand there, so that nobody waits for what they no longer do. Parameters
 * that are used are where they are used; words that nobody knows are the kernel's, or junk, except
 * those that begin with "xenhost.": a misspelt one is said.
 */
#pragma once

#include "common/findings.h"

struct boot_parameter {
	const char *name; /* NULL ends the table */
	enum severity severity;
	const char *why; /* a sentence's end: "extrarepo= ..." */
	const char *hint;
};

extern const struct boot_parameter boot_parameters_unused[];

/* A finding for each of them that stands on the line. None of them ends an installation. */
void boot_parameters_check(const char *command_line, struct findings *findings);
