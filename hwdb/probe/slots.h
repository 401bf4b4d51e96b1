/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where devices sit in the case: on the board or in a numbered slot, from SMBIOS types 9 and 41 and
 * the kernel's slot list. Used by the PCI and network probes; slots_parse_smbios() does no I/O.
 */
#pragma once

#include "hwdb/probe/probe.h"

enum place_kind { PLACE_ONBOARD, PLACE_UNKNOWN, PLACE_SLOT }; /* in the order NICs are counted */

struct slot_place {
	enum place_kind kind; /* never PLACE_UNKNOWN */
	unsigned number;      /* onboard index or slot number */
	char *label;          /* as silk-screened, or NULL */
	char *address;        /* "0000:3b:00.0" */
	bool any_function;    /* the address' function does not matter */
};

struct slots {
	struct slot_place *places;
	size_t n;
};

void slots_read(const struct probe *probe, struct slots *ret);
void slots_done(struct slots *slots);
#define _cleanup_slots_ _cleanup_(slots_done)

/* Adds the places that an SMBIOS structure table (without its entry point) names. */
void slots_parse_smbios(const uint8_t *bytes, size_t length, struct slots *slots);

/* The place of the device with this path below /sys/devices (its bridges count), or NULL. */
const struct slot_place *slots_find(const struct slots *slots, const char *path);
