/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The firmware's IOMMU tables as bytes, good and hostile; IOMMU groups of hand-made PCI trees. */
#include "tests/unit/machine.h"
#include "tests/unit/pci_tree.h"

#include "hwdb/host_fields.h"
#include "hwdb/iommu_groups.h"
#include "hwdb/probe/dmar.h"
#include "hwdb/probe/ivrs.h"

struct table {
	uint8_t bytes[1024];
	size_t length;
};

static void add(struct table *table, const char *hex)
{
	unsigned byte;
	int used;

	for (; sscanf(hex, " %2x%n", &byte, &used) == 1; hex += used)
		table->bytes[table->length++] = (uint8_t)byte;
}

static void start(struct table *table, const char *signature)
{
	memset(table, 0, sizeof(*table));
	memcpy(table->bytes, signature, 4);
	table->length = 48;
}

static void seal(struct table *table)
{
	uint8_t sum = 0;

	table->bytes[4] = (uint8_t)table->length;
	table->bytes[5] = (uint8_t)(table->length >> 8);
	table->bytes[9] = 0;
	for (size_t i = 0; i < table->length; i++)
		sum = (uint8_t)(sum + table->bytes[i]);
	table->bytes[9] = (uint8_t)-sum;
}

static void done(struct host_iommu *iommu)
{
	host_fields_done(host_iommu_fields, iommu);
}

/* A graphics unit, one for the rest, memory that a USB controller behind a port wants. */
static void make_dmar(struct table *table)
{
	start(table, "DMAR");
	table->bytes[36] = 45;
	table->bytes[37] = 0x07;
	add(table, "00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00");
	add(table, "01 08 00 00 00 00 02 00");
	add(table, "00 00 30 00 01 00 00 00 00 10 d9 fe 00 00 00 00");
	add(table, "03 08 00 00 08 f0 1f 07  04 08 00 00 00 00 0f 00");
	add(table, "02 08 00 00 00 00 1c 00  05 08 00 00 01 00 15 01");
	add(table, "01 00 22 00 00 00 00 00 00 00 40 7b 00 00 00 00 ff ff 7f 7b 00 00 00 00");
	add(table, "01 0a 00 00 00 00 1c 00 00 00");
	add(table, "02 00 08 00 01 00 00 00");
	add(table, "03 00 14 00 00 00 00 00 00 10 d9 fe 00 00 00 00 01 00 00 00");
	add(table, "04 00 0c 00 00 00 00 01 41 42 43 00");
	seal(table);
}

static void test_dmar(void **state _unused_)
{
	_cleanup_(done) struct host_iommu iommu = {0};
	struct table table;

	make_dmar(&table);
	assert_int_equal(dmar_parse(table.bytes, table.length, &iommu), 0);
	assert_true(iommu.interrupt_remapping && iommu.x2apic_opt_out && iommu.dma_opt_in);
	assert_int_equal(iommu.address_bits, 46);
	assert_int_equal(iommu.n_units, 2);
	assert_int_equal(iommu.units[0].register_address, 0xfed90000);
	assert_false(iommu.units[0].all_devices);
	assert_string_equal(iommu.units[0].devices[0], "0000:00:02.0");
	assert_true(iommu.units[1].all_devices);
	assert_string_equal(iommu.units[1].bridges[0], "0000:00:1c.0");
	assert_string_equal(iommu.units[1].interrupt_sources[0], "ioapic 8 at 0000:f0:1f.7");
	assert_string_equal(iommu.units[1].interrupt_sources[1], "hpet 0 at 0000:00:0f.0");
	assert_string_equal(iommu.units[1].interrupt_sources[2], "acpi 1 at 0000:00:15.1");
	assert_int_equal(iommu.n_reserved, 1);
	assert_int_equal(iommu.reserved[0].start, 0x7b400000);
	assert_int_equal(iommu.reserved[0].size_bytes, 0x400000);
	assert_string_equal(iommu.reserved[0].devices[0], "0000:00:1c.0/00.0");
	assert_int_equal(iommu.ats_entries, 1);
	assert_int_equal(iommu.proximity_entries, 1);
}

/* The same below Xen, which hides the table from its dom0 by another name. */
static void test_dmar_below_xen(void **state _unused_)
{
	_cleanup_(done) struct host_iommu iommu = {0};
	struct table table;

	make_dmar(&table);
	table.bytes[0] = 'X';
	seal(&table);
	assert_int_equal(dmar_parse(table.bytes, table.length, &iommu), 0);
	assert_int_equal(iommu.n_units, 2);
}

