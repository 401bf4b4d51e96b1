/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/program.h"

#include "common/log.h"
#include "common/str.h"

bool program_told_about(const char *program, const char *usage, const char *argument)
{
	if (str_eq(argument, "--help") || str_eq(argument, "-h"))
		fputs(usage, stdout);
	else if (str_eq(argument, "--version"))
		printf("%s " XENHOST_VERSION "\n", program);
	else
		return false;
	return true;
}

int program_failed(const char *program, const struct error *error, const char *before_hint)
{
	_cleanup_free_ char *text = error_text(error);
	_cleanup_free_ char *masked = log_mask(text);

	fprintf(stderr, "%s: %s\n", program, masked);
	if (error_get_hint(error)) {
		_cleanup_free_ char *hint = log_mask(error_get_hint(error));

		fprintf(stderr, "  %s%s\n", before_hint, hint);
	}
	return error_kind_exit_code(error->kind);
}
