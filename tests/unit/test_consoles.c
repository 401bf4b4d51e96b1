/* SPDX-License-Identifier: GPL-3.0-or-later */
/* When the wizard comes by itself, and on which consoles; what a time server's answer says. */
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/consoles.h"
#include "firstboot/network_checks.h"
#include "firstboot/status.h"
#include "tests/unit/unit.h"

struct fixture {
	char *folder;
	struct firstboot firstboot;
};

static void write_file(struct fixture *f, const char *path, const char *text, mode_t mode)
{
	assert_int_equal(fsroot_write_text(f->firstboot.root, path, text, mode), 0);
}

/* A host that an answer file has set up; its systemctl writes down what it is told. */
static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	_cleanup_free_ char *tool = NULL, *path = NULL;

	f->folder = unit_folder_make();
	assert_int_equal(fsroot_open(f->folder, &f->firstboot.root), 0);
	write_file(f, FIRSTBOOT_DATA "/management.conf",
		   "LABEL='eth0'\nMODE='dhcp'\nMODEV6='none'\n", 0644);
	write_file(f, "/etc/shadow", "root:$y$j9T$a$b:1:0:99999:7:::\n", 0600);
	write_file(f, "/sys/class/tty/console/active", "hvc0 tty0\n", 0644);
	/* "run" still waits for its turn when it is asked for first, and works then. As systemctl
	 * it names what it is asked for and nothing else. */
	tool = xasprintf("#!/bin/sh\necho \"$*\" >>%s/calls\n"
			 "[ \"$2\" = --property=ActiveState,Job ] || exit 0\n"
			 "case $(grep -c show %s/calls) in\n"
			 "1) printf 'ActiveState=inactive\\nJob=5\\n';;\n"
			 "2) printf 'ActiveState=activating\\nJob=5\\n';;\n"
			 "*) printf 'ActiveState=failed\\nJob=\\n';;\nesac\n",
			 f->folder, f->folder);
	write_file(f, "/tools/systemctl", tool, 0755);
	path = xasprintf("%s/tools:/usr/bin:/bin", f->folder);
	proc_set_path(path);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	proc_set_path(NULL);
	firstboot_done(&f->firstboot);
	unit_folder_remove(f->folder);
	free(f);
	return 0;
}

static void fail_storage(struct fixture *f)
{
	state_result(&f->firstboot, "local-storage")->state = TASK_FAILED;
	assert_int_equal(state_save(&f->firstboot, NULL), 0);
}

static void test_an_unattended_installation_ends_at_the_login_prompt(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *calls = NULL;

	/* Whoever wrote the script knows of it otherwise. */
	state_result(&f->firstboot, "script 1 (network-up)")->state = TASK_FAILED;
	assert_int_equal(state_save(&f->firstboot, NULL), 0);
	assert_null(status_open(&f->firstboot));
	assert_int_equal(consoles_start(&f->firstboot, NULL), 0);
	assert_false(fsroot_exists(f->firstboot.root, CONSOLES_FOLDER "/hvc0"));
	assert_int_equal(fsroot_read_text(f->firstboot.root, "/calls", &calls), 0);
	assert_null(strstr(calls, "start"));
	/* Asked again, until it had ended. */
	unsigned asked = 0;

	for (const char *at = calls; (at = strstr(at, "show")); at++)
		asked++;
	assert_int_equal(asked, 3);
}

static void test_a_failure_shows_on_every_console(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *calls = NULL;

	fail_storage(f);
	assert_int_equal(consoles_start(&f->firstboot, NULL), 0);
	assert_true(fsroot_exists(f->firstboot.root, CONSOLES_FOLDER "/hvc0"));
	assert_true(fsroot_exists(f->firstboot.root, CONSOLES_FOLDER "/tty1"));
	assert_int_equal(fsroot_read_text(f->firstboot.root, "/calls", &calls), 0);
	assert_non_null(strstr(calls, "--no-block start xenhost-firstboot-wizard@hvc0.service"));
	assert_non_null(strstr(calls, "--no-block start xenhost-firstboot-wizard@tty1.service"));
}

static void test_what_was_dismissed_does_not_come_again_but_something_new_does(void **state)
{
	struct fixture *f = *state;

	fail_storage(f);
	strv_add(&f->firstboot.dismissed, "local-storage");
	assert_int_equal(state_save(&f->firstboot, NULL), 0);
	assert_int_equal(state_reload(&f->firstboot, NULL), 0);
	assert_false(status_wants_wizard(&f->firstboot));
	state_result(&f->firstboot, "pool")->state = TASK_FAILED;
	assert_true(status_wants_wizard(&f->firstboot));
}

static void test_what_the_installer_left_open(void **state)
{
	struct fixture *f = *state;

	write_file(f, "/etc/shadow", "root:*:1:0:99999:7:::\n", 0600);
	write_file(f, FIRSTBOOT_DATA "/management.conf",
		   "LABEL='eth0'\nMODE='static'\nIP='192.0.2.1'\nMODEV6='none'\n", 0644);
	_cleanup_strv_ char **open = status_open(&f->firstboot);
	_cleanup_free_ char *names = strv_join(open, " ");

	assert_string_equal(names, "password");
	write_file(f, "/root/.ssh/authorized_keys", "ssh-ed25519 A\n", 0600);
	write_file(f, FIRSTBOOT_DATA "/management.conf", "", 0644);
	_cleanup_strv_ char **now = status_open(&f->firstboot);
	_cleanup_free_ char *later = strv_join(now, " ");

	assert_string_equal(later, "network");
}

static void test_a_time_server_s_answer(void **state)
{
	uint8_t answer[48] = {0x24, 2};
	double ahead = 0;

	(void)state;
	/* 2026-11-21 00:00:10.5 */
	memcpy(answer + 40, (const uint8_t[]){0xee, 0xab, 0x1d, 0x8a, 0x80, 0, 0, 0}, 8);
	assert_true(network_checks_clock(answer, 48, 4004191626.0 - 2208988800.0, &ahead));
	assert_true(ahead == 0.5);
	assert_false(network_checks_clock(answer, 47, 0, &ahead));
	answer[1] = 0; /* a refusal */
	assert_false(network_checks_clock(answer, 48, 0, &ahead));
	answer[1] = 2;
	answer[0] = 0xe4; /* does not know the time itself */
	assert_false(network_checks_clock(answer, 48, 0, &ahead));
	answer[0] = 0x23; /* a client */
	assert_false(network_checks_clock(answer, 48, 0, &ahead));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_an_unattended_installation_ends_at_the_login_prompt),
		T(test_a_failure_shows_on_every_console),
		T(test_what_was_dismissed_does_not_come_again_but_something_new_does),
		T(test_what_the_installer_left_open),
		cmocka_unit_test(test_a_time_server_s_answer),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
