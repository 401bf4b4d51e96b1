/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PCI functions: what their configuration space tells, and what sysfs tells where that is shut. */
#include "tests/unit/machine.h"
#include "tests/unit/pci_tree.h"

#include "hwdb/host_fields.h"
#include "hwdb/pci_link.h"
#include "hwdb/probe/pci_config.h"
#include "hwdb/probe/pci_names.h"
#include "hwdb/probe/vpd.h"

static struct host *detect(const char *folder)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	struct error *error = NULL;
	struct host *host;

	assert_int_equal(fsroot_open(folder, &root), 0);
	assert_int_equal(host_detect(root, NULL, &host, &error), 0);
	return host;
}

static const struct host_pci *find(const struct host *host, const char *address)
{
	for (size_t i = 0; i < host->n_pci; i++)
		if (str_eq(host->pci[i].address, address))
			return &host->pci[i];
	fail_msg("no %s", address);
	return NULL;
}

static void describe(const struct pci_space *space, struct host_pci *ret)
{
	_cleanup_pci_config_ struct pci_config config;

	*ret = (struct host_pci){0};
	pci_config_from_bytes(space->bytes, space->length, &config);
	pci_config_describe(&config, ret);
}

static void done(struct host_pci *pci)
{
	host_fields_done(host_pci_fields, pci);
}

/* A two-port card that could do eight lanes of generation 4 and got four of generation 3. */
static void make_card(struct pci_space *space)
{
	space_make(space, 0x159b8086, 0x020000, 0x80);
	space_put(space, 0x2c, 4, 0x00038086);
	space_put(space, space_capability(space, 0x03, 8), 1, 0x03);
	space_express(space, 0, 8, 4, 4, 3);
	space_put(space, 0x48 + 4, 4, 1u << 28);
	space_extended(space, 0x01, 0x48);
	space_extended(space, 0x0e, 8);
	space_sriov(space, true, 128, 4);
	space_extended(space, 0x0f, 8);
	space_acs(space, 0x0f, 0);
}

static void test_card(void **state _unused_)
{
	_cleanup_(done) struct host_pci pci = {0};
	struct pci_space space;

	make_card(&space);
	describe(&space, &pci);
	assert_string_equal(pci.express, "endpoint");
	assert_string_equal(pci.subsystem_vendor_id, "8086");
	assert_string_equal(pci.subsystem_device_id, "0003");
	assert_true(pci.multifunction);
	assert_true(pci.has_link_width && pci.has_link_width_max);
	assert_int_equal(pci.link_width, 4);
	assert_int_equal(pci.link_width_max, 8);
	assert_int_equal(pci.link_speed_mtps, 8000);
	assert_int_equal(pci.link_speed_max_mtps, 16000);
	assert_true(pci.has_function_reset && pci.function_reset);
	assert_true(pci.aer && pci.ari && pci.ats && pci.acs && pci.sriov);
	assert_true(pci.has_pasid && !pci.pasid);
	assert_int_equal(pci.vfs_total, 128);
	assert_int_equal(pci.vfs_enabled, 4);
	assert_true(pci.product_data);
	assert_int_equal(strv_length(pci.acs_supported), 4);
	assert_string_equal(pci.acs_supported[0], "source-validation");
	assert_null(pci.acs_enabled);
}

/* What is not shown is not known, whatever the length at which it ends; never false. */
static void test_cut_short(void **state _unused_)
{
	struct pci_space space;

	make_card(&space);
	for (size_t length = 0; length < 0x200; length++) {
		_cleanup_(done) struct host_pci pci = {0};

		space.length = length;
		describe(&space, &pci);
		assert_int_equal(pci.has_multifunction, length >= 64);
		if (length <= 256) {
			assert_false(pci.has_aer || pci.has_sriov || pci.has_acs || pci.has_ats);
			assert_false(pci.has_vfs_total || pci.has_ari || pci.has_pasid);
		}
		if (length <= 64) {
			assert_null(pci.express);
			assert_false(pci.has_link_width_max || pci.has_product_data);
		}
		assert_false(pci.has_acs && !pci.acs);
		assert_false(pci.has_sriov && !pci.sriov);
	}
}

