/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/fitness.h"

#include <errno.h>

#include "common/str.h"
#include "hwdb/verdict.h"
#include "installer/inputs.h"

static int refuse_name(const char *name, struct error **err)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (size_t i = 0; profile_builtin_names[i]; i++)
		strbuf_addf(&buf, "%s%s", i ? ", " : "", profile_builtin_names[i]);
	error_set(err, ERROR_USER, "there is no hardware profile \"%s\"", name);
	return error_hint(err, "Those that there are: %s. Nothing was changed.", buf.text);
}

int fitness_check(const struct host *host, const struct answers *answers, struct error **err)
{
	const char *name = answers->hardware_profile;
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_verdicts_ struct verdicts verdicts = {0};
	_cleanup_findings_ struct findings findings = {0};
	size_t failed, length;
	int r;

	if (!name)
		return 0;
	/* A name is never a file here: the installer's folders are not the author's. */
	if (!profile_builtin(name, &length))
		return refuse_name(name, err);
	r = profile_load(name, &profile, err);
	if (r < 0)
		return r;
	verdicts_judge(profile, host, &verdicts);
	verdicts_to_findings(&verdicts, &findings);
	inputs_show_findings(&findings);
	failed = verdicts_count(&verdicts, VERDICT_FAIL);
	if (!failed)
		return 0;
	error_set(err, ERROR_HARDWARE,
		  "the machine does not pass the hardware profile %s: %zu rule%s fail%s", name,
		  failed, failed == 1 ? "" : "s", failed == 1 ? "s" : "");
	return error_hint(err,
			  "Change what is listed above; xenhost-hwinfo check --profile %s "
			  "tells the same. Nothing was changed.",
			  name);
}
