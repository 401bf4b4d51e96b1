/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * `xenhost-install hardware-report`: looks at the running machine, listens for switches, prints the
 * verdicts, and saves and sends the report. Called by main.c, for the medium's entry of that name.
 * Writes to no disk; files go to a stick that is labelled for them.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/* The whole report as text, for whoever reads it on a console. */
#define HARDWARE_TEXT "/run/xenhost/hardware-report.txt"

/* What the boot line asks for. */
struct hardware_options {
	char *url;                /* `xenhost.report=`, or NULL */
	char *certificate_sha256; /* `xenhost.report-fingerprint=`: 64 hex digits, or NULL */
	char *profile;            /* `xenhost.profile=`, "host" without it */
	unsigned lldp_seconds;    /* `xenhost.lldp=`, 0: do not listen */
};

/* Kind ERROR_USER for what is wrong in it; `ret` then holds what is right. */
int hardware_options_parse(const char *command_line, struct hardware_options *ret,
			   struct error **err) _must_check_;
void hardware_options_done(struct hardware_options *options);

/* Gives the program's exit code: 0 when everything asked for was done. What fails is told and does
 * not keep the rest from being done. */
int hardware_report(void);