static void test_cut_short(void **state _unused_)
{
	struct table table;

	make_dmar(&table);
	for (size_t length = 0; length < table.length; length++) {
		_cleanup_(done) struct host_iommu iommu = {0};
		_cleanup_free_ uint8_t *copy = xmalloc(length + 1);
		struct table shorter = table;

		memcpy(copy, table.bytes, length);
		assert_int_equal(dmar_parse(copy, length, &iommu), -EBADMSG);
		assert_int_equal(ivrs_parse(copy, length, &iommu), -EBADMSG);
		/* One that says itself that it is so short. */
		if (length < 48)
			continue;
		shorter.length = length;
		seal(&shorter);
		memcpy(copy, shorter.bytes, length);
		if (dmar_parse(copy, length, &iommu) < 0)
			assert_false(iommu.n_units || iommu.has_interrupt_remapping);
	}
}

static void test_dmar_refused(void **state _unused_)
{
	static const char *const bad[] = {
		"00 00 00 00",                                     /* a length of zero */
		"00 00 03 00",                                     /* shorter than its head */
		"00 00 ff ff 00",                                  /* longer than the table */
		"00 00 0f 00 00 00 00 00 00 00 00 00 00 00 00",    /* a unit without its address */
		"00 00 10 00 00 00 00 00 00 00 00 00 00 00 00 80", /* an impossible address */
		"00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00 01 00 00 00 00 00 02 00",
		"00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00 01 09 00 00 00 00 02 00",
		"00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00 01 06 00 00 00 00 02 00",
		"00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00 01 08 00 00 00 00 20 00",
		"00 00 18 00 00 00 00 00 00 00 d9 fe 00 00 00 00 01 08 00 00 00 00 02 08",
		"01 00 08 00 00 00 00 00",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_(done) struct host_iommu iommu = {0};
		struct table table;

		start(&table, "DMAR");
		add(&table, bad[i]);
		seal(&table);
		if (dmar_parse(table.bytes, table.length, &iommu) != -EBADMSG)
			fail_msg("taken: %s", bad[i]);
		assert_false(iommu.n_units || iommu.has_address_bits);
		table.bytes[table.length - 1]++;
		assert_int_equal(dmar_parse(table.bytes, table.length, &iommu), -EBADMSG);
	}
}

/* One unit in two versions, the newer second; memory for one device and for a range. */
static void make_ivrs(struct table *table)
{
	start(table, "IVRS");
	table->bytes[36] = 0x02;
	table->bytes[37] = 0x30;
	add(table, "10 00 28 00 02 00 40 00 00 00 e0 fd 00 00 00 00 00 00 00 00 00 00 00 00");
	add(table, "03 08 00 00 04 fe ff 00  48 00 00 00 21 a0 00 01");
	add(table, "11 00 54 00 02 00 40 00 00 00 e0 fd 00 00 00 00 00 00 00 00 00 00 00 00");
	add(table, "00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00");
	add(table, "02 10 00 00  03 18 00 00 04 fe ff 00  48 00 00 00 21 a0 00 01");
	add(table, "f0 a5 00 00 41 4d 44 49 30 30 32 30 00 00 00 00 00 00 00 00 02 02 5c 5f");
	add(table, "21 08 20 00 10 00 00 00 00 00 00 00 00 00 00 00");
	add(table, "00 00 10 00 00 00 00 00 00 00 01 00 00 00 00 00");
	add(table, "22 08 20 00 18 00 1a 00 00 00 00 00 00 00 00 00");
	add(table, "00 00 20 00 00 00 00 00 00 00 01 00 00 00 00 00");
	seal(table);
}

static void test_ivrs(void **state _unused_)
{
	_cleanup_(done) struct host_iommu iommu = {0};
	struct table table;

	make_ivrs(&table);
	assert_int_equal(ivrs_parse(table.bytes, table.length, &iommu), 0);
	assert_true(iommu.interrupt_remapping && iommu.dma_opt_in);
	assert_false(iommu.has_x2apic_opt_out);
	assert_int_equal(iommu.address_bits, 48);
	assert_int_equal(iommu.n_units, 1);
	assert_string_equal(iommu.units[0].address, "0000:00:00.2");
	assert_int_equal(iommu.units[0].register_address, 0xfde00000);
	assert_int_equal(strv_length(iommu.units[0].devices), 2);
	assert_string_equal(iommu.units[0].devices[0], "0000:00:02.0");
	assert_string_equal(iommu.units[0].devices[1], "0000:00:03.0-0000:ff:1f.6");
	assert_string_equal(iommu.units[0].interrupt_sources[0], "ioapic 33 at 0000:00:14.0");
	assert_string_equal(iommu.units[0].interrupt_sources[1], "acpi at 0000:00:14.5");
	assert_int_equal(iommu.n_reserved, 2);
	assert_string_equal(iommu.reserved[0].devices[0], "0000:00:02.0");
	assert_string_equal(iommu.reserved[1].devices[0], "0000:00:03.0-0000:00:03.2");
	assert_int_equal(iommu.reserved[1].size_bytes, 0x10000);
}

