/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which NIC the answers mean, and what is said when that is none or several; bonds. */
#include "tests/unit/plan_fixture.h"

#include "common/str.h"

/* uefi-3disks has eth0 to eth3, of which eth0 and eth2 have links. `network` is all of it. */
static void open_network(struct plan_fixture *f, const char *network)
{
	_cleanup_free_ char *text =
		xasprintf("<installation sr-type='lvm'><primary-disk match='serial=ZDS0AA03'/>"
			  "<source type='local'/>%s</installation>",
			  network);
	_cleanup_findings_ struct findings findings = {0};
	struct host_nic *nic;

	fixture_open(f, "uefi-3disks", "");
	answers_free(TAKE_PTR(f->answers));
	assert_int_equal(answers_from_xml(text, strlen(text), "test", &f->answers, &f->secrets,
					  &findings, NULL),
			 0);
	assert_false(findings_has_errors(&findings));
	nic = &f->host->nics[2];
	nic->has_lldp_seconds = true;
	nic->lldp_seconds = 32;
	nic->lldp = xcalloc(1, sizeof(*nic->lldp));
	nic->n_lldp = 1;
	nic->lldp[0].system_name = xstrdup("Leaf-2");
	nic->lldp[0].port_id = xstrdup("Ethernet7");
	nic = &f->host->nics[0];
	nic->has_lldp_seconds = true;
	nic->lldp_seconds = 32;
}

static void expect_nic(const char *match, const char *name)
{
	_cleanup_fixture_ struct plan_fixture f = {0};
	_cleanup_plan_ struct plan *plan = NULL;
	_cleanup_free_ char *network =
		xasprintf("<admin-interface name='eth1' proto='dhcp' match='%s'/>", match);

	open_network(&f, network);
	plan = fixture_expect_plan(&f);
	for (size_t i = 0; i < plan->n_nics; i++)
		assert_int_equal(plan->nics[i].management, str_eq(plan->nics[i].name, name));
}

static void test_each_property_tells_nics_apart(void **state)
{
	(void)state;
	expect_nic("name=eth3", "eth3");
	expect_nic("mac=3C:FD:FE:0A:10:01", "eth3");
	expect_nic("pci=86:00.1", "eth3");
	expect_nic("pci=0000:86:00.1", "eth3");
	expect_nic("slot=\"onboard lan2\"", "eth1");
	expect_nic("driver=i40e link=up", "eth2");
	expect_nic("driver!=igb link!=up", "eth3");
	expect_nic("switch=leaf-2", "eth2");
	expect_nic("switch=leaf-* port=ethernet7", "eth2");
}

static void expect_refusal(const char *match, const char *message, const char *of_eth0)
{
	_cleanup_fixture_ struct plan_fixture f = {0};
	_cleanup_plan_ struct plan *plan = NULL;
	_cleanup_free_ char *network =
		xasprintf("<admin-interface name='eth1' proto='dhcp' match='%s'/>", match);
	_cleanup_free_ char *all = NULL;

	open_network(&f, network);
	plan = fixture_plan(&f);
	assert_null(plan);
	assert_int_equal(error_kind_exit_code(f.err->kind), 3);
	assert_non_null(strstr(f.err->message, message));
	all = findings_to_text(&f.findings);
	for (unsigned i = 0; i < 4; i++) {
		_cleanup_free_ char *line = xasprintf("eth%u: eth%u, ", i, i);

		assert_non_null(strstr(all, line));
	}
	assert_non_null(strstr(all, of_eth0));
}

static void test_every_nic_is_listed_with_its_reason(void **state)
{
	(void)state;
	expect_refusal("link=up", "fits 2 NICs", "link up: it fits");
	expect_refusal("driver=e1000e", "is no network interface",
		       "its driver is \"igb\", wanted is driver=e1000e");
	expect_refusal("switch=leaf-3", "is no network interface",
		       "no switch announced itself within 32 seconds");
	expect_refusal("switch=leaf-2 port=Ethernet8", "is no network interface",
		       "it is at another switch or port");
	expect_refusal("switch=x", "is no network interface", "nobody listened for its switch");
}

