/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What an answer file becomes: values, defaults, places, secrets, and which errors stop a run. */
#include "answerfiles/answers.h"
#include "tests/unit/unit.h"

#define ADMIN "<admin-interface name='eth0' proto='dhcp'/>"
#define HEAD  "<installation sr-type='lvm'>"
#define BASE  "<primary-disk>sda</primary-disk><source type='local'/>" ADMIN
#define TAIL  "</installation>"

struct fixture {
	struct answers *answers;
	struct secrets secrets;
	struct findings findings;
};

static void read_text(struct fixture *fixture, const char *text)
{
	_cleanup_error_ struct error *error = NULL;

	assert_int_equal(answers_from_xml(text, strlen(text), "file.xml", &fixture->answers,
					  &fixture->secrets, &fixture->findings, &error),
			 0);
}

static void fixture_done(struct fixture *fixture)
{
	answers_free(fixture->answers);
	secrets_done(&fixture->secrets);
	findings_done(&fixture->findings);
}
#define _cleanup_fixture_ _cleanup_(fixture_done)

static void test_defaults(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};

	(void)state;
	read_text(&f, HEAD BASE TAIL);
	assert_false(findings_has_errors(&f.findings));
	assert_int_equal(f.answers->mode, MODE_FRESH);
	assert_true(f.answers->guest_storage);
	assert_int_equal(f.answers->preserve_first, PRESERVE_IF_UTILITY);
	assert_int_equal(f.answers->layout, LAYOUT_XENSERVER);
	assert_true(f.answers->write_boot_entry);
	assert_string_equal(f.answers->timezone, "Etc/UTC");
	assert_string_equal(f.answers->keymap, "us");
	assert_null(f.answers->hostname);
	assert_int_equal(f.answers->password_type, PASSWORD_NONE);
	assert_int_equal(f.answers->network_backend, BACKEND_DEFAULT);
	assert_false(f.answers->confirm);
}

static void test_disks_are_a_set(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};

	(void)state;
	read_text(&f, HEAD "<primary-disk guest-storage='no'>sda</primary-disk>"
			   "<guest-disks><guest-disk>sdb</guest-disk>"
			   "<guest-disk>/dev/sdb</guest-disk></guest-disks>"
			   "<guest-disk>/dev/sda</guest-disk><source type='local'/>" ADMIN TAIL);
	assert_false(findings_has_errors(&f.findings));
	assert_int_equal(f.answers->n_guests, 1);
	assert_string_equal(f.answers->guests[0].text, "sdb");
	/* Naming the primary disk again puts it into the storage. */
	assert_true(f.answers->guest_storage);
}

static void test_match_terms(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};
	const struct match_term *terms;

	(void)state;
	read_text(&f, HEAD "<primary-disk match=\"size >= 100G rotational=no model='Samsung SSD*' "
			   "serial!=S4X\">sdq</primary-disk><source type='local'/>" ADMIN TAIL);
	assert_false(findings_has_errors(&f.findings));
	assert_true(f.answers->has_primary);
	assert_int_equal(f.answers->primary.n_terms, 4);
	terms = f.answers->primary.terms;
	assert_int_equal(terms[0].op, MATCH_GE);
	assert_true(terms[0].number == 100 * GIB);
	assert_int_equal(terms[1].property, MATCH_ROTATIONAL);
	assert_int_equal(terms[1].number, 0);
	assert_int_equal(terms[2].op, MATCH_GLOB);
	assert_string_equal(terms[2].value, "Samsung SSD*");
	assert_int_equal(terms[3].op, MATCH_NE);
}

static void test_aliases_in_their_order(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};

	(void)state;
	read_text(&f, HEAD BASE "<nameserver>192.0.2.3</nameserver>"
				"<name-server>192.0.2.1</name-server>"
				"<nameserver>192.0.2.4</nameserver>"
				"<name-server>192.0.2.2</name-server>" TAIL);
	assert_int_equal(strv_length(f.answers->name_servers), 4);
	for (size_t i = 0; i < 4; i++) {
		_cleanup_free_ char *address = xasprintf("192.0.2.%zu", i + 1);

		assert_string_equal(f.answers->name_servers[i], address);
	}
}

