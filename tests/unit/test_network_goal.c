/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which server a URL means, what a name server's answer says, and bonds of the boot line. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <arpa/inet.h>
#include <errno.h>

#include <cmocka.h>

#include "common/str.h"
#include "installer/network/goal.h"
#include "installer/network/lookup.h"
#include "installer/network/network.h"

static void test_servers_of_urls(void **state)
{
	(void)state;
	static const struct {
		const char *url, *proxy, *host;
		unsigned port;
		bool datagram;
	} cases[] = {
		{"http://boot.lab.test/a.xml", NULL, "boot.lab.test", 80, false},
		{"HTTPS://boot.lab.test?mac=1", NULL, "boot.lab.test", 443, false},
		{"http://u:p@s@192.0.2.1:8080/", NULL, "192.0.2.1", 8080, false},
		{"http://[2001:db8::1]:81/x", NULL, "2001:db8::1", 81, false},
		{"http://[2001:db8::1]", NULL, "2001:db8::1", 80, false},
		{"ftp://h/f", NULL, "h", 21, false},
		{"tftp://h/f", NULL, "h", 69, true},
		{"nfs://h:2050/f", NULL, "h", 2050, false},
		{"nfs://h:/f", NULL, "h", 2049, false},
		/* Whom the installer speaks to is the proxy, but by TFTP and NFS. */
		{"https://far.example/a", "http://proxy:3128", "proxy", 3128, false},
		{"https://far.example/a", "proxy:3128", "proxy", 3128, false},
		{"tftp://h/f", "http://proxy:3128", "h", 69, true},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_goal_ struct goal goal = {0};

		assert_true(goal_of_url(cases[i].url, cases[i].proxy, &goal));
		assert_string_equal(goal.host, cases[i].host);
		assert_int_equal(goal.port, cases[i].port);
		assert_int_equal(goal.datagram, cases[i].datagram);
	}
}

static void test_no_server(void **state)
{
	(void)state;
	static const char *const urls[] = {
		NULL,           "/media/a.xml",       "label://ANSWERS/a.xml", "medium:///a.xml",
		"http:///a",    "http://${uuid}/a",   "http://h:0/a",          "http://h:65536/a",
		"http://[::1",  "http://h:80x/a",     "gopher://h/a",          "://h",
		"http://u:p@/", "http://proxy.test:",
	};
	struct goal untouched = {0};

	for (size_t i = 0; i < ARRAY_SIZE(urls) - 1; i++)
		assert_false(goal_of_url(urls[i], NULL, &untouched));
	assert_null(untouched.host);
	/* An empty port is the scheme's (RFC 3986, 3.2.3). */
	assert_true(goal_of_url(urls[ARRAY_SIZE(urls) - 1], NULL, &untouched));
	assert_int_equal(untouched.port, 80);
	goal_done(&untouched);
}

/* Header, the question "a.test A", and behind it what a test adds. */
#define HEAD(flags, answers) 0x12, 0x34, 0x81, flags, 0, 1, 0, answers, 0, 0, 0, 0
#define QUESTION             1, 'a', 4, 't', 'e', 's', 't', 0, 0, 1, 0, 1

static void test_answers_of_name_servers(void **state)
{
	(void)state;
	static const uint8_t two[] = {
		HEAD(0x80, 2),
		QUESTION,
		/* An alias before the address is passed over. */
		0xc0,
		0x0c,
		0,
		5,
		0,
		1,
		0,
		0,
		0,
		60,
		0,
		2,
		0xc0,
		0x0c,
		0xc0,
		0x0c,
		0,
		1,
		0,
		1,
		0,
		0,
		0,
		60,
		0,
		4,
		192,
		0,
		2,
		9,
	};
	static const uint8_t nobody[] = {HEAD(0x83, 0), QUESTION};
	static const uint8_t failed[] = {HEAD(0x82, 0), QUESTION};
	struct lookup lookup = {0};
	const struct sockaddr_in *address = (struct sockaddr_in *)&lookup.addresses[0];

	assert_int_equal(lookup_parse(two, sizeof(two), 8080, &lookup), 0);
	assert_int_equal(lookup.count, 1);
	assert_int_equal(address->sin_family, AF_INET);
	assert_int_equal(ntohs(address->sin_port), 8080);
	assert_int_equal(ntohl(address->sin_addr.s_addr), 0xc0000209);
	assert_int_equal(lookup_parse(nobody, sizeof(nobody), 80, &lookup), -ENOENT);
	assert_int_equal(lookup_parse(failed, sizeof(failed), 80, &lookup), -EAGAIN);
	for (size_t cut = 0; cut < sizeof(two); cut++)
		assert_int_equal(lookup_parse(two, cut, 80, &lookup), -EBADMSG);
}

static void test_bonds(void **state)
{
	(void)state;
	_cleanup_network_config_ struct network_config *config = NULL, *fixed = NULL;

	assert_int_equal(network_config_parse("network_config=dhcp:bond=ETH0,52:54:00:AB:00:01",
					      &config, NULL),
			 0);
	assert_int_equal(strv_length(config->bond), 2);
	assert_string_equal(config->bond[1], "52:54:00:ab:00:01");
	assert_string_equal(config->bond_mode, "802.3ad");
	/* The bond is the one NIC that a fixed address needs. */
	assert_int_equal(
		network_config_parse("network_config='static:ip=2001:db8::7;netmask=64;vlan=5;"
				     "gateway=2001:db8::1;bond=eth0,eth1;bond-mode=active-backup'",
				     &fixed, NULL),
		0);
	assert_string_equal(fixed->bond_mode, "active-backup");
	assert_string_equal(fixed->ip, "2001:db8::7");
	assert_int_equal(fixed->prefix, 64);
}

static void test_bad_bonds_are_named(void **state)
{
	(void)state;
	static const struct {
		const char *line, *names;
	} cases[] = {
		{"network_config=dhcp:bond=", "bond="},
		{"network_config=dhcp:bond=eth0;bond-mode=fast", "bond-mode=fast"},
		{"network_config=dhcp:bond-mode=lacp", "no bond="},
		{"network_device=eth0 network_config='static:ip=192.0.2.7;netmask=64'", "netmask"},
		{"network_device=eth0 network_config='static:ip=2001:db8::7;netmask=129'",
		 "netmask=129"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_network_config_ struct network_config *config = NULL;
		_cleanup_error_ struct error *error = NULL;

		assert_true(network_config_parse(cases[i].line, &config, &error) < 0);
		assert_int_equal(error->kind, ERROR_USER);
		assert_non_null(strstr(error->message, cases[i].names));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_servers_of_urls),         cmocka_unit_test(test_no_server),
		cmocka_unit_test(test_answers_of_name_servers), cmocka_unit_test(test_bonds),
		cmocka_unit_test(test_bad_bonds_are_named),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
