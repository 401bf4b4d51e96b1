/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A disk that is given up at first boot: what is looked at before, and what takes its content. */
#include "common/proc.h"
#include "common/str.h"
#include "firstboot/erase.h"
#include "installer/plan/plan.h"
#include "tests/unit/unit.h"

/* sdb of this machine: an LVM storage repository of three virtual disks. */
#define MACHINE "tests/machines/uefi-3disks.json"
#define SDB     1
#define GROUP   "VG_XenStorage-6f1c8e2a-4b7d-4b2e-9d60-1f2e3a4b5c6d"

struct fixture {
	char *folder, *path;
	struct fsroot *root;
	struct host *shown, *now;
};

static void write_file(struct fixture *f, const char *path, const char *text, mode_t mode)
{
	assert_int_equal(fsroot_write_text(f->root, path, text, mode), 0);
}

/* Two partitions, and tools that write down how they were called. */
static int set_up(void **state)
{
	static const char *const tools[] = {"vgchange", "wipefs", "blockdev", "udevadm"};
	struct fixture *f = xcalloc(1, sizeof(*f));
	_cleanup_free_ char *script = NULL, *search = NULL;

	f->folder = unit_folder_make();
	assert_int_equal(fsroot_open(f->folder, &f->root), 0);
	assert_int_equal(host_load(MACHINE, &f->shown, NULL), 0);
	assert_int_equal(host_load(MACHINE, &f->now, NULL), 0);
	f->path = disk_stable_path(&f->now->disks[SDB]);
	write_file(f, "/dev/sdb", "", 0600);
	write_file(f, "/sys/class/block/sdb/sdb1/partition", "1\n", 0644);
	write_file(f, "/sys/class/block/sdb/sdb2/partition", "2\n", 0644);
	write_file(f, "/sys/class/block/sdb/queue/rotational", "1\n", 0644);
	write_file(f, "/sys/class/block/dm-4/dm/uuid", "LVM-abc\n", 0644);
	write_file(f, "/sys/class/block/dm-5/dm/uuid", "CRYPT-abc\n", 0644);
	script = xasprintf("#!/bin/sh\necho \"${0##*/} $*\" >>%s/calls\n", f->folder);
	for (size_t i = 0; i < ARRAY_SIZE(tools); i++) {
		_cleanup_free_ char *path = xasprintf("/tools/%s", tools[i]);

		write_file(f, path, script, 0755);
	}
	write_file(f, "/calls", "", 0644);
	search = xasprintf("%s/tools:/usr/bin:/bin", f->folder);
	proc_set_path(search);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	proc_set_path(NULL);
	host_free(f->shown);
	host_free(f->now);
	fsroot_free(f->root);
	unit_folder_remove(f->folder);
	free(f->path);
	free(f);
	return 0;
}

static char *calls(struct fixture *f)
{
	char *text = NULL;

	assert_int_equal(fsroot_read_text(f->root, "/calls", &text), 0);
	return text;
}

static void expect_refusal(struct fixture *f, const char *words)
{
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *called = NULL;

	assert_true(erase_disk(f->root, f->shown, f->now, f->path, &error) < 0);
	unit_expect_error(&error, words);
	called = calls(f);
	assert_string_equal(called, "");
}

static void test_partitions_go_before_the_disk(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *called = NULL;

	assert_int_equal(erase_disk(f->root, f->shown, f->now, f->path, NULL), 0);
	called = calls(f);
	assert_string_equal(called, "wipefs --all --force /dev/sdb1 /dev/sdb2 /dev/sdb\n"
				    "blockdev --rereadpt /dev/sdb\nudevadm settle");
}

static void test_volumes_that_nobody_opened_are_laid_to_rest(void **state)
{
	struct fixture *f = *state;
	struct host_disk *disk = &f->now->disks[SDB];
	_cleanup_free_ char *called = NULL;

	assert_false(erase_is_idle(f->root, disk));
	strv_add(&disk->holders, "dm-4 (VG_XenStorage-VHD)");
	assert_true(erase_is_idle(f->root, disk));
	assert_int_equal(erase_disk(f->root, f->shown, f->now, f->path, NULL), 0);
	called = calls(f);
	assert_true(str_starts(called, "vgchange --activate n " GROUP "\nwipefs "));
}

static void test_a_disk_in_use_stays(void **state)
{
	static const char *const uses[] = {"mounted on /srv", "swap", "md127", "dm-5 (secret)",
					   "dm-9 (gone)"};
	struct fixture *f = *state;
	struct host_disk *disk = &f->now->disks[SDB];

	for (size_t i = 0; i < ARRAY_SIZE(uses); i++) {
		_cleanup_free_ char *words = xasprintf("it is in use: dm-4 (a), %s", uses[i]);

		strv_free(disk->holders);
		disk->holders = NULL;
		strv_add(&disk->holders, "dm-4 (a)");
		strv_add(&disk->holders, uses[i]);
		expect_refusal(f, words);
	}
}

static void test_a_disk_that_is_not_what_was_shown_stays(void **state)
{
	static const char words[] = "its content is not what was shown";
	struct fixture *f = *state;
	struct host_disk *disk = &f->now->disks[SDB];
	char *digest = disk->table_digest;
	size_t contents = disk->n_contents;

	disk->table_digest = f->now->disks[0].table_digest;
	assert_string_not_equal(disk->table_digest, digest);
	expect_refusal(f, words);
	disk->table_digest = digest;
	disk->size_bytes++;
	expect_refusal(f, words);
	disk->size_bytes--;
	disk->n_contents = 0;
	expect_refusal(f, words);
	disk->n_contents = contents;
	free(disk->name);
	disk->name = NULL;
	expect_refusal(f, "it is not there any more");
}

int main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_partitions_go_before_the_disk, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_volumes_that_nobody_opened_are_laid_to_rest,
						set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_disk_in_use_stays, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_disk_that_is_not_what_was_shown_stays,
						set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
