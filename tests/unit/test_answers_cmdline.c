/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the boot line says over the answer file, and what of it is none of its business. */
#include "answerfiles/answers.h"
#include "answerfiles/boot_keys.h"
#include "answerfiles/boot_parameters.h"
#include "common/fsroot.h"
#include "tests/unit/unit.h"

#define PIN "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"

static struct answers *apply(const char *line, struct findings *findings)
{
	struct answers *answers = answers_new();
	struct secrets secrets = {0};

	answers->confirm = true;
	assert_int_equal(answers_apply_cmdline(answers, &secrets, line, findings), 0);
	return answers;
}

static void test_consoles(void **state)
{
	static const struct {
		const char *line, *serial;
		bool is_default;
	} rows[] = {
		{"", NULL, false},
		{"console=tty0", NULL, false},
		{"console=ttyS0,115200n8", "ttyS0,115200", true},
		{"console=ttyS1,57600 console=tty0", "ttyS1,57600", false},
		{"console=ttyS0 console=ttyS1,9600n8r", "ttyS1,9600", true},
		{"console=ttyS2", "ttyS2", true},
		{"console=uart8250,io,0x2f8,115200n8", "ttyS1,115200", true},
		{"console=hvc0 console=tty0", NULL, false},
		{"console=com1,va console=ttySX", NULL, false},
		{"boot-console=ttyS1,9600", "ttyS1,9600", true},
		{"boot-console=ttyS1,9600 console=ttyS0", "ttyS0", true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_findings_ struct findings findings = {0};
		_cleanup_answers_ struct answers *answers = apply(rows[i].line, &findings);

		if (!str_eq(answers->serial_console, rows[i].serial) ||
		    answers->serial_default != rows[i].is_default)
			fail_msg("%s gives %s", rows[i].line, answers->serial_console);
	}
}

static void test_values(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_answers_ struct answers *answers =
		apply("keymap=de keymap=fr xenhost.source=http://192.0.2.1/x "
		      "xenhost.install-id=rack4-7 device_mapper_multipath=enabled",
		      &findings);
	_cleanup_free_ char *text = answers_to_text(answers);

	(void)state;
	assert_int_equal(findings.count, 0);
	assert_string_equal(answers->keymap, "fr");
	assert_string_equal(answers->xenhost_source, "http://192.0.2.1/x");
	assert_string_equal(answers->install_id, "rack4-7");
	assert_true(answers->multipath);
	assert_true(answers->confirm);
	assert_non_null(strstr(text, "boot line"));
}

/* The file's key belongs to the file's certificate alone. */
static void test_a_client_certificate_is_replaced_whole(void **state)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	static const char file[] = "<installation><client-certificate key=\"/x/m.key\">/x/m.pem"
				   "</client-certificate></installation>";

	(void)state;
	assert_int_equal(
		answers_from_text(file, strlen(file), "a.xml", &answers, &secrets, &findings, NULL),
		0);
	assert_string_equal(answers->client_key, "/x/m.key");
	assert_int_equal(answers_apply_cmdline(answers, &secrets,
					       "xenhost.client-certificate=medium:///o.pem",
					       &findings),
			 0);
	assert_string_equal(answers->client_certificate, "medium:///o.pem");
	assert_null(answers->client_key);
	assert_int_equal(answers_apply_cmdline(answers, &secrets,
					       "xenhost.client-certificate=medium:///o.pem "
					       "xenhost.client-key=medium:///o.key",
					       &findings),
			 0);
	assert_string_equal(answers->client_key, "medium:///o.key");
}

/* The file's certificate is that of the file's source alone, and is never given up for another. */
static void test_the_certificate_of_a_source(void **state)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0}, judged = {0};
	static const char file[] = "<installation><xenhost-source certificate-sha256=\"" PIN "\">"
				   "https://a/</xenhost-source></installation>";

	(void)state;
	assert_int_equal(
		answers_from_text(file, strlen(file), "a.xml", &answers, &secrets, &findings, NULL),
		0);
	assert_string_equal(answers->xenhost_source_certificate, PIN);
	assert_int_equal(
		answers_apply_cmdline(answers, &secrets, "xenhost.source=http://b/", &findings), 0);
	assert_null(answers->xenhost_source_certificate);
	assert_int_equal(answers_apply_cmdline(answers, &secrets, "xenhost.source-fingerprint=" PIN,
					       &findings),
			 0);
	answers_check_complete(answers, ANSWERS_COMPLETE, &judged);
	assert_int_equal(judged.count, 1);
	assert_true(judged.list[0].fatal);
	assert_non_null(strstr(judged.list[0].message, "only https:// has certificates"));
}

/* Whoever the boot line names does not get what the file's receiver is to be convinced with. */
static void test_a_receiver_is_replaced_whole(void **state)
{
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	static const char file[] = "<installation><report token=\"t0ken\" proof=\"signature\">"
				   "https://fleet/events</report></installation>";

	(void)state;
	assert_int_equal(
		answers_from_text(file, strlen(file), "a.xml", &answers, &secrets, &findings, NULL),
		0);
	answers_apply_report(answers, &secrets, "quiet", &findings);
	assert_string_equal(secrets.report_token, "t0ken");
	assert_int_equal(answers_apply_cmdline(answers, &secrets,
					       "xenhost.report=http://192.0.2.1/e", &findings),
			 0);
	assert_string_equal(answers->report_url, "http://192.0.2.1/e");
	assert_null(secrets.report_token);
	assert_int_equal(answers->report_proof, REPORT_TOKEN);
}

