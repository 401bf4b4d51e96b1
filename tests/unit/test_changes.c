/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Files of a host that are changed, and come back as they were; a network that is only tried. */
#include <errno.h>
#include <sys/stat.h>

#include "common/proc.h"
#include "common/str.h"
#include "firstboot/changes.h"
#include "firstboot/network_try.h"
#include "tests/unit/plan_fixture.h"

#define MANAGEMENT "/etc/firstboot.d/data/management.conf"
#define ADDRESS    "/etc/systemd/network/30-xenbr0.network"

struct fixture {
	struct plan_fixture plans;
	char *folder;
	struct fsroot *root;
	struct plan *from, *to;
};

static void plan(struct fixture *f, struct plan **ret)
{
	assert_int_equal(plan_settings(f->plans.host, f->plans.answers, ret, &f->plans.findings,
				       &f->plans.err),
			 0);
}

static void write_plan(struct fixture *f, const struct plan *from)
{
	for (size_t i = 0; i < from->n_files; i++)
		if (from->files[i].content)
			assert_int_equal(fsroot_write_text(f->root, from->files[i].path,
							   from->files[i].content, 0644),
					 0);
}

/* A host by DHCP that shall get a bond. */
static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	struct answers_bond_port *port;

	f->folder = unit_folder_make();
	assert_int_equal(fsroot_open(f->folder, &f->root), 0);
	fixture_open(&f->plans, "uefi-3disks", "<ntp source='manual'/><ntp-server>a</ntp-server>");
	plan(f, &f->from);
	port = ARRAY_APPEND(f->plans.answers->bond_ports, f->plans.answers->n_bond_ports);
	port->name = xstrdup("eth1");
	f->plans.answers->ntp_source = NTP_DEFAULT;
	plan(f, &f->to);
	write_plan(f, f->from);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	plan_free(f->from);
	plan_free(f->to);
	fixture_close(&f->plans);
	fsroot_free(f->root);
	unit_folder_remove(f->folder);
	free(f);
	return 0;
}

static bool is_there(const struct fixture *f, const char *path)
{
	return fsroot_exists(f->root, path);
}

static void test_a_network_that_is_not_confirmed_comes_back_to_the_byte(void **state)
{
	struct fixture *f = *state;
	_cleanup_changes_ struct changes changes = {0};
	_cleanup_free_ char *before = NULL, *during = NULL, *after = NULL;
	bool done = false;

	assert_int_equal(fsroot_read_text(f->root, "/etc/systemd/network/20-eth1.network", &before),
			 0);
	assert_int_equal(changes_make(f->root, f->from, f->to, CHANGES_NETWORK, &changes, NULL), 0);
	assert_int_equal(network_try(f->root, &changes, NULL), 0);
	assert_true(network_is_tried(f->root));
	assert_true(changes_hold(f->root, &changes));
	assert_true(is_there(f, "/etc/systemd/network/15-bond0.netdev"));
	assert_true(is_there(f, "/etc/firstboot.d/data/xenhost-bond.conf"));
	assert_int_equal(fsroot_read_text(f->root, "/etc/systemd/network/20-eth1.network", &during),
			 0);
	assert_string_not_equal(before, during);

	assert_int_equal(network_take_back(f->root, &done, NULL), 0);
	assert_true(done);
	assert_false(network_is_tried(f->root));
	assert_false(changes_hold(f->root, &changes));
	assert_false(is_there(f, "/etc/systemd/network/15-bond0.netdev"));
	assert_false(is_there(f, "/etc/firstboot.d/data/xenhost-bond.conf"));
	assert_int_equal(fsroot_read_text(f->root, "/etc/systemd/network/20-eth1.network", &after),
			 0);
	assert_string_equal(before, after);
	assert_int_equal(network_take_back(f->root, &done, NULL), 0);
	assert_false(done);
}

static void test_a_confirmed_network_stays(void **state)
{
	struct fixture *f = *state;
	_cleanup_changes_ struct changes changes = {0};
	_cleanup_error_ struct error *error = NULL;
	bool done = true;

	assert_int_equal(changes_make(f->root, f->from, f->to, CHANGES_NETWORK, &changes, NULL), 0);
	assert_int_equal(network_try(f->root, &changes, NULL), 0);
	assert_int_equal(network_confirm(f->root, NULL), 0);
	assert_int_equal(network_take_back(f->root, &done, NULL), 0);
	assert_false(done);
	assert_true(is_there(f, "/etc/systemd/network/15-bond0.netdev"));
	/* Too late for a second one. */
	assert_true(network_confirm(f->root, &error) < 0);
	assert_int_equal(error->kind, ERROR_USER);
}

