/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "answerfiles/answers.h"
#include "common/fetch.h"
#include "common/http.h"
#include "common/str.h"
#include "common/url.h"

/* Answer files from a path or URL. */

/* The largest published one has 3 KiB. */
#define KIB         1024
#define ANSWERS_MAX (1024 * KIB)

/* It has been read as far as anyone should: a finding, as for any other wrong text. */
static int refuse_size(const char *name, struct answers **ret, struct findings *findings)
{
	struct finding *finding =
		findings_add(findings, SEVERITY_ERROR, NULL, "the file is larger than %u KiB",
			     (unsigned)(ANSWERS_MAX / KIB));

	finding_set_hint(finding, "check that this is an answer file");
	finding->file = xstrdup(name);
	finding->line = finding->column = 1;
	finding->fatal = true;
	*ret = answers_new();
	(*ret)->file = xstrdup(name);
	return 0;
}

int answers_from_text(const char *text, size_t length, const char *name, struct answers **ret,
		      struct secrets *ret_secrets, struct findings *findings, struct error **err)
{
	if (length > ANSWERS_MAX)
		return refuse_size(name, ret, findings);
	return answers_from_xml(text, length, name, ret, ret_secrets, findings, err);
}

int answers_load_by(const struct fetch *fetch, const char *where, struct answers **ret,
		    struct secrets *ret_secrets, struct findings *findings, struct error **err)
{
	_cleanup_free_ char *text = NULL, *name = url_masked(where);
	struct fetch bounded = *fetch;
	struct error *problem = NULL;
	size_t length = 0;
	int r;

	bounded.max_bytes = ANSWERS_MAX;
	r = fetch_read(&bounded, where, &text, &length, &problem);
	if (r == -EFBIG) {
		error_free(problem);
		return refuse_size(name, ret, findings);
	}
	if (r < 0) {
		if (err)
			*err = problem;
		else
			error_free(problem);
		return fetch_is_remote(where) ? error_prefix(err, "no answer file") : r;
	}
	r = answers_from_xml(text, length, name, ret, ret_secrets, findings, err);
	/* It may hold a password. */
	explicit_bzero(text, length);
	return r;
}

int answers_load(const char *where, struct answers **ret, struct secrets *ret_secrets,
		 struct findings *findings, struct error **err)
{
	const struct fetch plain = {0};

	return answers_load_by(&plain, where, ret, ret_secrets, findings, err);
}
