/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Firmware of network cards that is older than what the hardware database asks for. */
#include <ctype.h>
#include <errno.h>

#include "common/i18n.h"
#include "common/str.h"
#include "hwdb/explain.h"

#define PARTS_MAX 8

/*
 * The numbers of the dotted version that a text begins with: drivers add builds and ids of boards
 * behind a space ("8.30 0x8000a49d 1.2926.0"). 0 for a text that begins with something else.
 */
static size_t version_parts(const char *text, uint64_t *ret_parts)
{
	size_t n = 0;

	while (n < PARTS_MAX && isdigit((unsigned char)*text)) {
		char *end;

		errno = 0;
		ret_parts[n] = strtoull(text, &end, 10);
		if (errno || (*end && *end != '.' && *end != ' '))
			return 0;
		n++;
		if (*end != '.')
			return n;
		text = end + 1;
	}
	return 0;
}

/* False also when either is no version that could be compared. */
static bool is_older(const char *version, const char *minimum)
{
	uint64_t a[PARTS_MAX] = {0}, b[PARTS_MAX] = {0};

	if (!version_parts(version, a) || !version_parts(minimum, b))
		return false;
	for (size_t i = 0; i < PARTS_MAX; i++)
		if (a[i] != b[i])
			return a[i] < b[i];
	return false;
}

static const struct host_pci *find_pci(const struct host *host, const char *address)
{
	for (size_t i = 0; i < host->n_pci; i++)
		if (str_eq(host->pci[i].address, address))
			return &host->pci[i];
	return NULL;
}

void explain_firmware(const struct host *host, struct explanation *ret)
{
	for (size_t i = 0; i < host->n_nics; i++) {
		const struct host_nic *nic = &host->nics[i];
		const struct host_pci *pci =
			nic->pci_address ? find_pci(host, nic->pci_address) : NULL;
		const char *minimum =
			pci && pci->has_support ? pci->support.minimum_firmware : NULL;
		_cleanup_free_ char *where = xasprintf("nic %s", nic->name);

		if (!minimum || !nic->firmware_version || !is_older(nic->firmware_version, minimum))
			continue;
		explanation_add(ret, "firmware", where, "%s has firmware %s, older than %s: %s",
				pci->device_name ?: "The card", nic->firmware_version, minimum,
				pci->support.note ?: "the hardware database asks for it")
			->hint = xasprintf(
			N_("Update the card's firmware%s%s%s"), pci->support.source ? " (" : "",
			pci->support.source ?: "", pci->support.source ? ")" : "");
	}
}
