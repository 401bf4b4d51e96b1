/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which NIC bears which ethN: order of places, rules of the boot line, and rules that are wrong. */
#include "tests/unit/unit.h"

#include "hwdb/probe/nic_order.h"

#define MAX 6

struct nics {
	struct nic_candidate list[MAX];
	size_t n;
	char **notes;
};

static void add(struct nics *nics, const char *mac, const char *pci, enum place_kind place,
		unsigned number, const char *slot)
{
	struct nic_candidate *nic = &nics->list[nics->n++];

	nic->nic.mac = xstrdup(mac);
	nic->nic.pci_address = xstrdup(pci);
	nic->nic.slot = xstrdup(slot);
	nic->place = place;
	nic->number = number;
}

static void nics_done(struct nics *nics)
{
	for (size_t i = 0; i < nics->n; i++) {
		free(nics->list[i].nic.mac);
		free(nics->list[i].nic.pci_address);
		free(nics->list[i].nic.slot);
		free(nics->list[i].nic.name);
		free(nics->list[i].nic.kernel_name);
	}
	strv_free(nics->notes);
}

/* In no order at all, as the kernel may find them. */
static void add_server(struct nics *nics)
{
	add(nics, "aa:00:00:00:00:06", NULL, PLACE_UNKNOWN, 0, NULL);
	add(nics, "aa:00:00:00:00:05", "0000:03:00.0", PLACE_SLOT, 7, "PCIe Slot 7");
	add(nics, "aa:00:00:00:00:04", "0000:82:00.1", PLACE_SLOT, 2, "PCIe Slot 2");
	add(nics, "aa:00:00:00:00:03", "0000:82:00.0", PLACE_SLOT, 2, "PCIe Slot 2");
	add(nics, "aa:00:00:00:00:01", "0000:19:00.1", PLACE_ONBOARD, 1, "NIC1");
	add(nics, "aa:00:00:00:00:02", "0000:19:00.0", PLACE_ONBOARD, 2, "NIC2");
}

static void order(struct nics *nics, const char *rule, const char *rule2)
{
	char *rules[] = {(char *)(uintptr_t)rule, (char *)(uintptr_t)rule2, NULL};

	nic_order(nics->list, nics->n, NULL, rules, &nics->notes);
}

/* `text` is what the host keeps, a rule a line. */
static void order_pinned(struct nics *nics, const char *text)
{
	_cleanup_strv_ char **pins = strv_split(text, "\n");

	nic_order(nics->list, nics->n, pins, NULL, &nics->notes);
}

/* "eth0=01 eth1=02": names with the last two digits of the MAC. */
static void assert_order(const struct nics *nics, const char *expected)
{
	struct strbuf buf = {0};
	_cleanup_free_ char *got = NULL;

	for (size_t i = 0; i < nics->n; i++)
		strbuf_addf(&buf, "%s%s=%s", i ? " " : "", nics->list[i].nic.name,
			    nics->list[i].nic.mac + 15);
	got = strbuf_take(&buf);
	assert_string_equal(got, expected);
}

static void test_places(void **state _unused_)
{
	_cleanup_(nics_done) struct nics nics = {0};

	add_server(&nics);
	order(&nics, NULL, NULL);
	assert_order(&nics, "eth0=01 eth1=02 eth2=03 eth3=04 eth4=05 eth5=06");
	assert_null(nics.notes);
}

/* A card whose bus number is lower than all others' takes no name away when its slot is higher. */
static void test_card_added_later(void **state _unused_)
{
	_cleanup_(nics_done) struct nics nics = {0};

	add(&nics, "aa:00:00:00:00:01", "0000:19:00.0", PLACE_ONBOARD, 1, NULL);
	add(&nics, "aa:00:00:00:00:02", "0000:82:00.0", PLACE_SLOT, 2, NULL);
	add(&nics, "aa:00:00:00:00:09", "0000:03:00.0", PLACE_SLOT, 3, NULL);
	order(&nics, NULL, NULL);
	assert_order(&nics, "eth0=01 eth1=02 eth2=09");
}

static void test_ports_of_one_function(void **state _unused_)
{
	_cleanup_(nics_done) struct nics nics = {0};

	add(&nics, "aa:00:00:00:00:01", "0000:19:00.0", PLACE_UNKNOWN, 0, NULL);
	add(&nics, "aa:00:00:00:00:02", "0000:19:00.0", PLACE_UNKNOWN, 0, NULL);
	nics.list[0].port = 1;
	order(&nics, "eth5:s:19:00.0[1]", NULL);
	assert_order(&nics, "eth0=02 eth5=01");
}

