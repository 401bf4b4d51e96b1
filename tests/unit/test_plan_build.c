/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The plan as a whole: the same input gives the same bytes, steps in a safe order, fit machines. */
#include "tests/unit/plan_fixture.h"

static char *plan_text(struct plan_fixture *f)
{
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(f);
	_cleanup_json_ struct json *json = plan_to_json(plan);

	return json_to_text(json);
}

static void test_same_input_same_bytes(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	_cleanup_free_ char *first = plan_text(&f);
	_cleanup_free_ char *second = plan_text(&f);

	assert_string_equal(first, second);
	/* Copies of the inputs elsewhere: on a laptop, without keys. */
	free(f.answers->file);
	f.answers->file = xstrdup("/elsewhere/answers.xml");
	f.source->key_id = xstrdup("0123456789abcdef");
	_cleanup_free_ char *elsewhere = plan_text(&f);
	assert_string_equal(first, elsewhere);
	f.seed[15] ^= 1;
	_cleanup_free_ char *third = plan_text(&f);
	assert_string_not_equal(first, third);
}

static void expect_uuid4(const char *uuid)
{
	assert_int_equal(strlen(uuid), 36);
	assert_int_equal(uuid[14], '4');
	assert_non_null(strchr("89ab", uuid[19]));
}

static void test_uuids_are_distinct(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	_cleanup_strv_ char **seen = NULL;

	strv_add(&seen, plan->installation_uuid);
	strv_add(&seen, plan->control_domain_uuid);
	for (size_t i = 0; i < plan->n_partitions; i++) {
		const struct plan_partition *partition = &plan->partitions[i];

		expect_uuid4(partition->uuid);
		assert_false(strv_contains(seen, partition->uuid));
		strv_add(&seen, partition->uuid);
		if (!partition->fs_uuid)
			continue;
		assert_false(strv_contains(seen, partition->fs_uuid));
		strv_add(&seen, partition->fs_uuid);
		if (!str_eq(partition->filesystem, "vfat"))
			expect_uuid4(partition->fs_uuid);
	}
}

/* A disk of the machine already carries the labels this seed would give. */
static void test_taken_suffix_is_drawn_again(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-3disks", "<primary-disk>ZDS0AA03</primary-disk>");
	_cleanup_plan_ struct plan *before = fixture_expect_plan(&f);
	struct host_content *content = &f.host->disks[0].contents[1];

	free(content->label);
	content->label = xasprintf("BOOT-%s", before->suffix);
	for (char *c = content->label; *c; c++)
		if (*c >= 'a' && *c <= 'z')
			*c = (char)(*c - 'a' + 'A');
	_cleanup_plan_ struct plan *after = fixture_expect_plan(&f);
	assert_string_not_equal(before->suffix, after->suffix);
	assert_int_equal(strlen(after->suffix), 6);
}

static size_t position(const struct plan *plan, enum step_kind kind, bool last)
{
	size_t found = SIZE_MAX;

	for (size_t i = 0; i < plan->n_steps; i++)
		if (plan->steps[i].kind == kind && (last || found == SIZE_MAX))
			found = i;
	assert_true(found != SIZE_MAX);
	return found;
}

