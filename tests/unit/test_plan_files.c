/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The new host's files: what other programs read back from them, word by word. */
#include "tests/unit/plan_fixture.h"

#include <regex.h>

#define DATA "/etc/firstboot.d/data/"

static void expect_text(const struct plan *plan, const char *path, const char *text)
{
	const char *content = fixture_file(plan, path);

	if (!content)
		fail_msg("there is no %s", path);
	assert_string_equal(content, text);
}

static void expect_words(const struct plan *plan, const char *path, const char *words)
{
	const char *content = fixture_file(plan, path);

	if (!content || !strstr(content, words))
		fail_msg("%s lacks \"%s\": %s", path, words, content ?: "there is no such file");
}

static void make_static(struct plan_fixture *f)
{
	struct answers_interface *admin = &f->answers->admin;

	admin->mode = ADDRESS_STATIC;
	admin->ip = xstrdup("192.0.2.10");
	admin->netmask = xstrdup("255.255.255.128");
	admin->gateway = xstrdup("192.0.2.1");
}

/* The expressions with which upgrades find their partitions (as XenServer's host-installer). */
static void test_fstab_keeps_its_shape(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	static const char *const expressions[] = {
		"^LABEL=root-[a-z]{6}[ \t]+/[ \t]+ext4[ \t]+defaults[ \t]+1[ \t]1$",
		"^LABEL=(BOOT-[A-Z]{6})[ \t]+/boot/efi[ \t]+vfat[ \t].*nofail.*[ \t]0[ \t]2$",
		"[ \t](/boot[^ \t]*)[ \t]+vfat",
		"^LABEL=swap-[a-z]{6}[ \t]+swap[ \t]+swap[ \t]+defaults.*[ \t]0[ \t]0$",
		"^LABEL=logs-[a-z]{6}[ \t]+/var/log[ \t]+ext4[ \t]+defaults.*[ \t]0[ \t]2$",
	};

	for (size_t i = 0; i < ARRAY_SIZE(expressions); i++) {
		regex_t expression;

		assert_int_equal(regcomp(&expression, expressions[i], REG_EXTENDED | REG_NEWLINE),
				 0);
		int r = regexec(&expression, fixture_file(plan, "/etc/fstab"), 0, NULL, 0);
		regfree(&expression);
		if (r != 0)
			fail_msg("fstab does not match %s", expressions[i]);
	}
}

static void test_management_by_dhcp(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	expect_text(plan, DATA "management.conf", "LABEL='eth0'\nMODE='dhcp'\nMODEV6='none'\n");
	expect_text(plan, "/etc/xensource/network.conf", "bridge\n");
	expect_text(plan, DATA "initial_network_device_rules.conf",
		    "0:mac=\"ac:1f:6b:10:20:30\"\n1:mac=\"ac:1f:6b:10:20:31\"\n");
	expect_words(plan, "/etc/systemd/network/20-xenbr0.netdev", "MACAddress=ac:1f:6b:10:20:30");
	expect_words(plan, "/etc/systemd/network/20-eth0.network", "Bridge=xenbr0\n");
	expect_words(plan, "/etc/systemd/network/30-xenbr0.network", "DHCP=ipv4\n");
	expect_words(plan, "/etc/systemd/network/10-eth1.link",
		     "PermanentMACAddress=ac:1f:6b:10:20:31\n");
}

static void test_management_with_fixed_address(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme",
		     "<primary-disk>nvme0n1</primary-disk><name-server>192.0.2.2</name-server>"
		     "<name-server>192.0.2.3</name-server><hostname>a.example.org</hostname>");
	make_static(&f);
	f.answers->admin.vlan = 42;
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	/* networkd of XenServer honours DNS only beside DOMAIN. */
	expect_text(plan, DATA "management.conf",
		    "LABEL='eth0'\nMODE='static'\nIP='192.0.2.10'\nNETMASK='255.255.255.128'\n"
		    "GATEWAY='192.0.2.1'\nMODEV6='none'\nVLAN='42'\nDNS='192.0.2.2,192.0.2.3'\n"
		    "DOMAIN='example.org'\n");
	expect_words(plan, "/etc/systemd/network/25-xenbr0.42.netdev", "Id=42\n");
	expect_words(plan, "/etc/systemd/network/25-xenbr0.network", "VLAN=xenbr0.42\n");
	expect_words(plan, "/etc/systemd/network/30-xenbr0.42.network",
		     "Address=192.0.2.10/25\nGateway=192.0.2.1\n");
	expect_words(plan, "/etc/systemd/network/30-xenbr0.42.network",
		     "DNS=192.0.2.2\nDNS=192.0.2.3\nDomains=example.org\n");
	expect_text(plan, "/etc/hostname", "a.example.org\n");
	expect_words(plan, "/etc/hosts", "192.0.2.10\ta.example.org a\n");
}

