/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A first partition that stays: where the others go, and what cannot be kept stops the plan. */
#include "tests/unit/plan_fixture.h"

#define ESP       "c12a7328-f81f-11d2-ba4b-00a0c93ec93b"
#define BIOS_BOOT "21686148-6449-6e6f-744e-656564454649"
#define LINUX     "0fc63daf-8483-4772-8e79-3d69d8477de4"

/* A table on the first disk, over whatever the recorded machine had there. */
static void set_table(struct plan_fixture *f, const char *type)
{
	struct host_disk *disk = &f->host->disks[0];
	struct host_content *content;

	assert_int_equal(disk->n_contents, 0);
	content = ARRAY_APPEND(disk->contents, disk->n_contents);
	content->kind = CONTENT_TABLE;
	content->type = xstrdup(type);
	content->size_bytes = disk->size_bytes;
}

static struct host_content *add(struct plan_fixture *f, unsigned number, uint64_t start,
				uint64_t size, const char *type, const char *name)
{
	struct host_disk *disk = &f->host->disks[0];
	struct host_content *content = ARRAY_APPEND(disk->contents, disk->n_contents);

	content->partition = number;
	content->start_bytes = start;
	content->size_bytes = size;
	content->kind = CONTENT_FILESYSTEM;
	content->type = xstrdup("vfat");
	content->partition_type = xstrdup(type);
	content->partition_name = name ? xstrdup(name) : NULL;
	return content;
}

static void open_with(struct plan_fixture *f, const char *value)
{
	_cleanup_free_ char *xml = xasprintf(
		"<primary-disk preserve-first-partition='%s'>nvme0n1</primary-disk>", value);

	fixture_open(f, "uefi-nvme", xml);
}

static void test_a_utility_partition_stays_and_the_others_move_up(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;
	static const struct {
		const char *id;
		unsigned number;
		uint64_t start_mib;
	} rows[] = {{"kept", 1, 0},     {"logs", 6, 102},   {"backup", 3, 4198}, {"root", 2, 22630},
		    {"boot", 5, 41062}, {"swap", 7, 41574}, {"sr", 4, 42598}};

	(void)state;
	open_with(&f, "if-utility");
	set_table(&f, "gpt");
	/* From sector 64, and half a MiB too long for the next to begin at once. */
	add(&f, 1, 32 * 1024, 101 * MIB + MIB / 2, ESP, "DELLUTILITY");
	add(&f, 2, 200 * MIB, GIB, LINUX, NULL);
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	assert_int_equal(plan->n_partitions, ARRAY_SIZE(rows));
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_string_equal(plan->partitions[i].id, rows[i].id);
		assert_int_equal(plan->partitions[i].number, rows[i].number);
		assert_int_equal(plan->partitions[i].start_bytes / MIB, rows[i].start_mib);
	}
	assert_int_equal(plan->partitions[0].start_bytes, 32 * 1024);
	assert_int_equal(plan->partitions[0].size_bytes, 101 * MIB + MIB / 2);
	assert_string_equal(plan->partitions[0].type_guid, ESP);
	assert_int_equal(strv_length(plan->disks[0].destroys), 1);
	assert_non_null(strstr(plan->disks[0].destroys[0], "partition 2"));
	assert_non_null(strstr(plan->disks[0].keeps, "partition 1"));
	_cleanup_free_ char *text = plan_to_text(plan);
	assert_non_null(strstr(text, "KEPT as it is: partition 1"));
	assert_non_null(strstr(text, ", all but partition 1"));
	assert_true(findings_mention(&plan->warnings, "is an EFI system partition"));
}

static void test_without_storage_numbers_move_up_too(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;

	(void)state;
	fixture_open(&f, "uefi-nvme",
		     "<primary-disk preserve-first-partition='yes' "
		     "guest-storage='no'>nvme0n1</primary-disk>");
	set_table(&f, "gpt");
	add(&f, 1, MIB, 9 * MIB, LINUX, NULL);
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	assert_int_equal(plan_find_partition(plan, "boot")->number, 4);
	assert_int_equal(plan_find_partition(plan, "logs")->start_bytes, 10 * MIB);
	assert_false(findings_mention(&plan->warnings, "EFI system partition"));
}

