/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Which disk an answer means, and what is never taken. */
#include "tests/unit/plan_fixture.h"

static void expect_target(const char *machine, const char *primary, const char *name)
{
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, machine, primary);
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	assert_string_equal(plan->disks[0].name, name);
	assert_true(plan->disks[0].target);
}

static void expect_refused(const char *machine, const char *primary, const char *words,
			   const char *reason)
{
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, machine, primary);
	fixture_expect_refusal(&f, words, 3);
	if (!findings_mention(&f.findings, reason))
		fail_msg("no disk is refused with \"%s\"", reason);
}

/* A shelf of SAS disks that two machines are connected to. */
static void share_disks(struct plan_fixture *f, unsigned others)
{
	struct host_hba *hba = ARRAY_APPEND(f->host->hbas, f->host->n_hbas);

	hba->has_other_initiators = true;
	hba->other_initiators = others;
	for (size_t i = 0; i < f->host->n_disks; i++)
		strv_add(&hba->disks, f->host->disks[i].id);
}

static void test_shared_sas_disks_are_named_by_wwn(void **state)
{
	_cleanup_fixture_ struct plan_fixture shared, named, alone;

	(void)state;
	fixture_open(&shared, "uefi-3disks", "<primary-disk match='serial=ZDS0AA03'/>");
	share_disks(&shared, 1);
	fixture_expect_refusal(&shared,
			       "sdc: it is on SAS with 1 other host adapter: name it by its WWN, "
			       "5000c500b0c1d2e5",
			       3);
	fixture_open(&named, "uefi-3disks", "<primary-disk match='wwn=0x5000C500B0C1D2E5'/>");
	share_disks(&named, 1);
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&named);
	assert_string_equal(plan->disks[0].name, "sdc");
	fixture_open(&alone, "uefi-3disks", "<primary-disk match='serial=ZDS0AA03'/>");
	share_disks(&alone, 0);
	_cleanup_plan_ struct plan *other = fixture_expect_plan(&alone);
	assert_string_equal(other->disks[0].name, "sdc");
}

static void test_ways_to_name_a_disk(void **state)
{
	(void)state;
	static const char *const texts[] = {
		"sdc",
		"/dev/sdc",
		"/dev/disk/by-id/wwn-0x5000c500b0c1d2e5",
		"disk/by-id/wwn-0x5000c500b0c1d2e5",
		"5000c500b0c1d2e5",
		"0x5000C500B0C1D2E5",
		"ZDS0AA03",
		"zds0aa03",
	};

	for (size_t i = 0; i < ARRAY_SIZE(texts); i++) {
		_cleanup_free_ char *xml = xasprintf("<primary-disk>%s</primary-disk>", texts[i]);
		expect_target("uefi-3disks", xml, "sdc");
	}
}

static void test_match_terms(void **state)
{
	(void)state;
	expect_target("uefi-3disks", "<primary-disk match='serial=ZDS0AA03'/>", "sdc");
	expect_target("uefi-3disks", "<primary-disk match='serial=*03 transport=sata'/>", "sdc");
	expect_target("uefi-3disks", "<primary-disk match='wwn=0x5000C500B0C1D2E5'/>", "sdc");
	expect_target("uefi-3disks", "<primary-disk match='serial=ZDS0AA03'>sda</primary-disk>",
		      "sdc");
	expect_target("uefi-3disks",
		      "<primary-disk match='transport=nvme | serial=ZDS0AA03 | size>=1T'/>", "sdc");
	expect_target("vmfs", "<primary-disk match='size&lt;1T'/>", "sda");
	expect_target("vmfs", "<primary-disk match='rotational=no'/>", "sda");
	expect_target("vmfs", "<primary-disk match='model!=ST2000NM000A-2J2100'/>", "sda");
	expect_refused("vmfs", "<primary-disk match='size&gt;=100T'/>", "fits no disk",
		       "wanted is size>=100T");
}

