/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PCI Express links that are slower than they could be. */
#include "common/i18n.h"
#include "common/str.h"
#include "hwdb/explain.h"
#include "hwdb/pci_link.h"

/* Below this part of what a card could use its slot is a poor choice, in per cent. */
#define SLOT_POOR 50

static void explain_link(const struct host *host, const struct host_pci *pci,
			 struct explanation *ret)
{
	struct pci_link link = host_pci_link(host, pci);
	_cleanup_free_ char *where = xasprintf("pci %s", pci->address);
	_cleanup_free_ char *now = pci_speed_words(pci->link_speed_mtps);
	_cleanup_free_ char *most = pci_speed_words(pci->link_speed_max_mtps);
	_cleanup_free_ char *possible = pci_speed_words(link.speed_mtps);
	const char *name = pci->device_name ?: pci->class_name ?: "The device";

	if (link.state == PCI_LINK_DEGRADED)
		explanation_add(ret, "link", where,
				"%s has %u PCI Express lanes at %s GT/s, where %u at %s are "
				"possible",
				name, pci->link_width, now, link.width, possible)
			->hint = xstrdup(N_("Seat the card again, check riser and cable, and the "
					    "slot's lanes and speed in the firmware's setup"));
	else if (link.state == PCI_LINK_SLOT)
		explanation_add(ret, link.percent < SLOT_POOR ? "link" : "slot", where,
				"%s could use %u PCI Express lanes at %s GT/s; its slot gives %u "
				"at %s, %u %% of that",
				name, pci->link_width_max, most, link.width, possible, link.percent)
			->hint = xstrdup(N_("Move the card to a wider or faster slot"));
}

void explain_links(const struct host *host, struct explanation *ret)
{
	/* An emulated machine's links are made up. */
	for (size_t i = 0; !host->virtual_machine && i < host->n_pci; i++)
		explain_link(host, &host->pci[i], ret);
}
