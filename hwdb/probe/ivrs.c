/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/ivrs.h"

#include <errno.h>

#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/acpi.h"

/* AMD I/O Virtualization Technology (IOMMU) Specification, document 48882, revision 3.10, ch. 5. */
#define IVRS_INFO       36 /* bit 1: the firmware guards DMA; bits 14:8: width of addresses */
#define IVRS_FIRST      48 /* block: type, flags, length (2), ... */
#define BLOCK_DEVICE    4
#define UNIT_ADDRESS    8
#define UNIT_SEGMENT    16
#define UNIT_LENGTH_10  24
#define UNIT_LENGTH_11  40
#define MEMORY_LAST     6
#define MEMORY_SEGMENT  8
#define MEMORY_START    16
#define MEMORY_BYTES    24
#define MEMORY_LENGTH   32
#define ENTRY_ID        1
#define SPECIAL_HANDLE  4
#define SPECIAL_ID      5
#define SPECIAL_KIND    7
#define ACPI_UID_LENGTH 21

#define ADDRESS_END ((uint64_t)1 << 52)

enum block {
	UNIT_10 = 0x10,
	UNIT_11 = 0x11,
	UNIT_40 = 0x40,
	MEMORY_ALL = 0x20,
	MEMORY_ONE = 0x21,
	MEMORY_RANGE = 0x22,
};

enum entry {
	ENTRY_ALL = 1,
	ENTRY_ONE = 2,
	ENTRY_START = 3,
	ENTRY_END = 4,
	ENTRY_ALIAS = 0x42,
	ENTRY_ALIAS_START = 0x43,
	ENTRY_EXTENDED = 0x46,
	ENTRY_EXTENDED_START = 0x47,
	ENTRY_SPECIAL = 0x48,
	ENTRY_ACPI = 0xf0,
};

/* The units found, each with the type of the block that described it. */
struct found {
	struct host_iommu iommu;
	uint8_t *types;
	bool io_apic;
};

static char *address_of(unsigned segment, unsigned id)
{
	return xasprintf("%04x:%02x:%02x.%u", segment, id >> 8, id >> 3 & 31, id & 7);
}

static void add_range(char ***devices, unsigned segment, unsigned first, unsigned last)
{
	_cleanup_free_ char *a = address_of(segment, first), *b = address_of(segment, last);

	if (first == last)
		strv_add(devices, a);
	else
		strv_addf(devices, "%s-%s", a, b);
}

/* Fixed by the type's two highest bits; the newest kind says its length itself. 0: too short. */
static size_t entry_length(const uint8_t *entry, size_t length)
{
	size_t size = (size_t)4 << (entry[0] >> 6);

	if (entry[0] == ENTRY_ACPI)
		size = length > ACPI_UID_LENGTH ? ACPI_UID_LENGTH + 1u + entry[ACPI_UID_LENGTH] : 0;
	return size <= length ? size : 0;
}

static void add_special(const uint8_t *entry, struct host_iommu_unit *unit, bool *io_apic)
{
	_cleanup_free_ char *at = address_of(unit->segment, le16(entry + SPECIAL_ID));

	*io_apic |= entry[SPECIAL_KIND] == 1;
	if (entry[SPECIAL_KIND] == 1 || entry[SPECIAL_KIND] == 2)
		strv_addf(&unit->interrupt_sources, "%s %u at %s",
			  entry[SPECIAL_KIND] == 1 ? "ioapic" : "hpet", entry[SPECIAL_HANDLE], at);
}

static void add_acpi(const uint8_t *entry, struct host_iommu_unit *unit)
{
	_cleanup_free_ char *at = address_of(unit->segment, le16(entry + ENTRY_ID));

	strv_addf(&unit->interrupt_sources, "acpi at %s", at);
}

static int parse_entries(const uint8_t *bytes, size_t length, struct host_iommu_unit *unit,
			 bool *io_apic)
{
	unsigned start = UINT16_MAX + 1u; /* none */

	while (length > 0) {
		size_t size = entry_length(bytes, length);
		unsigned id = size >= 4 ? le16(bytes + ENTRY_ID) : 0;

		if (size == 0)
			return -EBADMSG;
		switch (bytes[0]) {
		case ENTRY_ALL:
			unit->all_devices = true;
			break;
		case ENTRY_ONE:
		case ENTRY_ALIAS:
		case ENTRY_EXTENDED:
			add_range(&unit->devices, unit->segment, id, id);
			break;
		case ENTRY_START:
		case ENTRY_ALIAS_START:
		case ENTRY_EXTENDED_START:
			start = id;
			break;
		case ENTRY_END:
			if (start > id)
				return -EBADMSG;
			add_range(&unit->devices, unit->segment, start, id);
			start = UINT16_MAX + 1u;
			break;
		case ENTRY_SPECIAL:
			add_special(bytes, unit, io_apic);
			break;
		case ENTRY_ACPI:
			add_acpi(bytes, unit);
			break;
		default:
			break; /* padding, and what comes later */
		}
		bytes += size;
		length -= size;
	}
	return 0;
}

