/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/dimms.h"

#include "common/str.h"

/* Offsets and codes: DMTF DSP0134, "Physical Memory Array" and "Memory Device". */
#define ARRAY_USE              0x05
#define ARRAY_ECC              0x06
#define ARRAY_CAPACITY         0x07 /* KiB */
#define ARRAY_EXTENDED         0x0f /* bytes, when the former is 0x80000000 */
#define ARRAY_USE_SYSTEM       3
#define DEVICE_ARRAY           0x04
#define DEVICE_TOTAL_WIDTH     0x08
#define DEVICE_DATA_WIDTH      0x0a
#define DEVICE_SIZE            0x0c /* MiB, with bit 15 KiB */
#define DEVICE_FORM            0x0e
#define DEVICE_LOCATOR         0x10
#define DEVICE_BANK            0x11
#define DEVICE_TYPE            0x12
#define DEVICE_DETAIL          0x13
#define DEVICE_SPEED           0x15
#define DEVICE_MANUFACTURER    0x17
#define DEVICE_SERIAL          0x18
#define DEVICE_PART            0x1a
#define DEVICE_ATTRIBUTES      0x1b
#define DEVICE_EXTENDED_SIZE   0x1c /* MiB */
#define DEVICE_CONFIGURED      0x20
#define DEVICE_EXTENDED_SPEED  0x54
#define DEVICE_EXTENDED_CONFIG 0x58
#define UNKNOWN_WORD           0xffff

#define CAPACITY_MAX ((uint64_t)1 << 56) /* no processor addresses more */
#define HANDLES      65536

static const char *const form_factors[] = {
	[3] = "simm",    [5] = "chip",     [6] = "dip",  [9] = "dimm",  [12] = "rimm",
	[13] = "sodimm", [15] = "fb-dimm", [16] = "die", [17] = "camm",
};

static const char *const memory_types[] = {
	[3] = "dram",   [7] = "ram",      [15] = "sdram",  [17] = "rdram",  [18] = "ddr",
	[19] = "ddr2",  [20] = "ddr2-fb", [24] = "ddr3",   [25] = "fbd2",   [26] = "ddr4",
	[27] = "lpddr", [28] = "lpddr2",  [29] = "lpddr3", [30] = "lpddr4", [31] = "non-volatile",
	[32] = "hbm",   [33] = "hbm2",    [34] = "ddr5",   [35] = "lpddr5", [36] = "hbm3",
};

static const char *const error_corrections[] = {
	[3] = "none", [4] = "parity", [5] = "single-bit", [6] = "multi-bit", [7] = "crc",
};

static char *name_of(const char *const *names, size_t count, unsigned code)
{
	return code < count ? xstrdup(names[code]) : NULL;
}

static void add_array(const struct smbios_structure *structure, struct host_memory *memory)
{
	uint64_t capacity = smbios_u32(structure, ARRAY_CAPACITY, 0);

	if (!memory->ecc)
		memory->ecc = name_of(error_corrections, ARRAY_SIZE(error_corrections),
				      smbios_u8(structure, ARRAY_ECC, 0));
	capacity =
		capacity == 0x80000000 ? smbios_u64(structure, ARRAY_EXTENDED, 0) : capacity * 1024;
	/* A machine has an array for each processor; one that lies does not count. */
	if (capacity == 0 || capacity > CAPACITY_MAX - memory->maximum_bytes)
		return;
	memory->has_maximum = true;
	memory->maximum_bytes += capacity;
}

static void read_size(const struct smbios_structure *structure, struct host_dimm *dimm)
{
	unsigned size = smbios_u16(structure, DEVICE_SIZE, 0);

	dimm->populated = size != 0;
	if (size == 0x7fff)
		dimm->size_bytes =
			(smbios_u32(structure, DEVICE_EXTENDED_SIZE, 0) & 0x7fffffff) * MIB;
	else if (size != UNKNOWN_WORD)
		dimm->size_bytes = (uint64_t)(size & 0x7fff) * (size & 0x8000 ? 1024 : MIB);
	dimm->has_size = dimm->size_bytes > 0;
}

