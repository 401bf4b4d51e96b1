/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the new host keeps of its installation, which is all that is left when the machine
 * restarted. */
#include "common/json.h"
#include "common/str.h"
#include "installer/execute/engine.h"
#include "tests/unit/unit.h"

#define KEPT "/var/log/installer"

struct context {
	char *folder;
	struct fsroot *root;
	struct plan plan;
	struct report report;
	struct execute_job job;
	struct execution execution;
	unsigned asked;
};

static char *last_warning(void *data)
{
	struct context *context = data;

	context->asked++;
	return xstrdup("nobody takes what this installation reports: the server does not answer");
}

static int setup(void **state)
{
	struct context *context = xcalloc(1, sizeof(*context));

	context->folder = unit_folder_make();
	assert_int_equal(fsroot_open(context->folder, &context->root), 0);
	assert_int_equal(fsroot_mkdir(context->root, "/var/log", 0755), 0);
	context->job = (struct execute_job){
		.plan = &context->plan, .root = context->root, .data = context};
	context->execution = (struct execution){.job = &context->job,
						.plan = &context->plan,
						.report = &context->report,
						.target = context->root};
	*state = context;
	return 0;
}

static int teardown(void **state)
{
	struct context *context = *state;

	fsroot_free(context->root);
	unit_folder_remove(context->folder);
	strv_free(context->report.warnings);
	free(context);
	return 0;
}

static void keep(struct context *context, enum step_kind kind)
{
	const struct plan_step step = {.kind = kind};

	assert_int_equal(run_save_log(&context->execution, &step, NULL), 0);
}

/* The warnings of the report that the host keeps. */
static size_t kept_warnings(const struct context *context)
{
	_cleanup_json_ struct json *report = NULL;
	_cleanup_free_ char *text = NULL;

	assert_int_equal(fsroot_read_text(context->root, KEPT "/report.json", &text), 0);
	assert_int_equal(json_parse(text, strlen(text), "report", &report, NULL), 0);
	return json_length(json_get_array(report, "warnings"));
}

/* Once, though the log is kept a second time before the end. */
static void test_the_last_warning_is_kept(void **state)
{
	struct context *context = *state;

	context->job.last_warning = last_warning;
	keep(context, STEP_SAVE_LOG);
	assert_int_equal(kept_warnings(context), 1);
	keep(context, STEP_UNMOUNT);
	assert_int_equal(kept_warnings(context), 1);
	assert_int_equal(context->asked, 1);
}

static void test_nothing_to_warn_of(void **state)
{
	struct context *context = *state;

	keep(context, STEP_SAVE_LOG);
	assert_int_equal(kept_warnings(context), 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_last_warning_is_kept, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_to_warn_of, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