static void test_open_vswitch(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme",
		     "<primary-disk>nvme0n1</primary-disk>"
		     "<network-backend>openvswitch</network-backend>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	expect_text(plan, "/etc/xensource/network.conf", "openvswitch\n");
	expect_text(plan, "/etc/modprobe.d/blacklist-bridge.conf", "install bridge /bin/true\n");
	expect_words(plan, "/etc/systemd/system/xenhost-openvswitch.service",
		     "add-br xenbr0 -- set bridge xenbr0 other-config:hwaddr=");
	expect_text(plan, "/etc/systemd/system/multi-user.target.wants/xenhost-openvswitch.service",
		    "../xenhost-openvswitch.service");
	assert_null(fixture_file(plan, "/etc/systemd/network/20-xenbr0.netdev"));
	assert_null(strstr(fixture_file(plan, "/etc/systemd/network/20-eth0.network"), "Bridge="));
}

static void test_gateway_must_be_a_neighbour(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;

	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	make_static(&f);
	free(f.answers->admin.gateway);
	f.answers->admin.gateway = xstrdup("192.0.2.129");
	fixture_expect_refusal(&f, "not a neighbour", 3);
	free(f.answers->admin.netmask);
	f.answers->admin.netmask = xstrdup("255.0.255.0");
	fixture_expect_refusal(&f, "with netmask 255.0.255.0 is none", 3);
}

/* Keys in XenServer's order. */
static void test_inventory(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	static const char *const keys[] = {
		"PRODUCT_BRAND",
		"PRODUCT_NAME",
		"PRODUCT_VERSION",
		"PLATFORM_NAME",
		"PLATFORM_VERSION",
		"PARTITION_LAYOUT",
		"BUILD_NUMBER",
		"INSTALLATION_DATE",
		"PRIMARY_DISK",
		"BACKUP_PARTITION",
		"INSTALLATION_UUID",
		"CONTROL_DOMAIN_UUID",
		"DOM0_MEM",
		"DOM0_VCPUS",
		"MANAGEMENT_INTERFACE",
		"MANAGEMENT_ADDRESS_TYPE",
	};
	const char *at = fixture_file(plan, "/etc/xensource-inventory");

	assert_non_null(at);
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		_cleanup_free_ char *line = xasprintf("%s='", keys[i]);

		at = strstr(at, line);
		if (!at)
			fail_msg("%s is missing or out of order", keys[i]);
	}
	expect_words(plan, "/etc/xensource-inventory",
		     "PARTITION_LAYOUT='ROOT,BACKUP,LOG,BOOT,SWAP,SR'\n");
	expect_words(plan, "/etc/xensource-inventory",
		     "INSTALLATION_DATE='2026-11-21 00:00:00.000000'\n");
	expect_words(plan, "/etc/xensource-inventory", "MANAGEMENT_INTERFACE=''\n");
}

