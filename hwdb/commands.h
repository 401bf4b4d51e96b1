/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands of xenhost-hwinfo that are too large for main.c. Each prints its result on stdout and
 * gives the program's exit code, or a negative errno with *err for main() to report.
 */
#pragma once

#include "hwdb/profile.h"

/* "database --stats" (modalias NULL) and "database --lookup MODALIAS". */
int command_database(const char *modalias, bool json, struct error **err) _must_check_;
/* "check": judges, prints, and writes JUnit's XML to the file `junit` unless that is NULL. 1 when
 * some rule failed. The host gets what the database here knows. */
int command_check(struct host *host, const struct profile *profile, const char *junit, bool json,
		  struct error **err) _must_check_;