static void test_steps_stand_in_a_safe_order(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-3disks",
		     "<primary-disk>ZDS0AA03</primary-disk><guest-disk>ZDS0AA01</guest-disk>"
		     "<script stage='installation-start' type='url'>http://h/a</script>"
		     "<script stage='filesystem-populated' type='url'>http://h/b</script>"
		     "<script stage='installation-complete' type='url'>http://h/c</script>");
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	size_t line = position(plan, STEP_POINT_OF_NO_RETURN, false);
	_cleanup_strv_ char **ids = NULL;

	for (size_t i = 0; i < plan->n_steps; i++) {
		const struct plan_step *step = &plan->steps[i];

		assert_int_equal(step_kind_info(step->kind)->destructive, i > line);
		assert_false(strv_contains(ids, step->id));
		strv_add(&ids, step->id);
		assert_true(!step->disk || plan_find_disk(plan, step->disk));
		assert_true(!step->partition || plan_find_partition(plan, step->partition));
		assert_false(str_empty(step->title));
	}
	/* Old systems first, what makes the new one bootable last. */
	assert_int_equal(position(plan, STEP_DISABLE_BOOT, false), line + 1);
	assert_true(position(plan, STEP_DISABLE_BOOT, true) < position(plan, STEP_WIPE, false));
	assert_true(position(plan, STEP_WIPE, true) < position(plan, STEP_PARTITION, false));
	assert_true(position(plan, STEP_SCRIPTS_POPULATED, true) <
		    position(plan, STEP_BOOT_LOADER, false));
	assert_true(position(plan, STEP_SAVE_LOG, true) < position(plan, STEP_BOOT_LOADER, false));
	assert_true(position(plan, STEP_BOOT_LOADER, true) < position(plan, STEP_UNMOUNT, false));
	assert_true(position(plan, STEP_UNMOUNT, true) < position(plan, STEP_BOOT_ENTRY, false));
}

static void test_no_boot_entry_where_none_is_wanted(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	f.answers->write_boot_entry = false;
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

	for (size_t i = 0; i < plan->n_steps; i++)
		assert_int_not_equal(plan->steps[i].kind, STEP_BOOT_ENTRY);
}

static void test_machines_that_are_not_fit(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;

	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	f.host->firmware.secure_boot = SECURE_BOOT_ON;
	fixture_expect_refusal(&f, "Secure Boot is on", 4);
	f.source->secure_boot = true;
	plan_free(fixture_expect_plan(&f));
	f.host->firmware.efi_bits = 32;
	fixture_expect_refusal(&f, "32-bit UEFI", 4);
	f.host->firmware.efi_bits = 64;
	f.host->memory_bytes = 800 * MIB;
	fixture_expect_refusal(&f, "800.0 MiB of memory", 4);
	f.host->memory_bytes = 4 * GIB;
	f.answers->mode = MODE_RESTORE;
	fixture_expect_refusal(&f, "not yet supported: restore", 3);
}

static void test_multipath_on_the_boot_line_warns(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;

	(void)state;
	fixture_open(&f, "uefi-3disks", "<primary-disk>sdc</primary-disk>");
	f.answers->multipath = true;
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	assert_true(findings_mention(&plan->warnings, "device_mapper_multipath has no effect"));
}

static void test_processor_without_virtualization_warns(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	f.host->cpu.nested_paging = false;
	_cleanup_plan_ struct plan *paging = fixture_expect_plan(&f);
	free(f.host->cpu.virtualization);
	f.host->cpu.virtualization = NULL;
	_cleanup_plan_ struct plan *virtualization = fixture_expect_plan(&f);

	assert_true(findings_mention(&paging->warnings, "nested paging"));
	assert_true(findings_mention(&virtualization->warnings, "only PV guests"));
}

/* Credentials of a script's address never get into a plan that is printed or kept. */
static void test_no_secret_in_the_json(void **state)
{
	(void)state;
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme",
		     "<primary-disk>nvme0n1</primary-disk>"
		     "<root-password>verysecret</root-password>"
		     "<script stage='installation-complete' type='url'>"
		     "http://user:alsosecret@h/c</script>");
	_cleanup_free_ char *json = plan_text(&f);

	assert_null(strstr(json, "secret"));
	assert_non_null(strstr(json, "http://***@h/c"));
	assert_non_null(strstr(json, "\"root_password_key\": \"root-password\""));
}

