/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The page is well-formed whatever the hardware says, and says what the machine is. */
#include "tests/unit/unit.h"

#include "common/xml.h"
#include "hwdb/report.h"

static char *page_of(const struct host *host, const char *name)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_verdicts_ struct verdicts verdicts = {0};
	_cleanup_error_ struct error *error = NULL;
	struct report_machine machine = {.name = name, .host = host, .verdicts = &verdicts};

	assert_int_equal(profile_load("host", &profile, &error), 0);
	verdicts_judge(profile, host, &verdicts);
	return report_html(&machine, 1, "2026-01-02 03:04 UTC");
}

#define DOCTYPE "<!DOCTYPE html>\n"

/* Fails unless the page is XML without anything that runs or loads. */
static void check_page(const char *page)
{
	_cleanup_error_ struct error *error = NULL;
	_cleanup_xml_ struct xml_node *root = NULL;
	struct xml_position position;

	assert_true(str_starts(page, DOCTYPE));
	page += strlen(DOCTYPE); /* refused where XML is read */
	if (xml_parse(page, strlen(page), "page", &root, &position, &error) < 0)
		fail_msg("the page is not XML at line %u", position.line);
	assert_string_equal(root->name, "html");
	assert_null(strstr(page, "<script"));
	assert_null(strstr(page, " src="));
	assert_null(strstr(page, " href="));
	assert_null(strstr(page, "url("));
}

static struct host *load(const char *name)
{
	_cleanup_error_ struct error *error = NULL;
	struct host *host = NULL;

	assert_int_equal(host_load(name, &host, &error), 0);
	return host;
}

static void test_every_machine(void **state _unused_)
{
	static const char *const names[] = {"bios-4kn.json",
					    "sas-san.json",
					    "tiny.json",
					    "two-socket.json",
					    "usb-only.json",
					    "vmfs.json",
					    "captured/qemu-intel-iommu.json",
					    "captured/qemu-uefi-raid-paths.json"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		_cleanup_free_ char *path = xasprintf("tests/machines/%s", names[i]);
		_cleanup_host_ struct host *host = load(path);
		_cleanup_free_ char *page = page_of(host, path);

		check_page(page);
		for (size_t j = 0; j < host->n_nics; j++)
			assert_non_null(strstr(page, host->nics[j].mac));
	}
}

static void replace(char **text, const char *with)
{
	free(*text);
	*text = xstrdup(with);
}

#define EVIL "</title></style><script>alert(1)</script>&\"'\x01\x1b\xff\xe2\x80\xae\xef\xbf\xbf]]>"

static void test_hostile_strings(void **state _unused_)
{
	_cleanup_host_ struct host *host = load("tests/machines/two-socket.json");
	_cleanup_free_ char *page = NULL;

	replace(&host->firmware.system_vendor, EVIL);
	replace(&host->firmware.product_serial, EVIL);
	replace(&host->cpu.model, EVIL);
	replace(&host->disks[0].model, EVIL);
	replace(&host->disks[0].name, EVIL);
	replace(&host->disks[0].id, EVIL);
	replace(&host->nics[0].name, EVIL);
	replace(&host->nics[0].driver, EVIL);
	strv_add(&host->notes, EVIL);
	for (size_t i = 0; i < host->n_pci; i++) {
		replace(&host->pci[i].device_name, EVIL);
		replace(&host->pci[i].vendor_name, EVIL);
		replace(&host->pci[i].slot, EVIL);
	}
	for (size_t i = 0; i < host->n_hbas; i++) {
		replace(&host->hbas[i].kind, EVIL);
		replace(&host->hbas[i].model, EVIL);
		replace(&host->hbas[i].hides, EVIL);
		strv_add(&host->hbas[i].disks, EVIL);
	}
	for (size_t i = 0; i < host->memory.n_dimms; i++) {
		replace(&host->memory.dimms[i].locator, EVIL);
		replace(&host->memory.dimms[i].bank, EVIL);
		replace(&host->memory.dimms[i].part_number, EVIL);
	}
	host->nics[0].lldp = xcalloc(1, sizeof(*host->nics[0].lldp));
	host->nics[0].n_lldp = 1;
	host->nics[0].lldp[0].system_name = xstrdup(EVIL);
	page = page_of(host, EVIL);
	check_page(page);
	assert_non_null(strstr(page, "&lt;script&gt;alert(1)"));
	assert_null(strstr(page, "\xe2\x80\xae"));
	assert_null(strchr(page, '\x1b'));
}

/* Documents from elsewhere: each other's parents, its own parent, numbers without bounds. */
static void test_rings_and_bounds(void **state _unused_)
{
	_cleanup_host_ struct host *host = load("tests/machines/uefi-3disks.json");
	_cleanup_free_ char *page = NULL;

	assert_true(host->n_pci > 2);
	replace(&host->pci[0].parent, host->pci[1].address);
	replace(&host->pci[1].parent, host->pci[0].address);
	replace(&host->pci[2].parent, host->pci[2].address);
	host->pci[2].has_link_width = true;
	host->pci[2].link_width = UINT32_MAX;
	for (size_t i = 0; i < host->disks[0].n_contents; i++)
		host->disks[0].contents[i].size_bytes = UINT64_MAX;
	host->disks[1].size_bytes = 1;
	host->numa[0].memory_bytes = UINT64_MAX;
	page = page_of(host, "rings");
	check_page(page);
}

static void test_modules_and_controllers(void **state _unused_)
{
	static const char *const words[] = {
		"20 x 16.0 GiB DDR5 registered with ECC, 4800 MT/s",
		"4400 MT/s (it can 4800)",
		"ERRORS in CPU_SrcID#0_MC#0_Chan#0_DIMM#0: 3 corrected",
		">P2-DIMMH1<",
		">Fibre Channel<",
		"port 100000109bd8a1b3, Linkdown",
		"2 volumes: sda 557.8 GiB",
		"class=\"bad\">8086:2822 is a SATA or NVMe controller in RAID mode",
		"Other machines are at the same disks",
		"iqn.2026-01.example:boot",
	};
	_cleanup_host_ struct host *host = load("tests/machines/two-socket.json");
	_cleanup_free_ char *page = page_of(host, "two sockets");

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (!strstr(page, words[i]))
			fail_msg("the page lacks: %s", words[i]);
}

static void test_side_by_side(void **state _unused_)
{
	_cleanup_host_ struct host *one = load("tests/machines/tiny.json");
	_cleanup_host_ struct host *two = load("tests/machines/usb-only.json");
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_verdicts_ struct verdicts good = {0}, bad = {0};
	struct report_machine machines[] = {
		{.name = "first", .host = one, .verdicts = &good},
		{.name = "second", .host = two, .verdicts = &bad},
	};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *page = NULL;

	assert_int_equal(profile_load("host", &profile, &error), 0);
	verdicts_judge(profile, one, &good);
	verdicts_judge(profile, two, &bad);
	page = report_html(machines, 2, "today");
	check_page(page);
	assert_non_null(strstr(page, ">first<"));
	assert_non_null(strstr(page, ">second<"));
	assert_non_null(strstr(page, "Can be a Xen host"));
	assert_non_null(strstr(page, "badge error\">Cannot be a Xen host as it is"));
	assert_non_null(strstr(page, "No disk"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_machine),
		cmocka_unit_test(test_hostile_strings),
		cmocka_unit_test(test_rings_and_bounds),
		cmocka_unit_test(test_modules_and_controllers),
		cmocka_unit_test(test_side_by_side),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
