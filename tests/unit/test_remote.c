/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The ssh server of the running installer: for whom it is started, and what is said of it. The
 * script is that of the initrd; dropbear's programs write down what they are told. */
#include <errno.h>
#include <signal.h>

#include "common/fsroot.h"
#include "common/password.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/remote.h"
#include "tests/unit/unit.h"

#define KEY   "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAzyc8aLzs8ZEwMEUedy6yoJjCZIqdXlkv211rvPMXOL a@b"
#define OTHER "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAILMNRMCp1/IfVQNQDVG0p8FhSwqThDzBK3TuqUNyNGxW c@d"
/* As `ssh-keygen -lf` shows the key that the fake dropbearkey makes. */
#define FINGERPRINT "ED25519 SHA256:scyp5XGzo3gOE3d+o4DIp6HRKLEMQrDDGOWfB53kDI0"

struct fixture {
	char *folder;
	struct fsroot *root;
	struct remote remote;
	struct answers *answers;
};

static void write_tool(const struct fixture *f, const char *name, const char *text)
{
	_cleanup_free_ char *path = xasprintf("/tools/%s", name),
			    *script = xasprintf("#!/bin/sh\n%s\n", text);

	assert_int_equal(fsroot_write_text(f->root, path, script, 0755), 0);
}

static char *read_text(const struct fixture *f, const char *path)
{
	char *text = NULL;

	return fsroot_read_text(f->root, path, &text) == 0 ? text : xstrdup("");
}

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	_cleanup_free_ char *path = NULL, *server = NULL,
			    *ours = realpath("initrd/installer/root/usr/sbin", NULL);

	f->folder = unit_folder_make();
	assert_int_equal(fsroot_open(f->folder, &f->root), 0);
	write_tool(f, "dropbearkey",
		   "[ \"$1\" = -y ] && echo 'Public key portion is:' && echo '" OTHER "' && exit\n"
		   "for file; do :; done; echo made >\"$file\"");
	/* Lives on as a server does, with nothing of its caller's. */
	server = xasprintf("echo \"$*\" >>'%s/calls'\n"
			   "while [ \"$1\" != -P ]; do shift; done\n"
			   "sleep 60 & echo $! >\"$2\"",
			   f->folder);
	write_tool(f, "dropbear", server);
	path = xasprintf("%s/tools:%s:/usr/bin:/bin", f->folder, ours);
	proc_set_path(path);
	f->answers = answers_new();
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *pid = read_text(f, "/run/xenhost/ssh/pid");
	unsigned number;

	if (str_to_uint(str_trim(pid), 2, INT32_MAX, &number) == 0)
		kill((pid_t)number, SIGKILL);
	proc_set_path(NULL);
	remote_done(&f->remote);
	answers_free(f->answers);
	fsroot_free(f->root);
	unit_folder_remove(f->folder);
	free(f);
	return 0;
}

static void start(struct fixture *f, const char *line, const struct answers *answers)
{
	_cleanup_error_ struct error *error = NULL;
	int r = remote_start(&f->remote, f->root, line, answers, &error);

	if (r < 0) {
		_cleanup_free_ char *text = error_text(error);

		fail_msg("%s", text);
	}
}

static void test_nobody_is_let_in_unasked(void **state)
{
	struct fixture *f = *state;

	start(f, "quiet xenhost.sshkey=none sshpassword=secret", f->answers);
	assert_false(fsroot_exists(f->root, "/run/xenhost/ssh"));
	assert_null(remote_text(&f->remote));
	assert_null(remote_to_json(&f->remote));
}

static void test_keys_of_boot_line_and_answers(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *keys = NULL, *calls = NULL, *text = NULL;
	_cleanup_json_ struct json *json = NULL;
	mode_t mode;

	start(f, "'xenhost.sshkey=" KEY "'", NULL);
	assert_string_equal(f->remote.fingerprint, FINGERPRINT);
	strv_add(&f->answers->ssh_keys, OTHER);
	strv_add(&f->answers->ssh_keys, KEY);
	start(f, "'xenhost.sshkey=" KEY "'", f->answers);
	keys = read_text(f, "/run/xenhost/ssh/authorized_keys");
	assert_string_equal(keys, KEY "\n" OTHER);
	assert_int_equal(fsroot_stat_mode(f->root, "/run/xenhost/ssh/authorized_keys", &mode), 0);
	assert_int_equal(mode & 0777, 0600);
	/* One server, which takes no password. */
	calls = read_text(f, "/calls");
	assert_non_null(strstr(calls, " -s "));
	assert_null(strchr(calls, '\n'));
	text = remote_text(&f->remote);
	assert_non_null(strstr(text, FINGERPRINT));
	json = remote_to_json(&f->remote);
	assert_string_equal(json_get_string(json, "fingerprint"), FINGERPRINT);
	assert_non_null(json_get_array(json, "addresses"));
}

static void test_a_password_for_one_boot(void **state)
{
	static const char prefix[] = "root:";
	struct fixture *f = *state;
	_cleanup_free_ char *password = NULL, *again = NULL, *shadow = NULL, *calls = NULL;
	mode_t mode;

	assert_int_equal(remote_make_password(&f->remote, f->root, NULL), 0);
	start(f, "quiet xenhost.ssh", NULL);
	password = read_text(f, "/run/xenhost/ssh/password");
	assert_int_equal(strlen(password), 14);
	assert_int_equal(strspn(password, "abcdefghijkmnpqrstuvwxyz23456789-"), 14);
	shadow = read_text(f, "/etc/shadow");
	assert_memory_equal(shadow, prefix, strlen(prefix));
	shadow[strcspn(shadow + strlen(prefix), ":") + strlen(prefix)] = '\0';
	assert_true(password_fits(password, shadow + strlen(prefix)));
	assert_int_equal(fsroot_stat_mode(f->root, "/run/xenhost/ssh/password", &mode), 0);
	assert_int_equal(mode & 0777, 0600);
	calls = read_text(f, "/calls");
	assert_null(strstr(calls, " -s "));
	assert_null(strstr(calls, password));
	/* Started again it is the same. */
	assert_int_equal(remote_make_password(&f->remote, f->root, NULL), 0);
	again = read_text(f, "/run/xenhost/ssh/password");
	assert_string_equal(again, password);
}

static void test_a_host_without_ssh_has_none_before(void **state)
{
	struct fixture *f = *state;

	strv_add(&f->answers->ssh_keys, KEY);
	f->answers->ssh_mode = SSH_OFF;
	start(f, "quiet", f->answers);
	assert_null(f->remote.fingerprint);
}

static void test_a_server_that_does_not_start(void **state)
{
	struct fixture *f = *state;
	_cleanup_error_ struct error *error = NULL;

	write_tool(f, "dropbear", "echo 'Failed listening on 22' >&2; exit 1");
	assert_int_equal(
		remote_start(&f->remote, f->root, "'xenhost.sshkey=" KEY "'", NULL, &error), -EIO);
	assert_null(f->remote.fingerprint);
	assert_int_equal(error->kind, ERROR_INTERNAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nobody_is_let_in_unasked, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_keys_of_boot_line_and_answers, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_a_password_for_one_boot, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_host_without_ssh_has_none_before, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_a_server_that_does_not_start, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
