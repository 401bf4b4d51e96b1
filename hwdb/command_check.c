/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/str.h"
#include "hwdb/commands.h"
#include "hwdb/database.h"
#include "hwdb/verdict.h"

static int write_junit(const struct verdicts *verdicts, const char *path, struct error **err)
{
	_cleanup_free_ char *text = verdicts_to_junit(verdicts);
	FILE *file = fopen(path, "we");
	bool good = file && fputs(text, file) >= 0;

	if (file && fclose(file) != 0)
		good = false;
	if (good)
		return 0;
	(void)error_errno(err, ERROR_USAGE, errno, "Cannot write %s", path);
	return error_hint(err, "Name a file in a folder that exists and may be written to");
}

static void print_text(const struct verdicts *verdicts)
{
	_cleanup_free_ char *text = verdicts_to_text(verdicts);
	_cleanup_free_ char *summary = verdicts_summary(verdicts);

	fputs(text, stdout);
	fputs(summary, stdout);
}

int command_check(struct host *host, const struct profile *profile, const char *junit, bool json,
		  struct error **err)
{
	_cleanup_verdicts_ struct verdicts verdicts = {0};

	/* What is known here and now, also of a machine that was recorded elsewhere. */
	database_annotate(host);
	verdicts_judge(profile, host, &verdicts);
	if (junit) {
		int r = write_junit(&verdicts, junit, err);

		if (r < 0)
			return r;
	}
	if (json) {
		_cleanup_json_ struct json *document = verdicts_to_json(&verdicts);
		_cleanup_free_ char *text = json_to_text(document);

		fputs(text, stdout);
	} else {
		print_text(&verdicts);
	}
	return verdicts_count(&verdicts, VERDICT_FAIL) ? 1 : 0;
}
