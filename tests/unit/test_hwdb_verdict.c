/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Verdicts over machines, what stands in the way of disks and networks, and JUnit's XML. */
#include "tests/unit/unit.h"

#include "common/fsroot.h"
#include "common/xml.h"
#include "hwdb/verdict.h"

/* A machine of the given lists; what is not given is unknown. */
static struct host *machine(const char *members)
{
	_cleanup_free_ char *text = xasprintf("{\"schema\": \"xenhost.host/1\", "
					      "\"firmware\": {\"kind\": \"uefi\"}%s%s}",
					      *members ? ", " : "", members);
	_cleanup_json_ struct json *json = NULL;
	_cleanup_error_ struct error *error = NULL;
	struct host *host = NULL;

	if (json_parse(text, strlen(text), "machine", &json, &error) < 0 ||
	    host_from_json(json, &host, &error) < 0)
		fail_msg("%s", error_text(error));
	return host;
}

struct judged {
	struct profile *profile;
	struct host *host;
	struct verdicts verdicts;
};

static void judged_done(struct judged *judged)
{
	verdicts_done(&judged->verdicts);
	profile_free(judged->profile);
	host_free(judged->host);
}
#define _cleanup_judged_ _cleanup_(judged_done)

static void judge(const char *rules, const char *members, struct judged *ret)
{
	_cleanup_error_ struct error *error = NULL;

	*ret = (struct judged){.host = machine(members)};
	if (profile_parse(rules, strlen(rules), "test.ini", &ret->profile, &error) < 0)
		fail_msg("%s", error_text(error));
	verdicts_judge(ret->profile, ret->host, &ret->verdicts);
}

/* One rule: "result|measured|required|where: message (hint)..." */
static void expect(const char *rule, const char *members, const char *expected)
{
	_cleanup_free_ char *rules = xasprintf("[rule x]\ntitle = X\n%s", rule);
	_cleanup_judged_ struct judged judged;
	_cleanup_strbuf_ struct strbuf buf = {0};
	const struct verdict *verdict;

	judge(rules, members, &judged);
	assert_int_equal(judged.verdicts.n, 1);
	verdict = &judged.verdicts.list[0];
	strbuf_addf(&buf, "%s|%s|%s", verdict_result_to_string(verdict->result), verdict->measured,
		    verdict->required);
	for (size_t i = 0; i < verdict->n_offences; i++)
		strbuf_addf(&buf, "|%s: %s (%s)", verdict->offences[i].where,
			    verdict->offences[i].message, verdict->offences[i].hint ?: "");
	assert_string_equal(buf.text, expected);
}

#define CPU "\"cpu\": {\"vendor\": \"GenuineIntel\", \"cores\": 8, \"virtualization\": null}"
#define NIC(name, link, speed)                                                                     \
	"{\"name\": \"" name "\", \"mac\": \"52:54:00:00:00:01\", \"link\": " link                 \
	", \"speed_mbps\": " speed "}"

static void test_single_values(void **state _unused_)
{
	expect("fact = cpu.cores\noperator = at-least\nvalue = 4\n", CPU, "pass|8|at least 4");
	expect("fact = cpu.cores\noperator = at-most\nvalue = 4\nproblem = {value} > {required}, "
	       "{cpu.vendor}, {vendor}\nhint = fewer than {measured}\n",
	       CPU,
	       "fail|8|at most 4|cpu: 8 > at most 4, GenuineIntel, GenuineIntel (fewer than 8)");
	expect("fact = cpu.cores\noperator = is\nvalue = 8\n", CPU, "pass|8|8");
	expect("fact = cpu.cores\noperator = is-not\nvalue = 8\nseverity = warn\n", CPU,
	       "warn|8|not 8|cpu: X: 8, where not 8 is required ()");
	expect("fact = cpu.vendor\noperator = one-of\nvalue = A GenuineIntel\n", CPU,
	       "pass|GenuineIntel|one of A, GenuineIntel");
	expect("fact = cpu.vendor\noperator = matches\nvalue = *AMD\n", CPU,
	       "fail|GenuineIntel|like *AMD|cpu: X: GenuineIntel, where like *AMD is required ()");
	expect("fact = cpu.vendor\noperator = matches-not\nvalue = *AMD\n", CPU,
	       "pass|GenuineIntel|not like *AMD");
	expect("fact = cpu.virtualization\noperator = known\n", CPU,
	       "fail|not known|present|cpu: X: not known, where present is required ()");
	expect("fact = memory.total_bytes\noperator = at-least\nvalue = 2GiB\n",
	       "\"memory\": {\"total_bytes\": 1073741824}",
	       "fail|1.0 GiB|at least 2.0 GiB|memory: X: 1.0 GiB, where at least 2.0 GiB is "
	       "required ()");
	expect("fact = iommu.enabled\noperator = is\nvalue = true\n",
	       "\"iommu\": {\"enabled\": false}",
	       "fail|no|yes|iommu: X: no, where yes is required ()");
	expect("fact = firmware.spcr\noperator = known\n", "",
	       "fail|absent|present|firmware: X: absent, where present is required ()");
	expect("fact = firmware.kind\noperator = is\nvalue = uefi\n", "", "pass|uefi|uefi");
}

