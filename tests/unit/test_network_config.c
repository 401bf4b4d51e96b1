/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the boot line may say about links of the running installer, and what it is told otherwise.
 */
#include "tests/unit/unit.h"

#include "installer/network/links.h"

static void test_default_is_dhcp_on_all(void **state)
{
	(void)state;
	_cleanup_network_config_ struct network_config *config = NULL;

	assert_int_equal(network_config_parse("ro quiet", &config, NULL), 0);
	assert_string_equal(config->device, "all");
	assert_false(config->is_static);
	assert_false(network_config_requested("ro quiet"));
	assert_true(network_config_requested("answerfile_device=all"));
}

static void test_static_with_everything(void **state)
{
	(void)state;
	_cleanup_network_config_ struct network_config *config = NULL;

	assert_int_equal(
		network_config_parse("network_device=52:54:00:AB:00:01 "
				     "network_config='static:ip=192.0.2.7;netmask=255.255.254.0;"
				     "gateway=192.0.2.1;dns=192.0.2.2,192.0.2.3;domain=lab.test;"
				     "vlan=7'",
				     &config, NULL),
		0);
	assert_string_equal(config->device, "52:54:00:ab:00:01");
	assert_true(config->is_static);
	assert_string_equal(config->ip, "192.0.2.7");
	assert_int_equal(config->prefix, 23);
	assert_string_equal(config->gateway, "192.0.2.1");
	assert_string_equal(config->domain, "lab.test");
	assert_int_equal(strv_length(config->dns), 2);
	assert_int_equal(config->vlan, 7);
}

static void test_dhcp_over_vlan(void **state)
{
	(void)state;
	_cleanup_network_config_ struct network_config *config = NULL;

	assert_int_equal(network_config_parse("network_device=eth1 network_config=dhcp:vlan=4094",
					      &config, NULL),
			 0);
	assert_int_equal(config->vlan, 4094);
	assert_false(config->is_static);
}

static void test_bad_values_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *line, *names;
	} cases[] = {
		{"network_config=bootp", "bootp"},
		{"network_config=dhcp:vlan=4095", "vlan=4095"},
		{"network_config=dhcp:ip=192.0.2.7", "ip=192.0.2.7"},
		{"network_device=eth0 network_config='static:ip=192.0.2.700;netmask=24'",
		 "ip=192.0.2.700"},
		{"network_device=eth0 network_config='static:ip=192.0.2.7;netmask=255.0.255.0'",
		 "netmask=255.0.255.0"},
		{"network_device=eth0 network_config=static:ip=192.0.2.7", "netmask="},
		{"network_config='static:ip=192.0.2.7;netmask=24'", "one NIC"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_network_config_ struct network_config *config = NULL;
		_cleanup_error_ struct error *error = NULL;

		assert_true(network_config_parse(cases[i].line, &config, &error) < 0);
		assert_int_equal(error->kind, ERROR_USER);
		assert_non_null(strstr(error->message, cases[i].names));
		assert_non_null(error_get_hint(error));
	}
}

/* Bonds as the kernel shows them: LACP without and with a partner, and one that needs none. */
static void test_lacp_with_nobody(void **state _unused_)
{
	static const struct {
		const char *name, *partner;
		bool lacks;
	} bonds[] = {
		{"alone", "00:00:00:00:00:00\n", true},
		{"answered", "02:00:00:00:00:01\n", false},
		{"backup", NULL, false},
	};
	_cleanup_fsroot_ struct fsroot *root = NULL;
	char *folder = unit_folder_make();

	assert_int_equal(fsroot_open(folder, &root), 0);
	for (size_t i = 0; i < ARRAY_SIZE(bonds); i++) {
		_cleanup_free_ char *bonding =
			xasprintf("/sys/class/net/%s/bonding", bonds[i].name);
		_cleanup_free_ char *file = xasprintf("%s/ad_partner_mac", bonding);

		assert_int_equal(fsroot_mkdir(root, bonding, 0755), 0);
		if (bonds[i].partner)
			assert_int_equal(fsroot_write_text(root, file, bonds[i].partner, 0644), 0);
		assert_int_equal(link_lacks_lacp(root, bonds[i].name), bonds[i].lacks);
	}
	unit_folder_remove(folder);
}

/* What has to be made, or taken apart, fails here, where there are no such links; what can be left
 * alone does not. */
static void test_bonds_that_stand(void **state _unused_)
{
	static const struct {
		const char *mode, *ports[4];
		bool anew, stays;
	} cases[] = {
		{"802.3ad", {"x0", "x1"}, false, true},
		{"802.3ad", {"x0", "x1"}, true, true},
		{"802.3ad", {"x1", "x0"}, true, true},
		{"active-backup", {"x0", "x1"}, false, true},
		{"active-backup", {"x0", "x1"}, true, false},
		{"802.3ad", {"x0"}, true, false},
		{"802.3ad", {"x0", "x2"}, true, false},
		{"802.3ad", {"x0", "x1", "x2"}, true, false},
	};
	_cleanup_fsroot_ struct fsroot *root = NULL;
	char *folder = unit_folder_make();

	assert_int_equal(fsroot_open(folder, &root), 0);
	assert_int_equal(
		fsroot_write_text(root, "/sys/class/net/xbond/bonding/mode", "802.3ad 4\n", 0644),
		0);
	assert_int_equal(
		fsroot_write_text(root, "/sys/class/net/xbond/bonding/slaves", "x0 x1\n", 0644), 0);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_error_ struct error *error = NULL;
		int r = link_add_bond(root, "xbond", cases[i].mode,
				      (char *const *)(uintptr_t)cases[i].ports, cases[i].anew,
				      &error);

		assert_int_equal(r == 0, cases[i].stays);
		assert_true(!error || error->kind == ERROR_NETWORK);
	}
	unit_folder_remove(folder);
}

/* A NIC of its own has nothing to be taken out of, and one of a bridge stays there. */
static void test_no_bond_to_leave(void **state _unused_)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	char *folder = unit_folder_make();

	assert_int_equal(fsroot_open(folder, &root), 0);
	assert_int_equal(fsroot_mkdir(root, "/sys/class/net/x0", 0755), 0);
	assert_int_equal(fsroot_mkdir(root, "/sys/class/net/x1", 0755), 0);
	assert_int_equal(fsroot_symlink(root, "../xbr", "/sys/class/net/x1/master"), 0);
	assert_int_equal(link_leave_bond(root, "x0", NULL), 0);
	assert_int_equal(link_leave_bond(root, "x1", NULL), 0);
	unit_folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_default_is_dhcp_on_all),
		cmocka_unit_test(test_static_with_everything),
		cmocka_unit_test(test_dhcp_over_vlan),
		cmocka_unit_test(test_bad_values_are_named),
		cmocka_unit_test(test_lacp_with_nobody),
		cmocka_unit_test(test_bonds_that_stand),
		cmocka_unit_test(test_no_bond_to_leave),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