static void test_rules(void **state _unused_)
{
	static const struct {
		const char *first, *second, *order;
	} rows[] = {
		{"eth0:s:AA:00:00:00:00:05", NULL,
		 "eth0=05 eth1=01 eth2=02 eth3=03 eth4=04 eth5=06"},
		{"eth1:d:0000:82:00.1", "eth0:s:82:00.0",
		 "eth0=03 eth1=04 eth2=01 eth3=02 eth4=05 eth5=06"},
		{"eth0:s:\"PCIe Slot 7\"", NULL, "eth0=05 eth1=01 eth2=02 eth3=03 eth4=04 eth5=06"},
		{"0:s:nic2", NULL, "eth0=02 eth1=01 eth2=03 eth3=04 eth4=05 eth5=06"},
		{"eth0:s:em2", NULL, "eth0=02 eth1=01 eth2=03 eth3=04 eth4=05 eth5=06"},
		{"eth0:s:pci2p2", NULL, "eth0=04 eth1=01 eth2=02 eth3=03 eth4=05 eth5=06"},
		/* The first rule wins, for a name and for a NIC. */
		{"eth0:s:nic2", "eth0:s:nic1", "eth0=02 eth1=01 eth2=03 eth3=04 eth4=05 eth5=06"},
		{"eth9:s:nic1", "eth8:s:nic1", "eth0=02 eth1=03 eth2=04 eth3=05 eth4=06 eth9=01"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(nics_done) struct nics nics = {0};

		add_server(&nics);
		order(&nics, rows[i].first, rows[i].second);
		assert_order(&nics, rows[i].order);
	}
}

static void test_wrong_rules(void **state _unused_)
{
	static const char *const rules[] = {"eth0", "ethX:s:nic1", "eth-1:s:nic1", "eth0:s:", ""};

	for (size_t i = 0; i < ARRAY_SIZE(rules); i++) {
		_cleanup_(nics_done) struct nics nics = {0};

		add_server(&nics);
		order(&nics, rules[i], NULL);
		assert_order(&nics, "eth0=01 eth1=02 eth2=03 eth3=04 eth4=05 eth5=06");
		assert_non_null(strstr(nics.notes[0], "is not understood"));
	}
}

static void test_rule_for_absent_nic(void **state _unused_)
{
	_cleanup_(nics_done) struct nics nics = {0};

	add_server(&nics);
	order(&nics, "eth0:s:bb:00:00:00:00:01", NULL);
	assert_string_equal(nics.notes[0], "map_netdev=eth0:s:bb:00:00:00:00:01 names no network "
					   "interface of this machine");
}

/* What the installer wrote decides, not the place; the numbers of what is gone stay free. */
static void test_pinned_names(void **state _unused_)
{
	static const struct {
		const char *pins, *order;
	} rows[] = {
		{"0:mac=\"aa:00:00:00:00:06\"\n1:mac=\"AA:00:00:00:00:05\"\n"
		 "2:mac=\"aa:00:00:00:00:04\"\n3:mac=\"aa:00:00:00:00:03\"\n"
		 "4:mac=\"aa:00:00:00:00:02\"\n5:mac=\"aa:00:00:00:00:01\"\n",
		 "eth0=06 eth1=05 eth2=04 eth3=03 eth4=02 eth5=01"},
		/* Cards without a rule come behind, in the order of their places. */
		{"0:mac=\"aa:00:00:00:00:05\"\n1:mac=\"aa:00:00:00:00:02\"\n",
		 "eth0=05 eth1=02 eth2=01 eth3=03 eth4=04 eth5=06"},
		/* Two cards were taken out: nobody bears their names. */
		{"0:mac=\"bb:00:00:00:00:01\"\n2:mac=\"bb:00:00:00:00:02\"\n"
		 "3:mac=\"aa:00:00:00:00:06\"\n",
		 "eth1=01 eth3=06 eth4=02 eth5=03 eth6=04 eth7=05"},
		/* One name for two, one card with two names: the first rule counts. */
		{"1:mac=\"bb:00:00:00:00:01\"\n1:mac=\"aa:00:00:00:00:06\"\n",
		 "eth0=01 eth2=02 eth3=03 eth4=04 eth5=05 eth6=06"},
		{"2:mac=\"aa:00:00:00:00:06\"\n0:mac=\"aa:00:00:00:00:06\"\n",
		 "eth1=01 eth2=06 eth3=02 eth4=03 eth5=04 eth6=05"},
		{"7:pci=\"0000:82:00.1\"\n6:label=\"NIC2\"\n",
		 "eth0=01 eth1=03 eth2=05 eth3=06 eth6=02 eth7=04"},
		{"", "eth0=01 eth1=02 eth2=03 eth3=04 eth4=05 eth5=06"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_(nics_done) struct nics nics = {0};

		add_server(&nics);
		order_pinned(&nics, rows[i].pins);
		assert_order(&nics, rows[i].order);
		assert_null(nics.notes);
	}
}

/* Every order in which drivers may load gives the same names. */
static void test_pinned_names_in_any_order(void **state _unused_)
{
	static const char pins[] = "2:mac=\"aa:00:00:00:00:01\"\n0:mac=\"aa:00:00:00:00:05\"\n"
				   "1:mac=\"aa:00:00:00:00:06\"\n";

	for (unsigned shift = 0; shift < MAX; shift++) {
		_cleanup_(nics_done) struct nics nics = {0}, server = {0};

		add_server(&server);
		for (size_t i = 0; i < server.n; i++)
			nics.list[nics.n++] = server.list[(i + shift) % server.n];
		server.n = 0;
		for (size_t i = 0; i < nics.n; i++)
			nics.list[i].nic.kernel_name = xasprintf("eth%zu", i);
		order_pinned(&nics, pins);
		assert_order(&nics, "eth0=05 eth1=06 eth2=01 eth3=02 eth4=03 eth5=04");
	}
}

static void test_wrong_pins(void **state _unused_)
{
	static const char *const pins[] = {"0",          "x:mac=\"aa\"",     "-1:mac=\"aa\"",
					   "0:mac=\"\"", "99999:mac=\"aa\"", "\377\376"};

	for (size_t i = 0; i < ARRAY_SIZE(pins); i++) {
		_cleanup_(nics_done) struct nics nics = {0};
		_cleanup_free_ char *text = xasprintf("%s\n1:mac=\"aa:00:00:00:00:06\"\n", pins[i]);

		add_server(&nics);
		order_pinned(&nics, text);
		assert_order(&nics, "eth0=01 eth1=06 eth2=02 eth3=03 eth4=04 eth5=05");
		assert_non_null(strstr(nics.notes[0], "is not understood"));
	}
}

/* What is written down for a card that came later; two with one address are told by place. */
static void test_rules_for_new_cards(void **state _unused_)
{
	_cleanup_(nics_done) struct nics nics = {0};
	_cleanup_strv_ char **missing = NULL, **none = NULL;
	_cleanup_free_ char *text = NULL;

	add(&nics, "aa:00:00:00:00:01", "0000:19:00.0", PLACE_UNKNOWN, 0, NULL);
	add(&nics, "aa:00:00:00:00:02", "0000:1a:00.0", PLACE_UNKNOWN, 0, NULL);
	add(&nics, "aa:00:00:00:00:03", "0000:1b:00.0", PLACE_UNKNOWN, 0, NULL);
	add(&nics, "aa:00:00:00:00:03", "0000:1c:00.0", PLACE_UNKNOWN, 0, NULL);
	order_pinned(&nics, "0:mac=\"aa:00:00:00:00:02\"");
	missing = nic_rules_missing(nics.list, nics.n);
	text = strv_join(missing, "\n");
	assert_string_equal(text, "1:mac=\"aa:00:00:00:00:01\"\n2:pci=\"0000:1b:00.0\"\n"
				  "3:pci=\"0000:1c:00.0\"");
	strv_add(&missing, "0:mac=\"aa:00:00:00:00:02\"");
	nic_order(nics.list, nics.n, missing, NULL, &nics.notes);
	none = nic_rules_missing(nics.list, nics.n);
	assert_null(none);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_card_added_later),
		cmocka_unit_test(test_ports_of_one_function),
		cmocka_unit_test(test_rules),
		cmocka_unit_test(test_wrong_rules),
		cmocka_unit_test(test_rule_for_absent_nic),
		cmocka_unit_test(test_pinned_names),
		cmocka_unit_test(test_pinned_names_in_any_order),
		cmocka_unit_test(test_wrong_pins),
		cmocka_unit_test(test_rules_for_new_cards),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
