/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Other installers' answer files: what is taken over, and that everything else is said. */
#include "answerfiles/tool/convert.h"
#include "answerfiles/tool/toml.h"
#include "tests/unit/unit.h"

#include "common/str.h"

static bool is_said(const struct conversion *conversion, unsigned line, enum severity severity,
		    const char *words)
{
	for (size_t i = 0; i < conversion->findings.count; i++) {
		const struct finding *finding = &conversion->findings.list[i];

		if (finding->line == line && finding->severity == severity &&
		    strstr(finding->message, words))
			return true;
	}
	return false;
}

static void proxmox(struct conversion *conversion, const char *text)
{
	*conversion = (struct conversion){.file = "answer.toml"};
	assert_int_equal(convert_proxmox(conversion, text, strlen(text), NULL), 0);
}

static void kickstart(struct conversion *conversion, const char *text)
{
	*conversion = (struct conversion){.file = "ks.cfg"};
	assert_int_equal(convert_kickstart(conversion, text, strlen(text), NULL), 0);
}

static void expect(const struct conversion *conversion, const char *name, const char *value)
{
	const char *have = draft_get(&conversion->draft, name);

	if (!str_eq(have, value))
		fail_msg("%s is \"%s\", not \"%s\"", name, have ?: "(none)", value ?: "(none)");
}

static void test_proxmox_values_become_ours(void **state)
{
	_cleanup_conversion_ struct conversion conversion;

	(void)state;
	proxmox(&conversion, "[global]\nfqdn = \"a.example.com\"\nroot-password = 'x y'\n"
			     "[network]\nsource = \"from-answer\"\ncidr = \"192.0.2.10/20\"\n"
			     "filter.ID_NET_NAME_MAC = \"*52540012AB01\"\n"
			     "[disk-setup]\nfilter.ID_MODEL = \"Big Disk*\"\n");
	expect(&conversion, "hostname", "a.example.com");
	expect(&conversion, "root-password", "x y");
	expect(&conversion, "root-password@type", "plaintext");
	expect(&conversion, "admin-interface@proto", "static");
	expect(&conversion, "admin-interface/ip", "192.0.2.10");
	expect(&conversion, "admin-interface/subnet-mask", "255.255.240.0");
	expect(&conversion, "admin-interface@hwaddr", "52:54:00:12:AB:01");
	expect(&conversion, "primary-disk@match", "model=\"Big Disk*\"");
	assert_int_equal(conversion.findings.count, 0);
}

static void test_proxmox_keys_scripts_and_webhook(void **state)
{
	_cleanup_conversion_ struct conversion conversion;

	(void)state;
	proxmox(&conversion,
		"[global]\nroot-ssh-keys = [\"ssh-ed25519 AAAA a\", \"ssh-ed25519 BBBB b\"]\n"
		"[first-boot]\nordering = \"before-network\"\nsource = \"from-url\"\n"
		"url = \"https://fleet.example.org/first.sh\"\n"
		"[post-installation-webhook]\nurl = \"https://fleet.example.org/report\"\n");
	assert_int_equal(draft_count(&conversion.draft, "ssh-key"), 2);
	expect(&conversion, "ssh-key", "ssh-ed25519 AAAA a");
	expect(&conversion, "firstboot-script", "https://fleet.example.org/first.sh");
	expect(&conversion, "firstboot-script@when", "before-network");
	expect(&conversion, "report", "https://fleet.example.org/report");
	assert_int_equal(conversion.findings.count, 1);
	assert_true(is_said(&conversion, 8, SEVERITY_NOTE, "other documents"));

	conversion_done(&conversion);
	proxmox(&conversion, "[first-boot]\nsource = \"from-iso\"\nordering = \"fully-up\"\n");
	expect(&conversion, "firstboot-script@when", NULL);
	assert_true(is_said(&conversion, 2, SEVERITY_WARNING, "medium:///file"));
}