static void test_ivrs_refused(void **state _unused_)
{
	static const char *const bad[] = {
		"10 00 00 00",
		"11 00 18 00 02 00 40 00 00 00 e0 fd 00 00 00 00 00 00 00 00 00 00 00 00",
		"10 00 1c 00 02 00 40 00 00 00 e0 fd 00 00 00 ff 00 00 00 00 00 00 00 00 02 10 00 "
		"00",
		"10 00 1a 00 02 00 40 00 00 00 e0 fd 00 00 00 00 00 00 00 00 00 00 00 00 02 10",
		"10 00 1c 00 02 00 40 00 00 00 e0 fd 00 00 00 00 00 00 00 00 00 00 00 00 48 00 00 "
		"00",
		"10 00 1c 00 02 00 40 00 00 00 e0 fd 00 00 00 00 00 00 00 00 00 00 00 00 f0 00 00 "
		"00",
		"10 00 1c 00 02 00 40 00 00 00 e0 fd 00 00 00 00 00 00 00 00 00 00 00 00 04 10 00 "
		"00",
		"22 08 20 00 18 00 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00 00 00 00 00 00 01 "
		"00 00 00 00 00",
		"21 08 20 00 18 00 10 00 00 00 00 00 00 00 00 00 00 00 20 00 00 00 00 00 ff ff ff "
		"ff ff ff ff ff",
		"20 08 10 00 18 00 10 00 00 00 00 00 00 00 00 00",
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_(done) struct host_iommu iommu = {0};
		struct table table;

		start(&table, "IVRS");
		add(&table, bad[i]);
		seal(&table);
		if (ivrs_parse(table.bytes, table.length, &iommu) != -EBADMSG)
			fail_msg("taken: %s", bad[i]);
		assert_false(iommu.n_units || iommu.n_reserved);
	}
}

/* A machine of PCI functions alone; `groups` are letters, one group a letter. */
struct function {
	const char *address, *parent, *express, *class_id;
	bool multifunction, acs;
	char group;
};

static struct host *machine(const struct function *functions)
{
	struct host *host = host_new();

	for (; functions->address; functions++) {
		struct host_pci *pci = ARRAY_APPEND(host->pci, host->n_pci);

		pci->address = xstrdup(functions->address);
		pci->parent = xstrdup(functions->parent);
		pci->express = xstrdup(functions->express);
		pci->class_id = xstrdup(functions->class_id);
		pci->has_multifunction = pci->has_acs = true;
		pci->multifunction = functions->multifunction;
		pci->acs = functions->acs;
	}
	return host;
}

/* Says which functions were put together wrongly. */
static void expect_groups(const struct host *host, const struct function *functions)
{
	_cleanup_free_ unsigned *groups = NULL;

	assert_int_equal(iommu_groups_predict(host, &groups), 0);
	for (size_t i = 0; i < host->n_pci; i++)
		for (size_t j = 0; j < host->n_pci; j++)
			if ((groups[i] == groups[j]) != (functions[i].group == functions[j].group))
				fail_msg("%s and %s: %u %u", functions[i].address,
					 functions[j].address, groups[i], groups[j]);
}

#define PORT     "060400"
#define NIC      "020000"
#define ENDPOINT "endpoint"

