/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whether a machine passes the hardware profile that the answers name, before anything is written.
 * Called by "run" and "plan"; the rules are those of "xenhost-hwinfo check --profile". Never reads
 * the machine itself.
 */
#pragma once

#include "answerfiles/answers.h"
#include "common/error.h"
#include "hwdb/host.h"

/*
 * 0 without a profile, or when no rule fails; what rules warn of is shown on standard error. Kind
 * ERROR_HARDWARE with the number of failed rules, ERROR_USER for a profile that there is not.
 */
int fitness_check(const struct host *host, const struct answers *answers,
		  struct error **err) _must_check_;
