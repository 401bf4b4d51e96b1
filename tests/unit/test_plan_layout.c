/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partitions to the sector: the layout that other installers left and expect. */
#include "tests/unit/plan_fixture.h"

#define SECTOR 512

struct expected {
	const char *id;
	unsigned number;
	uint64_t first, last; /* sectors */
};

static void expect_partitions(const struct plan *plan, uint64_t sector,
			      const struct expected *expected, size_t count)
{
	assert_int_equal(plan->n_partitions, count);
	for (size_t i = 0; i < count; i++) {
		const struct plan_partition *partition = &plan->partitions[i];

		assert_string_equal(partition->id, expected[i].id);
		assert_int_equal(partition->number, expected[i].number);
		assert_int_equal(partition->start_bytes, expected[i].first * sector);
		assert_int_equal(partition->start_bytes + partition->size_bytes,
				 (expected[i].last + 1) * sector);
	}
}

/* The sector map of a real XCP-ng host. */
static void test_xenserver_layout_with_storage(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "bios-virtio", "<primary-disk>vda</primary-disk>");
	uint64_t last = f.host->disks[0].size_bytes / SECTOR - 1;
	const struct expected expected[] = {
		{"logs", 5, 2048, 8390655},      {"backup", 2, 8390656, 46139391},
		{"root", 1, 46139392, 83888127}, {"boot", 4, 83888128, 84936703},
		{"swap", 6, 84936704, 87033855}, {"sr", 3, 87033856, last - 33},
	};
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	expect_partitions(plan, SECTOR, expected, ARRAY_SIZE(expected));
	assert_string_equal(plan_find_partition(plan, "boot")->type_guid,
			    "21686148-6449-6e6f-744e-656564454649");
	assert_null(plan_find_partition(plan, "boot")->filesystem);
	assert_string_equal(plan_find_partition(plan, "sr")->type_guid,
			    "e6d6d379-f507-44c2-a23c-238f2a3df928");
}

static void test_without_storage_the_boot_partition_is_three(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme", "<primary-disk guest-storage='no'>nvme0n1</primary-disk>");
	const struct expected expected[] = {
		{"logs", 5, 2048, 8390655},      {"backup", 2, 8390656, 46139391},
		{"root", 1, 46139392, 83888127}, {"boot", 3, 83888128, 84936703},
		{"swap", 6, 84936704, 87033855},
	};
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	expect_partitions(plan, SECTOR, expected, ARRAY_SIZE(expected));
	const struct plan_partition *esp = plan_find_partition(plan, "boot");
	assert_string_equal(esp->name, "ESP");
	assert_string_equal(esp->filesystem, "vfat");
	assert_string_equal(esp->mount, "/boot/efi");
	assert_false(plan->has_sr);
	assert_null(fixture_file(plan, "/etc/firstboot.d/data/default-storage.conf"));
}

static void test_4096_byte_sectors(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-4kn", "<primary-disk>sda</primary-disk>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	const struct plan_partition *sr = plan_find_partition(plan, "sr");

	/* Four sectors of entries and one of header stand behind the last usable one. */
	assert_int_equal(sr->start_bytes, 42497 * MIB);
	assert_int_equal(sr->start_bytes + sr->size_bytes, f.host->disks[0].size_bytes - 5 * 4096);
	assert_int_equal(plan_find_partition(plan, "logs")->start_bytes, MIB);
}

static void test_small_layout(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "tiny", "<layout>small</layout><primary-disk>vda</primary-disk>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	assert_int_equal(plan->n_partitions, 6);
	assert_null(plan_find_partition(plan, "backup"));
	assert_int_equal(plan_find_partition(plan, "root")->size_bytes, 8192 * MIB);
	assert_int_equal(plan_find_partition(plan, "journal")->size_bytes, MIB);
	assert_int_equal(plan_find_partition(plan, "sr")->number, 3);
	for (size_t i = 1; i < plan->n_partitions; i++)
		assert_int_equal(plan->partitions[i].start_bytes,
				 plan->partitions[i - 1].start_bytes +
					 plan->partitions[i - 1].size_bytes);
}

static void test_smallest_disks(void **state)
{
	(void)state;
	static const struct {
		const char *layout;
		uint64_t bytes;
		bool fits;
		const char *hint;
	} cases[] = {
		{"xenserver", 46 * GIB, true, NULL},
		{"xenserver", 46 * GIB - SECTOR, false, "<layout>small</layout>"},
		{"small", 16 * GIB, true, NULL},
		{"small", 16 * GIB - SECTOR, false, "larger disk"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_fixture_ struct plan_fixture f;
		_cleanup_free_ char *xml = xasprintf(
			"<layout>%s</layout><primary-disk>vda</primary-disk>", cases[i].layout);
		fixture_open(&f, "bios-virtio", xml);
		f.host->disks[0].size_bytes = cases[i].bytes;
		_cleanup_plan_ struct plan *plan = fixture_plan(&f);

		assert_int_equal(plan != NULL, cases[i].fits);
		if (plan)
			continue;
		assert_non_null(strstr(error_get_hint(f.err), cases[i].hint));
		assert_int_equal(error_kind_exit_code(f.err->kind), 4);
	}
}

static void test_bios_cannot_boot_4096(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;

	fixture_open(&f, "bios-4kn", "<primary-disk>sda</primary-disk>");
	fixture_expect_refusal(&f, "BIOS cannot boot", 4);
}

static void test_image_larger_than_root(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;

	fixture_open(&f, "tiny", "<layout>small</layout><primary-disk>vda</primary-disk>");
	f.source->smallest_root_bytes = 8193 * MIB;
	fixture_expect_refusal(&f, "needs a root file system of", 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_xenserver_layout_with_storage),
		cmocka_unit_test(test_without_storage_the_boot_partition_is_three),
		cmocka_unit_test(test_4096_byte_sectors),
		cmocka_unit_test(test_small_layout),
		cmocka_unit_test(test_smallest_disks),
		cmocka_unit_test(test_bios_cannot_boot_4096),
		cmocka_unit_test(test_image_larger_than_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
