/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the first boot reads and remembers: data files, state over boots, the greeting. */
#include "firstboot/firstboot.h"
#include "tests/unit/unit.h"

#include "common/str.h"

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

static bool is_marked(const struct fixture *fixture, const char *unit)
{
	return fsroot_existsf(fixture->firstboot.root, "/var/lib/misc/ran-%s", unit);
}

static void test_markers_say_what_is_done(void **state)
{
	struct fixture *fixture = *state;
	struct firstboot *firstboot = &fixture->firstboot;

	assert_int_equal(firstboot_mark(firstboot, NULL), 0);
	assert_false(is_marked(fixture, "network-init"));
	assert_false(is_marked(fixture, "storage-init"));
	write_file(fixture, FIRSTBOOT_DATA "/management.conf", "LABEL='eth0'\n");
	state_result(firstboot, "local-storage")->state = TASK_FAILED;
	assert_int_equal(firstboot_mark(firstboot, NULL), 0);
	assert_true(is_marked(fixture, "network-init"));
	assert_false(is_marked(fixture, "storage-init"));
	state_result(firstboot, "local-storage")->state = TASK_NOTHING;
	assert_int_equal(firstboot_mark(firstboot, NULL), 0);
	assert_true(is_marked(fixture, "storage-init"));
	assert_false(is_marked(fixture, "generate-iscsi-iqn"));
	state_result(firstboot, "iscsi-name")->state = TASK_DONE;
	assert_int_equal(firstboot_mark(firstboot, NULL), 0);
	assert_true(is_marked(fixture, "generate-iscsi-iqn"));
}

static void test_markers_are_left_to_a_toolstack(void **state)
{
	struct fixture *fixture = *state;

	write_file(fixture, "/opt/xensource/bin/xapi", "");
	write_file(fixture, FIRSTBOOT_DATA "/management.conf", "LABEL='eth0'\n");
	assert_int_equal(firstboot_mark(&fixture->firstboot, NULL), 0);
	assert_false(is_marked(fixture, "network-init"));
}

#define INITIATOR "/etc/iscsi/initiatorname.iscsi"

static char *name_iscsi(struct fixture *fixture)
{
	char *name = NULL;
	enum task_state result = TASK_FAILED;

	assert_int_equal(task_iscsi_name(&fixture->firstboot, &result, &name, NULL), 0);
	assert_int_equal(result, TASK_DONE);
	return name;
}

/* iqn.YYYY-MM. and what follows. */
static const char *behind_date(const char *name)
{
	assert_true(strlen(name) > strlen("iqn.2026-11.") && str_starts(name, "iqn.2"));
	return name + strlen("iqn.2026-11.");
}

static void test_iscsi_name_is_drawn_once(void **state)
{
	struct fixture *fixture = *state;
	const struct fsroot *root = fixture->firstboot.root;
	_cleanup_free_ char *line = NULL;

	write_file(fixture, "/proc/sys/kernel/random/uuid",
		   "1c9fa2b0-6d6b-4b1e-9d60-1f2e3a4b5c6d\n");
	write_file(fixture, "/etc/hostname", "Node7.Pool.example.org\n");
	_cleanup_free_ char *name = name_iscsi(fixture);

	assert_string_equal(behind_date(name), "org.example.pool:1c9fa2b0");
	_cleanup_free_ char *kept = data_get(root, "iqn.conf", "IQN");

	assert_string_equal(kept, name);
	assert_int_equal(fsroot_read_text(root, INITIATOR, &line), 0);
	assert_true(str_starts(line, "InitiatorName="));
	assert_string_equal(strchr(line, '=') + 1, name);

	/* Arrays know it by now. */
	write_file(fixture, "/proc/sys/kernel/random/uuid",
		   "ffffffff-6d6b-4b1e-9d60-1f2e3a4b5c6d\n");
	_cleanup_free_ char *again = name_iscsi(fixture);

	assert_string_equal(again, name);
}

