/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/program.h"
#include "common/str.h"
#include "hwdb/burnin.h"
#include "hwdb/commands.h"

static void show_second(unsigned passed, unsigned celsius, void *data)
{
	const unsigned *seconds = data;

	fprintf(stderr, "\r%u of %u s", passed, *seconds);
	if (celsius)
		fprintf(stderr, ", %u C", celsius);
	fputs("  ", stderr);
}

int command_burnin(unsigned seconds, const char *peer, bool json, struct error **err)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_burnin_ struct burnin burnin = {0};
	_cleanup_json_ struct json *document = NULL;
	_cleanup_free_ char *text = NULL;
	bool terminal = isatty(STDERR_FILENO);
	const struct burnin_options options = {
		.seconds = seconds,
		.peer = peer,
		.on_second = terminal ? show_second : NULL,
		.data = &seconds,
	};
	int r = fsroot_open("/", &root);

	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "Cannot open /");
	/* The tools are ended, and what was found until then is still told. */
	program_cancel_on_signals();
	r = burnin_run(root, &options, &burnin, err);
	if (terminal)
		fputs("\r\033[K", stderr);
	if (r < 0)
		return r;
	document = burnin_to_json(&burnin);
	text = json ? json_to_text(document) : burnin_to_text(&burnin);
	fputs(text, stdout);
	if (burnin.cancelled)
		return error_kind_exit_code(ERROR_CANCELLED);
	return burnin_count(&burnin, VERDICT_FAIL) ? 1 : 0;
}
