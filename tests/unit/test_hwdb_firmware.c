/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Tables of the firmware as bytes, and the boot line without its secrets. */
#include "tests/unit/unit.h"

#include "hwdb/probe/kernel.h"
#include "hwdb/probe/slots.h"
#include "hwdb/probe/spcr.h"

/* Revision 2: I/O port 0x2f8, 115200 baud; the checksum is put in by the tests. */
static void make_spcr(uint8_t table[88], uint8_t revision, uint8_t space, uint32_t address)
{
	memset(table, 0, 88);
	memcpy(table, "SPCR", 4);
	table[4] = revision >= 4 ? 88 : 80;
	table[8] = revision;
	table[40] = space;
	memcpy(table + 44, &address, 4);
	table[58] = 7;
}

static void seal(uint8_t *table)
{
	uint8_t sum = 0;

	table[9] = 0;
	for (size_t i = 0; i < table[4]; i++)
		sum = (uint8_t)(sum + table[i]);
	table[9] = (uint8_t)-sum;
}

static void test_spcr(void **state _unused_)
{
	struct host_firmware firmware = {0};
	uint8_t table[88];

	make_spcr(table, 2, 1, 0x2f8);
	seal(table);
	assert_true(spcr_parse(table, 80, &firmware));
	assert_true(firmware.spcr_present);
	assert_false(firmware.spcr_mmio);
	assert_int_equal(firmware.spcr_address, 0x2f8);
	assert_int_equal(firmware.spcr_baud, 115200);
}

static void test_spcr_memory_mapped(void **state _unused_)
{
	struct host_firmware firmware = {0};
	uint8_t table[88];

	make_spcr(table, 4, 0, 0xfe030000);
	table[58] = 0;
	table[81] = 0x10; /* 921600 in little-endian */
	table[82] = 0x0e;
	seal(table);
	assert_true(spcr_parse(table, 88, &firmware));
	assert_true(firmware.spcr_mmio);
	assert_int_equal(firmware.spcr_address, 0xfe030000);
	assert_int_equal(firmware.spcr_baud, 921600);
}

static void test_spcr_refused(void **state _unused_)
{
	struct host_firmware firmware = {0};
	uint8_t table[88];

	make_spcr(table, 2, 1, 0); /* redirection is off */
	seal(table);
	assert_false(spcr_parse(table, 80, &firmware));
	make_spcr(table, 2, 1, 0x3f8);
	seal(table);
	assert_false(spcr_parse(table, 79, &firmware));
	table[60]++;
	assert_false(spcr_parse(table, 80, &firmware));
	assert_false(firmware.spcr_present);
}

/* A slot 3 at 3b:00, an onboard NIC 2 at 19:00.1, and a slot without an address. */
static const uint8_t smbios[] =
	"\x09\x11\x01\x00\x01\xa5\x0d\x04\x04\x03\x00\x0c\x01\x00\x00\x3b\x00PCIe Slot 3\0\0"
	"\x09\x11\x02\x00\x01\xa5\x0d\x03\x04\x04\x00\x0c\x01\x00\x00\xff\xff"
	"Empty\0\0"
	"\x29\x0b\x03\x00\x01\x85\x02\x00\x00\x19\x01Integrated NIC 2\0\0"
	"\x7f\x04\x04\x00\0\0";

static void test_slots(void **state _unused_)
{
	_cleanup_slots_ struct slots slots = {0};
	const struct slot_place *place;

	slots_parse_smbios(smbios, sizeof(smbios) - 1, &slots);
	assert_int_equal(slots.n, 2);
	place = slots_find(&slots, "/sys/devices/pci0000:3a/0000:3a:00.0/0000:3b:00.1/net/a");
	assert_int_equal(place->kind, PLACE_SLOT);
	assert_int_equal(place->number, 3);
	assert_string_equal(place->label, "PCIe Slot 3");
	/* A switch on the card: what is behind it is in the slot too. */
	place = slots_find(&slots,
			   "/sys/devices/pci0000:3a/0000:3b:00.0/0000:3c:08.0/0000:3d:00.0");
	assert_non_null(place);
	assert_int_equal(place->number, 3);
	place = slots_find(&slots, "/sys/devices/pci0000:17/0000:17:00.0/0000:19:00.1");
	assert_int_equal(place->kind, PLACE_ONBOARD);
	assert_int_equal(place->number, 2);
	assert_null(slots_find(&slots, "/sys/devices/pci0000:17/0000:17:00.0/0000:19:00.0"));
}

static void test_slots_cut_short(void **state _unused_)
{
	for (size_t length = 0; length < sizeof(smbios) - 1; length++) {
		_cleanup_slots_ struct slots slots = {0};
		_cleanup_free_ uint8_t *copy = xmalloc(length + 1);

		memcpy(copy, smbios, length);
		slots_parse_smbios(copy, length, &slots);
		assert_true(slots.n <= 2);
	}
}

static void test_command_line(void **state _unused_)
{
	static const struct {
		const char *line, *masked;
	} rows[] = {
		{"root=/dev/ram0 quiet", "root=/dev/ram0 quiet"},
		{"sshpassword=hunter2 quiet", "sshpassword=******** quiet"},
		{"a xenhost.token='a b c' z", "a xenhost.token=******** z"},
		{"answerfile=https://user:geheim@host/a?x=1",
		 "answerfile=https://user:********@host/a?x=1"},
		{"answerfile=http://h/a.xml?id=7&token=abc&b=2",
		 "answerfile=http://h/a.xml?id=7&token=********&b=2"},
		{"answerfile=http://h:8080/mail@home", "answerfile=http://h:8080/mail@home"},
		{"  two  blanks ", "  two  blanks "},
		{"", ""},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *masked = command_line_mask(rows[i].line);

		assert_string_equal(masked, rows[i].masked);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_spcr),
		cmocka_unit_test(test_spcr_memory_mapped),
		cmocka_unit_test(test_spcr_refused),
		cmocka_unit_test(test_slots),
		cmocka_unit_test(test_slots_cut_short),
		cmocka_unit_test(test_command_line),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
