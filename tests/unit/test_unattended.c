/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/answer_server.h"

#include "answerfiles/answers.h"
#include "common/digest.h"
#include "common/http.h"
#include "installer/unattended/unattended.h"

/* The whole way of an answer file, from real servers on loopback. */

#define ANSWERS                                                                                    \
	"<installation>\n<primary-disk>sda</primary-disk>\n<source type=\"local\"/>\n"             \
	"<admin-interface name=\"eth0\" proto=\"dhcp\"/>\n<hostname>%s</hostname>\n"               \
	"</installation>\n"

struct lab {
	struct answer_server *server;
	struct fsroot *root;
	struct host_nic nics[2];
	struct host host;
	struct dns_server dns;
	unsigned network_asked;
	bool network_fails;
};

static int start(void **state)
{
	struct lab *lab = xcalloc(1, sizeof(*lab));
	void *server = NULL;

	answer_server_start(&server);
	lab->server = server;
	assert_int_equal(fsroot_open(lab->server->peer.folder, &lab->root), 0);
	lab->nics[0] =
		(struct host_nic){.name = xstrdup("eth0"), .mac = xstrdup("52:54:00:00:00:01")};
	lab->nics[1] =
		(struct host_nic){.name = xstrdup("eth1"), .mac = xstrdup("52:54:00:00:00:02")};
	lab->host = (struct host){.nics = lab->nics, .n_nics = 2};
	lab->host.firmware.product_serial = xstrdup("S1");
	lab->dns = (struct dns_server){.address = "127.0.0.1", .port = lab->server->dns};
	*state = lab;
	return 0;
}

static int stop(void **state)
{
	struct lab *lab = *state;
	void *server = lab->server;

	http_configure(NULL, NULL);
	free(lab->host.firmware.product_serial);
	for (size_t i = 0; i < 2; i++) {
		free(lab->nics[i].name);
		free(lab->nics[i].mac);
	}
	fsroot_free(lab->root);
	answer_server_stop(&server);
	free(lab);
	return 0;
}

static int need_network(void *data, struct error **err)
{
	struct lab *lab = data;

	lab->network_asked++;
	if (!lab->network_fails)
		return 0;
	error_set(err, ERROR_NETWORK, "no cable");
	return error_hint(err, "Plug it in.");
}

static void put_answers(const struct lab *lab, const char *name, const char *hostname)
{
	_cleanup_free_ char *text = xasprintf(ANSWERS, hostname);

	answer_server_put(lab->server, name, text);
}

static void put_lease(const struct lab *lab, const char *link, const char *text)
{
	_cleanup_free_ char *path = xasprintf("/run/xenhost/network/%s.lease", link);

	assert_int_equal(fsroot_write_text(lab->root, path, text, 0644), 0);
}

/* A lease with that URL as DHCP option 240. */
static void put_option(const struct lab *lab, const char *link, const char *url)
{
	_cleanup_free_ char *hex = xcalloc(2 * strlen(url) + 1, 1);
	_cleanup_free_ char *lease = NULL;

	digest_to_hex((const uint8_t *)url, strlen(url), hex);
	lease = xasprintf("address=192.0.2.7/24\nopt240=%s\n", hex);
	put_lease(lab, link, lease);
}

static int ask(struct lab *lab, const char *line, struct answers **ret, struct error **err)
{
	const struct unattended unattended = {.root = lab->root,
					      .host = &lab->host,
					      .command_line = line,
					      .medium = "/",
					      .dns_server = &lab->dns,
					      .need_network = need_network,
					      .data = lab};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_strv_ char **authorities = NULL;
	struct answers *answers = NULL;
	int r = unattended_answers(&unattended, &answers, &secrets, &findings, &authorities, err);

	if (r == 0 && findings_has_errors(&findings)) {
		_cleanup_free_ char *text = findings_to_text(&findings);

		error_set(err, ERROR_USER, "%s", text);
		error_hint(err, "See above.");
		r = -EINVAL;
	}
	if (r == 0)
		*ret = answers;
	else
		answers_free(answers);
	return r;
}

/* "%u" of the boot line is the web server's port. */
static char *line_of(const struct lab *lab, const char *format)
{
	_cleanup_strv_ char **parts = strv_split(format, "#");
	_cleanup_free_ char *port = xasprintf("%u", lab->server->http);

	return strv_join(parts, port);
}

