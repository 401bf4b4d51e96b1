/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What fails before the point of no return changes nothing, is told to listeners once, and is
 * explained in the report; the plans here end before any disk would be touched.
 */
#include "common/fetch.h"
#include "installer/execute/execute.h"
#include "tests/unit/payload_fixture.h"

struct context {
	struct fixture fixture;
	struct payload *payload;
	struct plan plan;
	struct plan_step steps[3];
	struct plan_disk disk;
	/* What listeners heard. */
	unsigned events[EVENT_FAILED + 1];
	unsigned permille;
	bool fell;
	char *failure;
	/* An operator who mends what failed, or gives it up. */
	void (*mend)(struct context *context);
	unsigned asked;
};

/* The plan's strings are not constant, but nothing here writes to them. */
static char *text(const char *constant)
{
	return (char *)(uintptr_t)constant;
}

static int setup(void **state)
{
	struct context *context = xcalloc(1, sizeof(*context));
	struct plan *plan = &context->plan;

	fixture_make(&context->fixture);
	assert_int_equal(fixture_open(&context->fixture, &context->payload, NULL), 0);
	context->steps[0] = (struct plan_step){.kind = STEP_CHECK_TOOLS,
					       .id = text("check-tools"),
					       .title = text("Check the tools"),
					       .weight = 1};
	context->steps[1] = (struct plan_step){.kind = STEP_CHECK_SOURCE,
					       .id = text("check-source"),
					       .title = text("Check the source"),
					       .weight = 3};
	plan->manifest_sha256 = xstrdup(payload_source(context->payload)->manifest_sha256);
	plan->steps = context->steps;
	plan->n_steps = 2;
	assert_int_equal(
		str_copy(plan->seed, sizeof(plan->seed), "000102030405060708090a0b0c0d0e0f"), 0);
	plan->time = 1795295700;
	*state = context;
	return 0;
}

static int teardown(void **state)
{
	struct context *context = *state;

	payload_free(context->payload);
	fixture_remove(&context->fixture);
	free(context->plan.manifest_sha256);
	free(context->failure);
	free(context);
	return 0;
}

static void on_event(const struct event *event, void *data)
{
	struct context *context = data;
	_cleanup_json_ struct json *json = event_to_json(event, 1.5);

	assert_string_equal(json_get_string(json, "schema"), "xenhost.event/1");
	context->events[event->kind]++;
	context->fell |= event->permille < context->permille;
	context->permille = event->permille;
	if (event->kind == EVENT_FAILED) {
		assert_null(event->step);
		assert_non_null(event->error);
		free(context->failure);
		context->failure = xstrdup(event->text);
	}
}

static bool on_failure(const struct plan_step *step, const struct error *error, void *data)
{
	struct context *context = data;

	assert_non_null(step->id);
	assert_non_null(error->message);
	context->asked++;
	if (context->mend)
		context->mend(context);
	return context->mend != NULL;
}

static int run(struct context *context, struct report **ret, struct error **err)
{
	_cleanup_free_ char *outer = xasprintf("%s/root", context->fixture.folder);
	const struct fetch places = {.medium = outer};
	_cleanup_fsroot_ struct fsroot *root = NULL;
	struct execute_job job = {.plan = &context->plan,
				  .payload = context->payload,
				  .target = "/run/xenhost/target",
				  .places = &places,
				  .on_event = on_event,
				  .on_failure = on_failure,
				  .data = context};

	assert_int_equal(fsroot_open(outer, &root), 0);
	job.root = root;
	return execute_run(&job, ret, err);
}

static void test_checks_pass_and_are_reported(void **state)
{
	struct context *context = *state;
	_cleanup_report_ struct report *report = NULL;
	_cleanup_json_ struct json *json = NULL;
	_cleanup_free_ char *shown = NULL;

	assert_int_equal(run(context, &report, NULL), 0);
	assert_true(report->success);
	assert_false(report->changed);
	assert_true(report->steps[0].done && report->steps[1].done);
	assert_int_equal(context->events[EVENT_BEGIN], 2);
	assert_int_equal(context->events[EVENT_END], 2);
	assert_int_equal(context->events[EVENT_DONE], 1);
	assert_int_equal(context->permille, 1000);
	assert_false(context->fell);
	json = report_to_json(report);
	assert_string_equal(json_get_string(json, "schema"), "xenhost.report/1");
	assert_int_equal(json_length(json_get_array(json, "steps")), 2);
	assert_string_equal(json_get_string(json, "seed"), context->plan.seed);
	shown = report_to_text(report);
	assert_non_null(strstr(shown, "--seed 000102030405060708090a0b0c0d0e0f --time 1795295700"));
}