static void test_iscsi_name_of_the_initiator_is_kept(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_free_ char *text = NULL;

	write_file(fixture, INITIATOR, "# mine\nInitiatorName=iqn.1993-08.org.debian:01:abc\n");
	_cleanup_free_ char *name = name_iscsi(fixture);

	assert_string_equal(name, "iqn.1993-08.org.debian:01:abc");
	assert_int_equal(fsroot_read_text(fixture->firstboot.root, INITIATOR, &text), 0);
	assert_true(str_starts(text, "# mine\n"));
}

static void test_iscsi_name_without_a_domain(void **state)
{
	struct fixture *fixture = *state;

	write_file(fixture, "/proc/sys/kernel/random/uuid",
		   "1c9fa2b0-6d6b-4b1e-9d60-1f2e3a4b5c6d\n");
	/* Debian's way of saying that none was drawn yet. */
	write_file(fixture, INITIATOR, "GenerateName=yes\n");
	write_file(fixture, "/etc/hostname", "node7\n");
	_cleanup_free_ char *name = name_iscsi(fixture);

	assert_string_equal(behind_date(name), "com.example:1c9fa2b0");
}

static void test_iscsi_name_is_left_to_a_toolstack(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_free_ char *message = NULL;
	enum task_state result = TASK_FAILED;

	write_file(fixture, "/opt/xensource/bin/xapi", "");
	assert_int_equal(task_iscsi_name(&fixture->firstboot, &result, &message, NULL), 0);
	assert_int_equal(result, TASK_NOTHING);
	assert_false(fsroot_exists(fixture->firstboot.root, INITIATOR));
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
	state_result(&fixture->firstboot, "pool")->message = xstrdup("pool of \\n hosts");
	state_result(&fixture->firstboot, "pool")->state = TASK_FAILED;
	assert_int_equal(greeting_write(&fixture->firstboot, NULL), 0);
	assert_int_equal(fsroot_read_text(fixture->firstboot.root,
					  "/etc/issue.d/xenhost-host.issue", &issue),
			 0);
	assert_int_equal(fsroot_read_text(fixture->firstboot.root, "/etc/motd.d/xenhost", &motd),
			 0);
	assert_non_null(strstr(issue, "\\4{xenbr2}"));
	assert_non_null(strstr(issue, "pool: NOT JOINED: pool of /n hosts"));
	assert_non_null(strstr(motd, "local-storage: volume group V"));
}

#define SCRIPTS FIRSTBOOT_DATA "/xenhost-scripts.json"

/* Script 1 stops when it fails, and runs before the network; 2 and 3 run with it. */
static void lay_down_scripts(struct fixture *fixture, const char *first)
{
	static const char *const bodies[] = {NULL, "echo two $XENHOST_MOMENT >>{}; exit 3",
					     "echo three >>{}"};
	_cleanup_strbuf_ struct strbuf list = {0};

	for (unsigned i = 0; i < 3; i++) {
		_cleanup_free_ char *path = xasprintf("/scripts/%u", i + 1);
		const char *body = i ? bodies[i] : first, *gap = strstr(body, "{}");
		_cleanup_free_ char *text =
			xasprintf("#!/bin/sh\n%.*s%s/out%s\n", (int)(gap - body), body,
				  fixture->folder, gap + 2);

		assert_int_equal(fsroot_write_text(fixture->firstboot.root, path, text, 0700), 0);
		strbuf_addf(&list,
			    "%s{\"moment\": \"%s\", \"path\": \"%s\", \"source\": "
			    "\"http://h/%u\", \"timeout_s\": 20, \"on_failure\": \"%s\"}",
			    i ? ", " : "", i ? "network-up" : "before-network", path, i + 1,
			    i ? "continue" : "stop");
	}
	_cleanup_free_ char *json = xasprintf("{\"scripts\": [%s]}", list.text);
	write_file(fixture, SCRIPTS, json);
}

static void expect_out(struct fixture *fixture, const char *text)
{
	_cleanup_free_ char *out = NULL;

	assert_int_equal(fsroot_read_text(fixture->firstboot.root, "/out", &out), 0);
	assert_string_equal(out, text);
}

