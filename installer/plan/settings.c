/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be set anew on a host that runs: the planner's own files for network, name and time. */
#include "installer/plan/build.h"

#include "common/str.h"

int plan_settings(const struct host *host, const struct answers *answers, struct plan **ret,
		  struct findings *findings, struct error **err)
{
	_cleanup_plan_ struct plan *plan = xcalloc(1, sizeof(*plan));
	struct build build = {.host = host, .answers = answers, .plan = plan, .findings = findings};
	int r = build_network(&build, err);

	if (r < 0)
		return r;
	build_files_settings(&build);
	build_files_network(&build);
	build_files_management(&build);
	build_files_backend(&build);
	*ret = TAKE_PTR(plan);
	return 0;
}
