/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a card's vital product data; what comes out can be shown. */
#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/vpd.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_free_ uint8_t *copy = xmalloc(length + 1);
	struct host_pci pci = {0};
	int r;

	memcpy(copy, bytes, length);
	r = vpd_parse(copy, length, &pci);
	if (r < 0 && (pci.serial || pci.part_number))
		abort();
	for (const char *c = pci.serial; c && *c; c++)
		if (*c < ' ' || *c > '~')
			abort();
	host_fields_done(host_pci_fields, &pci);
	return 0;
}