static void test_conventional(void **state _unused_)
{
	_cleanup_(done) struct host_pci pci = {0}, header = {0};
	struct pci_space space;

	space_make(&space, 0x100e8086, 0x020000, 0);
	space.length = 256;
	describe(&space, &pci);
	assert_string_equal(pci.express, "none");
	assert_true(pci.has_sriov && !pci.sriov && pci.has_acs && !pci.acs);
	assert_false(pci.has_link_width);
	space.length = 64;
	describe(&space, &header);
	assert_null(header.express);
	assert_false(header.has_sriov || header.has_acs);
}

static void test_hostile(void **state _unused_)
{
	struct pci_space space;

	for (unsigned kind = 0; kind < 4; kind++) {
		_cleanup_(done) struct host_pci pci = {0};

		make_card(&space);
		if (kind == 0)
			space.bytes[0x49] = 0x48; /* a list that bites its tail */
		else if (kind == 1)
			space_put(&space, 0x102, 2, 1 | 0x100 << 4);
		else if (kind == 2)
			space_put(&space, 0x102, 2, 1 | 0xffc << 4);
		else
			memset(space.bytes + 0x100, 0xff, 4);
		describe(&space, &pci);
		assert_false(pci.has_acs);
		assert_false(pci.has_sriov);
	}
	{
		_cleanup_(done) struct host_pci pci = {0};

		memset(space.bytes, 0xff, sizeof(space.bytes)); /* pulled out meanwhile */
		describe(&space, &pci);
		assert_false(pci.has_multifunction);
		assert_null(pci.express);
	}
}

static void make_port(struct pci_space *space, unsigned width, unsigned speed)
{
	space_make(space, 0x20328086, 0x060400, 1);
	space_express(space, 4, width, speed, 4, 3);
	space_acs(space, 0x1f, 0x1d);
}

static const char vpd[] = "\x82\x05\0X520 "
			  "\x90\x1e\0PN\x0a"
			  "E66560-003EC\x03"
			  "A00SN\x08 \x01"
			  "A369F \x78";

static void test_tree(void **state _unused_)
{
	char *folder = unit_folder_make();
	_cleanup_host_ struct host *host = NULL;
	_cleanup_free_ char *port = NULL, *card = NULL, *vf = NULL;
	const struct host_pci *pci;
	struct pci_space space;

	make_port(&space, 4, 3);
	port = tree_device(folder, "pci0000:17/0000:17:00.0", &space);
	tree_text(folder, port, "numa_node", "1\n");
	make_card(&space);
	card = tree_device(folder, "pci0000:17/0000:17:00.0/0000:18:00.0", &space);
	tree_text(folder, card, "numa_node", "-1\n");
	tree_text(folder, card, "aer_dev_correctable", "RxErr 3\nBadTLP 0\nTOTAL_ERR_COR 3\n");
	tree_text(folder, card, "aer_dev_nonfatal", "Undefined 0\nTOTAL_ERR_NONFATAL 0\n");
	{
		_cleanup_free_ char *file = xasprintf("%s/vpd", card);

		tree_bytes(folder, file, vpd, sizeof(vpd) - 1);
	}
	tree_text(folder, card, "aer_dev_fatal", "TOTAL_ERR_FATAL -7\n");
	free(tree_device(folder, "pci0000:17/0000:17:00.0/0000:18:00.1", &space));
	space_make(&space, 0x1889ffff, 0x020000, 0);
	space_express(&space, 0, 0, 0, 0, 0);
	vf = tree_device(folder, "pci0000:17/0000:17:00.0/0000:18:02.0", &space);
	tree_link(folder, vf, "physfn", "../0000:18:00.0");
	host = detect(folder);
	assert_int_equal(host->n_pci, 4);
	pci = find(host, "0000:17:00.0");
	assert_null(pci->parent);
	assert_string_equal(pci->express, "root-port");
	assert_int_equal(pci->numa_node, 1);
	assert_int_equal(strv_length(pci->acs_enabled), 4);
	pci = find(host, "0000:18:00.0");
	assert_string_equal(pci->parent, "0000:17:00.0");
	assert_false(pci->has_numa_node);
	assert_true(pci->has_aer_correctable && pci->has_aer_nonfatal);
	assert_int_equal(pci->aer_correctable, 3);
	assert_false(pci->has_aer_fatal);
	assert_string_equal(pci->serial, "?A369F");
	pci = find(host, "0000:18:02.0");
	assert_string_equal(pci->vf_of, "0000:18:00.0");
	assert_string_equal(pci->express, "endpoint");
	assert_false(pci->multifunction);
	assert_false(pci->has_link_width || pci->has_link_width_max);
	unit_folder_remove(folder);
}

