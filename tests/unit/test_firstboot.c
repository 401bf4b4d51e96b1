/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the first boot reads and remembers: data files, state over boots, the greeting. */
#include "firstboot/firstboot.h"
#include "tests/unit/unit.h"

struct fixture {
	char *folder;
	struct firstboot firstboot;
};

static int set_up(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));

	fixture->folder = unit_folder_make();
	assert_int_equal(fsroot_open(fixture->folder, &fixture->firstboot.root), 0);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	firstboot_done(&fixture->firstboot);
	unit_folder_remove(fixture->folder);
	free(fixture);
	return 0;
}

static void write_file(struct fixture *fixture, const char *path, const char *text)
{
	assert_int_equal(fsroot_write_text(fixture->firstboot.root, path, text, 0644), 0);
}

static void test_data_files_are_read_like_upstream(void **state)
{
	struct fixture *fixture = *state;
	const struct fsroot *root = fixture->firstboot.root;

	write_file(fixture, FIRSTBOOT_DATA "/default-storage.conf",
		   "XSPARTITIONS='/dev/disk/by-id/a-part3 /dev/sdb'\nXSTYPE='lvm'\nEMPTY=''\n"
		   "PLAIN = x=y\n");
	_cleanup_free_ char *partitions = data_get(root, "default-storage.conf", "XSPARTITIONS");
	_cleanup_free_ char *empty = data_get(root, "default-storage.conf", "EMPTY");
	_cleanup_free_ char *plain = data_get(root, "default-storage.conf", "PLAIN");

	assert_string_equal(partitions, "/dev/disk/by-id/a-part3 /dev/sdb");
	assert_string_equal(empty, "");
	assert_string_equal(plain, "x=y");
	assert_null(data_get(root, "default-storage.conf", "XS"));
	assert_null(data_get(root, "missing.conf", "XSTYPE"));
}

static void test_state_survives_a_boot(void **state)
{
	struct fixture *fixture = *state;
	struct firstboot again = {0};
	struct task_result *result = state_result(&fixture->firstboot, "local-storage");

	result->state = TASK_FAILED;
	result->message = xstrdup("/dev/sdb is not there");
	result->hint = xstrdup("connect it");
	fixture->firstboot.storage_uuid = xstrdup("0c1f");
	assert_int_equal(state_save(&fixture->firstboot, NULL), 0);

	assert_int_equal(fsroot_open(fixture->folder, &again.root), 0);
	assert_int_equal(state_load(&again, NULL), 0);
	assert_string_equal(again.storage_uuid, "0c1f");
	assert_int_equal(again.n_results, 1);
	assert_int_equal(state_result(&again, "local-storage")->state, TASK_FAILED);
	_cleanup_free_ char *text = firstboot_to_text(&again);

	assert_string_equal(text, "local-storage: FAILED: /dev/sdb is not there\n  connect it\n");
	firstboot_done(&again);
}

static void test_no_storage_wanted_is_nothing_to_do(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_free_ char *message = NULL;
	enum task_state result = TASK_FAILED;

	assert_int_equal(task_local_storage(&fixture->firstboot, &result, &message, NULL), 0);
	assert_int_equal(result, TASK_NOTHING);
	assert_null(fixture->firstboot.storage_uuid);
}

static void test_unknown_storage_type_is_refused_before_writing(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_free_ char *message = NULL;
	_cleanup_error_ struct error *error = NULL;
	enum task_state result = TASK_DONE;

	write_file(fixture, FIRSTBOOT_DATA "/default-storage.conf",
		   "XSPARTITIONS='/dev/sdb'\nXSTYPE='zfs'\n");
	assert_true(task_local_storage(&fixture->firstboot, &result, &message, &error) < 0);
	assert_int_equal(error->kind, ERROR_USER);
	assert_non_null(strstr(error->message, "\"zfs\""));
	assert_null(fixture->firstboot.storage_uuid);
}

static void test_greeting_shows_the_bridge_and_the_tasks(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_free_ char *issue = NULL;
	_cleanup_free_ char *motd = NULL;

	write_file(fixture, FIRSTBOOT_DATA "/management.conf", "LABEL='eth2'\nMODE='dhcp'\n");
	state_result(&fixture->firstboot, "local-storage")->message = xstrdup("volume group V");
	assert_int_equal(greeting_write(&fixture->firstboot, NULL), 0);
	assert_int_equal(fsroot_read_text(fixture->firstboot.root,
					  "/etc/issue.d/xenhost-host.issue", &issue),
			 0);
	assert_int_equal(fsroot_read_text(fixture->firstboot.root, "/etc/motd.d/xenhost", &motd),
			 0);
	assert_non_null(strstr(issue, "\\4{xenbr2}"));
	assert_non_null(strstr(motd, "local-storage: volume group V"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_data_files_are_read_like_upstream, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_state_survives_a_boot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_storage_wanted_is_nothing_to_do, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_storage_type_is_refused_before_writing,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_greeting_shows_the_bridge_and_the_tasks,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
