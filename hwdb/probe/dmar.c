/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/dmar.h"

#include <errno.h>

#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/acpi.h"

/* Intel Virtualization Technology for Directed I/O, Architecture Specification 4.1, chapter 8. */
#define DMAR_WIDTH      36 /* of addresses, less one */
#define DMAR_FLAGS      37
#define DMAR_FIRST      48 /* structure: type (2), length (2), ... */
#define FLAG_REMAPPING  1
#define FLAG_X2APIC_OUT 2
#define FLAG_DMA_IN     4

#define UNIT_FLAGS    4
#define UNIT_SEGMENT  6
#define UNIT_ADDRESS  8
#define UNIT_LENGTH   16
#define MEMORY_FIRST  8
#define MEMORY_LAST   16
#define MEMORY_LENGTH 24

#define SCOPE_ID     4
#define SCOPE_BUS    5
#define SCOPE_LENGTH 6 /* then pairs of device and function */

/* No processor has wider physical addresses. */
#define ADDRESS_END ((uint64_t)1 << 52)

enum structure { DRHD, RMRR, ATSR, RHSA };
enum scope { SCOPE_DEVICE = 1, SCOPE_BRIDGE, SCOPE_IOAPIC, SCOPE_HPET, SCOPE_ACPI };

static char *scope_path(const uint8_t *scope, size_t length, unsigned segment)
{
	_cleanup_strbuf_ struct strbuf path = {0};

	strbuf_addf(&path, "%04x:%02x:", segment, scope[SCOPE_BUS]);
	for (size_t at = SCOPE_LENGTH; at < length; at += 2) {
		if (scope[at] > 31 || scope[at + 1] > 7)
			return NULL;
		strbuf_addf(&path, "%s%02x.%u", at > SCOPE_LENGTH ? "/" : "", scope[at],
			    scope[at + 1]);
	}
	return strbuf_take(&path);
}

/* `sources` is NULL where only PCI devices make sense. */
static int parse_scopes(const uint8_t *bytes, size_t length, unsigned segment, char ***devices,
			char ***bridges, char ***sources)
{
	static const char *const names[] = {
		[SCOPE_IOAPIC] = "ioapic", [SCOPE_HPET] = "hpet", [SCOPE_ACPI] = "acpi"};

	while (length > 0) {
		_cleanup_free_ char *path = NULL;
		size_t size = length >= SCOPE_LENGTH ? bytes[1] : 0;

		if (size < SCOPE_LENGTH + 2 || size > length || size % 2)
			return -EBADMSG;
		path = scope_path(bytes, size, segment);
		if (!path)
			return -EBADMSG;
		if (bytes[0] == SCOPE_DEVICE)
			strv_add(devices, path);
		else if (bytes[0] == SCOPE_BRIDGE)
			strv_add(bridges, path);
		else if (sources && bytes[0] < ARRAY_SIZE(names) && names[bytes[0]])
			strv_addf(sources, "%s %u at %s", names[bytes[0]], bytes[SCOPE_ID], path);
		bytes += size;
		length -= size;
	}
	return 0;
}

static int parse_unit(const uint8_t *bytes, size_t length, struct host_iommu *iommu)
{
	struct host_iommu_unit *unit;

	if (length < UNIT_LENGTH || le64(bytes + UNIT_ADDRESS) >= ADDRESS_END)
		return -EBADMSG;
	unit = ARRAY_APPEND(iommu->units, iommu->n_units);
	unit->segment = le16(bytes + UNIT_SEGMENT);
	unit->register_address = le64(bytes + UNIT_ADDRESS);
	unit->all_devices = bytes[UNIT_FLAGS] & 1;
	return parse_scopes(bytes + UNIT_LENGTH, length - UNIT_LENGTH, unit->segment,
			    &unit->devices, &unit->bridges, &unit->interrupt_sources);
}

static int parse_memory(const uint8_t *bytes, size_t length, struct host_iommu *iommu)
{
	struct host_iommu_reserved *reserved;
	uint64_t first, last;

	if (length < MEMORY_LENGTH)
		return -EBADMSG;
	first = le64(bytes + MEMORY_FIRST);
	last = le64(bytes + MEMORY_LAST);
	/* Firmware with such ranges is about; the rest of its table is right. */
	if (last < first || last >= ADDRESS_END)
		return 0;
	reserved = ARRAY_APPEND(iommu->reserved, iommu->n_reserved);
	reserved->segment = le16(bytes + UNIT_SEGMENT);
	reserved->start = first;
	reserved->size_bytes = last - first + 1;
	return parse_scopes(bytes + MEMORY_LENGTH, length - MEMORY_LENGTH, reserved->segment,
			    &reserved->devices, &reserved->devices, NULL);
}

static int parse_structure(const uint8_t *bytes, size_t length, struct host_iommu *iommu)
{
	switch (le16(bytes)) {
	case DRHD:
		return parse_unit(bytes, length, iommu);
	case RMRR:
		return parse_memory(bytes, length, iommu);
	case ATSR:
		iommu->ats_entries++;
		return 0;
	case RHSA:
		iommu->proximity_entries++;
		return 0;
	default:
		return 0; /* ANDD, SATC, SIDP and what comes later */
	}
}

static int parse_structures(const uint8_t *bytes, size_t length, struct host_iommu *iommu)
{
	while (length > 0) {
		size_t size = length >= 4 ? le16(bytes + 2) : 0;
		int r;

		if (size < 4 || size > length)
			return -EBADMSG;
		r = parse_structure(bytes, size, iommu);
		if (r < 0)
			return r;
		bytes += size;
		length -= size;
	}
	return 0;
}

int dmar_parse(const uint8_t *bytes, size_t length, struct host_iommu *iommu)
{
	struct host_iommu found = {0};
	size_t size = acpi_table_length(bytes, length, "DMAR", DMAR_FIRST);
	int r;

	if (size == 0)
		size = acpi_table_length(bytes, length, "XMAR", DMAR_FIRST);
	if (size == 0)
		return -EBADMSG;
	r = parse_structures(bytes + DMAR_FIRST, size - DMAR_FIRST, &found);
	if (r < 0) {
		host_fields_done(host_iommu_fields, &found);
		return r;
	}
	iommu->units = found.units;
	iommu->n_units = found.n_units;
	iommu->reserved = found.reserved;
	iommu->n_reserved = found.n_reserved;
	iommu->has_entries = true;
	iommu->ats_entries = found.ats_entries;
	iommu->proximity_entries = found.proximity_entries;
	iommu->has_address_bits = true;
	iommu->address_bits = bytes[DMAR_WIDTH] + 1u;
	iommu->has_interrupt_remapping = iommu->has_x2apic_opt_out = iommu->has_dma_opt_in = true;
	iommu->interrupt_remapping = bytes[DMAR_FLAGS] & FLAG_REMAPPING;
	iommu->x2apic_opt_out = bytes[DMAR_FLAGS] & FLAG_X2APIC_OUT;
	iommu->dma_opt_in = bytes[DMAR_FLAGS] & FLAG_DMA_IN;
	return 0;
}