/* Without root's rights: 64 bytes of configuration space, and the kernel's own files. */
static void test_unprivileged(void **state _unused_)
{
	char *folder = unit_folder_make();
	_cleanup_host_ struct host *host = NULL;
	_cleanup_free_ char *card = NULL;
	const struct host_pci *pci;
	struct pci_space space;

	make_card(&space);
	space.length = 64;
	card = tree_device(folder, "pci0000:17/0000:17:00.0/0000:18:00.0", &space);
	tree_text(folder, card, "max_link_speed", "16.0 GT/s PCIe\n");
	tree_text(folder, card, "current_link_speed", "2.5 GT/s PCIe\n");
	tree_text(folder, card, "max_link_width", "8\n");
	tree_text(folder, card, "current_link_width", "0\n");
	tree_text(folder, card, "sriov_totalvfs", "64\n");
	tree_text(folder, card, "sriov_numvfs", "0\n");
	host = detect(folder);
	pci = find(host, "0000:18:00.0");
	assert_null(pci->express);
	assert_int_equal(pci->link_width_max, 8);
	assert_int_equal(pci->link_speed_max_mtps, 16000);
	assert_false(pci->has_link_width || pci->has_link_speed);
	assert_int_equal(pci->vfs_total, 64);
	assert_int_equal(pci->vfs_enabled, 0);
	assert_false(pci->has_acs || pci->has_ari || pci->has_ats || pci->has_aer);
	unit_folder_remove(folder);
}

/* Files that are none, too long, no text, or lead out of the folder: unknown, and nothing worse. */
static void test_odd_files(void **state _unused_)
{
	char *folder = unit_folder_make();
	_cleanup_host_ struct host *host = NULL;
	_cleanup_free_ char *pipe = NULL, *pipe_config = NULL, *huge = NULL, *out = NULL;
	_cleanup_free_ char *long_text = xmalloc(1 << 20), *outer = NULL, *inner = NULL;
	struct pci_space space;

	make_card(&space);
	pipe = tree_device(folder, "pci0000:17/0000:17:00.0", &space);
	pipe_config = xasprintf("%s%s/config", folder, pipe);
	assert_int_equal(unlink(pipe_config), 0);
	assert_int_equal(mkfifo(pipe_config, 0600), 0);
	huge = tree_device(folder, "pci0000:17/0000:17:01.0", &space);
	memset(long_text, '7', (1 << 20) - 1);
	long_text[(1 << 20) - 1] = '\0';
	tree_text(folder, huge, "numa_node", long_text);
	tree_text(folder, huge, "aer_dev_fatal", "TOTAL_ERR_FATAL \xff\xfe\n");
	tree_text(folder, huge, "resource", long_text);
	out = tree_device(folder, "pci0000:17/0000:17:02.0", &space);
	outer = xasprintf("%s%s/config", folder, out);
	assert_int_equal(unlink(outer), 0);
	inner = xasprintf("%s%s/config", folder, huge); /* a real file, as seen from outside */
	assert_int_equal(symlink(inner, outer), 0);
	host = detect(folder);
	assert_null(find(host, "0000:17:00.0")->express);
	assert_false(find(host, "0000:17:00.0")->has_multifunction);
	assert_string_equal(find(host, "0000:17:01.0")->express, "endpoint");
	assert_false(find(host, "0000:17:01.0")->has_numa_node);
	assert_false(find(host, "0000:17:01.0")->has_aer_fatal);
	assert_false(find(host, "0000:17:01.0")->has_vf_memory);
	assert_null(find(host, "0000:17:02.0")->express);
	unit_folder_remove(folder);
}

