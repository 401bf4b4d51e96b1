/* SPDX-License-Identifier: GPL-3.0-or-later */
/* SMBIOS tables as makers write them, and as they should not. */
#include "tests/unit/unit.h"

#include "hwdb/host_text.h"
#include "hwdb/mask.h"
#include "hwdb/probe/dimms.h"

/* Two sockets of system memory, one empty, and the flash of the firmware. */
static const uint8_t table[] =
	/* 16: on the board, system memory, multi-bit ECC, 1.5 TiB by the long member, 2 devices */
	"\x10\x17\x00\x10\x03\x03\x06\x00\x00\x00\x80\xfe\xff\x02\x00"
	"\x00\x00\x00\x00\x80\x01\x00\x00\0\0"
	/* 16: on the board, flash, no correction, 16 MiB */
	"\x10\x0f\x01\x10\x03\x05\x03\x00\x40\x00\x00\xfe\xff\x01\x00\0\0"
	/* 17: 72 of 64 bits, 32 GiB by the long member, DDR4 registered, 2 ranks, 3200 at 2933 */
	"\x11\x22\x00\x11\x00\x10\xfe\xff\x48\x00\x40\x00\xff\x7f\x09\x01\x01\x02\x1a\x80\x20"
	"\x80\x0c\x03\x04\x00\x05\x02\x00\x80\x00\x00\x75\x0b"
	"DIMM_A1\0BANK 0\0Samsung\0 1234ABCD \0M393A4K40DB3-CWE\0\0"
	/* 17: an empty socket whose other members are left over */
	"\x11\x22\x01\x11\x00\x10\xfe\xff\x48\x00\x40\x00\x00\x00\x09\x01\x01\x02\x1a\x80\x20"
	"\x80\x0c\x03\x04\x00\x05\x02\x00\x80\x00\x00\x75\x0b"
	"DIMM_A2\0BANK 1\0NO DIMM\0NO DIMM\0NO DIMM\0\0"
	/* 17: the firmware's flash */
	"\x11\x15\x02\x11\x01\x10\xfe\xff\x08\x00\x08\x00\x10\x00\x05\x00\x01\x00\x09\x02\x00"
	"SYSTEM ROM\0\0"
	"\x7f\x04\xff\xff\0\0";
#define TABLE_LENGTH (sizeof(table) - 1)

static struct host *parse(const uint8_t *bytes, size_t length)
{
	const struct smbios smbios = {.bytes = bytes, .length = length};
	struct host *host = host_new();

	dimms_parse(&smbios, &host->memory);
	return host;
}

static void test_dimms(void **state _unused_)
{
	_cleanup_host_ struct host *host = parse(table, TABLE_LENGTH);
	const struct host_memory *memory = &host->memory;
	const struct host_dimm *dimm = memory->dimms;

	assert_true(memory->has_slots);
	assert_int_equal(memory->slots, 2);
	assert_int_equal(memory->empty_slots, 1);
	assert_string_equal(memory->ecc, "multi-bit");
	assert_true(memory->has_maximum);
	assert_int_equal(memory->maximum_bytes, 1536 * GIB);
	assert_true(dimm->populated && dimm->has_size && dimm->has_ecc && dimm->ecc);
	assert_int_equal(dimm->size_bytes, 32 * GIB);
	assert_string_equal(dimm->locator, "DIMM_A1");
	assert_string_equal(dimm->bank, "BANK 0");
	assert_string_equal(dimm->type, "ddr4");
	assert_string_equal(dimm->form_factor, "dimm");
	assert_string_equal(dimm->buffering, "registered");
	assert_int_equal(dimm->ranks, 2);
	assert_int_equal(dimm->speed_mts, 3200);
	assert_int_equal(dimm->configured_speed_mts, 2933);
	assert_string_equal(dimm->manufacturer, "Samsung");
	assert_string_equal(dimm->serial, "1234ABCD");
	assert_string_equal(dimm->part_number, "M393A4K40DB3-CWE");
	/* Of an empty socket only its place is told. */
	assert_false(dimm[1].populated || dimm[1].has_size || dimm[1].has_speed);
	assert_string_equal(dimm[1].locator, "DIMM_A2");
	assert_null(dimm[1].manufacturer);
	assert_null(dimm[1].type);
}

static void test_text(void **state _unused_)
{
	_cleanup_host_ struct host *host = parse(table, TABLE_LENGTH);
	_cleanup_strbuf_ struct strbuf buf = {0};

	host->memory_bytes = 32 * GIB;
	text_memory(&buf, host);
	assert_string_equal(buf.text,
			    "Memory      32.0 GiB, ECC, 1 of 2 slots used, at most 1.5 TiB\n"
			    "            1 x 32.0 GiB DDR4 registered with ECC, 2933 MT/s (it can "
			    "3200),\n"
			    "              2 ranks, Samsung M393A4K40DB3-CWE\n");
}

/* Cut anywhere, in a heap block of just that size, so that a sanitizer sees every step too far. */
static void test_cut_short(void **state _unused_)
{
	for (size_t length = 0; length < TABLE_LENGTH; length++) {
		_cleanup_free_ uint8_t *copy = xmalloc(length ?: 1);
		_cleanup_host_ struct host *host = NULL;

		memcpy(copy, table, length);
		host = parse(copy, length);
		assert_true(host->memory.slots <= 2);
		assert_int_equal(host->memory.slots, host->memory.n_dimms);
	}
}

