/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/unattended/generator.h"

#include <errno.h>

#include "common/proc.h"
#include "common/script.h"
#include "common/str.h"

#define SCRIPT "/run/xenhost/answers.generator"

static int run(const struct generator *generator, struct proc_result *result, struct error **err)
{
	_cleanup_free_ char *path = fsroot_outer_path(generator->root, SCRIPT);
	const char *argv[] = {path, NULL};
	const struct proc proc = {
		.argv = argv,
		.env = (const char *const *)generator->environment,
		.tag = "answers",
		.input = generator->input,
		.timeout_s = generator->timeout_s,
		.quiet = true,
	};
	struct error *problem = NULL;
	int r = proc_run(&proc, result, &problem);

	if (r == 0)
		return 0;
	if (problem && problem->kind == ERROR_CANCELLED) {
		if (err)
			*err = problem;
		else
			error_free(problem);
		return r;
	}
	if (problem)
		problem->kind = ERROR_USER;
	if (err)
		*err = problem;
	else
		error_free(problem);
	error_prefix(err, "%s made no answer file", generator->name);
	return error_hint(err,
			  "Run it on another machine. It has %u seconds "
			  "(xenhost.generator-timeout=), /bin/sh, and what the rescue shell "
			  "has.",
			  generator->timeout_s);
}

int generator_run(const struct generator *generator, char **ret, size_t *ret_length,
		  struct error **err)
{
	_cleanup_proc_result_ struct proc_result result = {0};
	int r = script_check(generator->script, generator->name, true, err);

	if (r < 0)
		return r;
	r = fsroot_write(generator->root, SCRIPT, generator->script, generator->length, 0500);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write %s", SCRIPT);
	r = run(generator, &result, err);
	if (fsroot_unlink(generator->root, SCRIPT) < 0 && r == 0)
		r = error_set(err, ERROR_INTERNAL, "cannot take " SCRIPT " away again");
	if (r < 0)
		return r;
	if (!result.output_length) {
		error_set(err, ERROR_USER, "%s ended well but printed nothing", generator->name);
		return error_hint(err, "Let it print the answer file on its standard output.");
	}
	*ret_length = result.output_length;
	*ret = TAKE_PTR(result.output);
	return 0;
}
