/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a host that is not installed yet, against the recorded pool of the pairs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/file.h"
#include "common/str.h"
#include "firstboot/pool/planned.h"

static struct side *recorded_pool(void)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_json_ struct json *json = NULL;
	struct side *pool = NULL;
	size_t length;

	assert_int_equal(file_read("tests/pool/preflight/clean.json", 1 << 20, &text, &length), 0);
	assert_int_equal(json_parse(text, length, "clean.json", &json, NULL), 0);
	assert_int_equal(side_from_json(json_get(json, "pool"), "pool", &pool, NULL), 0);
	return pool;
}

static char *found(const char *vendor, void (*change)(struct answers *answers))
{
	_cleanup_side_ struct side *pool = recorded_pool();
	_cleanup_answers_ struct answers *answers = answers_new();
	_cleanup_(preflight_done) struct preflight preflight = {0};
	_cleanup_strbuf_ struct strbuf buf = {0};
	struct host host = {.cpu = {.vendor = (char *)(uintptr_t)vendor}};

	answers->hostname = xstrdup("planned");
	answers->admin.mode = ADDRESS_DHCP;
	if (change)
		change(answers);
	assert_int_equal(
		preflight_planned(&host, answers, "eth0", pool, pool->time, &preflight, NULL), 0);
	for (size_t i = 0; i < preflight.count; i++)
		strbuf_addf(&buf, "%s%s", i ? " " : "", preflight.list[i].check->name);
	return buf.length ? strbuf_take(&buf) : xstrdup("");
}

static const char *pool_vendor(struct side **ret)
{
	*ret = recorded_pool();
	return api_map((*ret)->pool, "cpu_info", "vendor");
}

static void fixed(struct answers *answers)
{
	answers->admin.mode = ADDRESS_STATIC;
	answers->admin.ip = xstrdup("192.0.2.250");
	strv_add(&answers->name_servers, "192.0.2.53");
}

static void in_a_vlan(struct answers *answers)
{
	answers->admin.vlan = 7;
}

static void bonded(struct answers *answers)
{
	ARRAY_APPEND(answers->bond_ports, answers->n_bond_ports)->name = xstrdup("eth1");
}

static void on_a_bridge(struct answers *answers)
{
	answers->network_backend = BACKEND_BRIDGE;
}

static void of_ipv6(struct answers *answers)
{
	answers->admin.mode = ADDRESS_NONE;
	answers->admin.mode6 = ADDRESS_AUTOCONF;
}

static void assert_found(const char *names, const char *vendor, const char *wanted)
{
	_cleanup_strv_ char **list = strv_split(names, " ");

	if (!strv_contains(list, wanted))
		fail_msg("%s (%s) lacks %s", names, vendor, wanted);
}

static void test_each_answer_is_judged(void **state _unused_)
{
	static const struct {
		void (*change)(struct answers *answers);
		const char *found;
	} cases[] = {
		{NULL, "dynamic-address"},        {in_a_vlan, "management-vlan"}, {bonded, "bonds"},
		{on_a_bridge, "network-backend"}, {of_ipv6, "address-type"},
	};
	_cleanup_side_ struct side *pool = NULL;
	const char *vendor = pool_vendor(&pool);

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_free_ char *names = found(vendor, cases[i].change);

		assert_found(names, vendor, cases[i].found);
	}
}

static void test_another_processor_is_told(void **state _unused_)
{
	_cleanup_side_ struct side *pool = NULL;
	const char *vendor = pool_vendor(&pool);
	_cleanup_free_ char *other =
		found(str_eq(vendor, "AuthenticAMD") ? "GenuineIntel" : "AuthenticAMD", NULL);
	_cleanup_free_ char *same = found(vendor, NULL);

	assert_found(other, vendor, "cpu-vendor");
	assert_null(strstr(same, "cpu-vendor"));
}

/* Nothing is made up: what only the installed host can tell is not among it. */
static void test_a_host_that_fits_is_let_in(void **state _unused_)
{
	_cleanup_side_ struct side *pool = NULL;
	const char *vendor = pool_vendor(&pool);
	_cleanup_free_ char *names = found(vendor, fixed);

	assert_true(str_eq(names, "") || str_eq(names, "name-servers"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_answer_is_judged),
		cmocka_unit_test(test_another_processor_is_told),
		cmocka_unit_test(test_a_host_that_fits_is_let_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