static void test_wrong_lengths(void **state _unused_)
{
	static const struct {
		const char *bytes;
		size_t length;
		unsigned slots;
	} rows[] = {
#define BYTES(text) text, sizeof(text) - 1
		{BYTES(""), 0},
		{BYTES("\x11\x00\x00\x00\0\0"), 0}, /* a structure of no size */
		{BYTES("\x11\x03\x00\x00\0\0"), 0}, /* smaller than its header */
		{BYTES("\x11\xff\x00\x00\0\0"), 0}, /* longer than the table */
		{BYTES("\x11\x0e\0\0\0\0\0\0\0\0\0\0\x01\x00\0\0"), 0}, /* ends before its form */
		{BYTES("\x11\x0f\0\0\0\0\0\0\0\0\0\0\x01\x00\x09\0\0"), 1},
		/* Without the second NUL, and with bytes behind the end. */
		{BYTES("\x11\x0f\0\0\0\0\0\0\0\0\0\0\x01\x00\x09\0"), 1},
		{BYTES("\x7f\x04\0\0\0\0\x11\x0f\0\0\0\0\0\0\0\0\0\0\x01\x00\x09\0\0"), 0},
#undef BYTES
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_host_ struct host *host =
			parse((const uint8_t *)rows[i].bytes, rows[i].length);

		assert_int_equal(host->memory.slots, rows[i].slots);
		assert_int_equal(host->memory.has_slots, rows[i].slots > 0);
	}
}

static void test_sizes(void **state _unused_)
{
	static const struct {
		const char size[3];
		bool populated;
		uint64_t bytes; /* 0: not known */
	} rows[] = {
		{"\x00\x00", false, 0},  {"\xff\xff", true, 0},
		{"\x00\x04", true, GIB}, {"\x00\x82", true, 512 * 1024}, /* in KiB */
		{"\xff\x7f", true, 0}, /* the long size is beyond the structure */
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		uint8_t bytes[] = "\x11\x0f\0\0\0\0\0\0\0\0\0\0\x01\x00\x09\0\0";
		_cleanup_host_ struct host *host = NULL;

		memcpy(bytes + 0x0c, rows[i].size, 2);
		host = parse(bytes, sizeof(bytes) - 1);
		assert_int_equal(host->memory.n_dimms, 1);
		assert_int_equal(host->memory.dimms->populated, rows[i].populated);
		assert_int_equal(host->memory.dimms->has_size, rows[i].bytes > 0);
		assert_int_equal(host->memory.dimms->size_bytes, rows[i].bytes);
	}
}

/* A number of a string that is not there, and bytes that no terminal should see. */
static void test_strings(void **state _unused_)
{
	static const uint8_t bytes[] = "\x11\x06\0\0\x01\x03"
				       "\x1b[31m\xffname \0second\0\0";
	const struct smbios smbios = {.bytes = bytes, .length = sizeof(bytes) - 1};
	struct smbios_structure structure;
	_cleanup_free_ char *name = NULL;
	size_t offset = 0;

	assert_true(smbios_next(&smbios, &offset, &structure));
	assert_int_equal(offset, smbios.length);
	name = smbios_string(&structure, 4);
	assert_string_equal(name, ".[31m.name");
	assert_null(smbios_string(&structure, 5)); /* the third of two */
	assert_null(smbios_string(&structure, 3)); /* number 0: none */
	assert_null(smbios_string(&structure, 6)); /* beyond the structure */
	assert_false(smbios_next(&smbios, &offset, &structure));
}

static void test_version(void **state _unused_)
{
	static const uint8_t three[0x18] = "_SM3_\0\x18\x03\x02";
	static const uint8_t two[0x1f] = "_SM_\0\x1f\x02\x08";
	_cleanup_free_ char *new = smbios_version(three, sizeof(three));
	_cleanup_free_ char *old = smbios_version(two, sizeof(two));

	assert_string_equal(new, "3.2");
	assert_string_equal(old, "2.8");
	assert_null(smbios_version(three, sizeof(three) - 1));
	assert_null(smbios_version(two, 4));
	assert_null(smbios_version(table, TABLE_LENGTH));
}

/* System with UUID and serial number, board, case with an asset tag, a module without number. */
static void test_mask(void **state _unused_)
{
	static const uint8_t good[] = "\x01\x1b\x00\x01\x00\x00\x00\x01"
				      "0123456789abcdef\x06\0\0SYS-4711\0\0"
				      "\x02\x08\x00\x02\x00\x00\x00\x01 BRD-0815 \0\0"
				      "\x03\x09\x00\x03\x00\x17\x00\x01\x02"
				      "CASE-42\0Rack 7\0\0";
	_cleanup_free_ uint8_t *bytes = xmalloc(sizeof(good));
	_cleanup_(mask_done) struct mask mask = {0};

	memcpy(bytes, good, sizeof(good));
	mask_collect_file(SMBIOS_TABLE, (const char *)good, sizeof(good), &mask);
	mask_apply(&mask, bytes, sizeof(good), true);
	assert_null(memmem(bytes, sizeof(good), "0123456789abcdef", 16));
	assert_null(memmem(bytes, sizeof(good), "4711", 4));
	assert_null(memmem(bytes, sizeof(good), "0815", 4));
	assert_null(memmem(bytes, sizeof(good), "CASE-42", 7));
	assert_null(memmem(bytes, sizeof(good), "Rack 7", 6));
	/* A table that is cut is read no further. */
	for (size_t length = 0; length < sizeof(good); length++) {
		_cleanup_free_ char *copy = memcpy(xmalloc(length ?: 1), good, length);
		_cleanup_(mask_done) struct mask part = {0};

		mask_collect_file(SMBIOS_TABLE, copy, length, &part);
		mask_apply(&part, copy, length, true);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_dimms),     cmocka_unit_test(test_text),
		cmocka_unit_test(test_cut_short), cmocka_unit_test(test_wrong_lengths),
		cmocka_unit_test(test_sizes),     cmocka_unit_test(test_strings),
		cmocka_unit_test(test_version),   cmocka_unit_test(test_mask),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