static unsigned read_speed(const struct smbios_structure *structure, size_t offset, size_t extended)
{
	unsigned speed = smbios_u16(structure, offset, 0);

	return speed == UNKNOWN_WORD ? smbios_u32(structure, extended, 0) & 0x7fffffff : speed;
}

static const char *buffering(unsigned detail)
{
	if (detail & 1 << 15)
		return "load-reduced";
	if (detail & 1 << 13)
		return "registered";
	return detail & 1 << 14 ? "unbuffered" : NULL;
}

/* What is said of a module; makers leave old or made-up values for sockets without one. */
static void read_module(const struct smbios_structure *structure, struct host_dimm *dimm)
{
	unsigned total = smbios_u16(structure, DEVICE_TOTAL_WIDTH, UNKNOWN_WORD);
	unsigned data = smbios_u16(structure, DEVICE_DATA_WIDTH, UNKNOWN_WORD);

	dimm->type = name_of(memory_types, ARRAY_SIZE(memory_types),
			     smbios_u8(structure, DEVICE_TYPE, 0));
	dimm->buffering = xstrdup(buffering(smbios_u16(structure, DEVICE_DETAIL, 0)));
	dimm->has_ecc = total && data && total != UNKNOWN_WORD && data != UNKNOWN_WORD;
	dimm->ecc = dimm->has_ecc && total > data;
	dimm->ranks = smbios_u8(structure, DEVICE_ATTRIBUTES, 0) & 0x0f;
	dimm->has_ranks = dimm->ranks > 0;
	dimm->speed_mts = read_speed(structure, DEVICE_SPEED, DEVICE_EXTENDED_SPEED);
	dimm->has_speed = dimm->speed_mts > 0;
	dimm->configured_speed_mts =
		read_speed(structure, DEVICE_CONFIGURED, DEVICE_EXTENDED_CONFIG);
	dimm->has_configured_speed = dimm->configured_speed_mts > 0;
	dimm->manufacturer = smbios_string(structure, DEVICE_MANUFACTURER);
	dimm->part_number = smbios_string(structure, DEVICE_PART);
	dimm->serial = smbios_string(structure, DEVICE_SERIAL);
}

static void add_device(const struct smbios_structure *structure, struct host_memory *memory)
{
	struct host_dimm *dimm = ARRAY_APPEND(memory->dimms, memory->n_dimms);

	dimm->locator = smbios_string(structure, DEVICE_LOCATOR);
	dimm->bank = smbios_string(structure, DEVICE_BANK);
	dimm->form_factor = name_of(form_factors, ARRAY_SIZE(form_factors),
				    smbios_u8(structure, DEVICE_FORM, 0));
	read_size(structure, dimm);
	if (dimm->populated)
		read_module(structure, dimm);
	else
		memory->empty_slots++;
	memory->slots++;
	memory->has_slots = true;
}

void dimms_parse(const struct smbios *table, struct host_memory *memory)
{
	/* Handles of arrays that hold something else than system memory. */
	_cleanup_free_ bool *other = xcalloc(HANDLES, sizeof(*other));
	struct smbios_structure structure;

	for (size_t offset = 0; smbios_next(table, &offset, &structure);) {
		if (structure.type != SMBIOS_MEMORY_ARRAY)
			continue;
		if (smbios_u8(&structure, ARRAY_USE, 0) == ARRAY_USE_SYSTEM)
			add_array(&structure, memory);
		else
			other[structure.handle] = true;
	}
	for (size_t offset = 0; smbios_next(table, &offset, &structure);)
		if (structure.type == SMBIOS_MEMORY_DEVICE && structure.size > DEVICE_FORM &&
		    !other[smbios_u16(&structure, DEVICE_ARRAY, 0)])
			add_device(&structure, memory);
}
