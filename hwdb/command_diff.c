/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/commands.h"
#include "hwdb/diff.h"

int command_diff(const char *name_a, const char *name_b, const struct host_options *detect,
		 bool model, bool json, struct error **err)
{
	_cleanup_host_ struct host *a = NULL, *b = NULL;
	_cleanup_diff_ struct diff diff = {0};
	_cleanup_free_ char *text = NULL;
	int r = host_load_with(name_a, detect, &a, err);

	if (r == 0)
		r = host_load_with(name_b, detect, &b, err);
	if (r < 0)
		return r;
	diff_hosts(a, b, &diff);
	if (json) {
		_cleanup_json_ struct json *document = diff_to_json(&diff, name_a, name_b, model);

		text = json_to_text(document);
	} else {
		text = diff_to_text(&diff, name_a, name_b, model);
	}
	fputs(text, stdout);
	return diff_counts(&diff, model) ? 1 : 0;
}