static void test_kickstart_keys_and_arguments(void **state)
{
	_cleanup_conversion_ struct conversion conversion;

	(void)state;
	kickstart(&conversion, "sshkey --username=root \"ssh-ed25519 AAAA a\"\n"
			       "sshkey --username=ann \"ssh-ed25519 BBBB b\"\n"
			       "bootloader --append=\"pci=nomsi root=/dev/sda1 quiet\"\n"
			       "url --url=http://m/ --proxy=http://proxy.example.org:3128\n"
			       "network --device=bond0 --bondslaves=em1,em2\n");
	assert_int_equal(draft_count(&conversion.draft, "ssh-key"), 1);
	expect(&conversion, "ssh-key", "ssh-ed25519 AAAA a");
	assert_int_equal(draft_count(&conversion.draft, "kernel-argument"), 2);
	expect(&conversion, "kernel-argument", "pci=nomsi");
	expect(&conversion, "proxy", "http://proxy.example.org:3128");
	assert_true(is_said(&conversion, 2, SEVERITY_WARNING, "ann is not converted"));
	assert_true(is_said(&conversion, 3, SEVERITY_WARNING, "root=/dev/sda1 is not converted"));
	assert_true(is_said(&conversion, 5, SEVERITY_WARNING, "<bond-port>"));
}

static void test_what_proxmox_means_otherwise_is_lost_aloud(void **state)
{
	_cleanup_conversion_ struct conversion conversion;

	(void)state;
	proxmox(&conversion, "[disk-setup]\nfilesystem = \"zfs\"\nzfs.raid = \"raid1\"\n"
			     "disk-list = [\"sda\",\n \"sdb\"]\nfilter.ID_WWN = \"0x5*\"\n"
			     "filter.ID_MODEL = \"A*\"\n[new]\nkey = 1\n[global]\nfqdn = 5\n"
			     "keyboard = [\"us\"]\n");
	expect(&conversion, "primary-disk", "sda");
	expect(&conversion, "primary-disk@match", NULL);
	expect(&conversion, "keymap", NULL);
	assert_true(is_said(&conversion, 2, SEVERITY_WARNING, "mirror"));
	assert_true(is_said(&conversion, 4, SEVERITY_WARNING, "the others are left alone"));
	assert_true(is_said(&conversion, 6, SEVERITY_WARNING, "any one of several filters"));
	assert_true(is_said(&conversion, 9, SEVERITY_WARNING, "new.key is not converted"));
	assert_true(is_said(&conversion, 12, SEVERITY_WARNING, "one text was expected"));
}

static void test_toml_that_is_not_read_is_refused_with_its_line(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"a = 1\na = 2\n", "f:2: the same key stands there twice"},
		{"a = \"x\n", "f:1: a string is not ended"},
		{"a = \"\"\"x\"\"\"\n", "several lines"},
		{"[[a]]\n", "arrays of tables"},
		{"a = [[1]]\n", "lists of lists"},
		{"a = 1 b\n", "where the line should end"},
		{"a = \"\\u0000\"\n", "\\u names no character"},
		{"a = \"\\x\"\n", "unknown escape"},
		{"a = 2024-01-01T00:00:00Z\n", "a string in quotes"},
		{"a = 2024-01-01\n", "a string in quotes"},
		{"a\n", "not followed by ="},
		{"= 1\n", "a key is missing"},
		{"[a\n", "a table's name is not ended"},
		{"a = [1 2]\n", "a list is not ended"},
		{"a = {b = 1\n", "an inline table is not ended"},
		{"a = \"\x01\"\n", "a control character"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct toml toml = {0};
		struct error *error = NULL;

		assert_true(toml_parse(rows[i].text, strlen(rows[i].text), "f", &toml, &error) < 0);
		assert_int_equal(error->kind, ERROR_USER);
		unit_expect_error(&error, rows[i].words);
	}
}

