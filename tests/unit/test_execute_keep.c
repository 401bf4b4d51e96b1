/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A partition that is kept: the steps that erase a disk leave every byte of it and of its entry as
 * they were. The disk is a file, and the folder that stands for /sys knows the partition by a node
 * that does not exist: a step that reaches for it fails.
 */
#include <fcntl.h>
#include <sys/stat.h>

#include "installer/execute/engine.h"
#include "installer/execute/table.h"
#include "tests/unit/unit.h"

#define DISK_BYTES (64 * MIB)
#define KEPT_START ((uint64_t)64 * 512) /* where old tools begin, not at a MiB */
#define KEPT_BYTES (3 * MIB)
#define SYS        "/sys/class/block/img/xenhost-nothing1"

struct context {
	char *folder, *node;
	int fd;
	struct plan plan;
	struct plan_disk disk;
	struct plan_partition partitions[2];
	struct execution execution;
	struct execute_job job;
	struct report report;
	struct disk open;
	struct fsroot *root;
	uint8_t *content, entry[GPT_ENTRY_BYTES];
};

static char *text(const char *constant)
{
	return (char *)(uintptr_t)constant;
}

static void fill(const struct context *context)
{
	_cleanup_free_ uint8_t *garbage = xmalloc(MIB);

	for (size_t i = 0; i < MIB; i++)
		garbage[i] = (uint8_t)(i * 7 + (i >> 8));
	for (uint64_t offset = 0; offset < DISK_BYTES; offset += MIB)
		assert_int_equal(pwrite(context->fd, garbage, MIB, (off_t)offset), MIB);
}

/* An entry as a vendor makes it: a type nobody here knows, attributes, a name beyond ASCII. */
static void make_old_table(struct context *context)
{
	static const uint8_t type[16] = {0xa4, 0xbb, 0x94, 0xde, 0xd1, 0x06, 0x40, 0x4d,
					 0xa1, 0x6a, 0xbf, 0xd5, 0x01, 0x79, 0xd6, 0xac};
	struct plan_partition partition = context->partitions[0];
	const struct plan_partition *list = &partition;
	struct gpt_identity identity = {.number = 1, .entry = context->entry};

	partition.purpose = PARTITION_BOOT;
	partition.type_guid = text("0fc63daf-8483-4772-8e79-3d69d8477de4");
	partition.uuid = text("99999999-2222-4333-8444-000000000001");
	assert_int_equal(table_write(context->node, &list, 1, false, NULL), 0);
	assert_int_equal(gpt_read_entry(context->fd, 1, context->entry), 0);
	memcpy(context->entry, type, sizeof(type));
	context->entry[48] = 0x05; /* required, legacy BIOS bootable */
	memcpy(context->entry + 56, "\xdc\x00W\x00", 4);
	assert_int_equal(gpt_set_identities(context->fd, &identity, 1), 0);
}

static void make_plan(struct context *context)
{
	context->disk = (struct plan_disk){.id = text("d"),
					   .name = text("img"),
					   .size_bytes = DISK_BYTES,
					   .logical_block_bytes = 512,
					   .target = true};
	context->partitions[0] =
		(struct plan_partition){.id = text("kept"),
					.disk = text("d"),
					.purpose = PARTITION_KEPT,
					.number = 1,
					.start_bytes = KEPT_START,
					.size_bytes = KEPT_BYTES,
					.type_guid = text("de94bba4-06d1-4d40-a16a-bfd50179d6ac")};
	context->partitions[1] =
		(struct plan_partition){.id = text("root"),
					.disk = text("d"),
					.number = 2,
					.start_bytes = 4 * MIB,
					.size_bytes = 8 * MIB,
					.type_guid = text("ebd0a0a2-b9e5-4433-87c0-68b6b72699c7"),
					.name = text("root"),
					.uuid = text("11111111-2222-4333-8444-000000000002")};
	context->plan.disks = &context->disk;
	context->plan.n_disks = 1;
	context->plan.partitions = context->partitions;
	context->plan.n_partitions = 2;
}

