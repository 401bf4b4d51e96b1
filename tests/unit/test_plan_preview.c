/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Plans without a source: what stops an installation is told all at once, in the planner's words.
 */
#include "tests/unit/plan_fixture.h"

static const struct finding *find(const struct findings *findings, const char *words)
{
	for (size_t i = 0; i < findings->count; i++)
		if (strstr(findings->list[i].message, words))
			return &findings->list[i];
	return NULL;
}

static size_t count_fatal(const struct findings *findings)
{
	size_t count = 0;

	for (size_t i = 0; i < findings->count; i++)
		count += findings->list[i].fatal;
	return count;
}

static void test_a_machine_that_fits_has_the_disks_and_losses_of_its_plan(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;
	_cleanup_findings_ struct findings findings = {0};

	(void)state;
	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	_cleanup_plan_ struct plan *preview = plan_preview(f.host, f.answers, &findings);

	assert_false(findings_has_errors(&findings));
	assert_int_equal(preview->n_disks, 1);
	assert_string_equal(preview->disks[0].id, plan->disks[0].id);
	assert_int_equal(strv_length(preview->disks[0].destroys),
			 strv_length(plan->disks[0].destroys));
	assert_int_equal(preview->n_partitions, plan->n_partitions);
	assert_int_equal(preview->partitions[0].size_bytes, plan->partitions[0].size_bytes);
	assert_string_equal(preview->machine, plan->machine);
	assert_null(preview->product);
}

static void test_every_stage_tells_its_refusal(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;
	_cleanup_findings_ struct findings findings = {0};

	(void)state;
	fixture_open(&f, "uefi-nvme", "<primary-disk>sda</primary-disk>");
	f.host->memory_bytes = 512 * MIB;
	free(f.answers->admin.name);
	f.answers->admin.name = xstrdup("eth7");
	_cleanup_plan_ struct plan *preview = plan_preview(f.host, f.answers, &findings);

	assert_int_equal(preview->n_disks, 0);
	assert_int_equal(count_fatal(&findings), 3);
	assert_string_equal(find(&findings, "memory")->where, "machine");
	assert_string_equal(find(&findings, "fits no disk")->where, "disks");
	assert_non_null(find(&findings, "fits no disk")->hint);
	assert_string_equal(find(&findings, "\"eth7\" is no network interface")->where, "network");
	/* "choose one of the disks listed above": they do stand above. */
	assert_true(find(&findings, "it is not sda") < find(&findings, "fits no disk"));
}

static void test_what_only_a_source_can_tell_is_a_warning(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;
	_cleanup_findings_ struct findings findings = {0};

	(void)state;
	fixture_open(&f, "secureboot", "<primary-disk>nvme0n1</primary-disk>");
	fixture_expect_refusal(&f, "Secure Boot is on", 4);
	_cleanup_plan_ struct plan *preview = plan_preview(f.host, f.answers, &findings);

	assert_int_equal(count_fatal(&findings), 0);
	assert_int_equal(find(&findings, "Secure Boot is on")->severity, SEVERITY_WARNING);
	assert_int_equal(preview->n_disks, 1);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_machine_that_fits_has_the_disks_and_losses_of_its_plan),
		cmocka_unit_test(test_every_stage_tells_its_refusal),
		cmocka_unit_test(test_what_only_a_source_can_tell_is_a_warning),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