static void test_exactly_one_must_fit(void **state)
{
	(void)state;
	expect_refused("same-model-twins", "<primary-disk match='transport=sata'/>", "fits 2 disks",
		       "it fits");
	expect_refused("uefi-3disks", "<primary-disk match='serial=NONE'/>", "fits no disk",
		       "its serial is \"ZDS0AA01\"");
	expect_refused("uefi-3disks", "<primary-disk>/dev/sdc2</primary-disk>", "fits no disk",
		       "name the whole disk");
	expect_refused("uefi-3disks", "<primary-disk>sdz</primary-disk>", "fits no disk",
		       "it is not sdz");
}

static void test_never_taken(void **state)
{
	(void)state;
	expect_refused("busy", "<primary-disk>nvme0n1</primary-disk>", "mounted on /",
		       "it is in use: mounted on /");
	expect_refused("busy", "<primary-disk>sda</primary-disk>", "in use", "it is in use: md127");
	expect_refused("busy", "<primary-disk>md127</primary-disk>", "kind md", "kind md");
	expect_refused("usb-only", "<primary-disk>sda</primary-disk>", "started from it",
		       "started from it");
	expect_refused("sas-san", "<primary-disk match='wwn=624a9370a1b2c3d4e5f6071800011a2c'/>",
		       "2 paths (sdd, sdf)", "multipath is not yet supported");
}

static void test_removable_only_by_name(void **state)
{
	(void)state;
	expect_refused("usb-only", "<primary-disk match='size&gt;=16G'/>", "none of the 2 disks",
		       "it is removable");
	expect_target("usb-only", "<primary-disk>sdb</primary-disk>", "sdb");
}

/* One path alone is a plain disk, and still one that other hosts may see. */
static void expect_storage_network_disk(const char *primary, bool fits)
{
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "sas-san", primary);
	size_t n_disks = f.host->n_disks;
	_cleanup_plan_ struct plan *plan = NULL;

	f.host->n_disks = 1;
	free(f.host->disks[0].transport);
	f.host->disks[0].transport = xstrdup("iscsi");
	strv_add(&f.answers->destroy_existing, "sda");
	plan = fixture_plan(&f);
	f.host->n_disks = n_disks;
	assert_int_equal(plan != NULL, fits);
	if (!fits)
		assert_true(findings_mention(&f.findings, "name it by its WWN"));
}

static void test_storage_network_only_by_wwn(void **state)
{
	(void)state;
	static const char *const wwn = "61866da0a1b2c3d4e5f607182930a1b2";
	_cleanup_free_ char *match = xasprintf("<primary-disk match='wwn=%s'/>", wwn);
	_cleanup_free_ char *link =
		xasprintf("<primary-disk>/dev/disk/by-id/wwn-0x%s</primary-disk>", wwn);

	expect_storage_network_disk(match, true);
	expect_storage_network_disk(link, true);
	expect_storage_network_disk("<primary-disk>sda</primary-disk>", false);
	expect_storage_network_disk("<primary-disk match='size&gt;=1G'/>", false);
	expect_storage_network_disk("<primary-disk match='serial=00a1b2c3d4e5f60718'/>", false);
	expect_storage_network_disk(
		"<primary-disk>/dev/disk/by-path/pci-0000:02:00.0-scsi-0:2:0:0</primary-disk>",
		false);
}

static void test_node_name_among_several_warns(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture several, one;
	fixture_open(&several, "uefi-3disks", "<primary-disk>sdc</primary-disk>");
	fixture_open(&one, "bios-virtio", "<primary-disk>vda</primary-disk>");
	_cleanup_plan_ struct plan *a = fixture_expect_plan(&several);
	_cleanup_plan_ struct plan *b = fixture_expect_plan(&one);

	assert_true(findings_mention(&a->warnings, "serial ZDS0AA03"));
	assert_false(findings_mention(&b->warnings, "may mean another disk"));
}

