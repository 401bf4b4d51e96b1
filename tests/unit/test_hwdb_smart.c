/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk's health from smartctl's JSON: each kind of disk, nonsense, and a tool that hangs. */
#include "tests/unit/unit.h"

#include <sys/stat.h>

#include "common/clock.h"
#include "common/fsroot.h"
#include "common/proc.h"
#include "hwdb/probe/smart.h"

static int parse(const char *text, struct host_health *ret)
{
	_cleanup_json_ struct json *json = NULL;

	assert_int_equal(json_parse(text, strlen(text), "test", &json, NULL), 0);
	return smart_parse(json, ret);
}

#define NVME                                                                                       \
	"{\"smart_status\": {\"passed\": false}, \"temperature\": {\"current\": 41}, "             \
	"\"power_on_time\": {\"hours\": 17423}, \"nvme_smart_health_information_log\": "           \
	"{\"percentage_used\": 103, \"available_spare\": 4, \"available_spare_threshold\": 10, "   \
	"\"media_errors\": 7}}"

static void test_nvme(void **state _unused_)
{
	struct host_health health;

	assert_int_equal(parse(NVME, &health), 0);
	assert_true(health.has_passed && !health.passed);
	assert_int_equal(health.temperature_celsius, 41);
	assert_int_equal(health.power_on_hours, 17423);
	assert_int_equal(health.used_percent, 103);
	assert_int_equal(health.spare_percent, 4);
	assert_int_equal(health.spare_threshold_percent, 10);
	assert_int_equal(health.media_errors, 7);
	assert_false(health.has_reallocated || health.has_pending);
}

static void test_ata(void **state _unused_)
{
	struct host_health health;

	assert_int_equal(parse("{\"smart_status\": {\"passed\": true}, \"ata_smart_attributes\": "
			       "{\"table\": [{\"id\": 5, \"raw\": {\"value\": 8}}, "
			       "{\"id\": 9, \"raw\": {\"value\": 281474976710656}}, "
			       "{\"id\": 197, \"raw\": {\"value\": 2}}]}, "
			       "\"endurance_used\": {\"current_percent\": 12}}",
			       &health),
			 0);
	assert_true(health.passed);
	assert_int_equal(health.reallocated_sectors, 8);
	assert_int_equal(health.pending_sectors, 2);
	assert_int_equal(health.used_percent, 12);
	assert_false(health.has_temperature || health.has_hours || health.has_spare);
}

static void test_scsi(void **state _unused_)
{
	struct host_health health;

	assert_int_equal(parse("{\"scsi_grown_defect_list\": 3, \"temperature\": {\"current\": 0}, "
			       "\"scsi_percentage_used_endurance_indicator\": 1}",
			       &health),
			 0);
	assert_int_equal(health.reallocated_sectors, 3);
	assert_int_equal(health.used_percent, 1);
	assert_false(health.has_passed);
	/* 0 is written by disks that do not measure. */
	assert_false(health.has_temperature);
}

static void test_nonsense(void **state _unused_)
{
	static const char *const rows[] = {
		"{}",
		"{\"smart_status\": {\"passed\": \"yes\"}}",
		"{\"smart_status\": true, \"temperature\": 40}",
		"{\"temperature\": {\"current\": -5}}",
		"{\"temperature\": {\"current\": 1000}}",
		"{\"ata_smart_attributes\": {\"table\": [3, {}, {\"id\": 5}, {\"id\": 5, \"raw\": "
		"1}]}}",
		"{\"ata_smart_attributes\": {\"table\": {\"id\": 5}}}",
		"{\"nvme_smart_health_information_log\": {\"percentage_used\": 256, "
		"\"available_spare\": 101}}",
		"{\"power_on_time\": {\"hours\": 18446744073709551615}}",
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host_health health;

		assert_int_equal(parse(rows[i], &health), -ENODATA);
	}
}

/* A folder with a smartctl that does what `script` says. */
static char *put_tool(const char *script)
{
	char *folder = unit_folder_make();
	_cleanup_free_ char *path = xasprintf("%s/smartctl", folder);
	_cleanup_free_ char *search = xasprintf("%s:/usr/bin:/bin", folder);
	_cleanup_fclose_ FILE *file = fopen(path, "we");

	assert_non_null(file);
	fprintf(file, "#!/bin/sh\necho \"$*\" >\"${0%%/*}/asked\"\n%s\n", script);
	assert_int_equal(fflush(file), 0);
	assert_int_equal(chmod(path, 0755), 0);
	proc_set_path(search);
	return folder;
}

static void test_tool(void **state _unused_)
{
	/* Bit 3 of the exit status: the disk is failing. Nothing failed in asking it. */
	char *folder = put_tool("echo '" NVME "'; exit 8");
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_free_ char *asked = NULL;
	struct host_health health;

	assert_int_equal(smart_read("/dev/nvme0n1", 600, &health), 0);
	assert_int_equal(health.used_percent, 103);
	assert_int_equal(fsroot_open(folder, &root), 0);
	assert_int_equal(fsroot_read_text(root, "/asked", &asked), 0);
	/* A sleeping disk is let sleep, and no test is started. */
	assert_string_equal(asked, "--json --health --attributes --nocheck=standby /dev/nvme0n1");
	proc_set_path(NULL);
	unit_folder_remove(folder);
}

static void test_broken_tools(void **state _unused_)
{
	static const char *const scripts[] = {"exit 1", "echo '{\"smart_status\": '", "echo []",
					      "head -c 100000 /dev/zero", "kill -9 $$"};

	for (size_t i = 0; i < ARRAY_SIZE(scripts); i++) {
		char *folder = put_tool(scripts[i]);
		struct host_health health;

		assert_true(smart_read("/dev/sda", 10, &health) < 0);
		unit_folder_remove(folder);
	}
	proc_set_path(NULL);
}

static void test_hanging_tool(void **state _unused_)
{
	char *folder = put_tool("sleep 3600");
	struct host_health health;
	double before = clock_seconds();

	assert_true(smart_read("/dev/sda", 1, &health) < 0);
	assert_true(clock_seconds() - before < 1800);
	proc_set_path(NULL);
	unit_folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_nvme),         cmocka_unit_test(test_ata),
		cmocka_unit_test(test_scsi),         cmocka_unit_test(test_nonsense),
		cmocka_unit_test(test_tool),         cmocka_unit_test(test_broken_tools),
		cmocka_unit_test(test_hanging_tool),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