static void test_time_sources(void **state)
{
	(void)state;
	static const struct {
		const char *xml, *path, *words;
	} cases[] = {
		{"<ntp source='manual'/><ntp-server>192.0.2.5</ntp-server>",
		 "/etc/chrony/sources.d/xenhost.sources", "server 192.0.2.5 iburst\n"},
		{"<ntp source='none'/>", "/etc/chrony/chrony.conf", "makestep"},
		{"<ntp source='dhcp'/>", "/etc/systemd/system/xenhost-dhcp-time.service",
		 "/run/chrony-dhcp/"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_fixture_ struct plan_fixture f;
		_cleanup_free_ char *xml =
			xasprintf("<primary-disk>nvme0n1</primary-disk>%s", cases[i].xml);
		fixture_open(&f, "uefi-nvme", xml);
		_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

		expect_words(plan, cases[i].path, cases[i].words);
		const char *config = fixture_file(plan, "/etc/chrony/chrony.conf");
		assert_true(!config || !strstr(config, "pool "));
	}
}

static void test_keyboard_and_zone(void **state)
{
	(void)state;
	static const struct {
		const char *keymap, *layout;
	} cases[] = {
		{"us", "XKBLAYOUT=\"us\"\nXKBVARIANT=\"\"\n"},
		{"uk", "XKBLAYOUT=\"gb\"\n"},
		{"de-latin1", "XKBLAYOUT=\"de\"\n"},
		{"de-latin1-nodeadkeys", "XKBLAYOUT=\"de\"\nXKBVARIANT=\"nodeadkeys\"\n"},
		{"sv-latin1", "XKBLAYOUT=\"se\"\n"},
		{"jp106", "XKBLAYOUT=\"jp\"\n"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_fixture_ struct plan_fixture f;
		fixture_open(&f, "uefi-nvme",
			     "<primary-disk>nvme0n1</primary-disk>"
			     "<timezone>Asia/Tokyo</timezone>");
		free(f.answers->keymap);
		f.answers->keymap = xstrdup(cases[i].keymap);
		_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

		expect_words(plan, "/etc/default/keyboard", cases[i].layout);
		expect_words(plan, "/etc/default/keyboard", cases[i].keymap);
		expect_text(plan, "/etc/localtime", "../usr/share/zoneinfo/Asia/Tokyo");
	}
}

/* Two ports that claim one address are told apart by their place. */
static void test_shared_mac(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	free(f.host->nics[1].mac);
	f.host->nics[1].mac = xstrdup(f.host->nics[0].mac);
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	expect_words(plan, "/etc/systemd/network/10-eth0.link", "Path=pci-0000:18:00.0*\n");
	expect_words(plan, "/etc/systemd/network/10-eth1.link", "Path=pci-0000:18:00.1*\n");
	expect_text(plan, DATA "initial_network_device_rules.conf",
		    "0:pci=\"0000:18:00.0\"\n1:pci=\"0000:18:00.1\"\n");
}

static void expect_shown(const struct plan *plan, const char *line)
{
	_cleanup_free_ char *text = plan_to_text(plan);

	if (!strstr(text, line))
		fail_msg("no \"%s\" in:\n%s", line, text);
}

/* What the first boot reads, and no password: plans are shown to anybody. */
static void test_pool_to_join(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme",
		     "<primary-disk match='transport=nvme'/>"
		     "<pool coordinator='xen1.example.org' user='joiner' wait='60' retry='5'>"
		     "<password>topsecret</password></pool>");
	strv_add(&f.source->pool_engines, "xapi");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	_cleanup_json_ struct json *json = plan_to_json(plan);
	_cleanup_free_ char *text = json_to_text(json);

	expect_text(plan, DATA "xenhost-pool.conf",
		    "ENGINE='xapi'\nCOORDINATOR='xen1.example.org'\nUSER='joiner'\n"
		    "FORCE='false'\nWAIT='60'\nRETRY='5'\n");
	assert_non_null(strstr(text, "xenhost-firstboot-pool.service"));
	assert_null(strstr(text, "topsecret"));
	expect_shown(plan, "  pool        joined at first boot: that of xen1.example.org\n");
}

/* Without a coordinator the host begins a pool, which has a name and storage of its own. */
static void test_pool_to_begin(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme",
		     "<primary-disk match='transport=nvme'/>"
		     "<pool name='Rack 4' default-sr='nfs 1'/>");
	strv_add(&f.source->pool_engines, "xapi");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	_cleanup_json_ struct json *json = plan_to_json(plan);
	_cleanup_free_ char *text = json_to_text(json);

	expect_text(plan, DATA "xenhost-pool.conf",
		    "ENGINE='xapi'\nNAME='Rack 4'\nDEFAULT_SR='nfs 1'\n");
	expect_shown(plan, "  pool        begun at first boot: Rack 4; storage nfs 1 for new "
			   "virtual\n              disks\n");
	assert_non_null(strstr(text, "\"default_sr\": \"nfs 1\""));
	assert_non_null(strstr(text, "xenhost-firstboot-pool.service"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_fstab_keeps_its_shape),
		cmocka_unit_test(test_management_by_dhcp),
		cmocka_unit_test(test_management_with_fixed_address),
		cmocka_unit_test(test_open_vswitch),
		cmocka_unit_test(test_gateway_must_be_a_neighbour),
		cmocka_unit_test(test_inventory),
		cmocka_unit_test(test_time_sources),
		cmocka_unit_test(test_keyboard_and_zone),
		cmocka_unit_test(test_shared_mac),
		cmocka_unit_test(test_pool_to_join),
		cmocka_unit_test(test_pool_to_begin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
