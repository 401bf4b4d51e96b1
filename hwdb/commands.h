/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Commands of xenhost-hwinfo that are too large for main.c. Each prints its result on stdout and
 * gives the program's exit code, or a negative errno with *err for main() to report.
 */
#pragma once

#include "common/error.h"

/* "database --stats" (modalias NULL) and "database --lookup MODALIAS". */
int command_database(const char *modalias, bool json, struct error **err) _must_check_;
