/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/slots.h"

#include "common/str.h"
#include "hwdb/probe/smbios.h"

/* Offsets: DMTF DSP0134, "System Slots" and "Onboard Devices Extended Information". */
#define SLOT_DESIGNATION    0x04
#define SLOT_ID             0x09
#define SLOT_SEGMENT        0x0d
#define SLOT_BUS            0x0f
#define SLOT_DEVFN          0x10
#define ONBOARD_DESIGNATION 0x04
#define ONBOARD_TYPE        0x05 /* bit 7: enabled */
#define ONBOARD_INSTANCE    0x06
#define ONBOARD_SEGMENT     0x07
#define ONBOARD_BUS         0x09
#define ONBOARD_DEVFN       0x0a
#define NO_ADDRESS          0xff

static struct slot_place *add_place(struct slots *slots, enum place_kind kind, unsigned segment,
				    unsigned bus, unsigned devfn)
{
	struct slot_place *place = ARRAY_APPEND(slots->places, slots->n);

	place->kind = kind;
	place->address = xasprintf("%04x:%02x:%02x.%u", segment, bus, devfn >> 3, devfn & 7);
	return place;
}

static void add_slot(const struct smbios_structure *structure, struct slots *slots)
{
	unsigned bus = smbios_u8(structure, SLOT_BUS, NO_ADDRESS);
	unsigned devfn = smbios_u8(structure, SLOT_DEVFN, NO_ADDRESS);
	struct slot_place *place;

	if (bus == NO_ADDRESS || structure->size <= SLOT_DEVFN || (!bus && !devfn))
		return;
	place = add_place(slots, PLACE_SLOT, smbios_u16(structure, SLOT_SEGMENT, 0), bus, devfn);
	place->number = smbios_u16(structure, SLOT_ID, 0);
	place->label = smbios_string(structure, SLOT_DESIGNATION);
	/* A card's other functions are in the slot too; a bridge's are other slots. */
	place->any_function = true;
}

static void add_onboard(const struct smbios_structure *structure, struct slots *slots)
{
	unsigned bus = smbios_u8(structure, ONBOARD_BUS, NO_ADDRESS);
	struct slot_place *place;

	if (bus == NO_ADDRESS || structure->size <= ONBOARD_DEVFN ||
	    !(smbios_u8(structure, ONBOARD_TYPE, 0) & 0x80))
		return;
	place = add_place(slots, PLACE_ONBOARD, smbios_u16(structure, ONBOARD_SEGMENT, 0), bus,
			  smbios_u8(structure, ONBOARD_DEVFN, 0));
	place->number = smbios_u8(structure, ONBOARD_INSTANCE, 0);
	place->label = smbios_string(structure, ONBOARD_DESIGNATION);
}

void slots_parse_smbios(const uint8_t *bytes, size_t length, struct slots *slots)
{
	const struct smbios table = {.bytes = bytes, .length = length};
	struct smbios_structure structure;

	for (size_t offset = 0; smbios_next(&table, &offset, &structure);)
		if (structure.type == SMBIOS_SLOT)
			add_slot(&structure, slots);
		else if (structure.type == SMBIOS_ONBOARD)
			add_onboard(&structure, slots);
}

/* "/sys/bus/pci/slots/3/address" says "0000:03:00", a device without its function. */
static void add_kernel_slots(const struct probe *probe, struct slots *slots)
{
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(probe->root, "/sys/bus/pci/slots", &names) < 0)
		return;
	for (char **name = names; name && *name; name++) {
		_cleanup_free_ char *device =
			probe_text(probe, "/sys/bus/pci/slots/%s/address", *name);
		_cleanup_free_ char *address = device ? xasprintf("%s.0", device) : NULL;
		struct slot_place *place;

		if (!address || !is_pci_address(address))
			continue;
		place = ARRAY_APPEND(slots->places, slots->n);
		place->kind = PLACE_SLOT;
		place->number = (unsigned)strtoul(*name, NULL, 10);
		place->label = xstrdup(*name);
		place->address = TAKE_PTR(address);
		place->any_function = true;
	}
}

void slots_read(const struct probe *probe, struct slots *ret)
{
	_cleanup_smbios_ struct smbios table = {0};

	*ret = (struct slots){0};
	smbios_read(probe, &table);
	slots_parse_smbios(table.bytes, table.length, ret);
	add_kernel_slots(probe, ret);
}

void slots_done(struct slots *slots)
{
	for (size_t i = 0; i < slots->n; i++) {
		free(slots->places[i].label);
		free(slots->places[i].address);
	}
	free(slots->places);
	*slots = (struct slots){0};
}

static bool same_place(const struct slot_place *place, const char *address, bool bridge)
{
	/* Ports of a root complex are functions of one device and lead to different slots. */
	if (place->any_function && !bridge) {
		size_t length = strlen(place->address);

		return strlen(address) == length &&
		       strncmp(place->address, address, length - 1) == 0;
	}
	return str_eq(place->address, address);
}

const struct slot_place *slots_find(const struct slots *slots, const char *path)
{
	_cleanup_strv_ char **parts = path ? strv_split(path, "/") : NULL;
	bool bridge = false;

	/* From the device towards the root: what is nearest describes it best. */
	for (size_t i = strv_length(parts); i > 0; i--) {
		if (!is_pci_address(parts[i - 1]))
			continue;
		for (size_t j = 0; j < slots->n; j++)
			if (same_place(&slots->places[j], parts[i - 1], bridge))
				return &slots->places[j];
		bridge = true;
	}
	return NULL;
}
