/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What the main functions of the programs have in common: help, version, and the one place where an
 * error is printed. Called by main.c files and what they call for this; never ends the process.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/* Answers --help, -h and --version on stdout; true when `argument` (or NULL) was one of them. */
bool program_told_about(const char *program, const char *usage, const char *argument);
/* Prints the error and its hint, led by `before_hint`, on stderr, secrets masked; returns the exit
 * code of its kind. */
int program_failed(const char *program, const struct error *error, const char *before_hint);
/* Last in main(): `code`, or that of wrong usage when what was printed on stdout did not get there
 * (a full disk), which is said on stderr. A reader that went away is no failure. */
int program_ended(const char *program, int code);
/* An interrupt, a hang-up or SIGTERM cancels what runs (proc_cancel()) and does not end the process
 * in the middle of it; a reader of its output that goes away does not end it either. */
void program_cancel_on_signals(void);