static void test_groups_of_ports(void **state _unused_)
{
	static const struct function functions[] = {
		{"0000:00:00.0", NULL, "none", "060000", false, false, 'a'},
		/* A port with ACS: what is behind it is on its own, if it is one function. */
		{"0000:00:01.0", NULL, "root-port", PORT, false, true, 'b'},
		{"0000:01:00.0", "0000:00:01.0", ENDPOINT, NIC, false, false, 'c'},
		/* One without: the card belongs to it. */
		{"0000:00:02.0", NULL, "root-port", PORT, false, false, 'd'},
		{"0000:02:00.0", "0000:00:02.0", ENDPOINT, NIC, false, false, 'd'},
		/* Two functions without ACS behind a good port; two with it. */
		{"0000:00:03.0", NULL, "root-port", PORT, false, true, 'e'},
		{"0000:03:00.0", "0000:00:03.0", ENDPOINT, NIC, true, false, 'f'},
		{"0000:03:00.1", "0000:00:03.0", ENDPOINT, NIC, true, false, 'f'},
		{"0000:00:04.0", NULL, "root-port", PORT, false, true, 'g'},
		{"0000:04:00.0", "0000:00:04.0", ENDPOINT, NIC, true, true, 'h'},
		{"0000:04:00.1", "0000:00:04.0", ENDPOINT, NIC, true, true, 'i'},
		/* A chipset's ports are functions of one device without ACS: one group of all. */
		{"0000:00:1c.0", NULL, "root-port", PORT, true, false, 'j'},
		{"0000:00:1c.1", NULL, "root-port", PORT, true, false, 'j'},
		{"0000:05:00.0", "0000:00:1c.0", ENDPOINT, NIC, false, false, 'j'},
		{"0000:06:00.0", "0000:00:1c.1", ENDPOINT, NIC, false, false, 'j'},
		{"0000:00:1f.0", NULL, "none", "060100", true, false, 'k'},
		{"0000:00:1f.2", NULL, "none", "010601", true, false, 'k'},
		{0},
	};
	_cleanup_host_ struct host *host = machine(functions);

	expect_groups(host, functions);
	iommu_groups_complete(host);
	assert_true(host->iommu.groups_predicted);
	assert_int_equal(host->iommu.n_group_list, 11);
	assert_false(host->pci[1].has_alone);                       /* a port */
	assert_true(host->pci[2].has_alone && host->pci[2].alone);  /* behind ACS */
	assert_true(host->pci[4].alone);                            /* with its port only */
	assert_true(host->pci[6].has_alone && !host->pci[6].alone); /* two-port card */
	assert_true(host->pci[9].alone && host->pci[10].alone);
	assert_false(host->pci[13].alone || host->pci[14].alone);
}

static void test_groups_of_switches(void **state _unused_)
{
	static const struct function functions[] = {
		/* A switch all of whose ports have ACS; the upstream port needs none, alone. */
		{"0000:00:01.0", NULL, "root-port", PORT, false, true, 'a'},
		{"0000:01:00.0", "0000:00:01.0", "upstream-port", PORT, false, false, 'b'},
		{"0000:02:00.0", "0000:01:00.0", "downstream-port", PORT, false, true, 'c'},
		{"0000:02:01.0", "0000:01:00.0", "downstream-port", PORT, false, true, 'd'},
		{"0000:03:00.0", "0000:02:00.0", ENDPOINT, NIC, false, false, 'e'},
		{"0000:04:00.0", "0000:02:01.0", ENDPOINT, NIC, false, false, 'f'},
		/* A cheap one: its ports let neighbours through. */
		{"0000:00:02.0", NULL, "root-port", PORT, false, true, 'g'},
		{"0000:05:00.0", "0000:00:02.0", "upstream-port", PORT, false, false, 'h'},
		{"0000:06:00.0", "0000:05:00.0", "downstream-port", PORT, false, false, 'i'},
		{"0000:06:01.0", "0000:05:00.0", "downstream-port", PORT, false, false, 'j'},
		{"0000:07:00.0", "0000:06:00.0", ENDPOINT, NIC, false, false, 'i'},
		{"0000:08:00.0", "0000:06:01.0", ENDPOINT, NIC, false, false, 'j'},
		{0},
	};
	_cleanup_host_ struct host *host = machine(functions);
	_cleanup_free_ unsigned *groups = NULL;

	/* Downstream ports without ACS stand on one bus behind an isolated path, so Linux gives
	 * each device its port and no more; it asks the ports above, not those beside. */
	expect_groups(host, functions);
	/* With a root port that isolates nothing everything behind it is one group. */
	host->pci[6].acs = false;
	assert_int_equal(iommu_groups_predict(host, &groups), 0);
	for (size_t i = 7; i < host->n_pci; i++)
		assert_int_equal(groups[i], groups[6]);
	assert_int_not_equal(groups[5], groups[6]);
}

static void test_groups_behind_conventional_bridge(void **state _unused_)
{
	static const struct function functions[] = {
		{"0000:00:01.0", NULL, "root-port", PORT, false, true, 'a'},
		{"0000:01:00.0", "0000:00:01.0", "bridge-to-pci", PORT, false, false, 'b'},
		{"0000:02:01.0", "0000:01:00.0", "none", NIC, false, false, 'b'},
		{"0000:02:02.0", "0000:01:00.0", "none", "030000", false, false, 'b'},
		{"0000:00:1e.0", NULL, "none", PORT, false, false, 'c'},
		{"0000:03:01.0", "0000:00:1e.0", "none", NIC, false, false, 'c'},
		{"0000:00:1d.0", NULL, "none", NIC, false, false, 'd'},
		{0},
	};
	_cleanup_host_ struct host *host = machine(functions);

	expect_groups(host, functions);
}

