/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What firmware finds: a chosen disk hands over instead of booting, and only those boot entries are
 * replaced that are ours and point at this disk. efibootmgr is a script that records its arguments.
 */
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/proc.h"
#include "installer/execute/engine.h"
#include "tests/unit/unit.h"

#define OLD_ESP   "11111111-2222-4333-8444-000000000001"
#define NEW_ESP   "11111111-2222-4333-8444-000000000002"
#define OTHER_ESP "99999999-2222-4333-8444-000000000003"

static char *text(const char *constant)
{
	return (char *)(uintptr_t)constant;
}

static void test_boot_code_keeps_table_and_signature(void **state)
{
	int fd = memfd_create("disk", MFD_CLOEXEC);
	uint8_t before[8192], after[8192];

	(void)state;
	memset(before, 0x5a, sizeof(before));
	assert_int_equal(pwrite(fd, before, sizeof(before), 0), sizeof(before));
	assert_int_equal(disk_write_boot_code(fd), 0);
	assert_int_equal(pread(fd, after, sizeof(after), 0), sizeof(after));
	assert_memory_equal(before + 440, after + 440, sizeof(after) - 440);
	/* int 18h is what lets the firmware go on; the text is for whoever looks at the screen. */
	assert_non_null(memmem(after, 440, "\xcd\x18", 2));
	assert_non_null(memmem(after, 440, "nothing to boot from this disk", 30));
	close(fd);
}

/* An execution as far as the boot entry step looks at it. */
struct context {
	char *folder;
	struct execute_job job;
	struct plan plan;
	struct plan_partition boot;
	struct plan_disk plan_disk;
	struct disk disk;
	struct report report;
	struct execution execution;
	struct plan_step step;
	char *old_uuids[2];
};

static void write_tool(const struct context *context, const char *list, int status)
{
	_cleanup_free_ char *path = xasprintf("%s/efibootmgr", context->folder);
	FILE *file = fopen(path, "we");

	assert_non_null(file);
	fprintf(file,
		"#!/bin/sh\necho \"$*\" >>%s/calls\n"
		"[ \"$1\" != -v ] || printf '%s'\n"
		"[ \"$1\" = -v ] || exit %d\n",
		context->folder, list, status);
	fclose(file);
	assert_int_equal(chmod(path, 0755), 0);
}

static char *calls(const struct context *context)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	char *recorded = NULL;

	assert_int_equal(fsroot_open(context->folder, &root), 0);
	assert_int_equal(fsroot_read_text(root, "/calls", &recorded), 0);
	return recorded;
}

static int setup(void **state)
{
	struct context *context = xcalloc(1, sizeof(*context));

	context->folder = unit_folder_make();
	proc_set_path(context->folder);
	context->boot = (struct plan_partition){.id = text("boot"),
						.disk = text("d"),
						.number = 4,
						.purpose = PARTITION_BOOT,
						.uuid = text(NEW_ESP)};
	context->plan_disk = (struct plan_disk){.id = text("d"), .name = text("sda")};
	context->plan = (struct plan){.firmware = FIRMWARE_UEFI,
				      .boot_entry_label = text("xenhost"),
				      .partitions = &context->boot,
				      .n_partitions = 1};
	context->old_uuids[0] = text(OLD_ESP);
	context->disk = (struct disk){.plan = &context->plan_disk,
				      .node = text("/dev/sda"),
				      .fd = -1,
				      .old_uuids = context->old_uuids};
	context->step = (struct plan_step){
		.kind = STEP_BOOT_ENTRY, .id = text("boot-entry:d"), .disk = text("d")};
	context->execution = (struct execution){.job = &context->job,
						.plan = &context->plan,
						.step = &context->step,
						.report = &context->report,
						.disks = &context->disk,
						.n_disks = 1};
	*state = context;
	return 0;
}

static int teardown(void **state)
{
	struct context *context = *state;

	unit_folder_remove(context->folder);
	strv_free(context->report.warnings);
	free(context);
	return 0;
}

static void test_only_our_entries_of_this_disk_are_replaced(void **state)
{
	struct context *context = *state;
	_cleanup_free_ char *recorded = NULL;

	write_tool(context,
		   "BootCurrent: 0001\\nBootOrder: 0001,0002,0003\\n"
		   "Boot0001* xenhost\\tHD(4,GPT," OLD_ESP ",0x1200800,0x100000)/x\\n"
		   "Boot0002* xenhost\\tHD(1,GPT," OTHER_ESP ",0x800,0x100000)/x\\n"
		   "Boot0003* debian\\tHD(4,GPT," OLD_ESP ",0x800,0x100000)/x\\n"
		   "Boot000A  xenhost\\tHD(4,GPT," NEW_ESP ",0x800,0x100000)/x\\n"
		   "Boot0005* UEFI PXEv4\\tPciRoot(0x0)/Pci(0x3,0x0)\\n",
		   0);
	assert_int_equal(run_boot_entry(&context->execution, &context->step, NULL), 0);
	recorded = calls(context);
	/* Afterwards the list is read again: 000A is what the script says of the new partition. */
	assert_string_equal(recorded, "-v\n-q -b 0001 -B\n-q -b 000A -B\n"
				      "-q -c -d /dev/sda -p 4 -L xenhost -l "
				      "\\EFI\\xenhost\\grubx64.efi\n"
				      "-v\n-q -n 000A");
	assert_null(context->report.warnings);
}

/* The host is there all the same; only who starts next is for a person to see to. */
static void test_entry_that_cannot_be_the_next_is_a_warning(void **state)
{
	struct context *context = *state;

	write_tool(context, "BootOrder: 0005\\nBoot0005* UEFI PXEv4\\tPciRoot(0x0)/x\\n", 0);
	assert_int_equal(run_boot_entry(&context->execution, &context->step, NULL), 0);
	assert_int_equal(strv_length(context->report.warnings), 1);
	assert_non_null(strstr(context->report.warnings[0], "put the disk first"));
}

static void test_what_is_taken_back_is_no_complete_host(void **state)
{
	struct context *context = *state;
	const char *marker = "/var/lib/xenhost/installed-rack7";

	context->boot.purpose = PARTITION_LOGS;
	context->plan.install_id = text("rack7");
	assert_int_equal(fsroot_open(context->folder, &context->execution.target), 0);
	assert_int_equal(fsroot_write_text(context->execution.target, marker, "", 0644), 0);
	undo_boot_loader(&context->execution, &context->step);
	assert_false(fsroot_exists(context->execution.target, marker));
	fsroot_free(context->execution.target);
}

static void test_firmware_that_refuses_is_a_warning(void **state)
{
	struct context *context = *state;

	write_tool(context, "", 5);
	assert_int_equal(run_boot_entry(&context->execution, &context->step, NULL), 0);
	assert_int_equal(strv_length(context->report.warnings), 1);
	assert_non_null(strstr(context->report.warnings[0], "EFI/BOOT/BOOTX64.EFI"));
	assert_non_null(strstr(context->report.warnings[0], "status 5"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_boot_code_keeps_table_and_signature),
		cmocka_unit_test_setup_teardown(test_only_our_entries_of_this_disk_are_replaced,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_entry_that_cannot_be_the_next_is_a_warning,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_taken_back_is_no_complete_host, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_firmware_that_refuses_is_a_warning, setup,
						teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
