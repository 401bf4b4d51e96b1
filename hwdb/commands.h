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
/* "diff A B": 0 the same, 1 different. `model`: what each machine has of its own does not count. */
int command_diff(const char *name_a, const char *name_b, const struct host_options *detect,
		 bool model, bool json, struct error **err) _must_check_;
/* "report --html PATH": the `n` machines named as one page in a new file, each with the result of
 * its burn-in among those in the files `burnins`. */
int command_report(const char *path, char *const *names, size_t n, char *const *burnins,
		   const struct profile *profile, const struct host_options *detect,
		   struct error **err) _must_check_;
/* "burn-in": 1 when something failed, 130 when it was cancelled; both times the result is printed.
 */
int command_burnin(unsigned seconds, const char *peer, bool json, struct error **err) _must_check_;