static void test_lists(void **state _unused_)
{
	const char *two =
		"\"nics\": [" NIC("eth0", "true", "10000") ", " NIC("eth1", "null", "null") "]";
	const char *slow =
		"\"nics\": [" NIC("eth0", "false", "1000") ", " NIC("eth1", "false", "100") "]";

	expect("fact = nics[].speed_mbps\noperator = at-least\nvalue = 1000\nneed = any\n", two,
	       "pass|eth0: 10000 Mb/s, eth1: not known|at least 1000 Mb/s");
	expect("fact = nics[].speed_mbps\noperator = at-least\nvalue = 1000\nproblem = {name} has "
	       "{value}\n",
	       slow,
	       "fail|eth0: 1000 Mb/s, eth1: 100 Mb/s|at least 1000 Mb/s|nic eth1: eth1 has 100 "
	       "Mb/s ()");
	/* Not known is neither good nor bad, unless the rule says so. */
	expect("fact = nics[].speed_mbps\noperator = at-least\nvalue = 1000\n", two,
	       "warn|eth0: 10000 Mb/s, eth1: not known|at least 1000 Mb/s|nic eth1: X: it is not "
	       "known (Run as root on the machine itself)");
	expect("fact = nics[].speed_mbps\noperator = at-least\nvalue = 1000\nunknown = skip\n", two,
	       "unknown|eth0: 10000 Mb/s, eth1: not known|at least 1000 Mb/s");
	expect("fact = nics[].link\noperator = is\nvalue = true\nneed = any\nunknown = skip\n",
	       slow,
	       "fail|eth0: no, eth1: no|yes|nics: X: eth0: no, eth1: no, where yes is required ()");
	expect("fact = nics[link=true]\noperator = count-at-least\nvalue = 1\n", two,
	       "pass|eth0|at least 1");
	expect("fact = nics[link=null]\noperator = count-at-most\nvalue = 0\n", two,
	       "fail|eth1|none|nic eth1: X: eth1, where none is required ()");
	expect("fact = nics[speed_mbps=1*,name!=eth1]\noperator = count-at-least\nvalue = 2\n",
	       slow, "fail|eth0|at least 2|nics: X: eth0, where at least 2 is required ()");
	/* Of an empty list nothing can be said, but that it is empty. */
	expect("fact = nics[].link\noperator = is\nvalue = true\n", "",
	       "unknown|nothing to look at|yes");
	expect("fact = nics[]\noperator = count-at-least\nvalue = 1\n", "",
	       "fail|none|at least 1|nics: X: none, where at least 1 is required ()");
	expect("fact = notes[]\noperator = count-at-most\nvalue = 0\nproblem = {value}\n",
	       "\"notes\": [\"odd\", \"things\"]",
	       "fail|odd, things|none|note: odd ()|note: things ()");
}

#define DISK(id, more)                                                                             \
	"{\"id\": \"" id "\", \"kind\": \"disk\", \"name\": \"" id "\", "                          \
	"\"logical_block_bytes\": 512" more "}"
#define PCI(device, class, more)                                                                   \
	"{\"address\": \"0000:00:1f.2\", \"vendor_id\": \"8086\", \"device_id\": \"" device        \
	"\", \"class_id\": \"" class "\"" more "}"

/* Some obstacle holds these words, and so does its hint. */
static void expect_obstacle(const char *members, const char *about, const char *message,
			    const char *hint)
{
	_cleanup_host_ struct host *host = machine(members);
	_cleanup_explanation_ struct explanation explanation = {0};

	explain(host, &explanation);
	for (size_t i = 0; i < explanation.n_obstacles; i++) {
		const struct obstacle *obstacle = &explanation.obstacles[i];

		if (str_eq(obstacle->about, about) && strstr(obstacle->message, message) &&
		    strstr(obstacle->hint ?: "", hint))
			return;
	}
	fail_msg("no obstacle says \"%s\" (\"%s\")", message, hint);
}

