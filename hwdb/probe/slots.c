/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/slots.h"

#include "common/str.h"
#include "hwdb/probe/bytes.h"

#define SMBIOS_TABLE "/sys/firmware/dmi/tables/DMI"
#define SMBIOS_MAX   (1 << 20)

/* Structure types and offsets: DMTF DSP0134, "System Slots" and "Onboard Devices Extended". */
#define SMBIOS_SLOT         9
#define SLOT_DESIGNATION    0x04
#define SLOT_ID             0x09
#define SLOT_SEGMENT        0x0d
#define SLOT_BUS            0x0f
#define SLOT_DEVFN          0x10
#define SLOT_LENGTH         0x11
#define SMBIOS_ONBOARD      41
#define ONBOARD_DESIGNATION 0x04
#define ONBOARD_TYPE        0x05 /* bit 7: enabled */
#define ONBOARD_INSTANCE    0x06
#define ONBOARD_SEGMENT     0x07
#define ONBOARD_BUS         0x09
#define ONBOARD_DEVFN       0x0a
#define ONBOARD_LENGTH      0x0b
#define SMBIOS_END          127
#define SMBIOS_NO_ADDRESS   0xff

/* The n-th string behind a structure, from 1; strings end with an empty one. */
static char *structure_string(const uint8_t *strings, size_t length, uint8_t index)
{
	while (index > 0 && length > 0 && *strings) {
		size_t n = strnlen((const char *)strings, length);

		if (index == 1) {
			_cleanup_free_ char *copy = xstrndup((const char *)strings, n);
			char *text = str_trim(copy);

			return *text ? xstrdup(text) : NULL;
		}
		if (n == length)
			break;
		strings += n + 1;
		length -= n + 1;
		index--;
	}
	return NULL;
}

static char *address_of(unsigned segment, unsigned bus, unsigned devfn)
{
	return xasprintf("%04x:%02x:%02x.%u", segment, bus, devfn >> 3, devfn & 7);
}

static void add_structure(const uint8_t *bytes, size_t size, const uint8_t *strings,
			  size_t strings_length, struct slots *slots)
{
	struct slot_place *place;

	if (bytes[0] == SMBIOS_SLOT && size >= SLOT_LENGTH &&
	    bytes[SLOT_BUS] != SMBIOS_NO_ADDRESS && (bytes[SLOT_BUS] || bytes[SLOT_DEVFN])) {
		place = ARRAY_APPEND(slots->places, slots->n);
		place->kind = PLACE_SLOT;
		place->number = le16(bytes + SLOT_ID);
		place->label = structure_string(strings, strings_length, bytes[SLOT_DESIGNATION]);
		place->address =
			address_of(le16(bytes + SLOT_SEGMENT), bytes[SLOT_BUS], bytes[SLOT_DEVFN]);
		/* A card's other functions are in the slot too; a bridge's are other slots. */
		place->any_function = true;
	} else if (bytes[0] == SMBIOS_ONBOARD && size >= ONBOARD_LENGTH &&
		   bytes[ONBOARD_TYPE] & 0x80 && bytes[ONBOARD_BUS] != SMBIOS_NO_ADDRESS) {
		place = ARRAY_APPEND(slots->places, slots->n);
		place->kind = PLACE_ONBOARD;
		place->number = bytes[ONBOARD_INSTANCE];
		place->label =
			structure_string(strings, strings_length, bytes[ONBOARD_DESIGNATION]);
		place->address = address_of(le16(bytes + ONBOARD_SEGMENT), bytes[ONBOARD_BUS],
					    bytes[ONBOARD_DEVFN]);
	}
}

void slots_parse_smbios(const uint8_t *bytes, size_t length, struct slots *slots)
{
	/* Each structure: type, size, handle (2), fields, strings, two NULs. */
	while (length >= 4 && bytes[1] >= 4 && bytes[1] <= length) {
		size_t size = bytes[1], end = size;

		if (bytes[0] == SMBIOS_END)
			break;
		while (end + 1 < length && (bytes[end] || bytes[end + 1]))
			end++;
		add_structure(bytes, size, bytes + size, end < length ? end + 1 - size : 0, slots);
		if (end + 2 > length)
			break;
		bytes += end + 2;
		length -= end + 2;
	}
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
	_cleanup_free_ char *bytes = NULL;
	size_t length;

	*ret = (struct slots){0};
	if (fsroot_read(probe->root, SMBIOS_TABLE, SMBIOS_MAX, &bytes, &length) == 0)
		slots_parse_smbios((const uint8_t *)bytes, length, ret);
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
