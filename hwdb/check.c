/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/check.h"

#include "hwdb/verdict.h"

void host_check(const struct host *host, struct findings *findings)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_verdicts_ struct verdicts verdicts = {0};
	_cleanup_error_ struct error *error = NULL;

	if (profile_load("host", &profile, &error) < 0) {
		findings_add(findings, SEVERITY_ERROR, "profile", "%s", error->message);
		return;
	}
	verdicts_judge(profile, host, &verdicts);
	verdicts_to_findings(&verdicts, findings);
}