static void test_sources(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};

	(void)state;
	read_text(&f,
		  HEAD "<primary-disk>sda</primary-disk>" ADMIN "<source type='local'>repo</source>"
		       "<source type='url'> nfs://server/a/b </source>"
		       "<source type='nfs'>server:/c</source>" TAIL);
	assert_false(findings_has_errors(&f.findings));
	assert_int_equal(f.answers->n_sources, 3);
	assert_null(f.answers->sources[0].address);
	assert_int_equal(f.answers->sources[1].type, SOURCE_NFS);
	assert_string_equal(f.answers->sources[1].address, "server:/a/b");
	assert_string_equal(f.answers->sources[2].address, "server:/c");
}

static void test_scripts(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};

	(void)state;
	read_text(&f, HEAD BASE
		  "<post-install-script>http://h/post</post-install-script>"
		  "<script stage='INSTALLATION-START' type='url' timeout='90'>http://h/s</script>"
		  "<install-failed-script type='url'>http://h/failed</install-failed-script>" TAIL);
	assert_false(findings_has_errors(&f.findings));
	assert_int_equal(f.answers->n_scripts, 3);
	assert_int_equal(f.answers->scripts[0].stage, STAGE_INSTALLATION_START);
	assert_int_equal(f.answers->scripts[0].timeout_s, 90);
	assert_int_equal(f.answers->scripts[1].stage, STAGE_FILESYSTEM_POPULATED);
	assert_int_equal(f.answers->scripts[1].timeout_s, 3600);
	assert_string_equal(f.answers->scripts[1].type, "url");
	assert_int_equal(f.answers->scripts[2].stage, STAGE_INSTALLATION_COMPLETE);
}

static void test_time_follows_the_network(void **state)
{
	static const char *const static_admin =
		"<admin-interface name='eth0' proto='static'><ip>192.0.2.2</ip>"
		"<subnet-mask>255.255.255.0</subnet-mask><gateway>192.0.2.1</gateway>"
		"</admin-interface>";
	static const struct {
		const char *extra;
		bool fixed;
		enum ntp_source source;
	} rows[] = {
		{"", false, NTP_DHCP},
		{"", true, NTP_DEFAULT},
		{"<ntp-server>ntp.example.org</ntp-server>", false, NTP_MANUAL},
		{"<ntp source='none'/>", false, NTP_NONE},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_fixture_ struct fixture f = {0};
		_cleanup_free_ char *text =
			xasprintf(HEAD "<primary-disk>sda</primary-disk><source type='local'/>"
				       "%s%s" TAIL,
				  rows[i].fixed ? static_admin : ADMIN, rows[i].extra);

		read_text(&f, text);
		assert_false(findings_has_errors(&f.findings));
		assert_int_equal(f.answers->ntp_source, rows[i].source);
	}
}

static void test_upgrade_never_means_fresh(void **state)
{
	static const char *const roots[] = {
		"upgrade", "upgrade mode='fresh'",        "upgrade mode='upgrade'",
		"restore", "installation mode='upgrade'", "installation mode='reinstall'"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(roots); i++) {
		_cleanup_fixture_ struct fixture f = {0};
		_cleanup_free_ char *text = xasprintf("<%s>" BASE "</%.*s>", roots[i],
						      (int)strcspn(roots[i], " "), roots[i]);

		read_text(&f, text);
		assert_int_not_equal(f.answers->mode, MODE_FRESH);
		assert_true(findings_has_fatal(&f.findings));
	}
}

/* An unknown name stops a run only where it may decide what is erased. */
static void test_which_errors_stop_a_run(void **state)
{
	static const struct {
		const char *text;
		bool fatal;
	} rows[] = {
		{HEAD BASE "<accept-eula/>" TAIL, false},
		{HEAD BASE "<hostnam>x</hostnam>" TAIL, false},
		{HEAD BASE "<gest-disk>sdb</gest-disk>" TAIL, true},
		{HEAD BASE "<ntp sorce='dhcp'/>" TAIL, false},
		{"<installation sr-type='lvm' mod='fresh'>" BASE TAIL, true},
		{HEAD
		 "<primary-disk geststorage='no'>sda</primary-disk><source type='local'/>" ADMIN
			 TAIL,
		 true},
		{HEAD BASE "<guest-disk>sdb<seize>3</seize></guest-disk>" TAIL, true},
		{HEAD BASE "<keymap>klingon</keymap>" TAIL, true},
		{HEAD BASE "<raid device='md0'><disk>sda</disk></raid>" TAIL, true},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_fixture_ struct fixture f = {0};

		read_text(&f, rows[i].text);
		assert_true(findings_has_errors(&f.findings));
		if (findings_has_fatal(&f.findings) != rows[i].fatal)
			fail_msg("%s", rows[i].text);
	}
}

