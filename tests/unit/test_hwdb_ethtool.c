/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of a network interface beside its name: by its driver, by sysfs, by a recording. */
#include "hwdb/host.h"
#include "hwdb/probe/nic_ethtool.h"
#include "tests/unit/machine.h"
#include "tests/unit/network.h"

static void test_speeds(void **state _unused_)
{
	static const struct {
		uint32_t words[4];
		size_t n_words, n;
		unsigned speeds[5];
	} rows[] = {
		{{0}, 4, 0, {0}},
		{{0}, 0, 0, {0}},
		/* Copper of 10 Gb/s: 10 to 1000 in both duplexes, 10000baseT, 2500baseT, 5000baseT.
		 */
		{{0x0000302f, 0x00018000}, 2, 5, {10, 100, 1000, 2500, 5000}},
		/* Autonegotiation, pause and FEC are no speeds. */
		{{0x00106fc0 & ~(uint32_t)1 << 12, 0x000e0000}, 2, 0, {0}},
		/* 25000baseCR stands in the last bit of a word, 25000baseKR in the first. */
		{{0x80000000}, 1, 1, {25000}},
		{{0, 0x00000001}, 2, 1, {25000}},
		/* 200000baseCR and 1600000baseCR8, which the build's headers may not know. */
		{{0, 0, 0, (uint32_t)1 << (103 - 96) | (uint32_t)1 << (121 - 96)},
		 4,
		 2,
		 {200000, 1600000}},
		/* A kernel of tomorrow with fewer words than the table knows. */
		{{0xffffffff}, 1, 5, {10, 100, 1000, 2500, 10000}},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ unsigned *speeds = NULL;
		size_t n;

		nic_speeds_of_modes(rows[i].words, rows[i].n_words, &speeds, &n);
		assert_true(n >= rows[i].n);
		for (size_t j = 0; j < rows[i].n; j++)
			assert_int_equal(speeds[j], rows[i].speeds[j]);
		for (size_t j = 1; j < n; j++)
			assert_true(speeds[j] > speeds[j - 1]);
	}
}

static void test_ports(void **state _unused_)
{
	assert_string_equal(nic_port_word(0), "tp");
	assert_string_equal(nic_port_word(3), "fibre");
	assert_string_equal(nic_port_word(0xef), "none");
	assert_null(nic_port_word(0xff));
	assert_null(nic_port_word(1000));
}

/* A virtual cable: its driver names a port, and neither speeds nor a bus. */
static void test_live_driver(void **state _unused_)
{
	struct host_nic nic = {0}, none = {0};

	if (!unit_network_make())
		skip();
	nic_ask_driver("eth0", &nic);
	assert_int_equal(nic.n_speeds, 0);
	assert_string_equal(nic.port, "tp");
	assert_true(nic.has_autoneg);
	assert_false(nic.autoneg);
	assert_true(nic.full_duplex);
	assert_null(nic.bus_info);
	nic_ask_driver("a-name-that-is-too-long", &none);
	nic_ask_driver("eth9", &none);
	assert_null(none.port);
	assert_false(none.has_autoneg);
	free(nic.port);
	free(nic.firmware_version);
}

static void put(struct machine *machine, const char *path, const char *text)
{
	assert_int_equal(fsroot_write_text(machine->root, path, text, 0644), 0);
}

#define CARD(n) "/sys/devices/pci0000:00/0000:00:0" n ".0"

static void put_nic(struct machine *machine, const char *card, const char *name, const char *mac)
{
	_cleanup_free_ char *link = xasprintf("/sys/class/net/%s", name);
	_cleanup_free_ char *target = xasprintf("../../../%s/net/%s", card + 1, name);
	_cleanup_free_ char *type = xasprintf("%s/net/%s/type", card, name);
	_cleanup_free_ char *address = xasprintf("%s/net/%s/address", card, name);
	_cleanup_free_ char *device = xasprintf("%s/net/%s/device", card, name);

	put(machine, type, "1");
	put(machine, address, mac);
	assert_int_equal(fsroot_symlink(machine->root, "../..", device), 0);
	assert_int_equal(fsroot_symlink(machine->root, target, link), 0);
}

static const struct host_nic *detect(struct machine *machine, size_t index)
{
	if (!machine->host)
		assert_int_equal(host_detect(machine->root, NULL, &machine->host, NULL), 0);
	assert_true(index < machine->host->n_nics);
	return &machine->host->nics[index];
}