static void test_guest_disks(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "same-model-twins",
		     "<primary-disk guest-storage='no'>S3Z1NB0K111111A</primary-disk>"
		     "<guest-disk>S3Z1NB0K222222B</guest-disk><guest-disk>sdb</guest-disk>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	assert_int_equal(plan->n_disks, 2);
	assert_false(plan->disks[0].guest_storage);
	assert_true(plan->disks[1].guest_storage);
	assert_null(plan_find_partition(plan, "sr"));
	assert_non_null(strstr(fixture_file(plan, "/etc/firstboot.d/data/default-storage.conf"),
			       "XSPARTITIONS='/dev/disk/by-id/"
			       "ata-Samsung_SSD_860_EVO_500GB_S3Z1NB0K222222B'\n"));
}

/* Upstream: a guest-disk that names the primary disk takes guest-storage="no" back. */
static void test_target_as_guest_disk(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "bios-virtio",
		     "<primary-disk guest-storage='no'>vda</primary-disk>"
		     "<guest-disk>/dev/vda</guest-disk>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	assert_int_equal(plan->n_disks, 1);
	assert_non_null(plan_find_partition(plan, "sr"));
}

static void test_data_worth_money(void **state)
{
	(void)state;
	static const struct {
		const char *primary, *permission;
		bool fits;
	} cases[] = {
		{"<primary-disk>sdb</primary-disk>", NULL, false},
		{"<primary-disk>sdb</primary-disk>", "sda", false},
		{"<primary-disk>sdb</primary-disk>", "ZDS0AA02", true},
		{"<primary-disk>sdb</primary-disk>", "sdb", true},
		{"<primary-disk>sdb</primary-disk>", "5000c500b0c1d2e4", true},
		{"<primary-disk>sdc</primary-disk><guest-disk>sdb</guest-disk>", NULL, false},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_fixture_ struct plan_fixture f;
		fixture_open(&f, "uefi-3disks", cases[i].primary);
		if (cases[i].permission)
			strv_add(&f.answers->destroy_existing, cases[i].permission);
		_cleanup_plan_ struct plan *plan = fixture_plan(&f);

		assert_int_equal(plan != NULL, cases[i].fits);
		if (plan)
			continue;
		assert_true(findings_mention(&f.findings, "3 virtual disks"));
		unit_expect_error(&f.err, "sdb");
	}
}

static void test_sectors_of_storage_disks_agree(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;

	fixture_open(&f, "same-model-twins",
		     "<primary-disk>S3Z1NB0K111111A</primary-disk>"
		     "<guest-disk>S3Z1NB0K222222B</guest-disk>");
	f.host->disks[1].logical_block_bytes = 4096;
	fixture_expect_refusal(&f, "cannot span both", 3);
}

/* In the installer every disk is read-only; elsewhere it tells a write-protected one. */
static void test_write_protected_disk(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;

	fixture_open(&f, "same-model-twins", "<primary-disk match='serial=*A'/>");
	f.host->disks[0].read_only = true;
	fixture_expect_refusal(&f, "write-protected", 3);
	f.host->disks[1].read_only = true;
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	assert_string_equal(plan->disks[0].name, "sda");
}

static void test_disk_that_cannot_be_read(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;

	fixture_open(&f, "bios-virtio", "<primary-disk>vda</primary-disk>");
	f.host->disks[0].unreadable = xstrdup("Input/output error");
	fixture_expect_refusal(&f, "Input/output error", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_ways_to_name_a_disk),
		cmocka_unit_test(test_shared_sas_disks_are_named_by_wwn),
		cmocka_unit_test(test_match_terms),
		cmocka_unit_test(test_exactly_one_must_fit),
		cmocka_unit_test(test_never_taken),
		cmocka_unit_test(test_removable_only_by_name),
		cmocka_unit_test(test_storage_network_only_by_wwn),
		cmocka_unit_test(test_node_name_among_several_warns),
		cmocka_unit_test(test_guest_disks),
		cmocka_unit_test(test_target_as_guest_disk),
		cmocka_unit_test(test_data_worth_money),
		cmocka_unit_test(test_sectors_of_storage_disks_agree),
		cmocka_unit_test(test_write_protected_disk),
		cmocka_unit_test(test_disk_that_cannot_be_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