/* The unit at this address from an older block, emptied; or a new one; or NULL: it is known from a
 * newer block. */
static struct host_iommu_unit *place_for(struct found *found, const char *address, uint8_t type)
{
	struct host_iommu *iommu = &found->iommu;

	for (size_t i = 0; i < iommu->n_units; i++) {
		if (!str_eq(iommu->units[i].address, address))
			continue;
		if (found->types[i] >= type)
			return NULL;
		host_fields_done(host_iommu_unit_fields, &iommu->units[i]);
		iommu->units[i] = (struct host_iommu_unit){0};
		found->types[i] = type;
		return &iommu->units[i];
	}
	found->types = xrealloc(found->types, iommu->n_units + 1, 1);
	found->types[iommu->n_units] = type;
	return ARRAY_APPEND(iommu->units, iommu->n_units);
}

static int parse_unit(const uint8_t *bytes, size_t length, struct found *found)
{
	size_t head = bytes[0] == UNIT_10 ? UNIT_LENGTH_10 : UNIT_LENGTH_11;
	_cleanup_free_ char *address = NULL;
	struct host_iommu_unit *unit;

	if (length < head || le64(bytes + UNIT_ADDRESS) >= ADDRESS_END)
		return -EBADMSG;
	address = address_of(le16(bytes + UNIT_SEGMENT), le16(bytes + BLOCK_DEVICE));
	unit = place_for(found, address, bytes[0]);
	if (!unit)
		return 0;
	unit->address = TAKE_PTR(address);
	unit->segment = le16(bytes + UNIT_SEGMENT);
	unit->register_address = le64(bytes + UNIT_ADDRESS);
	return parse_entries(bytes + head, length - head, unit, &found->io_apic);
}

static int parse_memory(const uint8_t *bytes, size_t length, struct host_iommu *iommu)
{
	struct host_iommu_reserved *reserved;
	unsigned first, last;
	uint64_t start, size;

	if (length < MEMORY_LENGTH)
		return -EBADMSG;
	start = le64(bytes + MEMORY_START);
	size = le64(bytes + MEMORY_BYTES);
	first = le16(bytes + BLOCK_DEVICE);
	last = bytes[0] == MEMORY_RANGE ? le16(bytes + MEMORY_LAST) : first;
	if (start >= ADDRESS_END || size > ADDRESS_END - start || last < first)
		return -EBADMSG;
	reserved = ARRAY_APPEND(iommu->reserved, iommu->n_reserved);
	reserved->segment = le16(bytes + MEMORY_SEGMENT);
	reserved->start = start;
	reserved->size_bytes = size;
	reserved->all_devices = bytes[0] == MEMORY_ALL;
	if (!reserved->all_devices)
		add_range(&reserved->devices, reserved->segment, first, last);
	return 0;
}

static int parse_blocks(const uint8_t *bytes, size_t length, struct found *found)
{
	while (length > 0) {
		size_t size = length >= 4 ? le16(bytes + 2) : 0;
		int r = 0;

		if (size < 4 || size > length)
			return -EBADMSG;
		if (bytes[0] == UNIT_10 || bytes[0] == UNIT_11 || bytes[0] == UNIT_40)
			r = parse_unit(bytes, size, found);
		else if (bytes[0] >= MEMORY_ALL && bytes[0] <= MEMORY_RANGE)
			r = parse_memory(bytes, size, &found->iommu);
		if (r < 0)
			return r;
		bytes += size;
		length -= size;
	}
	return 0;
}

int ivrs_parse(const uint8_t *bytes, size_t length, struct host_iommu *iommu)
{
	size_t size = acpi_table_length(bytes, length, "IVRS", IVRS_FIRST);
	struct found found = {0};
	int r;

	if (size == 0)
		return -EBADMSG;
	r = parse_blocks(bytes + IVRS_FIRST, size - IVRS_FIRST, &found);
	free(found.types);
	if (r < 0) {
		host_fields_done(host_iommu_fields, &found.iommu);
		return r;
	}
	iommu->units = found.iommu.units;
	iommu->n_units = found.iommu.n_units;
	iommu->reserved = found.iommu.reserved;
	iommu->n_reserved = found.iommu.n_reserved;
	iommu->has_interrupt_remapping = iommu->has_dma_opt_in = true;
	iommu->interrupt_remapping = found.io_apic;
	iommu->dma_opt_in = bytes[IVRS_INFO] & 2;
	iommu->has_address_bits = le32(bytes + IVRS_INFO) >> 8 & 127;
	iommu->address_bits = le32(bytes + IVRS_INFO) >> 8 & 127;
	return 0;
}