static void test_what_is_the_same_in_both_is_left_as_somebody_made_it(void **state)
{
	struct fixture *f = *state;
	_cleanup_changes_ struct changes changes = {0};
	_cleanup_free_ char *text = NULL;

	assert_int_equal(fsroot_write_text(f->root, ADDRESS, "# by hand\n", 0644), 0);
	assert_int_equal(changes_make(f->root, f->from, f->to, CHANGES_NETWORK, &changes, NULL), 0);
	assert_int_equal(changes_write(f->root, &changes, NULL), 0);
	assert_int_equal(fsroot_read_text(f->root, ADDRESS, &text), 0);
	assert_string_equal(text, "# by hand");
}

static void test_time_of_the_distribution_is_the_package_s_file(void **state)
{
	struct fixture *f = *state;
	_cleanup_changes_ struct changes changes = {0};
	_cleanup_free_ char *text = NULL;

	assert_int_equal(fsroot_write_text(f->root, "/usr/share/chrony/chrony.conf",
					   "pool 2.debian.pool.ntp.org iburst\n", 0644),
			 0);
	assert_int_equal(changes_make(f->root, f->from, f->to, CHANGES_TIME, &changes, NULL), 0);
	assert_int_equal(changes_write(f->root, &changes, NULL), 0);
	assert_int_equal(fsroot_read_text(f->root, "/etc/chrony/chrony.conf", &text), 0);
	assert_string_equal(text, "pool 2.debian.pool.ntp.org iburst");
	assert_false(is_there(f, "/etc/chrony/sources.d/xenhost.sources"));
	assert_true(is_there(f, MANAGEMENT));
}

/* Tools that write down how they were called. */
static char *fake_tools(const struct fixture *f)
{
	static const char *const names[] = {"ip", "networkctl", "systemctl", "ovs-vsctl"};
	_cleanup_free_ char *script =
		xasprintf("#!/bin/sh\necho \"${0##*/} $*\" >>%s/calls\n", f->folder);

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = xasprintf("/tools/%s", names[i]);

		assert_int_equal(fsroot_write_text(f->root, path, script, 0755), 0);
	}
	return xasprintf("%s/tools:/usr/bin:/bin", f->folder);
}

static void test_links_are_released_removed_and_configured(void **state)
{
	struct fixture *f = *state;
	_cleanup_changes_ struct changes changes = {0};
	_cleanup_free_ char *path = fake_tools(f), *calls = NULL;

	/* From the bond to one card: it is in the bridge now, its members in it. */
	assert_int_equal(changes_make(f->root, f->to, f->from, CHANGES_NETWORK, &changes, NULL), 0);
	for (size_t i = 0; i < changes.count; i++) {
		for (size_t j = 0; j < f->to->n_files; j++)
			if (str_eq(f->to->files[j].path, changes.list[i].path)) {
				free(changes.list[i].before.content);
				changes.list[i].before.there = true;
				changes.list[i].before.content = xstrdup(f->to->files[j].content);
			}
	}
	assert_int_equal(fsroot_write_text(f->root, "/sys/class/net/bond0/carrier", "1", 0644), 0);
	assert_int_equal(fsroot_write_text(f->root, "/sys/class/net/eth0/master", "", 0644), 0);
	assert_int_equal(fsroot_write_text(f->root, "/sys/class/net/eth1/master", "", 0644), 0);
	proc_set_path(path);
	assert_int_equal(network_activate(f->root, &changes, NULL), 0);
	proc_set_path(NULL);
	assert_int_equal(fsroot_read_text(f->root, "/calls", &calls), 0);
	assert_non_null(strstr(calls, "ip link delete dev bond0\n"));
	assert_non_null(strstr(calls, "ip link set dev eth1 nomaster\n"));
	assert_non_null(strstr(calls, "networkctl reload\nnetworkctl reconfigure"));
	assert_non_null(strstr(calls, "networkctl reconfigure eth0"));
	assert_null(strstr(calls, "ovs-vsctl"));
}

static void test_guests_keep_open_vswitch_as_it_is(void **state)
{
	struct fixture *f = *state;
	_cleanup_changes_ struct changes changes = {0};
	_cleanup_error_ struct error *error = NULL;
	struct plan *ovs = NULL;

	f->plans.answers->network_backend = BACKEND_OPENVSWITCH;
	plan(f, &ovs);
	_cleanup_plan_ struct plan *owned = ovs;

	assert_int_equal(changes_make(f->root, f->from, owned, CHANGES_NETWORK, &changes, NULL), 0);
	assert_int_equal(network_try_check(f->root, &changes, NULL), 0);
	assert_int_equal(fsroot_write_text(f->root, "/sys/class/net/vif3.0/carrier", "1", 0644), 0);
	assert_true(network_try_check(f->root, &changes, &error) < 0);
	assert_non_null(strstr(error->message, "guests run"));
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
	const struct CMUnitTest tests[] = {
		T(test_a_network_that_is_not_confirmed_comes_back_to_the_byte),
		T(test_a_confirmed_network_stays),
		T(test_what_is_the_same_in_both_is_left_as_somebody_made_it),
		T(test_time_of_the_distribution_is_the_package_s_file),
		T(test_links_are_released_removed_and_configured),
		T(test_guests_keep_open_vswitch_as_it_is),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
