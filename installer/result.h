/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What an installation leaves in the running installer: log, machine, plan and report below
 * /run/xenhost, and the report on the screen. Called by run.c alone; writes to no disk. Secrets are
 * masked in everything that leaves here.
 */
#pragma once

#include "common/fsroot.h"
#include "installer/execute/execute.h"

#define RESULT_FOLDER "/run/xenhost"
#define RESULT_LOG    RESULT_FOLDER "/install.log"
#define RESULT_HOST   RESULT_FOLDER "/host.json"
#define RESULT_PLAN   RESULT_FOLDER "/plan.json"
#define RESULT_REPORT RESULT_FOLDER "/report.json"
/* One word for init, which decides by it what the machine does next: "installed", "complete" (it
 * was so before; nothing was changed), "unchanged" or "changed" (failed before or after the first
 * write).
 */
#define RESULT_OUTCOME RESULT_FOLDER "/outcome"

/* The screens' answers as an answer file, and what init does next: reboot, poweroff, stay. */
#define RESULT_ANSWERS RESULT_FOLDER "/answers.xml"
#define RESULT_NEXT    RESULT_FOLDER "/next"

/* An installation without questions, for those who watch it (follow.h): the board (board.h); how it
 * ended, a title and words; from init, that the machine stays as it is; the log that every console
 * shows. */
#define RESULT_BOARD  RESULT_FOLDER "/board"
#define RESULT_ENDING RESULT_FOLDER "/ending"
#define RESULT_STAYS  RESULT_FOLDER "/stays"
#define RESULT_LINES  RESULT_FOLDER "/installer.log"
/* As xenhost.ask= of the boot line, from an installation whose answers want to be confirmed and
 * that has nobody to ask: init then starts the screens. */
#define RESULT_ASK RESULT_FOLDER "/ask"

/* The machine and the plan as JSON: with them the plan can be made again anywhere.
 * Each may be NULL. */
void result_save_inputs(const struct fsroot *root, const struct host *host,
			const struct plan *plan);

/* The report of an installation that ended before its first step. */
struct report *result_of_refusal(const struct error *error, const uint8_t *seed, int64_t time);

/* Report as JSON to its file, the outcome to its own, and the report as text to stdout (stderr when
 * stdout carries events). */
void result_publish(const struct fsroot *root, const struct report *report, bool events);