static void test_obstacles(void **state _unused_)
{
	expect_obstacle("\"pci\": [" PCI("2822", "010400", "") "]", "disk",
			"8086:2822 is a RAID-mode SATA controller with no driver bound",
			"switch SATA from RAID to AHCI mode");
	expect_obstacle("\"pci\": [" PCI("9a0b", "010400", "") "]", "disk",
			"8086:9a0b hides the NVMe disks behind it", "turn VMD off");
	expect_obstacle("\"pci\": [" PCI("0953", "010802", ", \"modules\": [\"nvme\"]") "]", "disk",
			"8086:0953 has no driver bound, though nvme claims it", "modprobe nvme");
	expect_obstacle("\"pci\": [" PCI("1521", "020000",
					 ", \"support\": {\"state\": \"needs-firmware\", "
					 "\"note\": \"The driver asks for x.bin\"}") "]",
			"nic", "8086:1521 has no driver: The driver asks for x.bin", "firmware");
	expect_obstacle("\"pci\": [" PCI("1521", "020000",
					 ", \"support\": {\"state\": \"driven\", "
					 "\"driver\": \"igb\"}") "]",
			"nic", "no driver in this kernel; an installed host has igb", "medium");
	expect_obstacle("\"pci\": [" PCI("ffff", "020000", ", \"driver\": null") "]", "nic",
			"8086:ffff has no driver", "Neither a recorded module nor");
	expect_obstacle(
		"\"pci\": [" PCI("ffff", "020000", "") ", " PCI(
			"1521", "020000", ", \"driver\": \"igb\", \"modules\": [\"igb\"]") "]",
		"nic", "8086:ffff has no driver", "No module of this kernel claims it");
	expect_obstacle("\"pci\": [" PCI("1521", "020000", ", \"driver\": \"vfio-pci\"") "]", "nic",
			"set aside for guests (vfio-pci)", "Give it back");
	expect_obstacle("\"pci\": [" PCI("2822", "010400", ", \"driver\": \"ahci\"") "]", "disk",
			"has its driver (ahci), but no disk", "may hide NVMe disks");
	expect_obstacle("\"pci\": [{\"address\": \"0000:01:00.0\", \"vendor_id\": \"1000\", "
			"\"device_id\": \"005d\", \"class_id\": \"010400\", "
			"\"driver\": \"megaraid_sas\"}]",
			"disk", "has its driver (megaraid_sas), but no disk", "Make a volume");
	expect_obstacle("\"pci\": [" PCI("2031", "0c0400", ", \"driver\": \"qla2xxx\"") "]", "disk",
			"has its driver (qla2xxx), but no disk", "zones");
	expect_obstacle("\"pci\": [" PCI("2922", "010601", ", \"driver\": \"ahci\"") "]", "disk",
			"has its driver (ahci), but no disk", "cables");
	expect_obstacle("", "disk", "No storage controller is visible", "Firmware setup");
	expect_obstacle("", "nic", "No network controller is visible", "Firmware setup");
	expect_obstacle("\"disks\": [" DISK("sda", ", \"size_bytes\": 0") "]", "disk",
			"sda has no medium", "Insert");
	expect_obstacle("\"disks\": [" DISK("sda", ", \"size_bytes\": 9, \"removable\": true") "]",
			"disk", "sda is removable", "name this one");
	expect_obstacle(
		"\"disks\": [" DISK("sda", ", \"size_bytes\": 9, \"install_medium\": true") "]",
		"disk", "sda is the medium", "");
}

/* With a disk that can be installed on, nobody asks about the others; virtual functions need no
 * driver. */
static void test_no_obstacles(void **state _unused_)
{
	/* clang-format off */
	static const char members[] =
		"\"disks\": [" DISK("sda", ", \"size_bytes\": 9") ", "
		DISK("sdb", ", \"size_bytes\": 9, \"removable\": true") "], "
		"\"nics\": [" NIC("eth0", "true", "1000") "], "
		"\"pci\": [" PCI("2922", "010601", ", \"driver\": \"ahci\"") ", "
		PCI("1520", "020000", ", \"vf_of\": \"0000:01:00.0\"") "]";
	/* clang-format on */
	_cleanup_host_ struct host *host = machine(members);
	_cleanup_explanation_ struct explanation explanation = {0};

	explain(host, &explanation);
	assert_int_equal(explanation.n_installable_disks, 1);
	assert_int_equal(explanation.n_obstacles, 0);
}