static void test_bonds(void **state)
{
	static const struct {
		const char *mode, *backend, *path, *words;
	} cases[] = {
		{"lacp", "bridge", "/etc/systemd/network/15-bond0.netdev", "Mode=802.3ad\n"},
		{"active-backup", "bridge", "/etc/systemd/network/15-bond0.netdev",
		 "Mode=active-backup\n"},
		{"active-backup", "bridge", "/etc/systemd/network/20-eth2.network",
		 "Bond=bond0\nPrimarySlave=yes\n"},
		{"active-backup", "bridge", "/etc/systemd/network/20-eth3.network",
		 "Bond=bond0\nLink"},
		{"lacp", "openvswitch", "/etc/systemd/system/xenhost-openvswitch.service",
		 "add-bond xenbr0 bond0 eth2 eth3 bond_mode=balance-tcp lacp=active "},
		{"active-backup", "openvswitch", "/etc/systemd/system/xenhost-openvswitch.service",
		 "eth2 eth3 bond_mode=active-backup\n"},
		{"balance-slb", "openvswitch", "/etc/systemd/network/20-eth3.network",
		 "ActivationPolicy=up\n"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_fixture_ struct plan_fixture f = {0};
		_cleanup_plan_ struct plan *plan = NULL;
		_cleanup_free_ char *network = xasprintf(
			"<admin-interface name='eth2' proto='dhcp'/><bond mode='%s'>"
			"<bond-port name='eth3'/></bond><network-backend>%s</network-backend>",
			cases[i].mode, cases[i].backend);

		open_network(&f, network);
		plan = fixture_expect_plan(&f);
		assert_non_null(fixture_file(plan, cases[i].path));
		assert_non_null(strstr(fixture_file(plan, cases[i].path), cases[i].words));
		assert_non_null(strstr(plan->warnings.list[plan->warnings.count - 1].message,
				       "eth3 has no link"));
	}
}

static void test_a_nic_is_in_a_bond_once(void **state)
{
	_cleanup_fixture_ struct plan_fixture f = {0};
	_cleanup_plan_ struct plan *plan = NULL;

	(void)state;
	open_network(&f, "<admin-interface name='eth2' proto='dhcp'/><bond>"
			 "<bond-port match='pci=86:00.0'/></bond>");
	plan = fixture_plan(&f);
	assert_null(plan);
	assert_non_null(strstr(f.err->message, "eth2 is in the bond twice"));
}

/* With a pool in the answers, or only with XAPI in the source. */
static void test_a_bond_that_xapi_does_not_make_is_warned_of(void **state)
{
	static const struct {
		const char *pool;
		bool carried, warned;
	} cases[] = {{"<pool name='rack'/>", true, true}, {"", true, true}, {"", false, false}};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_fixture_ struct plan_fixture f = {0};
		_cleanup_plan_ struct plan *plan = NULL, *single = NULL;
		_cleanup_free_ char *network =
			xasprintf("<admin-interface name='eth2' proto='dhcp'/><bond>"
				  "<bond-port name='eth3'/></bond>%s",
				  cases[i].pool);

		open_network(&f, network);
		if (cases[i].carried)
			strv_add(&f.source->pool_engines, "xapi");
		plan = fixture_expect_plan(&f);
		assert_int_equal(findings_mention(&plan->warnings,
						  "XAPI makes no bond of these answers at first "
						  "boot: it manages the host through eth2 alone"),
				 cases[i].warned);
		f.answers->n_bond_ports = 0;
		single = fixture_expect_plan(&f);
		f.answers->n_bond_ports = 1;
		assert_false(findings_mention(&single->warnings, "XAPI"));
	}
}

static void test_a_named_pool_means_open_vswitch(void **state)
{
	_cleanup_fixture_ struct plan_fixture f = {0}, chosen = {0};
	_cleanup_plan_ struct plan *plan = NULL, *other = NULL;

	(void)state;
	open_network(&f, "<admin-interface name='eth2' proto='dhcp'/><pool name='rack'/>");
	/* The source of the tests carries no pool. */
	assert_null(fixture_plan(&f));
	assert_non_null(strstr(f.err->message, "want a pool of xapi"));
	error_free(TAKE_PTR(f.err));
	strv_add(&f.source->pool_engines, "xapi");
	plan = fixture_expect_plan(&f);
	assert_int_equal(plan->network_backend, BACKEND_OPENVSWITCH);
	assert_string_equal(plan->network_backend_reason, "a pool is named");
	open_network(&chosen, "<admin-interface name='eth2' proto='dhcp'/><pool name='rack'/>"
			      "<network-backend>bridge</network-backend>");
	strv_add(&chosen.source->pool_engines, "xapi");
	other = fixture_expect_plan(&chosen);
	assert_int_equal(other->network_backend, BACKEND_BRIDGE);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_property_tells_nics_apart),
		cmocka_unit_test(test_every_nic_is_listed_with_its_reason),
		cmocka_unit_test(test_bonds),
		cmocka_unit_test(test_a_nic_is_in_a_bond_once),
		cmocka_unit_test(test_a_bond_that_xapi_does_not_make_is_warned_of),
		cmocka_unit_test(test_a_named_pool_means_open_vswitch),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