static void test_vf_memory(void **state _unused_)
{
#define BARS "0 0 0\n0 0 0\n0 0 0\n0 0 0\n0 0 0\n0 0 0\n0 0 0\n"
	static const struct {
		const char *resource;
		bool known, assigned;
		uint64_t bytes;
	} rows[] = {
		{BARS "0x3fe0000000 0x3fe01fffff 0x14220c\n0 0 0\n0 0 0\n"
		      "0x3fe0200000 0x3fe02fffff 0x14220c\n0 0 0\n0 0 0\n",
		 true, true, 0x300000},
		{BARS "0x3fe0000000 0x3fe01fffff 0x14220c\n0 0 0\n0 0 0\n"
		      "0x0000000000 0x00000fffff 0x2014220c\n0 0 0\n0 0 0\n",
		 true, false, 0x300000},
		{BARS "0 0 0\n0 0 0\n0 0 0\n0 0 0\n0 0 0\n0 0 0\n", true, false, 0},
		{BARS, false, false, 0},
		{BARS "x\ny\nz\n\xff\n1\n2\n", false, false, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char *folder = unit_folder_make();
		_cleanup_host_ struct host *host = NULL;
		_cleanup_free_ char *card = NULL;
		struct pci_space space;

		make_card(&space);
		card = tree_device(folder, "pci0000:17/0000:17:00.0", &space);
		tree_text(folder, card, "resource", rows[i].resource);
		host = detect(folder);
		assert_int_equal(host->pci[0].has_vf_memory, rows[i].known);
		assert_int_equal(host->pci[0].vf_memory_assigned, rows[i].assigned);
		assert_int_equal(host->pci[0].vf_memory_bytes, rows[i].bytes);
		unit_folder_remove(folder);
	}
}

static void test_product_data(void **state _unused_)
{
	_cleanup_(done) struct host_pci pci = {0};
	const uint8_t *bytes = (const uint8_t *)vpd;

	assert_int_equal(vpd_parse(bytes, sizeof(vpd) - 1, &pci), 0);
	assert_string_equal(pci.product_name, "X520");
	assert_string_equal(pci.part_number, "E66560-003");
	assert_string_equal(pci.engineering_level, "A00");
	assert_string_equal(pci.serial, "?A369F");
	for (size_t length = 0; length < sizeof(vpd) - 1; length++) {
		_cleanup_(done) struct host_pci cut = {0};
		_cleanup_free_ uint8_t *copy = xmalloc(length + 1);

		memcpy(copy, vpd, length);
		assert_int_equal(vpd_parse(copy, length, &cut), -EBADMSG);
		assert_null(cut.product_name);
	}
}

/* A keyword longer than its resource, a resource longer than the data, no end. */
static void test_product_data_refused(void **state _unused_)
{
	static const struct {
		const char *bytes;
		size_t length;
	} bad[] = {
		{"\x90\x04\0SN\x02X\x78", 8},   {"\x90\x02\0SN\x78", 6},
		{"\x90\xff\xffSN\x01X\x78", 8}, {"\x90\x04\0SN\x01X", 7},
		{"\xff\xff\xff\xff", 4},        {"", 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_(done) struct host_pci pci = {0};

		assert_int_equal(vpd_parse((const uint8_t *)bad[i].bytes, bad[i].length, &pci),
				 -EBADMSG);
		assert_null(pci.serial);
	}
}

static void set_link(struct host_pci *pci, unsigned width, unsigned speed, unsigned width_max,
		     unsigned speed_max)
{
	pci->has_link_width = pci->has_link_speed = width > 0;
	pci->has_link_width_max = pci->has_link_speed_max = width_max > 0;
	pci->link_width = width;
	pci->link_speed_mtps = speed;
	pci->link_width_max = width_max;
	pci->link_speed_max_mtps = speed_max;
}

static void test_link(void **state _unused_)
{
	static const struct {
		const char *class_id;
		unsigned now[2], card[2], port[2];
		enum pci_link_state state;
		unsigned percent;
	} rows[] = {
		{"020000", {8, 16000}, {8, 16000}, {16, 32000}, PCI_LINK_FULL, 100},
		{"020000", {4, 16000}, {8, 16000}, {4, 16000}, PCI_LINK_SLOT, 50},
		{"010802", {4, 8000}, {4, 16000}, {4, 8000}, PCI_LINK_SLOT, 49},
		{"010802", {2, 16000}, {4, 16000}, {4, 16000}, PCI_LINK_DEGRADED, 50},
		{"020000", {8, 2500}, {8, 8000}, {8, 8000}, PCI_LINK_DEGRADED, 25},
		{"030000", {16, 2500}, {16, 16000}, {16, 16000}, PCI_LINK_FULL, 100},
		{"030000", {8, 2500}, {16, 16000}, {16, 16000}, PCI_LINK_DEGRADED, 50},
		{"020000", {0, 0}, {8, 8000}, {8, 8000}, PCI_LINK_UNKNOWN, 0},
		{"020000", {8, 8000}, {8, 8000}, {0, 0}, PCI_LINK_UNKNOWN, 0},
		{"020000", {8, 8000}, {4000000000, 8000}, {8, 8000}, PCI_LINK_UNKNOWN, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		char card[] = "0000:18:00.0", port[] = "0000:17:00.0", kind[] = "root-port";
		_cleanup_free_ char *class_id = xstrdup(rows[i].class_id);
		struct host_pci pci[] = {{.address = port, .express = kind},
					 {.address = card, .parent = port, .class_id = class_id}};
		const struct host host = {.pci = pci, .n_pci = 2};
		_cleanup_free_ char *text = NULL;
		struct pci_link link;

		set_link(&pci[0], 0, 0, rows[i].port[0], rows[i].port[1]);
		set_link(&pci[1], rows[i].now[0], rows[i].now[1], rows[i].card[0], rows[i].card[1]);
		link = host_pci_link(&host, &pci[1]);
		assert_int_equal(link.state, rows[i].state);
		assert_int_equal(link.percent, rows[i].percent);
		text = unit_judge(&host);
		assert_int_equal(strstr(text, "slot gives") != NULL, link.state == PCI_LINK_SLOT);
		assert_int_equal(strstr(text, "are possible") != NULL,
				 link.state == PCI_LINK_DEGRADED);
	}
}

static void test_names(void **state _unused_)
{
	static const char text[] = "# a comment\n\n"
				   "8086  Intel Corporation \n"
				   "\t1521  I350 Gigabit Network Connection\n"
				   "\t\t1028 0602  Gigabit 2P I350-t LOM\n"
				   "# 8087  not yet\n"
				   "\t1522  I350 Fiber\n"
				   "8088  Beijing\n"
				   "\t0101  WX1860\n"
				   "C 02  Network controller\n"
				   "\t00  Ethernet controller";
	char *folder = unit_folder_make();
	_cleanup_free_ char *path = xasprintf("%s/pci.ids", folder);
	_cleanup_pci_names_ struct pci_names names = {0}, none = {0};
	FILE *file = fopen(path, "w");
	char *words[] = {NULL, NULL, NULL, NULL, NULL};

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	fclose(file);
	pci_names_open(path, &names);
	words[0] = pci_names_vendor(&names, 0x8086);
	words[1] = pci_names_device(&names, 0x8086, 0x1522);
	words[2] = pci_names_class(&names, 0x0200);
	words[3] = pci_names_class(&names, 0x0280);
	assert_string_equal(words[0], "Intel Corporation");
	assert_string_equal(words[1], "I350 Fiber");
	assert_string_equal(words[2], "Ethernet controller");
	assert_string_equal(words[3], "Network controller [0280]");
	for (size_t i = 0; words[i]; i++)
		free(words[i]);
	/* A board's number, another vendor's device, a comment, what nobody named. */
	assert_null(pci_names_device(&names, 0x8086, 0x1028));
	assert_null(pci_names_device(&names, 0x8086, 0x0101));
	assert_null(pci_names_vendor(&names, 0x8087));
	assert_null(pci_names_class(&names, 0xff00));
	pci_names_open("/nowhere/pci.ids", &none);
	assert_null(pci_names_vendor(&none, 0x8086));
	unit_folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_card),
		cmocka_unit_test(test_cut_short),
		cmocka_unit_test(test_conventional),
		cmocka_unit_test(test_hostile),
		cmocka_unit_test(test_tree),
		cmocka_unit_test(test_unprivileged),
		cmocka_unit_test(test_odd_files),
		cmocka_unit_test(test_vf_memory),
		cmocka_unit_test(test_link),
		cmocka_unit_test(test_product_data),
		cmocka_unit_test(test_product_data_refused),
		cmocka_unit_test(test_names),
	};

	return cmocka_run_group_tests_name("hwdb pci", tests, NULL, NULL);
}
