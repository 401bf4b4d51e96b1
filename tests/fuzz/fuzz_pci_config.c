/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the configuration space of a PCI function; 64 of them never say "no". */
#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/pci_config.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_pci_config_ struct pci_config config;
	struct host_pci pci = {0};

	pci_config_from_bytes(bytes, length, &config);
	pci_config_describe(&config, &pci);
	if (pci_config_length(&config) > length)
		abort();
	if (length <= 64 && (pci.express || pci.has_acs || pci.has_sriov || pci.has_product_data))
		abort();
	if (length <= 256 && (pci.acs || pci.sriov || pci.aer))
		abort();
	host_fields_done(host_pci_fields, &pci);
	return 0;
}