static void test_junk_is_no_finding(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_answers_ struct answers *answers =
		apply("-answerfile com1=1152000 install answerfile_device=all output=ttyS0 = =x "
		      "map_netdev=eth0:s:52:54:00:12:34:56 \"open quote",
		      &findings);

	(void)state;
	assert_int_equal(findings.count, 0);
	assert_string_equal(answers->keymap, "us");
}

static void test_wrong_values_are_findings(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_answers_ struct answers *answers =
		apply("keymap=klingon xenhost.source=here", &findings);

	(void)state;
	assert_int_equal(findings.count, 2);
	assert_true(findings_has_fatal(&findings));
	assert_string_equal(answers->keymap, "us");
	assert_string_equal(findings.list[0].where, "keymap=");
}

static void test_a_way_to_show_it_that_there_is_not(void **state)
{
	_cleanup_findings_ struct findings none = {0}, findings = {0};
	_cleanup_answers_ struct answers *good = apply("xenhost.ui=text", &none),
					 *answers = apply("xenhost.ui=lines", &findings);

	(void)state;
	assert_non_null(good);
	assert_non_null(answers);
	assert_int_equal(none.count, 0);
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.list[0].message, "boot line: xenhost.ui=lines has no effect");
	assert_non_null(strstr(findings.list[0].hint, "text, or screens"));
}

static void test_without_screens_nothing_asks(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_answers_ struct answers *answers =
		apply("rt_answerfile=http://192.0.2.1/a.xml", &findings);

	(void)state;
	assert_false(answers->confirm);
}

#define KEY "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIAzyc8aLzs8ZEwMEUedy6yoJjCZIqdXlkv211rvPMXOL a@b"

static void test_keys_of_the_installer(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_strv_ char **keys = NULL;
	_cleanup_answers_ struct answers *answers = NULL;
	static const char line[] = "quiet \"xenhost.sshkey=" KEY "\" xenhost.sshkey=secret "
				   "'xenhost.sshkey=restrict " KEY "'";

	(void)state;
	keys = boot_keys_read(line, &findings);
	assert_int_equal(strv_length(keys), 2);
	assert_string_equal(keys[0], KEY);
	assert_string_equal(keys[1], "restrict " KEY);
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.list[0].message, "xenhost.sshkey= is not an ssh public key");
	/* They are the installer's: the host gets none of them, nor does an installation end. */
	answers = apply(line, &findings);
	assert_null(answers->ssh_keys);
	assert_int_equal(findings.count, 2);
	assert_true(findings_has_errors(&findings));
	assert_false(findings_has_fatal(&findings));
	assert_null(boot_keys_read("quiet xenhost.sshkey", &findings));
	strv_free(keys);
	keys = boot_keys_read(
		"xenhost.sshkey=ssh-ed25519:AAAAC3NzaC1lZDI1NTE5AAAAIAzyc8aLzs8ZEwMEUed"
		"y6yoJjCZIqdXlkv211rvPMXOL:a@b",
		&findings);
	assert_int_equal(strv_length(keys), 1);
	assert_string_equal(keys[0], KEY);
}

static void test_parameters_of_other_installers(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_answers_ struct answers *answers =
		apply("quiet onecd extrarepo=http://h/r mount=LABEL=A:/a kernel.x=1 output=ttyS0",
		      &findings);

	(void)state;
	assert_null(answers->xenhost_source);
	assert_false(findings_has_errors(&findings));
	assert_false(findings_has_fatal(&findings));
	assert_int_equal(findings.count, 3);
	assert_string_equal(findings.list[0].message, "boot line: mount mounts nothing");
	assert_non_null(strstr(findings.list[0].hint, "label://"));
	assert_int_equal(findings.list[1].severity, SEVERITY_WARNING);
	assert_int_equal(findings.list[2].severity, SEVERITY_NOTE);
}

/* People who come from there look it up. */
static void test_each_of_them_is_documented(void **state)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_free_ char *text = NULL;

	(void)state;
	assert_int_equal(fsroot_open("docs", &root), 0);
	assert_int_equal(fsroot_read_text(root, "/FROM-XCP-NG.md", &text), 0);
	for (const struct boot_parameter *row = boot_parameters_unused; row->name; row++) {
		_cleanup_free_ char *flag = xasprintf("`%s`", row->name),
				    *value = xasprintf("`%s=`", row->name);

		if (!strstr(text, flag) && !strstr(text, value))
			fail_msg("docs/FROM-XCP-NG.md says nothing of %s", row->name);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_consoles),
		cmocka_unit_test(test_values),
		cmocka_unit_test(test_a_client_certificate_is_replaced_whole),
		cmocka_unit_test(test_the_certificate_of_a_source),
		cmocka_unit_test(test_a_receiver_is_replaced_whole),
		cmocka_unit_test(test_junk_is_no_finding),
		cmocka_unit_test(test_wrong_values_are_findings),
		cmocka_unit_test(test_a_way_to_show_it_that_there_is_not),
		cmocka_unit_test(test_without_screens_nothing_asks),
		cmocka_unit_test(test_keys_of_the_installer),
		cmocka_unit_test(test_parameters_of_other_installers),
		cmocka_unit_test(test_each_of_them_is_documented),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
