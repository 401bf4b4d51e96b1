/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sends the report of an installation to the URL of the answers' <report>, with what tells the
 * machine apart from others. Called by run.c when the installation is over, however it ended; never
 * decides whether it succeeded.
 */
#pragma once

#include "answerfiles/answers.h"
#include "hwdb/host.h"
#include "installer/execute/execute.h"

/* What is sent: the report as report_to_json() has it, and "machine". */
struct json *deliver_document(const struct host *host, const struct answers *answers,
			      const struct report *report);
/*
 * One POST of that, with "Authorization: Bearer TOKEN" if there is a token; three further tries
 * while a failure may pass, `pause_s` seconds and then twice as long apart. Kind ERROR_NETWORK.
 */
int deliver_report(const struct host *host, const struct answers *answers,
		   const struct secrets *secrets, const struct report *report, unsigned pause_s,
		   struct error **err) _must_check_;
