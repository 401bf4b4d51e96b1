/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/script.h"

#include "common/proc.h"
#include "common/str.h"

int script_check(const char *text, const char *name, bool runs_here, struct error **err)
{
	_cleanup_free_ char *first = xstrndup(text, strcspn(text, "\r\n"));
	_cleanup_strv_ char **words = NULL;

	if (!str_starts(first, "#!")) {
		error_set(err, ERROR_USER, "the script %s does not begin with #!", name);
		return error_hint(err, "Let its first line name its interpreter: #!/bin/sh");
	}
	if (!runs_here)
		return 0;
	words = strv_split(first + 2, " \t");
	if (words && proc_exists(words[0], NULL))
		return 0;
	error_set(err, ERROR_USER, "the script %s asks for %s, which this installer does not have",
		  name, words ? words[0] : "nothing");
	return error_hint(err, "Write it for /bin/sh.");
}