static void test_scripts_run_once_at_their_moment(void **state)
{
	struct fixture *fixture = *state;
	struct firstboot *firstboot = &fixture->firstboot;

	lay_down_scripts(fixture, "echo one $XENHOST_MOMENT >>{}");
	assert_int_equal(firstboot_scripts(firstboot, MOMENT_BEFORE_NETWORK, NULL), 0);
	expect_out(fixture, "one before-network");
	assert_int_equal(firstboot_scripts(firstboot, MOMENT_NETWORK_UP, NULL), 0);
	assert_int_equal(firstboot_scripts(firstboot, MOMENT_NETWORK_UP, NULL), 0);
	expect_out(fixture, "one before-network\ntwo network-up\nthree");
	_cleanup_free_ char *text = firstboot_to_text(firstboot);

	assert_non_null(strstr(text, "script 1 (before-network): http://h/1 ended well\n"));
	assert_non_null(strstr(text, "script 2 (network-up): FAILED: http://h/2: "));
	assert_non_null(strstr(text, "journalctl -u xenhost-firstboot-network-up\n"));
	assert_non_null(strstr(text, "script 3 (network-up): http://h/3 ended well\n"));
}

static void test_a_script_that_must_end_well_holds_the_others(void **state)
{
	struct fixture *fixture = *state;
	struct firstboot *firstboot = &fixture->firstboot;
	_cleanup_error_ struct error *failed = NULL, *waiting = NULL;

	lay_down_scripts(fixture, "echo one >>{}; exit 1");
	assert_true(firstboot_scripts(firstboot, MOMENT_BEFORE_NETWORK, &failed) < 0);
	assert_int_equal(error_kind_exit_code(failed->kind), 7);
	assert_true(firstboot_scripts(firstboot, MOMENT_NETWORK_UP, &waiting) < 0);
	assert_string_equal(waiting->message, "script 1 (before-network) has not ended well, so "
					      "those of network-up wait");
	expect_out(fixture, "one");

	lay_down_scripts(fixture, "echo again >>{}");
	assert_int_equal(firstboot_scripts(firstboot, MOMENT_BEFORE_NETWORK, NULL), 0);
	assert_int_equal(firstboot_scripts(firstboot, MOMENT_NETWORK_UP, NULL), 0);
	expect_out(fixture, "one\nagain\ntwo network-up\nthree");
}

static void test_a_damaged_list_of_scripts_is_named(void **state)
{
	static const struct {
		const char *json, *message;
	} cases[] = {
		{"{", SCRIPTS},
		{"{\"scripts\": [{\"path\": \"/x\"}]}", "has a script without"},
		{"{\"scripts\": [{\"path\": \"/x\", \"source\": \"x\", \"timeout_s\": 1, "
		 "\"moment\": \"later\"}]}",
		 "has a script without"},
	};
	struct fixture *fixture = *state;

	assert_int_equal(firstboot_scripts(&fixture->firstboot, MOMENT_NETWORK_UP, NULL), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_error_ struct error *err = NULL;

		write_file(fixture, SCRIPTS, cases[i].json);
		assert_true(firstboot_scripts(&fixture->firstboot, MOMENT_NETWORK_UP, &err) < 0);
		assert_non_null(strstr(err->message, cases[i].message));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_scripts_run_once_at_their_moment, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_a_script_that_must_end_well_holds_the_others,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_damaged_list_of_scripts_is_named, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_data_files_are_read_like_upstream, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_state_survives_a_boot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_no_storage_wanted_is_nothing_to_do, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_unknown_storage_type_is_refused_before_writing,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_markers_say_what_is_done, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_iscsi_name_is_drawn_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_iscsi_name_of_the_initiator_is_kept, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_iscsi_name_without_a_domain, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_iscsi_name_is_left_to_a_toolstack, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_markers_are_left_to_a_toolstack, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_greeting_shows_the_bridge_and_the_tasks,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