static void test_findings(void **state _unused_)
{
	_cleanup_judged_ struct judged judged;
	_cleanup_json_ struct json *json = NULL;
	const struct json *finding, *verdict;

	judge("[rule x]\ntitle = Cores\nfact = cpu.cores\noperator = at-least\nvalue = 16\n"
	      "why = Guests want them\nhint = Add some\n"
	      "[rule y]\nfact = cpu.model\noperator = known\nseverity = off\n",
	      CPU, &judged);
	json = verdicts_to_json(&judged.verdicts);
	assert_string_equal(json_get_string(json, "schema"), "xenhost.findings/1");
	assert_int_equal(json_length(json_get_array(json, "findings")), 1);
	finding = json_at(json_get_array(json, "findings"), 0);
	assert_string_equal(json_get_string(finding, "severity"), "error");
	assert_string_equal(json_get_string(finding, "where"), "cpu");
	assert_string_equal(json_get_string(finding, "hint"), "Add some");
	assert_int_equal(json_length(json_get_array(json, "verdicts")), 1);
	verdict = json_at(json_get_array(json, "verdicts"), 0);
	assert_string_equal(json_get_string(verdict, "result"), "fail");
	assert_string_equal(json_get_string(verdict, "measured"), "8");
	assert_string_equal(json_get_string(verdict, "required"), "at least 16");
	assert_string_equal(json_get_string(verdict, "why"), "Guests want them");
	assert_string_equal(json_get_string(verdict, "hint"), "Add some");
}

/* Names of devices end up in reports: none may break out of the XML, or steer a terminal. */
static void test_junit(void **state _unused_)
{
	_cleanup_judged_ struct judged judged;
	_cleanup_free_ char *junit = NULL, *text = NULL;
	_cleanup_xml_ struct xml_node *root = NULL;
	_cleanup_error_ struct error *error = NULL;
	const struct xml_node *suite;

	judge("[rule <a & \"b\">]\nfact = pci[]\noperator = count-at-most\nvalue = 0\n"
	      "problem = {device_name}\n"
	      "[rule b]\nfact = pci[]\noperator = count-at-most\nvalue = 0\nseverity = warn\n"
	      "[rule c]\nfact = nics[].link\noperator = is\nvalue = true\n"
	      "[rule d]\nfact = firmware.kind\noperator = is\nvalue = uefi\n",
	      "\"pci\": [" PCI("0001", "020000",
			       ", \"device_name\": \"<x> ]]> & \\u001b[31m\\u0001 \\\"q\\\"\"") "]",
	      &judged);
	junit = verdicts_to_junit(&judged.verdicts);
	if (xml_parse(junit, strlen(junit), "junit", &root, NULL, &error) < 0)
		fail_msg("%s\n%s", error_text(error), junit);
	assert_string_equal(root->name, "testsuites");
	suite = root->children[0];
	assert_string_equal(xml_get_attribute(suite, "tests"), "4");
	assert_string_equal(xml_get_attribute(suite, "failures"), "1");
	assert_string_equal(xml_get_attribute(suite, "skipped"), "1");
	assert_int_equal(suite->n_children, 4);
	assert_string_equal(xml_get_attribute(suite->children[0], "name"), "<a & \"b\">");
	assert_string_equal(suite->children[0]->children[0]->name, "failure");
	assert_string_equal(xml_get_attribute(suite->children[0]->children[0], "message"),
			    "<x> ]]> & ?[31m? \"q\"");
	assert_string_equal(suite->children[1]->children[0]->name, "system-out");
	assert_non_null(strstr(suite->children[1]->children[0]->text, "WARNING"));
	assert_string_equal(suite->children[2]->children[0]->name, "skipped");
	assert_string_equal(suite->children[3]->children[0]->name, "system-out");
	text = verdicts_to_text(&judged.verdicts);
	assert_null(strchr(text, '\033'));
}

#define SMART_DISK(before, name, passed, used)                                                     \
	before "{\"id\": \"" name "\", \"kind\": \"disk\", \"name\": \"" name                      \
	       "\", \"size_bytes\": 64000000000, \"logical_block_bytes\": 512, "                   \
	       "\"model\": \"M\", \"serial\": \"S\", \"health\": {\"passed\": " passed             \
	       ", \"used_percent\": " used "}}"

/* One line for each finding of a rule of the shipped profile, "result" alone without any. */
static void expect_shipped(const char *rule, const char *members, const char *expected)
{
	_cleanup_judged_ struct judged judged = {.host = machine(members)};
	_cleanup_strbuf_ struct strbuf buf = {0};

	assert_int_equal(profile_load("host", &judged.profile, NULL), 0);
	verdicts_judge(judged.profile, judged.host, &judged.verdicts);
	for (size_t i = 0; i < judged.verdicts.n; i++) {
		const struct verdict *verdict = &judged.verdicts.list[i];

		if (strcmp(verdict->rule->name, rule) != 0)
			continue;
		strbuf_add(&buf, verdict_result_to_string(verdict->result));
		for (size_t j = 0; j < verdict->n_offences; j++)
			strbuf_addf(&buf, "|%s: %s", verdict->offences[j].where,
				    verdict->offences[j].message);
	}
	assert_string_equal(buf.text, expected);
}