static void expect_hostname(struct lab *lab, const char *format, const char *hostname,
			    const char *found_by)
{
	_cleanup_free_ char *line = line_of(lab, format);
	_cleanup_answers_ struct answers *answers = NULL;
	struct error *err = NULL;

	if (ask(lab, line, &answers, &err) < 0) {
		_cleanup_free_ char *text = error_text(err);

		fail_msg("%s: %s", line, text);
	}
	assert_string_equal(answers->hostname, hostname);
	if (!str_eq(answers->found_by, found_by))
		fail_msg("found by %s", answers->found_by ? answers->found_by : "nothing");
}

static void expect_refusal(struct lab *lab, const char *format, const char *words)
{
	_cleanup_free_ char *line = line_of(lab, format);
	struct answers *answers = NULL;
	struct error *err = NULL;

	assert_true(ask(lab, line, &answers, &err) < 0);
	unit_expect_error(&err, words);
	assert_null(answers);
}

static void test_a_file_of_ones_own(void **state)
{
	struct lab *lab = *state;

	put_answers(lab, "52:54:00:00:00:02.xml", "by-mac");
	put_answers(lab, "S1.xml", "by-serial");
	put_answers(lab, "xen7.xml", "by-name");
	expect_hostname(lab,
			"network_device=eth1 "
			"answerfile=http://user:secret@127.0.0.1:#/${mac}.xml",
			"by-mac", NULL);
	expect_hostname(lab, "answerfile=http://127.0.0.1:#/${serial}.xml", "by-serial", NULL);
	put_lease(lab, "eth1", "address=192.0.2.7/24\nhostname=xen7\n");
	expect_hostname(lab, "answerfile=http://127.0.0.1:#/${hostname}.xml", "by-name", NULL);
	/* The NIC with the lease is who asks. */
	expect_hostname(lab, "answerfile=http://127.0.0.1:#/${mac}.xml", "by-mac", NULL);
	assert_true(lab->network_asked >= 4);
	expect_refusal(lab, "answerfile=http://127.0.0.1:#/none.xml", "not found on the server");
	expect_refusal(lab, "answerfile=http://127.0.0.1:#/${uuid}.xml", "place of ${uuid}");
	expect_refusal(lab, "answerfile=http://127.0.0.1:#/a network_config=bad",
		       "neither dhcp nor static");
	lab->network_fails = true;
	expect_refusal(lab, "answerfile=http://127.0.0.1:#/a.xml", "no cable");
}

static void test_a_local_file_needs_no_network(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *line =
		xasprintf("answerfile=file://%s/S1.xml", lab->server->peer.folder);

	put_answers(lab, "S1.xml", "local");
	expect_hostname(lab, line, "local", NULL);
	assert_int_equal(lab->network_asked, 0);
}

static void test_the_machine_is_posted_when_asked(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *posted = NULL;

	put_answers(lab, "S1.xml", "posted");
	expect_hostname(lab, "answerfile=http://127.0.0.1:#/S1.xml", "posted", NULL);
	assert_false(fsroot_exists(lab->root, "/posted"));
	expect_hostname(lab, "xenhost.identify=post answerfile=http://127.0.0.1:#/S1.xml", "posted",
			NULL);
	assert_int_equal(fsroot_read_text(lab->root, "/posted", &posted), 0);
	assert_non_null(strstr(posted, "\"schema\": \"xenhost.host/1\""));
	assert_non_null(strstr(posted, "52:54:00:00:00:02"));
}

static void test_a_script_makes_the_file(void **state)
{
	struct lab *lab = *state;

	answer_server_put(lab->server, "good.sh",
			  "#!/bin/sh\ngrep -q xenhost.host/1 || exit 1\n"
			  "echo \"<installation><primary-disk>sda</primary-disk>\"\n"
			  "echo \"<source type='local'/><admin-interface name='eth0' "
			  "proto='dhcp'/>\"\n"
			  "echo \"<hostname>of-$XENHOST_SERIAL</hostname></installation>\"\n");
	answer_server_put(lab->server, "bad.sh", "#!/bin/sh\necho no database >&2\nexit 3\n");
	answer_server_put(lab->server, "slow.sh", "#!/bin/sh\nexec sleep 3600\n");
	answer_server_put(lab->server, "silent.sh", "#!/bin/sh\n:\n");
	answer_server_put(lab->server, "text.sh", "#!/bin/sh\necho hello\n");
	answer_server_put(lab->server, "python.py", "#!/usr/bin/none\n");
	answer_server_put(lab->server, "none.sh", "echo hello\n");
	answer_server_put(lab->server, "large.sh", "#!/bin/sh\nexec head -c 2000000 /dev/zero\n");
	expect_hostname(lab, "answerfile_generator=http://127.0.0.1:#/good.sh", "of-S1", NULL);
	expect_refusal(lab, "answerfile_generator=http://127.0.0.1:#/bad.sh", "no database");
	expect_refusal(lab, "answerfile_generator=http://127.0.0.1:#/silent.sh", "printed nothing");
	expect_refusal(lab, "answerfile_generator=http://127.0.0.1:#/text.sh", "/text.sh:1:");
	expect_refusal(lab, "answerfile_generator=http://127.0.0.1:#/large.sh", "is larger than");
	expect_refusal(lab, "answerfile_generator=http://127.0.0.1:#/python.py",
		       "asks for /usr/bin/none");
	expect_refusal(lab, "answerfile_generator=http://127.0.0.1:#/none.sh",
		       "does not begin with #!");
	expect_refusal(lab,
		       "xenhost.generator-timeout=1 "
		       "answerfile_generator=http://127.0.0.1:#/slow.sh",
		       "made no answer file");
	assert_false(fsroot_exists(lab->root, "/run/xenhost/answers.generator"));
}