static void test_sysfs(void **state)
{
	struct machine *machine = *state;
	const struct host_nic *nic;

	put_nic(machine, CARD("3"), "ens3", "52:54:00:00:00:03");
	put_nic(machine, CARD("4"), "ens4", "52:54:00:00:00:04");
	put_nic(machine, CARD("5"), "wlan0", "52:54:00:00:00:05");
	put_nic(machine, CARD("6"), "ens6v0", "52:54:00:00:00:06");
	put(machine, CARD("5") "/net/wlan0/phy80211/name", "phy0");
	put(machine, CARD("6") "/physfn/vendor", "0x8086");
	put(machine, CARD("3") "/sriov_totalvfs", "7\n");
	put(machine, CARD("3") "/sriov_numvfs", "2\n");
	put(machine, CARD("4") "/sriov_totalvfs", "seven");
	put(machine, "/sys/class/net/bond0/bonding/mode", "802.3ad 4");
	assert_int_equal(fsroot_symlink(machine->root, "../../../../virtual/net/bond0",
					CARD("4") "/net/ens4/master"),
			 0);
	/* The radio and the virtual function are no candidates. */
	nic = detect(machine, 0);
	assert_int_equal(machine->host->n_nics, 2);
	assert_true(nic->has_sriov);
	assert_int_equal(nic->sriov_vfs_max, 7);
	assert_int_equal(nic->sriov_vfs, 2);
	assert_null(nic->master);
	nic = detect(machine, 1);
	assert_false(nic->has_sriov);
	assert_string_equal(nic->master, "bond0");
	assert_string_equal(nic->master_kind, "bond");
	/* Nobody asked a driver: a folder has none. */
	assert_null(nic->port);
	assert_false(nic->has_autoneg);
	assert_int_equal(nic->n_speeds, 0);
}

static void test_recorded(void **state)
{
	struct machine *machine = *state;
	const struct host_nic *nic;
	_cleanup_free_ char *text = NULL;

	put_nic(machine, CARD("3"), "ens3", "02:00:00:00:00:99");
	put(machine, "/xenhost-host.json",
	    "{\"schema\": \"xenhost.host/1\", \"firmware\": {\"kind\": \"bios\"}, \"nics\": ["
	    "{\"name\": \"eth0\", \"kernel_name\": \"ens3\", \"mac\": \"52:54:00:00:00:03\","
	    " \"firmware_version\": \"8.50 0x8000b6d7\", \"bus_info\": \"0000:00:03.0\","
	    " \"speeds_mbps\": [1000, 10000], \"port\": \"fibre\", \"autoneg\": false}]}");
	nic = detect(machine, 0);
	assert_string_equal(nic->mac, "52:54:00:00:00:03");
	assert_string_equal(nic->firmware_version, "8.50 0x8000b6d7");
	assert_int_equal(nic->n_speeds, 2);
	assert_int_equal(nic->speeds_mbps[1], 10000);
	assert_true(nic->has_autoneg);
	assert_false(nic->has_duplex);
	text = host_to_text(machine->host);
	assert_non_null(strstr(text, "1000/10000 Mb/s possible, fibre, firmware 8.50 0x8000b6d7"));
}

static void test_wrong_speeds(void **state)
{
	static const char *const wrong[] = {"[-1]", "[\"10\"]", "3", "[4294967296]", "[[1]]"};
	struct machine *machine = *state;

	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		_cleanup_free_ char *text =
			xasprintf("{\"schema\": \"xenhost.host/1\", \"firmware\": {\"kind\": "
				  "\"bios\"}, \"nics\": [{\"name\": \"eth0\", \"mac\": \"m\", "
				  "\"speeds_mbps\": %s}]}",
				  wrong[i]);
		_cleanup_error_ struct error *err = NULL;
		_cleanup_free_ char *said = NULL;

		put(machine, "/xenhost-host.json", text);
		assert_true(host_detect(machine->root, NULL, &machine->host, &err) < 0);
		said = error_text(err);
		assert_string_equal(said, "nics[0].speeds_mbps is not a list of numbers that are "
					  "not negative");
	}
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, machine_setup, machine_teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_speeds),
		cmocka_unit_test(test_ports),
		TEST(test_sysfs),
		TEST(test_recorded),
		TEST(test_wrong_speeds),
		/* The last one: the process stays in another network. */
		cmocka_unit_test(test_live_driver),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