static void test_disk_health(void **state _unused_)
{
	const char *disks = "\"disks\": [" SMART_DISK("", "sda", "true", "89")
		SMART_DISK(", ", "sdb", "false", "null") SMART_DISK(", ", "sdc", "null", "90")
			SMART_DISK(", ", "sde", "true", "130") "]";

	expect_shipped("disk-health", disks,
		       "fail|disk sdb: M (serial S) says of itself that it is failing");
	expect_shipped(
		"disk-wear", disks,
		"warn|disk sdc: M (serial S) has used up 90 percent of the life it was made for"
		"|disk sde: M (serial S) has used up 130 percent of the life it was made for");
	expect_shipped("disk-health", "", "pass");
}

static void test_hidden_disks(void **state _unused_)
{
	expect_shipped("hidden-disks",
		       "\"hbas\": [{\"kind\": \"raid\", \"pci_address\": \"0000:01:00.0\", "
		       "\"hides\": \"no volume\"}, {\"kind\": \"sas\", \"hides\": null}]",
		       "warn|hba 0000:01:00.0: no volume");
}

#define CARD(version)                                                                              \
	"\"pci\": [{\"address\": \"0000:02:00.0\", \"vendor_id\": \"8086\", \"device_id\": "       \
	"\"1572\", \"class_id\": \"020000\", \"device_name\": \"X710\", \"driver\": \"i40e\", "    \
	"\"support\": {\"state\": \"driven\", \"minimum_firmware\": \"5.05\", \"note\": "          \
	"\"CVE\"}}], \"nics\": [{\"name\": \"eth0\", \"mac\": \"52:54:00:00:00:01\", "             \
	"\"pci_address\": \"0000:02:00.0\", \"firmware_version\": " version "}]"

static void test_card_firmware(void **state _unused_)
{
	expect_shipped("device-firmware", CARD("\"4.42 0x8000191b 0.0.0\""),
		       "warn|nic eth0: X710 has firmware 4.42 0x8000191b 0.0.0, older than 5.05: "
		       "CVE");
	expect_shipped("device-firmware", CARD("\"5.05 0x80002899 1.1.0\""), "pass");
	expect_shipped("device-firmware", CARD("\"10.1\""), "pass");
	expect_shipped("device-firmware", CARD("\"5.4a\""), "pass");
	expect_shipped("device-firmware", CARD("\"FFV22.31.6\""), "pass");
	expect_shipped("device-firmware", CARD("\"99999999999999999999999\""), "pass");
	expect_shipped("device-firmware", CARD("null"), "pass");
}

#define EDAC(corrected, uncorrected)                                                               \
	"\"memory\": {\"controllers\": [{\"id\": \"mc0\", \"name\": \"Skylake\", "                 \
	"\"corrected_errors\": " corrected ", \"uncorrected_errors\": " uncorrected                \
	", \"modules\": [{\"label\": \"DIMM_B2\", \"corrected_errors\": 3, "                       \
	"\"uncorrected_errors\": 0}, {\"label\": \"DIMM_C1\", \"corrected_errors\": 0, "           \
	"\"uncorrected_errors\": 0}]}]}"

/* By module where the controller knows it, and never less than the controller counted. */
static void test_memory_errors(void **state _unused_)
{
	expect_shipped("memory-corrected", EDAC("3", "0"),
		       "warn|memory module DIMM_B2 of mc0: Memory errors since the machine was "
		       "started: 3 corrected, 0 not corrected");
	expect_shipped("memory-errors", EDAC("3", "0"), "pass");
	expect_shipped("memory-errors", EDAC("3", "1"),
		       "fail|memory controller mc0 (Skylake): Memory errors since the machine was "
		       "started: 0 corrected, 1 not corrected");
	expect_shipped("memory-corrected", "\"memory\": {\"controllers\": []}", "unknown");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_single_values), cmocka_unit_test(test_lists),
		cmocka_unit_test(test_obstacles),     cmocka_unit_test(test_no_obstacles),
		cmocka_unit_test(test_disk_health),   cmocka_unit_test(test_hidden_disks),
		cmocka_unit_test(test_card_firmware), cmocka_unit_test(test_memory_errors),
		cmocka_unit_test(test_findings),      cmocka_unit_test(test_junit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