static void test_dhcp_tells_the_place(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *url = line_of(lab, "http://127.0.0.1:#/${serial}.xml"), *lease = NULL;

	put_answers(lab, "S1.xml", "by-dhcp");
	put_lease(lab, "eth0", "address=192.0.2.7/24\n");
	put_option(lab, "eth1", url);
	expect_hostname(lab, "answerfile=discover", "by-dhcp", "DHCP option 240 on eth1");
	/* Never where the boot line does not say so. */
	expect_refusal(lab, "quiet", "no answers to install by");
	put_option(lab, "eth0", "http://192.0.2.1/other.xml");
	expect_refusal(lab, "answerfile=discover", "DHCP names two answer files");
	lease = xasprintf("opt240=687474703a2f2f\nopt241=41\n");
	put_lease(lab, "eth0", lease);
	put_lease(lab, "eth1", lease);
	expect_refusal(lab, "answerfile=discover", "the fingerprint \"A\" is no SHA-256");
	put_option(lab, "eth0", "gopher://h/a");
	put_option(lab, "eth1", "gopher://h/a");
	expect_refusal(lab, "answerfile=discover", "nothing can be read from \"gopher://\"");
}

static void put_record(const struct lab *lab, const char *name, const char *text)
{
	_cleanup_free_ char *record = xasprintf("%s %s\n", name, text);

	answer_server_put(lab->server, "txt", record);
}

static void test_dns_tells_the_place(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *record = line_of(lab, "answerfile=http://127.0.0.1:#/S1.xml"),
			    *two = NULL;

	put_answers(lab, "S1.xml", "by-dns");
	assert_int_equal(fsroot_write_text(lab->root, "/etc/resolv.conf",
					   "search a.example b.example\nnameserver 192.0.2.1\n",
					   0644),
			 0);
	put_record(lab, "_xenhost.b.example", record);
	expect_hostname(lab, "answerfile=discover", "by-dns", "DNS record _xenhost.b.example");
	two = xasprintf("%s\n_xenhost.a.example answerfile=http://h/1\n"
			"_xenhost.a.example answerfile=http://h/2",
			record);
	put_record(lab, "_xenhost.b.example", two);
	expect_refusal(lab, "answerfile=discover",
		       "DNS record _xenhost.a.example names two answer files");
	put_record(lab, "_xenhost.b.example", "answerfile=http://h/1 fingerprint=xyz");
	expect_refusal(lab, "answerfile=discover", "the fingerprint \"xyz\" is no SHA-256");
}

static void test_what_was_looked_for(void **state)
{
	struct lab *lab = *state;
	struct answers *answers = NULL;
	struct error *err = NULL;

	assert_int_equal(
		fsroot_write_text(lab->root, "/etc/resolv.conf", "search a.example\n", 0644), 0);
	assert_true(ask(lab, "answerfile=discover", &answers, &err) < 0);
	assert_non_null(strstr(error_get_hint(err), "label xenhost-ans"));
	assert_non_null(strstr(error_get_hint(err), "DHCP option 240: in no lease"));
	assert_non_null(strstr(error_get_hint(err), "DNS record _xenhost.a.example"));
	unit_expect_error(&err, "no answer file was found");
	lab->dns.port = 1;
	expect_refusal(lab, "answerfile=discover", "no name server answers");
}

static void test_the_medium_needs_no_network(void **state)
{
	struct lab *lab = *state;

	put_answers(lab, "S1.xml", "of-medium");
	expect_hostname(lab, "answerfile=medium:///${serial}.xml", "of-medium", NULL);
	assert_int_equal(lab->network_asked, 0);
	expect_refusal(lab, "answerfile=medium:///none.xml", "cannot be read from the install");
}