static void test_groups_unknown(void **state _unused_)
{
	static const struct function functions[] = {
		{"0000:00:01.0", "0000:00:02.0", "root-port", PORT, false, false, 'a'},
		{"0000:00:02.0", "0000:00:01.0", "root-port", PORT, false, false, 'a'},
		{0},
	};
	_cleanup_host_ struct host *host = machine(functions);
	_cleanup_free_ unsigned *groups = NULL;

	/* Each behind the other: nonsense, but it ends. */
	assert_int_equal(iommu_groups_predict(host, &groups), 0);
	free(host->pci[1].express);
	host->pci[1].express = NULL;
	assert_int_equal(iommu_groups_predict(host, &groups), -ENODATA);
	iommu_groups_complete(host);
	assert_int_equal(host->iommu.n_group_list, 0);
	assert_false(host->iommu.groups_predicted || host->pci[0].has_alone);
}

/* A folder of a running kernel: its groups count, and where they differ from ACS is said. */
static void test_detected(void **state _unused_)
{
	char *folder = unit_folder_make();
	_cleanup_host_ struct host *host = NULL;
	_cleanup_fsroot_ struct fsroot *root = NULL;
	struct error *error = NULL;
	struct pci_space space;
	_cleanup_free_ char *text = NULL;
	struct table table;

	space_make(&space, 0xa1108086, 0x060400, 1);
	space_express(&space, 4, 4, 3, 4, 3);
	free(tree_device(folder, "pci0000:00/0000:00:1c.0", &space));
	space_make(&space, 0xa12f8086, 0x0c0330, 0x80);
	space_express(&space, 0, 4, 3, 4, 3);
	free(tree_device(folder, "pci0000:00/0000:00:1c.0/0000:01:00.0", &space));
	free(tree_device(folder, "pci0000:00/0000:00:1c.0/0000:01:00.1", &space));
	make_dmar(&table);
	tree_folder(folder, "/sys/firmware/acpi/tables");
	tree_bytes(folder, "/sys/firmware/acpi/tables/DMAR", table.bytes, table.length);
	tree_folder(folder, "/sys/class/iommu/dmar0");
	tree_text(folder, "/proc", "cmdline", "intel_iommu=on pcie_acs_override=downstream\n");
	tree_folder(folder, "/sys/kernel/iommu_groups/10/devices/0000:01:00.1");
	tree_folder(folder, "/sys/kernel/iommu_groups/9/devices/0000:00:1c.0");
	tree_folder(folder, "/sys/kernel/iommu_groups/9/devices/0000:01:00.0");
	tree_text(folder, "/sys/kernel/iommu_groups/9", "type", "DMA-FQ\n");
	assert_int_equal(fsroot_open(folder, &root), 0);
	assert_int_equal(host_detect(root, NULL, &host, &error), 0);
	assert_string_equal(host->iommu.kind, "dmar");
	assert_true(host->iommu.enabled);
	/* The path through the port became the address of what is there. */
	assert_string_equal(host->iommu.reserved[0].devices[0], "0000:01:00.0");
	assert_false(host->iommu.groups_predicted);
	assert_int_equal(host->iommu.n_group_list, 2);
	assert_int_equal(host->iommu.group_list[0].id, 9);
	assert_string_equal(host->iommu.group_list[0].type, "DMA-FQ");
	assert_null(host->iommu.group_list[1].type);
	assert_int_equal(host->pci[2].iommu_group, 10);
	assert_true(host->pci[1].alone && host->pci[2].alone);
	assert_int_equal(strv_length(host->iommu.unexpected), 3);
	text = unit_judge(host);
	assert_non_null(strstr(text, "pcie_acs_override"));
	unit_folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dmar),
		cmocka_unit_test(test_dmar_below_xen),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_dmar_refused),
		cmocka_unit_test(test_ivrs),
		cmocka_unit_test(test_ivrs_refused),
		cmocka_unit_test(test_groups_of_ports),
		cmocka_unit_test(test_groups_of_switches),
		cmocka_unit_test(test_groups_behind_conventional_bridge),
		cmocka_unit_test(test_groups_unknown),
		cmocka_unit_test(test_detected),
	};

	return cmocka_run_group_tests_name("hwdb iommu", tests, NULL, NULL);
}
