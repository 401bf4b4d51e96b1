/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/tool/tool.h"

#include "common/program.h"
#include "common/str.h"
#include "installer/unattended/unattended.h"

void tool_file_done(struct tool_file *file)
{
	answers_free(file->answers);
	secrets_done(&file->secrets);
	findings_done(&file->findings);
}

static int complete(const struct tool_options *options, struct tool_file *file, struct error **err)
{
	/* A machine is judged as an installation would: what cannot be done yet ends that. */
	enum answers_stage stage = options->boot_line  ? ANSWERS_COMPLETE
				   : options->machines ? ANSWERS_WITH_SOURCE
						       : ANSWERS_FILE;
	int r = 0;

	if (options->boot_line)
		r = answers_apply_cmdline(file->answers, &file->secrets, options->boot_line,
					  &file->findings);
	if (r < 0)
		return error_errno(err, ERROR_USAGE, r, "the boot line cannot be used");
	answers_check_complete(file->answers, stage, &file->findings);
	return 0;
}

bool tool_is_asked_for(const char *where)
{
	return strstr(where, "${") != NULL;
}

int tool_load(const struct tool_options *options, const char *where, struct tool_file *file,
	      struct error **err)
{
	int r;

	if (tool_is_asked_for(where)) {
		error_set(err, ERROR_USAGE, "%s means another file for each machine", where);
		return error_hint(err, "Name the machine: xenhost-answers check URL --machine M; "
				       "or write its own value.");
	}
	r = answers_load(where, &file->answers, &file->secrets, &file->findings, err);
	return r < 0 ? r : complete(options, file, err);
}

int tool_load_for(const struct tool_options *options, struct host *host, const char *where,
		  struct tool_file *file, struct error **err)
{
	int r;

	if (options->boot_line) {
		free(host->command_line);
		host->command_line = xstrdup(options->boot_line);
	}
	r = unattended_rehearse(host, where, &file->answers, &file->secrets, &file->findings, err);
	return r < 0 ? r : complete(options, file, err);
}

int tool_report(const struct error *error)
{
	return program_failed("xenhost-answers", error, "hint: ");
}

void tool_print_json(const struct json *json)
{
	_cleanup_free_ char *text = json_to_text(json);

	fputs(text, stdout);
}

void tool_print_findings(const struct findings *findings, FILE *file)
{
	_cleanup_free_ char *text = findings_to_text(findings);

	fputs(text, file);
}

char *tool_count(size_t count, const char *noun)
{
	return xasprintf("%zu %s%s", count, noun, count == 1 ? "" : "s");
}
