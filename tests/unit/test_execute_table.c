/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Partition tables land on the disk exactly as planned, both copies, over whatever was there. */
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#include "common/str.h"
#include "installer/execute/gpt.h"
#include "installer/execute/table.h"

#define DISK_BYTES (64 * MIB)

static char basic[] = "ebd0a0a2-b9e5-4433-87c0-68b6b72699c7";
static char bios_boot[] = "21686148-6449-6e6f-744e-656564454649";
static char linux_data[] = "0fc63daf-8483-4772-8e79-3d69d8477de4";
static char lvm[] = "e6d6d379-f507-44c2-a23c-238f2a3df928";
static char unknown[] = "de94bba4-06d1-4d40-a16a-bfd50179d6ac";

static struct plan_partition partitions[] = {
	{.number = 5,
	 .start_bytes = MIB,
	 .size_bytes = 8 * MIB,
	 .type_guid = basic,
	 .name = (char[]){"logs"},
	 .uuid = (char[]){"11111111-2222-4333-8444-000000000005"}},
	{.number = 1,
	 .start_bytes = 9 * MIB,
	 .size_bytes = 16 * MIB,
	 .type_guid = basic,
	 .name = (char[]){"root"},
	 .uuid = (char[]){"11111111-2222-4333-8444-000000000001"}},
	{.number = 4,
	 .start_bytes = 25 * MIB,
	 .size_bytes = MIB,
	 .type_guid = bios_boot,
	 .name = (char[]){"biosboot"},
	 .uuid = (char[]){"11111111-2222-4333-8444-000000000004"}},
	{.number = 7,
	 .start_bytes = 26 * MIB,
	 .size_bytes = MIB,
	 .type_guid = linux_data,
	 .name = (char[]){"xenhost"},
	 .uuid = (char[]){"11111111-2222-4333-8444-000000000007"}},
	/* To the last sector that 128 entries at the end leave free. */
	{.number = 3,
	 .start_bytes = 27 * MIB,
	 .size_bytes = 37 * MIB - 33 * 512,
	 .type_guid = lvm,
	 .name = (char[]){"localsr"},
	 .uuid = (char[]){"11111111-2222-4333-8444-000000000003"}},
};

static const struct plan_partition *const list[] = {&partitions[0], &partitions[1], &partitions[2],
						    &partitions[3], &partitions[4]};

struct disk_file {
	char path[40];
	int fd;
};

/* Garbage from end to end, which libparted must not take for an old table. */
static int setup(void **state)
{
	struct disk_file *disk = xcalloc(1, sizeof(*disk));
	_cleanup_free_ uint8_t *garbage = xmalloc(MIB);

	assert_int_equal(str_copy(disk->path, sizeof(disk->path), "/tmp/xenhost-table-XXXXXX"), 0);
	disk->fd = mkstemp(disk->path);
	assert_true(disk->fd >= 0);
	for (size_t i = 0; i < MIB; i++)
		garbage[i] = (uint8_t)(i * 7 + (i >> 8));
	for (uint64_t offset = 0; offset < DISK_BYTES; offset += MIB)
		assert_int_equal(pwrite(disk->fd, garbage, MIB, (off_t)offset), MIB);
	*state = disk;
	return 0;
}

static int teardown(void **state)
{
	struct disk_file *disk = *state;

	close(disk->fd);
	unlink(disk->path);
	free(disk);
	return 0;
}

static void assert_entries(int fd)
{
	_cleanup_(gpt_done) struct gpt gpt = {0};

	assert_int_equal(gpt_read(fd, &gpt), 0);
	assert_int_equal(gpt.n_entries, ARRAY_SIZE(list));
	for (size_t i = 0; i < gpt.n_entries; i++) {
		const struct gpt_entry *entry = &gpt.entries[i];
		const struct plan_partition *plan = NULL;

		for (size_t j = 0; j < ARRAY_SIZE(list); j++)
			if (list[j]->number == entry->number)
				plan = list[j];
		assert_non_null(plan);
		assert_string_equal(entry->type, plan->type_guid);
		assert_string_equal(entry->uuid, plan->uuid);
		assert_string_equal(entry->name, plan->name);
		assert_int_equal(entry->first * 512, plan->start_bytes);
		assert_int_equal((entry->last + 1) * 512, plan->start_bytes + plan->size_bytes);
	}
}