static void test_toml_values(void **state)
{
	static const char text[] =
		"\xef\xbb\xbf# head\r\n\"a b\".c = 'lit\\eral' # end\r\n"
		"[t . u]\nx = {y = true, z = \"\\u00e9\\t\"}\nl = [ # why\n 1,\n]";
	_cleanup_toml_ struct toml toml = {0};

	(void)state;
	assert_int_equal(toml_parse(text, sizeof(text) - 1, "f", &toml, NULL), 0);
	assert_int_equal(toml.n_values, 4);
	assert_string_equal(toml.values[0].key, "a b.c");
	assert_string_equal(toml.values[0].text, "lit\\eral");
	assert_string_equal(toml.values[1].key, "t.u.x.y");
	assert_string_equal(toml.values[2].text, "\xc3\xa9\t");
	assert_true(toml.values[3].is_list);
	assert_string_equal(toml.values[3].list[0], "1");
	assert_int_equal(toml.values[3].line, 5);
}

static void test_kickstart_commands_become_ours(void **state)
{
	_cleanup_conversion_ struct conversion conversion;

	(void)state;
	kickstart(&conversion,
		  "# a comment\nkeyboard 'de'\nrootpw --plaintext \"a b\"\n"
		  "network --device eth1 --bootproto=static --ip=192.0.2.5 --netmask 255.255.255.0 "
		  "--nameserver=192.0.2.1,192.0.2.2\nnetwork --hostname=xen1\n"
		  "timezone --utc Europe/Paris\ntimesource --ntp-server=ntp1\ntimesource "
		  "--ntp-server=ntp2\nclearpart --all --drives=vda\n");
	expect(&conversion, "keymap", "de");
	expect(&conversion, "root-password", "a b");
	expect(&conversion, "admin-interface@name", "eth1");
	expect(&conversion, "admin-interface@proto", "static");
	expect(&conversion, "admin-interface/subnet-mask", "255.255.255.0");
	expect(&conversion, "hostname", "xen1");
	expect(&conversion, "timezone", "Europe/Paris");
	expect(&conversion, "primary-disk", "vda");
	assert_int_equal(draft_count(&conversion.draft, "name-server"), 2);
	assert_int_equal(draft_count(&conversion.draft, "ntp-server"), 2);
	assert_int_equal(conversion.findings.count, 0);
}

static void test_what_kickstart_means_otherwise_is_lost_aloud(void **state)
{
	_cleanup_conversion_ struct conversion conversion;
	struct error *error = NULL;

	(void)state;
	kickstart(&conversion, "ignoredisk --only-use=sda,sdb\nclearpart --drives=sdc\n"
			       "%post\nrootpw hidden\n%end\npart / --size=1\nfrobnicate\n"
			       "network --bootproto=dhcp --device=ens3\nnetwork --device=eth5\n");
	expect(&conversion, "primary-disk", "sda");
	expect(&conversion, "root-password", NULL);
	assert_true(is_said(&conversion, 1, SEVERITY_WARNING, "sdb is not converted"));
	assert_true(is_said(&conversion, 2, SEVERITY_WARNING, "another line named the disk"));
	assert_true(is_said(&conversion, 3, SEVERITY_WARNING, "%post is not converted"));
	assert_true(is_said(&conversion, 6, SEVERITY_WARNING, "layout"));
	assert_true(is_said(&conversion, 7, SEVERITY_WARNING, "frobnicate"));
	assert_true(is_said(&conversion, 8, SEVERITY_WARNING, "ens3"));
	assert_true(is_said(&conversion, 9, SEVERITY_WARNING, "a second interface"));
	assert_true(convert_kickstart(&conversion, "rootpw 'x\n", 10, &error) < 0);
	unit_expect_error(&error, "ks.cfg:1: a quote is not closed");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_proxmox_values_become_ours),
		cmocka_unit_test(test_proxmox_keys_scripts_and_webhook),
		cmocka_unit_test(test_kickstart_keys_and_arguments),
		cmocka_unit_test(test_what_proxmox_means_otherwise_is_lost_aloud),
		cmocka_unit_test(test_toml_that_is_not_read_is_refused_with_its_line),
		cmocka_unit_test(test_toml_values),
		cmocka_unit_test(test_kickstart_commands_become_ours),
		cmocka_unit_test(test_what_kickstart_means_otherwise_is_lost_aloud),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