/* Damage at the end of a source is found before anything is erased for it. */
static void test_damaged_source_changes_nothing(void **state)
{
	struct context *context = *state;
	const struct source_chunk *last = &context->fixture.chunks[FIXTURE_CHUNKS - 1];
	_cleanup_report_ struct report *report = NULL;
	_cleanup_error_ struct error *err = NULL;
	_cleanup_free_ char *shown = NULL;

	fixture_damage(&context->fixture, MANIFEST_IMAGE, last->file_offset + 3);
	assert_true(run(context, &report, &err) < 0);
	assert_int_equal(error_kind_exit_code(err->kind), 5);
	assert_false(report->success || report->changed);
	assert_string_equal(report->failed_step, "check-source");
	assert_true(report->steps[0].done);
	assert_false(report->steps[1].done);
	assert_non_null(strstr(report->message, "chunk 11 of 11"));
	assert_string_equal(report->message, context->failure);
	assert_non_null(report->hint);
	assert_string_equal(report->notes[0], "Nothing on any disk was changed");
	assert_int_equal(context->events[EVENT_FAILED], 1);
	assert_int_equal(context->events[EVENT_DONE], 0);
	shown = report_to_text(report);
	assert_non_null(strstr(shown, "FAILED at check-source"));
}

/* What is damaged twice is as it was. */
static void mend_image(struct context *context)
{
	const struct source_chunk *last = &context->fixture.chunks[FIXTURE_CHUNKS - 1];

	if (context->asked == 2)
		fixture_damage(&context->fixture, MANIFEST_IMAGE, last->file_offset + 3);
}

static void test_a_step_is_run_again_once_its_cause_is_mended(void **state)
{
	struct context *context = *state;
	const struct source_chunk *last = &context->fixture.chunks[FIXTURE_CHUNKS - 1];
	_cleanup_report_ struct report *report = NULL;

	context->mend = mend_image;
	fixture_damage(&context->fixture, MANIFEST_IMAGE, last->file_offset + 3);
	assert_int_equal(run(context, &report, NULL), 0);
	assert_int_equal(context->asked, 2);
	assert_true(report->success && report->steps[1].done);
	assert_null(report->failed_step);
	assert_int_equal(context->events[EVENT_FAILED], 0);
	assert_int_equal(context->events[EVENT_END], 2);
	assert_false(context->fell);
}

static void test_nobody_who_mends_it_and_it_fails(void **state)
{
	struct context *context = *state;
	_cleanup_report_ struct report *report = NULL;

	context->plan.manifest_sha256[0] ^= 1;
	assert_true(run(context, &report, NULL) < 0);
	assert_int_equal(context->asked, 1);
	assert_string_equal(report->failed_step, "check-source");
}

static void mend_script(struct context *context)
{
	fixture_write(&context->fixture, "/root/script", "#!/bin/sh\nexit 7\n");
}

/* A script is somebody else's: whether it can be run twice nobody knows. */
static void test_a_script_is_fetched_again_but_not_run_again(void **state)
{
	struct context *context = *state;
	struct answers_script script = {.stage = STAGE_INSTALLATION_START,
					.type = text("url"),
					.url = text("/script"),
					.on_failure = FAILURE_STOPS};
	_cleanup_report_ struct report *report = NULL;

	context->plan.scripts = &script;
	context->plan.n_scripts = 1;
	context->steps[1] = (struct plan_step){
		.kind = STEP_SCRIPTS_START, .id = text("scripts-start"), .title = text("Scripts")};
	context->mend = mend_script;
	assert_true(run(context, &report, NULL) < 0);
	assert_int_equal(context->asked, 1);
	assert_true(report->steps[0].done);
	assert_string_equal(report->failed_step, "scripts-start");
}

static void test_another_source_than_planned_is_refused(void **state)
{
	struct context *context = *state;
	_cleanup_report_ struct report *report = NULL;
	_cleanup_error_ struct error *err = NULL;

	context->plan.manifest_sha256[0] ^= 1;
	assert_true(run(context, &report, &err) < 0);
	assert_int_equal(err->kind, ERROR_MEDIA);
	assert_non_null(strstr(report->message, "not the one the plan was made for"));
}

static void test_a_disk_that_is_gone_is_named(void **state)
{
	struct context *context = *state;
	_cleanup_report_ struct report *report = NULL;
	_cleanup_error_ struct error *err = NULL;

	context->disk = (struct plan_disk){.id = text("wwn-0x5000c500aabbccdd"),
					   .name = text("sda"),
					   .size_bytes = GIB,
					   .logical_block_bytes = 512};
	context->plan.disks = &context->disk;
	context->plan.n_disks = 1;
	context->steps[1] = (struct plan_step){.kind = STEP_CHECK_DISKS,
					       .id = text("check-disks"),
					       .title = text("Check the disk")};
	assert_true(run(context, &report, &err) < 0);
	assert_int_equal(error_kind_exit_code(err->kind), 4);
	assert_non_null(strstr(report->message, "sda (wwn-0x5000c500aabbccdd) is gone"));
	assert_false(report->changed);
}

