/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What can be set anew on a running host: the same files as an installation of the same answers. */
#include "tests/unit/plan_fixture.h"

static const struct plan_file *find_file(const struct plan *plan, const char *path)
{
	for (size_t i = 0; i < plan->n_files; i++)
		if (strcmp(plan->files[i].path, path) == 0)
			return &plan->files[i];
	return NULL;
}

static void expect_same_files(const char *machine, const char *xml, const char *wanted)
{
	_cleanup_fixture_ struct plan_fixture f;
	struct plan *made = NULL;

	fixture_open(&f, machine, xml);
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	assert_int_equal(plan_settings(f.host, f.answers, &made, &f.findings, &f.err), 0);
	_cleanup_plan_ struct plan *settings = made;

	assert_non_null(find_file(settings, wanted));
	for (size_t i = 0; i < settings->n_files; i++) {
		const struct plan_file *file = &settings->files[i];
		const struct plan_file *other = find_file(plan, file->path);

		assert_non_null(other);
		assert_int_equal(file->mode, other->mode);
		assert_string_equal(file->content ?: file->symlink,
				    other->content ?: other->symlink);
	}
	assert_null(find_file(settings, "/etc/fstab"));
	assert_null(find_file(settings, "/etc/xensource-inventory"));
}

static void test_files_are_those_of_an_installation(void **state)
{
	(void)state;
	expect_same_files("uefi-3disks",
			  "<primary-disk>sda</primary-disk><hostname>n1.example.org</hostname>"
			  "<timezone>Europe/Berlin</timezone><ntp source='manual'/>"
			  "<ntp-server>192.0.2.4</ntp-server>",
			  "/etc/chrony/sources.d/xenhost.sources");
	expect_same_files("uefi-3disks",
			  "<primary-disk>sda</primary-disk><bond mode='active-backup'>"
			  "<bond-port name='eth1'/></bond>",
			  "/etc/firstboot.d/data/xenhost-bond.conf");
	expect_same_files("uefi-3disks",
			  "<primary-disk>sda</primary-disk>"
			  "<network-backend>openvswitch</network-backend>",
			  "/etc/systemd/system/xenhost-openvswitch.service");
}

static void test_an_interface_that_is_not_there_is_refused(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;
	struct plan *plan = NULL;

	(void)state;
	fixture_open(&f, "uefi-3disks", "");
	free(f.answers->admin.name);
	f.answers->admin.name = xstrdup("eth9");
	assert_true(plan_settings(f.host, f.answers, &plan, &f.findings, &f.err) < 0);
	assert_non_null(strstr(f.err->message, "eth9"));
	assert_null(plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_files_are_those_of_an_installation),
		cmocka_unit_test(test_an_interface_that_is_not_there_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