static void test_a_label_comes_before_the_network(void **state)
{
	struct lab *lab = *state;
	struct host_content content = {.label = (char[]){"XENHOST-ANS"}, .type = (char[]){"btrfs"}};
	struct host_disk disk = {.name = (char[]){"null"},
				 .kind = (char[]){"disk"},
				 .contents = &content,
				 .n_contents = 1};

	lab->host.disks = &disk;
	lab->host.n_disks = 1;
	expect_refusal(lab, "answerfile=discover", "/dev/null holds btrfs");
	assert_int_equal(lab->network_asked, 0);
}

static void test_authorities(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *bad =
		xasprintf("answerfile=x xenhost.ca=file://%s/bad.pem", lab->server->peer.folder);

	answer_server_put(lab->server, "bad.pem", "hello\n");
	expect_refusal(lab, bad, "holds no certificate");
	expect_refusal(lab, "answerfile=x xenhost.ca=http://127.0.0.1:#/a.pem",
		       "cannot be fetched");
	expect_refusal(lab, "answerfile=x xenhost.ca=/none.pem", "no certificates from /none.pem");
	assert_int_equal(fsroot_write_text(lab->root, UNATTENDED_CA_FOLDER "/a.pem", "x", 0644), 0);
	expect_refusal(lab, "answerfile=x", "holds no certificate");
}

/* What `show` says of a file that nobody named. */
static void test_values_tell_how_they_were_found(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *url = line_of(lab, "http://127.0.0.1:#/S1.xml"), *text = NULL,
			    *expected = xasprintf("%s:5, found by DHCP option 240 on eth0", url);
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_json_ struct json *json = NULL;

	put_answers(lab, "S1.xml", "xen1");
	put_option(lab, "eth0", url);
	assert_int_equal(ask(lab, "answerfile=discover", &answers, NULL), 0);
	text = answers_to_text(answers);
	if (!strstr(text, expected))
		fail_msg("%s lacks %s", text, expected);
	json = answers_to_json(answers);
	assert_string_equal(json_get_string(json, "found_by"), "DHCP option 240 on eth0");
}

/* `plan` on a laptop, for a machine that was recorded. */
static void test_a_recorded_machine_is_asked_for(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *by_mac = line_of(lab, "http://127.0.0.1:#/${mac}.xml"),
			    *by_name = line_of(lab, "http://127.0.0.1:#/${hostname}.xml");
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_free_ char *posted = NULL;
	struct answers *none = NULL;
	struct error *err = NULL;

	lab->host.command_line = (char[]){"network_device=eth1 xenhost.identify=post"};
	put_answers(lab, "52:54:00:00:00:02.xml", "xen2");
	assert_int_equal(
		unattended_rehearse(&lab->host, by_mac, &answers, &secrets, &findings, NULL), 0);
	assert_string_equal(answers->hostname, "xen2");
	assert_int_equal(fsroot_read_text(lab->root, "/posted", &posted), 0);
	assert_non_null(strstr(posted, "\"S1\""));
	assert_int_equal(lab->network_asked, 0);
	/* Only its DHCP server knows that name. */
	assert_true(unattended_rehearse(&lab->host, by_name, &none, &secrets, &findings, &err) < 0);
	unit_expect_error(&err, "nothing to put in the place of ${hostname}");
	/* A stick of that machine is not one of this. */
	assert_true(unattended_rehearse(&lab->host, "label://STICK/a.xml", &none, &secrets,
					&findings, &err) < 0);
	unit_expect_error(&err, "only be read by the installer");
	assert_null(none);
	lab->host.command_line = NULL;
}

#define LAB_TEST(test) cmocka_unit_test_setup_teardown(test, start, stop)

int main(void)
{
	const struct CMUnitTest tests[] = {
		LAB_TEST(test_a_file_of_ones_own),
		LAB_TEST(test_a_local_file_needs_no_network),
		LAB_TEST(test_the_machine_is_posted_when_asked),
		LAB_TEST(test_a_script_makes_the_file),
		LAB_TEST(test_dhcp_tells_the_place),
		LAB_TEST(test_dns_tells_the_place),
		LAB_TEST(test_what_was_looked_for),
		LAB_TEST(test_the_medium_needs_no_network),
		LAB_TEST(test_a_label_comes_before_the_network),
		LAB_TEST(test_authorities),
		LAB_TEST(test_values_tell_how_they_were_found),
		LAB_TEST(test_a_recorded_machine_is_asked_for),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