/* Data worth money that stays needs no permission, and what the answers do not want kept goes. */
static void test_only_what_goes_is_destroyed(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;
	struct host_content *content;

	(void)state;
	open_with(&f, "true");
	set_table(&f, "gpt");
	content = add(&f, 1, MIB, GIB, LINUX, NULL);
	content->kind = CONTENT_VMFS;
	content->valuable = true;
	_cleanup_plan_ struct plan *kept = fixture_expect_plan(&f);
	assert_string_equal(kept->disks[0].destroys[0], "nothing else recognised on it");
	f.answers->preserve_first = PRESERVE_IF_UTILITY;
	fixture_expect_refusal(&f, "must not be lost by accident", 3);
	f.host->disks[0].contents[1].valuable = false;
	_cleanup_plan_ struct plan *erased = fixture_expect_plan(&f);
	assert_null(plan_find_partition(erased, "kept"));
	assert_null(erased->disks[0].keeps);
}

static void test_what_cannot_be_kept_is_refused(void **state)
{
	static const struct {
		const char *value, *table;
		struct {
			unsigned number;
			uint64_t start, size;
			const char *type, *name;
		} partitions[2];
		const char *words;
	} rows[] = {
		{"true", "gpt", {{0}}, "there is none"},
		{"true", "gpt", {{2, MIB, MIB, LINUX, NULL}}, "there is none"},
		{"true", "dos", {{1, MIB, MIB, "0x83", NULL}}, "of the old kind (MBR)"},
		{"if-utility", "dos", {{1, MIB, MIB, "0xde", NULL}}, "of the old kind (MBR)"},
		{"if-utility",
		 "gpt",
		 {{1, MIB, MIB, LINUX, NULL}, {2, 2 * MIB, MIB, ESP, "DELLUTILITY"}},
		 "partition 2 of nvme0n1 cannot be kept"},
		{"true",
		 "gpt",
		 {{1, 4 * MIB, MIB, LINUX, NULL}, {2, MIB, MIB, LINUX, NULL}},
		 "not the first on the disk"},
		{"true",
		 "gpt",
		 {{1, MIB, 4 * MIB, LINUX, NULL}, {2, 4 * MIB, MIB, LINUX, NULL}},
		 "another partition overlaps it"},
		{"true", "gpt", {{1, 512, MIB, LINUX, NULL}}, "needs its place"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_fixture_ struct plan_fixture f;

		open_with(&f, rows[i].value);
		set_table(&f, rows[i].table);
		for (size_t p = 0; p < 2 && rows[i].partitions[p].number; p++)
			add(&f, rows[i].partitions[p].number, rows[i].partitions[p].start,
			    rows[i].partitions[p].size, rows[i].partitions[p].type,
			    rows[i].partitions[p].name);
		fixture_expect_refusal(&f, rows[i].words, 3);
	}
}

static void test_what_is_kept_leaves_room_for_the_host(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;

	(void)state;
	open_with(&f, "true");
	set_table(&f, "gpt");
	add(&f, 1, MIB, 430 * GIB, LINUX, NULL);
	fixture_expect_refusal(&f, "which is kept, leaves 35 GiB behind it", 4);
}

/* grub-install writes into whatever partition has that type. */
static void test_a_boot_partition_of_bios_is_not_kept_under_bios(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;

	(void)state;
	open_with(&f, "true");
	set_table(&f, "gpt");
	add(&f, 1, MIB, MIB, BIOS_BOOT, NULL);
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	assert_int_equal(plan->partitions[0].purpose, PARTITION_KEPT);
	f.host->firmware.kind = FIRMWARE_BIOS;
	fixture_expect_refusal(&f, "GRUB would write", 3);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_a_utility_partition_stays_and_the_others_move_up),
		cmocka_unit_test(test_without_storage_numbers_move_up_too),
		cmocka_unit_test(test_only_what_goes_is_destroyed),
		cmocka_unit_test(test_what_cannot_be_kept_is_refused),
		cmocka_unit_test(test_what_is_kept_leaves_room_for_the_host),
		cmocka_unit_test(test_a_boot_partition_of_bios_is_not_kept_under_bios),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
