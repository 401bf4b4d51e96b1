/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A planner's inputs for unit tests: a recorded machine of tests/machines, answers as XML text, the
 * golden tests' manifest. Tests change what they want in the structs before they plan.
 */
#pragma once

#include "installer/plan/plan.h"
#include "tests/unit/unit.h"

#include "common/fsroot.h"

#define PLAN_TIME 1795219200 /* 2026-11-21 00:00:00 UTC */

struct plan_fixture {
	struct host *host;
	struct answers *answers;
	struct secrets secrets;
	struct source *source;
	uint8_t seed[PLAN_SEED_BYTES];
	struct findings findings; /* of the last plan_make() */
	struct error *err;
};

static inline char *fixture_read(const char *path, size_t *ret_length)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	char *text = NULL;

	assert_int_equal(fsroot_open(".", &root), 0);
	assert_int_equal(fsroot_read(root, path, MIB, &text, ret_length), 0);
	return text;
}

/* `xml` is what stands inside <installation>; an admin-interface on eth0 is added. */
static inline void fixture_open(struct plan_fixture *f, const char *machine, const char *xml)
{
	_cleanup_free_ char *path = xasprintf("tests/machines/%s.json", machine);
	_cleanup_free_ char *answers =
		xasprintf("<installation sr-type='lvm'>%s"
			  "<source type='local'/><admin-interface name='eth0' "
			  "proto='dhcp'/></installation>",
			  xml);
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_json_ struct json *json = NULL;
	size_t length;

	memset(f, 0, sizeof(*f));
	for (size_t i = 0; i < sizeof(f->seed); i++)
		f->seed[i] = (uint8_t)(0x11 * i);
	_cleanup_free_ char *text = fixture_read(path, &length);
	assert_int_equal(json_parse(text, length, path, &json, NULL), 0);
	assert_int_equal(host_from_json(json, &f->host, NULL), 0);
	assert_int_equal(answers_from_xml(answers, strlen(answers), "test", &f->answers,
					  &f->secrets, &findings, NULL),
			 0);
	_cleanup_free_ char *manifest = fixture_read("tests/golden/manifest.json", &length);
	assert_int_equal(source_from_manifest(manifest, length, "manifest", &f->source, NULL), 0);
}

static inline void fixture_close(struct plan_fixture *f)
{
	host_free(f->host);
	answers_free(f->answers);
	secrets_done(&f->secrets);
	source_free(f->source);
	findings_done(&f->findings);
	error_free(f->err);
}
#define _cleanup_fixture_ _cleanup_(fixture_close)

/* The plan, or NULL with f->err and f->findings. */
static inline struct plan *fixture_plan(struct plan_fixture *f)
{
	struct plan *plan = NULL;

	findings_done(&f->findings);
	memset(&f->findings, 0, sizeof(f->findings));
	if (plan_build(f->host, f->answers, f->source, f->seed, PLAN_TIME, &plan, &f->findings,
		       &f->err) < 0)
		assert_null(plan);
	return plan;
}

/* Planning is refused with these words and exit code; frees the error. */
static inline void fixture_expect_refusal(struct plan_fixture *f, const char *words, int exit_code)
{
	_cleanup_plan_ struct plan *plan = fixture_plan(f);

	assert_null(plan);
	assert_non_null(f->err);
	assert_int_equal(error_kind_exit_code(f->err->kind), exit_code);
	unit_expect_error(&f->err, words);
}

/* The plan exists; a failure shows why not. */
static inline struct plan *fixture_expect_plan(struct plan_fixture *f)
{
	struct plan *plan = fixture_plan(f);

	if (!plan)
		fail_msg("refused: %s", f->err->message);
	return plan;
}

/* Some finding (of a refusal) or warning (of a plan) holds these words. */
static inline bool findings_mention(const struct findings *findings, const char *words)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strstr(findings->list[i].message, words))
			return true;
	return false;
}

static inline const char *fixture_file(const struct plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->n_files; i++)
		if (str_eq(plan->files[i].path, path))
			return plan->files[i].content ?: plan->files[i].symlink;
	return NULL;
}