static void test_placeholder_in_tags(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};

	(void)state;
	read_text(&f, HEAD "\n<source type='url'>http://<YOUR_SERVER_IP>/x</source>\n" TAIL);
	assert_int_equal(f.findings.count, 1);
	assert_int_equal(f.findings.list[0].line, 2);
	assert_non_null(strstr(f.findings.list[0].hint, "<YOUR_SERVER_IP>"));
	assert_true(f.findings.list[0].fatal);
}

static void test_places(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};
	_cleanup_json_ struct json *json = NULL;
	const struct json *values, *value;
	uint64_t line, column;

	(void)state;
	read_text(&f,
		  HEAD "\n" BASE "\n  <hostname>xen1</hostname>\n"
		       "<script stage='installation-start'\n type='url'>http://h/s</script>" TAIL);
	assert_int_equal(f.answers->primary.origin.line, 2);
	json = answers_to_json(f.answers);
	values = json_get_object(json, "values");
	value = json_get_object(values, "hostname");
	assert_string_equal(json_get_string(value, "value"), "xen1");
	assert_string_equal(json_get_string(value, "from"), "file");
	assert_true(json_get_u64(value, "line", &line) && line == 3);
	assert_true(json_get_u64(value, "column", &column) && column == 3);
	value = json_get_object(values, "timezone");
	assert_string_equal(json_get_string(value, "from"), "default");
	value = json_at(json_get_array(values, "script@timeout"), 0);
	assert_string_equal(json_get_string(value, "from"), "default");
}

static void test_secrets_stay_secret(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};
	_cleanup_free_ char *text = NULL, *line = NULL, *findings = NULL;
	_cleanup_json_ struct json *json = NULL;

	(void)state;
	read_text(&f, HEAD "<primary-disk>sda</primary-disk>" ADMIN
			   "<source type='url'>http://user:hunter2@h/x</source>"
			   "<script stage='installation-start' type='url'>"
			   "htp://user:hunter2@h/s</script>"
			   "<root-password type='hash'>hunter2</root-password>" TAIL);
	assert_string_equal(f.secrets.root_password, "hunter2");
	text = answers_to_text(f.answers);
	json = answers_to_json(f.answers);
	line = json_to_line(json);
	findings = findings_to_text(&f.findings);
	assert_null(strstr(text, "hunter2"));
	assert_null(strstr(line, "hunter2"));
	assert_null(strstr(findings, "hunter2"));
	assert_non_null(strstr(text, "********"));
}

static void test_everything_at_once_and_in_order(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};

	(void)state;
	read_text(&f, "<installation>\n<keymap>klingon</keymap>\n<hostname>a_b</hostname>\n"
		      "<foo/>\n<timezone>Mars</timezone>\n" TAIL);
	assert_true(f.findings.count >= 7);
	for (size_t i = 1; i < f.findings.count; i++)
		assert_true(f.findings.list[i - 1].line <= f.findings.list[i].line);
}

/* A file of nothing but unknown names is refused without going through all of them. */
static void test_an_end_to_findings(void **state)
{
	_cleanup_fixture_ struct fixture f = {0};
	_cleanup_strbuf_ struct strbuf text = {0};

	(void)state;
	strbuf_add(&text, HEAD BASE);
	for (size_t i = 0; i < 20000; i++)
		strbuf_add(&text, "<b/>");
	strbuf_add(&text, TAIL);
	read_text(&f, text.text);
	assert_true(f.findings.count > 100 && f.findings.count < 2000);
	assert_true(findings_has_fatal(&f.findings));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_defaults),
		cmocka_unit_test(test_disks_are_a_set),
		cmocka_unit_test(test_match_terms),
		cmocka_unit_test(test_aliases_in_their_order),
		cmocka_unit_test(test_sources),
		cmocka_unit_test(test_scripts),
		cmocka_unit_test(test_time_follows_the_network),
		cmocka_unit_test(test_upgrade_never_means_fresh),
		cmocka_unit_test(test_which_errors_stop_a_run),
		cmocka_unit_test(test_placeholder_in_tags),
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_secrets_stay_secret),
		cmocka_unit_test(test_everything_at_once_and_in_order),
		cmocka_unit_test(test_an_end_to_findings),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
