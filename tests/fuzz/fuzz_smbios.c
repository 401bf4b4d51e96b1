/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as SMBIOS structures: slots and onboard devices. */
#include "common/str.h"
#include "hwdb/probe/slots.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_slots_ struct slots slots = {0};

	slots_parse_smbios(bytes, length, &slots);
	for (size_t i = 0; i < slots.n; i++)
		if (!is_pci_address(slots.places[i].address))
			abort();
	return 0;
}