static void test_partitions_are_exactly_as_planned(void **state)
{
	struct disk_file *disk = *state;
	uint8_t sector[512], active;

	assert_int_equal(table_write(disk->path, list, ARRAY_SIZE(list), true, NULL), 0);
	assert_entries(disk->fd);
	assert_int_equal(pread(disk->fd, sector, sizeof(sector), 0), 512);
	active = sector[446];
	assert_int_equal(active, 0x80);
	assert_int_equal(sector[450], 0xee);
}

static void test_copy_at_the_end_is_as_good(void **state)
{
	struct disk_file *disk = *state;
	uint8_t zeros[4096] = {0};

	assert_int_equal(table_write(disk->path, list, ARRAY_SIZE(list), false, NULL), 0);
	assert_int_equal(pwrite(disk->fd, zeros, sizeof(zeros), 0), 4096);
	assert_entries(disk->fd);
}

static void test_second_run_replaces_the_first(void **state)
{
	struct disk_file *disk = *state;
	_cleanup_(gpt_done) struct gpt gpt = {0};

	assert_int_equal(table_write(disk->path, list, ARRAY_SIZE(list), true, NULL), 0);
	assert_int_equal(table_write(disk->path, NULL, 0, false, NULL), 0);
	assert_int_equal(gpt_read(disk->fd, &gpt), 0);
	assert_int_equal(gpt.n_entries, 0);
}

static void test_unknown_type_or_place_is_refused(void **state)
{
	struct disk_file *disk = *state;
	_cleanup_error_ struct error *type = NULL, *place = NULL;
	struct plan_partition strange = partitions[0], outside = partitions[1];
	const struct plan_partition *one = &strange, *two = &outside;
	_cleanup_(gpt_done) struct gpt gpt = {0};

	strange.type_guid = unknown;
	outside.start_bytes = DISK_BYTES - MIB;
	assert_true(table_write(disk->path, &one, 1, false, &type) < 0);
	assert_non_null(type->message);
	assert_true(table_write(disk->path, &two, 1, false, &place) < 0);
	assert_non_null(place->hint);
	/* Refused before anything was written. */
	assert_true(gpt_read(disk->fd, &gpt) < 0);
}

static void test_forged_header_is_no_table(void **state)
{
	struct disk_file *disk = *state;
	_cleanup_(gpt_done) struct gpt gpt = {0};
	uint8_t header[512];

	assert_true(gpt_read(disk->fd, &gpt) < 0);
	assert_int_equal(table_write(disk->path, list, ARRAY_SIZE(list), true, NULL), 0);
	/* More entries than fit anywhere, in both headers, with checksums that fit. */
	for (unsigned copy = 0; copy < 2; copy++) {
		off_t offset = copy ? (off_t)(DISK_BYTES - 512) : 512;
		uint32_t crc, count = 0xffffffff;

		assert_int_equal(pread(disk->fd, header, sizeof(header), offset), 512);
		memcpy(header + 80, &count, sizeof(count));
		memset(header + 16, 0, 4);
		crc = gpt_crc32(header, 92);
		memcpy(header + 16, &crc, sizeof(crc));
		assert_int_equal(pwrite(disk->fd, header, sizeof(header), offset), 512);
	}
	assert_true(gpt_read(disk->fd, &gpt) < 0);
}

static void test_crc32_check_value(void **state)
{
	(void)state;
	assert_int_equal(gpt_crc32("123456789", 9), 0xcbf43926);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_partitions_are_exactly_as_planned, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_copy_at_the_end_is_as_good, setup, teardown),
		cmocka_unit_test_setup_teardown(test_second_run_replaces_the_first, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_unknown_type_or_place_is_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_forged_header_is_no_table, setup, teardown),
		cmocka_unit_test(test_crc32_check_value),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