static void test_a_dead_script_link_stops_before_anything(void **state)
{
	struct context *context = *state;
	struct answers_script script = {
		.stage = STAGE_INSTALLATION_COMPLETE, .type = text("url"), .url = text("/script")};
	_cleanup_report_ struct report *missing = NULL, *interpreter = NULL, *later = NULL,
				       *damaged = NULL;
	_cleanup_error_ struct error *err = NULL, *second = NULL, *third = NULL;

	context->plan.scripts = &script;
	context->plan.n_scripts = 1;
	context->steps[2] = (struct plan_step){.kind = STEP_SCRIPTS_COMPLETE,
					       .id = text("scripts-complete"),
					       .title = text("Scripts")};
	context->plan.n_steps = 3;
	assert_true(run(context, &missing, &err) < 0);
	assert_string_equal(missing->failed_step, "check-tools");
	assert_int_equal(error_kind_exit_code(err->kind), 3);
	assert_non_null(strstr(missing->message, "/script"));
	fixture_write(&context->fixture, "/root/script", "#!/no/such/interpreter\n");
	assert_true(run(context, &interpreter, &second) < 0);
	assert_non_null(strstr(interpreter->message, "asks for /no/such/interpreter"));
	/* One for first boot needs its interpreter on the new host, not here. */
	context->plan.n_scripts = 0;
	context->plan.firstboot_scripts = &script;
	context->plan.n_firstboot_scripts = 1;
	context->plan.n_steps = 2;
	context->steps[1] = (struct plan_step){
		.kind = STEP_SCRIPTS_START, .id = text("scripts-start"), .title = text("Scripts")};
	assert_int_equal(run(context, &later, NULL), 0);
	fixture_write(&context->fixture, "/root/script", "no script\n");
	assert_true(run(context, &damaged, &third) < 0);
	assert_non_null(strstr(damaged->message, "the script for first boot cannot be used"));
	free(context->failure);
	context->failure = NULL;
}

static void test_a_script_may_lie_on_the_medium(void **state)
{
	struct context *context = *state;
	struct answers_script script = {.stage = STAGE_INSTALLATION_START,
					.type = text("url"),
					.url = text("medium:///script"),
					.timeout_s = 60};
	_cleanup_report_ struct report *ran = NULL, *missing = NULL;
	_cleanup_error_ struct error *err = NULL;

	context->plan.scripts = &script;
	context->plan.n_scripts = 1;
	context->steps[2] = (struct plan_step){
		.kind = STEP_SCRIPTS_START, .id = text("scripts-start"), .title = text("Scripts")};
	context->plan.n_steps = 3;
	fixture_write(&context->fixture, "/root/script", "#!/bin/sh\nexit 0\n");
	assert_int_equal(run(context, &ran, NULL), 0);
	assert_null(ran->warnings);
	script.url = text("medium:///absent");
	assert_true(run(context, &missing, &err) < 0);
	assert_string_equal(missing->failed_step, "check-tools");
	assert_non_null(strstr(missing->message, "cannot be read from the install medium"));
	free(context->failure);
	context->failure = NULL;
}

static void test_a_script_must_be_the_one_that_is_meant(void **state)
{
	struct context *context = *state;
	/* Of "#!/bin/sh\nexit 3\n", as sha256sum prints it. */
	struct answers_script script = {
		.stage = STAGE_INSTALLATION_START,
		.type = text("url"),
		.url = text("/script"),
		.timeout_s = 60,
		.sha256 = text("bb6220bfa599c6294ebc0954c2781c5513b565eb55f01aba387bfd0dc90176b1")};
	_cleanup_report_ struct report *changed = NULL, *passed_over = NULL, *stopped = NULL;
	_cleanup_error_ struct error *err = NULL, *second = NULL;

	context->plan.scripts = &script;
	context->plan.n_scripts = 1;
	context->steps[2] = (struct plan_step){
		.kind = STEP_SCRIPTS_START, .id = text("scripts-start"), .title = text("Scripts")};
	context->plan.n_steps = 3;
	fixture_write(&context->fixture, "/root/script", "#!/bin/sh\nexit 4\n");
	assert_true(run(context, &changed, &err) < 0);
	assert_string_equal(changed->failed_step, "check-tools");
	assert_int_equal(error_kind_exit_code(err->kind), 3);
	assert_non_null(strstr(changed->message,
			       "the answers want "
			       "bb6220bfa599c6294ebc0954c2781c5513b565eb55f01aba387bfd0dc90176b1"));
	fixture_write(&context->fixture, "/root/script", "#!/bin/sh\nexit 3\n");
	assert_int_equal(run(context, &passed_over, NULL), 0);
	script.on_failure = FAILURE_STOPS;
	assert_true(run(context, &stopped, &second) < 0);
	assert_string_equal(stopped->failed_step, "scripts-start");
	assert_non_null(strstr(stopped->message, "failed, which must stop the installation"));
	free(context->failure);
	context->failure = NULL;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_checks_pass_and_are_reported, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_step_is_run_again_once_its_cause_is_mended,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_nobody_who_mends_it_and_it_fails, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_script_is_fetched_again_but_not_run_again,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_damaged_source_changes_nothing, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_another_source_than_planned_is_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_disk_that_is_gone_is_named, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_dead_script_link_stops_before_anything,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_script_may_lie_on_the_medium, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_a_script_must_be_the_one_that_is_meant, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
