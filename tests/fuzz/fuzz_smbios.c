/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as SMBIOS structures: slots, memory modules, service processor, TPM. */
#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/host_text.h"
#include "hwdb/probe/cpuinfo.h"
#include "hwdb/probe/dimms.h"
#include "hwdb/probe/management.h"
#include "hwdb/probe/slots.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static void check_slots(const uint8_t *bytes, size_t length)
{
	_cleanup_slots_ struct slots slots = {0};

	slots_parse_smbios(bytes, length, &slots);
	for (size_t i = 0; i < slots.n; i++)
		if (!is_pci_address(slots.places[i].address))
			abort();
}

/* What was found can be printed, written as JSON and read again. */
static void check_host(const struct host *host)
{
	_cleanup_free_ char *text = host_to_text(host);
	_cleanup_json_ struct json *json = host_to_json(host);
	_cleanup_host_ struct host *again = NULL;

	if (!strstr(text, "Memory") || host_from_json(json, &again, NULL) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	const struct smbios table = {.bytes = bytes, .length = length};
	_cleanup_host_ struct host *host = host_new();
	_cleanup_strv_ char **disabled = NULL;
	_cleanup_free_ char *version = smbios_version(bytes, length);

	check_slots(bytes, length);
	dimms_parse(&table, &host->memory);
	cpu_parse_sockets(&table, &host->cpu, &disabled);
	if (strv_length(disabled) > host->cpu.sockets - host->cpu.empty_sockets)
		abort();
	host->has_bmc = bmc_parse(&table, &host->bmc);
	host->has_tpm = tpm_parse(&table, &host->tpm);
	if (version && !strchr(version, '.'))
		abort();
	if (host->memory.slots != host->memory.n_dimms ||
	    host->memory.empty_slots > host->memory.slots)
		abort();
	check_host(host);
	return 0;
}
