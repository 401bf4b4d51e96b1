/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/unit.h"

#include "installer/unattended/discover.h"
#include "installer/unattended/identity.h"
#include "installer/unattended/request.h"

/* Decisions over text: which place is asked, in whose name, and what a network may have meant. */

#define HEX                                                                                        \
	"0123456789abcdef0123456789abcdef"                                                         \
	"0123456789abcdef0123456789abcdef"

static struct request *parse(const char *line, const char *option)
{
	struct request *request = NULL;

	assert_int_equal(request_parse(line, option, &request, NULL), 0);
	return request;
}

static void test_one_order_of_places(void **state)
{
	static const struct {
		const char *line, *option;
		enum request_kind kind;
		const char *url;
	} rows[] = {
		{"quiet answerfile=http://h/a.xml", NULL, REQUEST_FILE, "http://h/a.xml"},
		{"rt_answerfile=ftp://h/a.xml", NULL, REQUEST_FILE, "ftp://h/a.xml"},
		{"answerfile=a answerfile=b", NULL, REQUEST_FILE, "b"},
		{"answerfile=http://h/a.xml", "/b.xml", REQUEST_FILE, "/b.xml"},
		{"answerfile_generator=tftp://h/g.sh", NULL, REQUEST_GENERATOR, "tftp://h/g.sh"},
		{"answerfile_generator=tftp://h/g", "c.xml", REQUEST_FILE, "c.xml"},
		{"answerfile=discover", NULL, REQUEST_DISCOVER, NULL},
		{"", "discover", REQUEST_FILE, "discover"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_request_ struct request *request = parse(rows[i].line, rows[i].option);

		assert_int_equal(request->kind, rows[i].kind);
		assert_true(str_eq(request->url, rows[i].url));
		assert_null(request->found_by);
		assert_int_equal(request->identify, IDENTIFY_HEADERS);
		assert_int_equal(request->timeout_s, 300);
	}
}

static void test_how_to_ask(void **state)
{
	_cleanup_request_ struct request *request =
		parse("answerfile=https://h/a xenhost.identify=post xenhost.proxy=http://p:3128 "
		      "xenhost.ca=medium:///ca.pem xenhost.client-certificate=label://S/m.pem "
		      "xenhost.client-key=label://S/m.key xenhost.generator-timeout=20 "
		      "xenhost.answers-fingerprint=01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF:"
		      "01:23:45:67:89:AB:CD:EF:01:23:45:67:89:AB:CD:EF",
		      NULL);

	(void)state;
	assert_int_equal(request->identify, IDENTIFY_POST);
	assert_string_equal(request->fingerprint, HEX);
	assert_string_equal(request->ca, "medium:///ca.pem");
	assert_string_equal(request->client_certificate, "label://S/m.pem");
	assert_string_equal(request->client_key, "label://S/m.key");
	assert_string_equal(request->proxy, "http://p:3128");
	assert_int_equal(request->timeout_s, 20);
}

static void test_what_is_wrong_on_the_boot_line(void **state)
{
	static const struct {
		const char *line, *words;
	} rows[] = {
		{"quiet", "no answers to install by"},
		{"answerfile=", "no answers to install by"},
		{"answerfile=a answerfile_generator=b", "both an answer file and a generator"},
		{"rt_answerfile=a answerfile_generator=b", "both an answer file and a generator"},
		{"answerfile=gopher://h/a", "nothing can be read from \"gopher://\""},
		{"answerfile=a xenhost.identify=loudly", "cannot be \"loudly\""},
		{"answerfile=a xenhost.answers-fingerprint=12:34", "is no SHA-256"},
		{"answerfile=a xenhost.answers-fingerprint=" HEX "0", "is no SHA-256"},
		{"answerfile=a xenhost.generator-timeout=0", "cannot be \"0\""},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct request *request = NULL;
		struct error *err = NULL;

		assert_true(request_parse(rows[i].line, NULL, &request, &err) < 0);
		assert_null(request);
		unit_expect_error(&err, rows[i].words);
	}
}

static const struct identity somebody = {
	.mac = "52:54:00:12:34:56", .uuid = "ab-cd", .serial = "S 1/2", .hostname = "xen1"};

static void test_variables(void **state)
{
	static const struct {
		const char *text, *expanded;
	} rows[] = {
		{"http://h/${mac}.xml?s=${serial}&u=${uuid}",
		 "http://h/52:54:00:12:34:56.xml?s=S%201%2F2&u=ab-cd"},
		{"http://h/${hostname}${hostname}", "http://h/xen1xen1"},
		{"http://h/$mac{}$", "http://h/$mac{}$"},
		{"http://h/${mac", "http://h/${mac"},
		{"/a.xml", "/a.xml"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *expanded = NULL;

		assert_int_equal(identity_expand(&somebody, rows[i].text, &expanded, NULL), 0);
		assert_string_equal(expanded, rows[i].expanded);
	}
	assert_true(identity_needs_network("label://a/${hostname}"));
	assert_true(identity_needs_network("label://a/${mac}"));
	assert_false(identity_needs_network("label://a/${serial}"));
}

static void test_variables_without_a_value(void **state)
{
	struct error *err = NULL;
	char *expanded = NULL;

	(void)state;
	assert_true(identity_expand(&somebody, "http://h/${MAC}", &expanded, &err) < 0);
	assert_non_null(strstr(error_get_hint(err), "${mac} is \"52:54:00:12:34:56\""));
	assert_non_null(strstr(error_get_hint(err), "${asset} is not known"));
	unit_expect_error(&err, "${MAC} is no variable");
	assert_true(identity_expand(&somebody, "http://h/${asset}", &expanded, &err) < 0);
	unit_expect_error(&err, "nothing to put in the place of ${asset}");
	assert_null(expanded);
}

static void test_headers_and_environment(void **state)
{
	struct host_nic nics[] = {{.name = (char[]){"eth0"}, .mac = (char[]){"52:54:00:00:00:01"}},
				  {.name = (char[]){"eth1"}, .mac = (char[]){"52:54:00:00:00:02"}}};
	const struct host host = {.nics = nics,
				  .n_nics = 2,
				  .firmware = {.product_serial = (char[]){"A\r\nX-Evil: 1"},
					       .asset_tag = (char[]){"R1U7"}}};
	struct identity identity;
	_cleanup_strv_ char **headers = NULL, **environment = NULL;

	(void)state;
	identity_of(&host, &nics[1], NULL, &identity);
	headers = identity_headers(&host, &identity);
	environment = identity_environment(&identity);
	assert_int_equal(strv_length(headers), 4);
	assert_string_equal(headers[0], "X-RHN-Provisioning-MAC-0: eth0 52:54:00:00:00:01");
	assert_string_equal(headers[1], "X-RHN-Provisioning-MAC-1: eth1 52:54:00:00:00:02");
	assert_string_equal(headers[2], "X-System-Serial-Number: A  X-Evil: 1");
	assert_string_equal(headers[3], "X-System-Asset-Tag: R1U7");
	assert_true(strv_contains(environment, "XENHOST_MAC=52:54:00:00:00:02"));
	assert_true(strv_contains(environment, "XENHOST_ASSET=R1U7"));
}

static void test_options_of_a_lease(void **state)
{
	static const struct {
		const char *hex, *text;
	} rows[] = {
		{"687474703a2f2f682f61", "http://h/a"},
		{"687474703a2f2f682f610000", "http://h/a"}, /* some servers end with NULs */
		{"68747470 3a", NULL},
		{"687", NULL},
		{"", NULL},
		{"0000", NULL},
		{"682061", NULL}, /* a blank */
		{"680a61", NULL},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = discover_option_text(rows[i].hex);

		if (!str_eq(text, rows[i].text))
			fail_msg("%s gives %s", rows[i].hex, text ? text : "nothing");
	}
}

static void test_records(void **state)
{
	_cleanup_request_ struct request *request = xcalloc(1, sizeof(*request));

	(void)state;
	assert_false(discover_take_record("v=spf1 -all", request));
	assert_false(discover_take_record("answerfile=/etc/shadow", request));
	assert_true(
		discover_take_record("fingerprint=" HEX " answerfile=https://h/${mac}", request));
	assert_string_equal(request->url, "https://h/${mac}");
	assert_string_equal(request->fingerprint, HEX);
}

/* Two disks that carry what the test gives them. */
static struct host two_disks(struct host_disk disks[2], struct host_content *first,
			     struct host_content *second)
{
	static char nvme[] = "nvme0n1", sdb[] = "sdb", kind[] = "disk";

	disks[0] =
		(struct host_disk){.name = nvme, .kind = kind, .contents = first, .n_contents = 1};
	disks[1] =
		(struct host_disk){.name = sdb, .kind = kind, .contents = second, .n_contents = 1};
	return (struct host){.disks = disks, .n_disks = 2};
}

static void test_labels(void **state)
{
	struct host_content first = {.partition = 2,
				     .label = (char[]){"root"},
				     .type = (char[]){"ext4"}},
			    second = {.partition = 1,
				      .label = (char[]){"XENHOST-ANS"},
				      .type = (char[]){"vfat"}};
	struct host_disk disks[2];
	struct host host = two_disks(disks, &first, &second), empty = {0};
	struct fetch_device device = {0};
	struct error *err = NULL;

	(void)state;
	assert_int_equal(label_find("XENHOST-ANS", &device, &host, NULL), 0);
	assert_string_equal(device.node, "/dev/sdb1");
	assert_string_equal(device.type, "vfat");
	free(device.node);
	free(device.type);
	assert_int_equal(label_find("root", &device, &host, NULL), 0);
	assert_string_equal(device.node, "/dev/nvme0n1p2");
	free(device.node);
	free(device.type);
	assert_true(label_find("xenhost-ans", &device, &host, &err) < 0);
	assert_non_null(strstr(error_get_hint(err), "\"XENHOST-ANS\" (/dev/sdb1, vfat)"));
	unit_expect_error(&err, "no file system has the label \"xenhost-ans\"");
	assert_true(label_find("a", &device, &empty, &err) < 0);
	unit_expect_error(&err, "no file system has the label");
	first.label = second.label;
	assert_true(label_find("XENHOST-ANS", &device, &host, &err) < 0);
	unit_expect_error(&err, "2 file systems have the label \"XENHOST-ANS\"");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_one_order_of_places),
		cmocka_unit_test(test_how_to_ask),
		cmocka_unit_test(test_what_is_wrong_on_the_boot_line),
		cmocka_unit_test(test_variables),
		cmocka_unit_test(test_variables_without_a_value),
		cmocka_unit_test(test_headers_and_environment),
		cmocka_unit_test(test_options_of_a_lease),
		cmocka_unit_test(test_records),
		cmocka_unit_test(test_labels),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