static int setup(void **state)
{
	struct context *context = xcalloc(1, sizeof(*context));

	context->folder = unit_folder_make();
	context->node = xasprintf("%s/img", context->folder);
	context->fd = open(context->node, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	assert_true(context->fd >= 0);
	assert_int_equal(fsroot_open(context->folder, &context->root), 0);
	assert_int_equal(fsroot_mkdir(context->root, SYS, 0755), 0);
	assert_int_equal(fsroot_write_text(context->root, SYS "/partition", "1\n", 0644), 0);
	make_plan(context);
	fill(context);
	make_old_table(context);
	context->content = xmalloc(KEPT_BYTES);
	assert_int_equal(pread(context->fd, context->content, KEPT_BYTES, KEPT_START), KEPT_BYTES);
	context->job = (struct execute_job){.plan = &context->plan, .root = context->root};
	context->open =
		(struct disk){.plan = &context->disk, .node = context->node, .fd = context->fd};
	context->execution = (struct execution){.job = &context->job,
						.plan = &context->plan,
						.report = &context->report,
						.disks = &context->open,
						.n_disks = 1};
	*state = context;
	return 0;
}

static int teardown(void **state)
{
	struct context *context = *state;

	close(context->fd);
	fsroot_free(context->root);
	unit_folder_remove(context->folder);
	free(context->node);
	free(context->content);
	free(context);
	return 0;
}

static void assert_kept(const struct context *context)
{
	_cleanup_free_ uint8_t *now = xmalloc(KEPT_BYTES);
	uint8_t entry[GPT_ENTRY_BYTES];

	assert_int_equal(pread(context->fd, now, KEPT_BYTES, KEPT_START), KEPT_BYTES);
	assert_memory_equal(now, context->content, KEPT_BYTES);
	assert_int_equal(gpt_read_entry(context->fd, 1, entry), 0);
	assert_memory_equal(entry, context->entry, sizeof(entry));
}

static void test_erasing_a_disk_leaves_it(void **state)
{
	struct context *context = *state;
	const struct plan_step step = {.disk = text("d")};

	assert_int_equal(run_disable_boot(&context->execution, &step, NULL), 0);
	assert_kept(context);
	assert_int_equal(run_wipe(&context->execution, &step, NULL), 0);
	assert_kept(context);
	context->report.changed = true;
	undo_point_of_no_return(&context->execution, &step);
	assert_null(context->report.warnings);
	assert_kept(context);
}

static void test_control_without_keeping_it_is_reached_for(void **state)
{
	struct context *context = *state;
	const struct plan_step step = {.disk = text("d")};

	context->partitions[0].purpose = PARTITION_LOGS;
	context->partitions[0].id = text("logs");
	assert_true(run_disable_boot(&context->execution, &step, NULL) < 0);
}

static void test_new_table_holds_the_old_entry(void **state)
{
	struct context *context = *state;
	const struct plan_partition *const list[] = {&context->partitions[0],
						     &context->partitions[1]};
	_cleanup_(gpt_done) struct gpt gpt = {0};

	assert_int_equal(table_write(context->node, list, 2, true, NULL), 0);
	assert_kept(context);
	assert_int_equal(gpt_read(context->fd, &gpt), 0);
	assert_int_equal(gpt.n_entries, 2);
	assert_string_equal(gpt.entries[1].uuid, context->partitions[1].uuid);
}

static void test_another_partition_in_its_place_stops_it(void **state)
{
	struct context *context = *state;
	const struct plan_partition *const list[] = {&context->partitions[0],
						     &context->partitions[1]};
	uint8_t before[4 * 4096], after[sizeof(before)], entry[GPT_ENTRY_BYTES];
	struct error *error = NULL;

	context->partitions[0].size_bytes += 512;
	assert_int_equal(pread(context->fd, before, sizeof(before), 0), sizeof(before));
	assert_int_equal(table_check_kept(context->fd, list[0], entry), -ENOENT);
	assert_true(table_write(context->node, list, 2, true, &error) < 0);
	unit_expect_error(&error, "which is to be kept, is not there");
	assert_int_equal(pread(context->fd, after, sizeof(after), 0), sizeof(after));
	assert_memory_equal(before, after, sizeof(before));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_erasing_a_disk_leaves_it, setup, teardown),
		cmocka_unit_test_setup_teardown(test_control_without_keeping_it_is_reached_for,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_new_table_holds_the_old_entry, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_another_partition_in_its_place_stops_it, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