static void test_memory_of_dom0(void **state)
{
	(void)state;
	static const struct {
		uint64_t mib;
		unsigned threads, memory, vcpus;
	} cases[] = {
		{970, 1, 720, 1},   /* a test machine of 1 GiB, as Linux counts it */
		{1970, 2, 1120, 2}, /* 2 GiB */
		{4096, 8, 1232, 4},   {16384, 8, 1856, 4},    {65536, 64, 4304, 16},
		{40000, 64, 3024, 8}, {131072, 64, 7584, 16}, {1048576, 256, 8192, 16},
		{4096, 0, 1232, 1},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		_cleanup_fixture_ struct plan_fixture f;
		fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
		f.host->memory_bytes = cases[i].mib * MIB;
		f.host->cpu.threads = cases[i].threads;
		_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);

		assert_int_equal(plan->dom0_memory_mib, cases[i].memory);
		assert_int_equal(plan->dom0_vcpus, cases[i].vcpus);
	}
}

struct console_case {
	const char *asked;
	bool last; /* the last console= is the serial one */
	bool spcr, mmio;
	uint64_t address;
	unsigned baud;
	const char *lines; /* of boot.conf; NULL: no serial console */
};

static void expect_console(const struct console_case *c)
{
	_cleanup_fixture_ struct plan_fixture f;
	fixture_open(&f, "uefi-nvme", "<primary-disk>nvme0n1</primary-disk>");
	struct host_firmware *firmware = &f.host->firmware;

	f.answers->serial_console = xstrdup(c->asked);
	f.answers->serial_default = c->last;
	firmware->spcr_present = c->spcr;
	firmware->spcr_mmio = c->mmio;
	firmware->spcr_address = c->address;
	firmware->spcr_baud = c->baud;
	_cleanup_plan_ struct plan *plan = fixture_expect_plan(&f);
	const char *conf = fixture_file(plan, "/etc/xenhost/boot.conf");

	if (!c->lines)
		assert_null(strstr(conf, "SERIAL_"));
	else if (!strstr(conf, c->lines))
		fail_msg("\"%s\" is not in \"%s\"", c->lines, conf);
}

static void test_consoles(void **state)
{
	(void)state;
	static const struct console_case cases[] = {
		{NULL, false, false, false, 0, 0, NULL},
		{"ttyS1,57600", true, false, false, 0, 0,
		 "SERIAL_XEN=com2\nSERIAL_SPEED=57600\nDEFAULT_CONSOLE=serial\n"},
		{"ttyS0", false, true, false, 0x2f8, 9600,
		 "SERIAL_XEN=com1\nSERIAL_SPEED=115200\nDEFAULT_CONSOLE=vga\n"},
		{NULL, false, true, false, 0x2f8, 0, "SERIAL_XEN=com2\nSERIAL_SPEED=115200\n"},
		{NULL, false, true, false, 0xe050, 0,
		 "SERIAL_LINUX=ttyS4\nSERIAL_XEN_OPTIONS='115200,8n1,0xe050'\n"
		 "SERIAL_GRUB='--port=0xe050'\n"},
		{NULL, false, true, true, 0xfe034000, 115200,
		 "SERIAL_XEN_OPTIONS='115200,8n1,0xfe034000'\nSERIAL_GRUB='mmio,fe034000.b'\n"},
		{"ttyS4,115200n8", true, false, false, 0, 0,
		 "SERIAL_XEN_OPTIONS='115200,8n1,pci'\n"},
		{"hvc0", false, false, false, 0, 0, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		expect_console(&cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_same_input_same_bytes),
		cmocka_unit_test(test_uuids_are_distinct),
		cmocka_unit_test(test_taken_suffix_is_drawn_again),
		cmocka_unit_test(test_steps_stand_in_a_safe_order),
		cmocka_unit_test(test_no_boot_entry_where_none_is_wanted),
		cmocka_unit_test(test_machines_that_are_not_fit),
		cmocka_unit_test(test_processor_without_virtualization_warns),
		cmocka_unit_test(test_multipath_on_the_boot_line_warns),
		cmocka_unit_test(test_no_secret_in_the_json),
		cmocka_unit_test(test_memory_of_dom0),
		cmocka_unit_test(test_consoles),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
