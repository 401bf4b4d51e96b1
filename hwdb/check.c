/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/check.h"

#include "common/str.h"
#include "hwdb/pci_link.h"

/* A machine of 1 GiB keeps some of it for its firmware and its display. */
#define MEMORY_MIN (GIB - 64 * MIB)

static void check_cpu(const struct host *host, struct findings *findings)
{
	const struct host_cpu *cpu = &host->cpu;
	struct finding *finding;

	if (!cpu->virtualization) {
		finding = findings_add(findings, SEVERITY_ERROR, "cpu",
				       "The processor offers no hardware virtualization, "
				       "so no PVH or HVM guest can run");
		finding_set_hint(finding, host->virtual_machine
						  ? "Turn on nested virtualization for this "
						    "virtual machine"
						  : "Turn on Intel VT-x or AMD-V (SVM) in the "
						    "firmware's setup");
	} else if (!cpu->nested_paging) {
		finding = findings_add(findings, SEVERITY_ERROR, "cpu",
				       "The processor has %s without nested paging, which "
				       "PVH and HVM guests need",
				       cpu->virtualization);
		finding_set_hint(finding, "Use a processor with EPT or NPT (Intel from 2008, "
					  "AMD from 2007 on)");
	}
}

static void check_memory(const struct host *host, struct findings *findings)
{
	_cleanup_free_ char *size = str_from_size(host->memory_bytes);

	if (host->memory_bytes >= MEMORY_MIN)
		return;
	finding_set_hint(findings_add(findings, SEVERITY_ERROR, "memory",
				      "The machine has %s of memory; 1 GiB is needed", size),
			 "Add memory");
}

/* What an installation could choose without being told to: see design of disk selection. */
static bool is_candidate(const struct host_disk *disk)
{
	return (str_eq(disk->kind, "disk") || str_eq(disk->kind, "multipath")) &&
	       !disk->removable && !disk->install_medium && disk->size_bytes;
}

static void check_disks(const struct host *host, struct findings *findings)
{
	size_t n = 0;

	for (size_t i = 0; i < host->n_disks; i++) {
		const struct host_disk *disk = &host->disks[i];
		_cleanup_free_ char *where = xasprintf("disk %s", disk->name ?: disk->id);

		n += is_candidate(disk);
		if (disk->unreadable && is_candidate(disk))
			finding_set_hint(findings_add(findings, SEVERITY_WARNING, where,
						      "The disk cannot be read: %s",
						      disk->unreadable),
					 "Run as root; if it stays, check cabling and the disk");
	}
	if (n == 0)
		finding_set_hint(findings_add(findings, SEVERITY_ERROR, "disks",
					      "No disk that the system could be installed on"),
				 "Connect a disk, or look for a storage controller without "
				 "driver in \"xenhost-hwinfo show\"");
}

static void check_nics(const struct host *host, struct findings *findings)
{
	bool link = false, known = true;

	for (size_t i = 0; i < host->n_nics; i++) {
		link |= host->nics[i].has_link && host->nics[i].link;
		known &= host->nics[i].has_link;
	}
	if (host->n_nics == 0)
		finding_set_hint(
			findings_add(findings, SEVERITY_ERROR, "nics", "No network interface"),
			"Connect a network card, or look for one without driver in "
			"\"xenhost-hwinfo show\"");
	else if (known && !link)
		finding_set_hint(findings_add(findings, SEVERITY_WARNING, "nics",
					      "No network interface has a link"),
				 "Check cables and the switch");
}

/* Storage and network controllers that no driver took; virtual functions wait for their guests. */
static void check_drivers(const struct host *host, struct findings *findings)
{
	for (size_t i = 0; i < host->n_pci; i++) {
		const struct host_pci *pci = &host->pci[i];
		_cleanup_free_ char *where = xasprintf("pci %s", pci->address);

		if (pci->driver || pci->vf_of || !pci->class_id ||
		    (!str_starts(pci->class_id, "01") && !str_starts(pci->class_id, "02")))
			continue;
		finding_set_hint(findings_add(findings, SEVERITY_WARNING, where,
					      "%s %s (%s:%s) has no driver",
					      pci->vendor_name ?: "A controller",
					      pci->device_name ?: "", pci->vendor_id ?: "?",
					      pci->device_id ?: "?"),
				 pci->modules ? "Load the module that claims it"
					      : "Its disks or networks will be missing");
	}
}

static void check_link(const struct host *host, const struct host_pci *pci,
		       struct findings *findings)
{
	struct pci_link link = host_pci_link(host, pci);
	_cleanup_free_ char *where = xasprintf("pci %s", pci->address);
	_cleanup_free_ char *now = pci_speed_words(pci->link_speed_mtps);
	_cleanup_free_ char *most = pci_speed_words(pci->link_speed_max_mtps);
	_cleanup_free_ char *possible = pci_speed_words(link.speed_mtps);
	const char *name = pci->device_name ?: pci->class_name ?: "The device";

	if (link.state == PCI_LINK_DEGRADED)
		finding_set_hint(findings_add(findings, SEVERITY_WARNING, where,
					      "%s has %u PCI Express lanes at %s GT/s, where %u "
					      "at %s are possible",
					      name, pci->link_width, now, link.width, possible),
				 "Seat the card again, check riser and cable, and the slot's "
				 "lanes and speed in the firmware's setup");
	else if (link.state == PCI_LINK_SLOT)
		finding_set_hint(findings_add(findings,
					      link.percent < 50 ? SEVERITY_WARNING : SEVERITY_NOTE,
					      where,
					      "%s could use %u PCI Express lanes at %s GT/s; its "
					      "slot gives %u at %s, %u %% of that",
					      name, pci->link_width_max, most, link.width, possible,
					      link.percent),
				 "Move the card to a wider or faster slot");
}

/* Virtual functions that the firmware left no room for cannot be switched on. */
static void check_vf_memory(const struct host_pci *pci, struct findings *findings)
{
	_cleanup_free_ char *where = xasprintf("pci %s", pci->address);

	if (!pci->has_vf_memory || pci->vf_memory_assigned)
		return;
	finding_set_hint(findings_add(findings, SEVERITY_WARNING, where,
				      "%s has SR-IOV, but the memory of its virtual functions got "
				      "no addresses",
				      pci->device_name ?: "The device"),
			 "Turn on SR-IOV and \"Above 4G decoding\" in the firmware's setup");
}

/* Guests could then reach each other's devices past the IOMMU. */
static void check_override(const struct host *host, struct findings *findings)
{
	if (!host->command_line || !strstr(host->command_line, "pcie_acs_override="))
		return;
	finding_set_hint(findings_add(findings, SEVERITY_WARNING, "iommu",
				      "The boot line makes Linux believe in an isolation of PCI "
				      "devices (ACS) that they do not have"),
			 "Take pcie_acs_override= off the boot line before trusting IOMMU groups");
}

static void check_pci(const struct host *host, struct findings *findings)
{
	check_override(host, findings);
	/* An emulated machine's links are made up. */
	for (size_t i = 0; !host->virtual_machine && i < host->n_pci; i++)
		check_link(host, &host->pci[i], findings);
	for (size_t i = 0; i < host->n_pci; i++)
		check_vf_memory(&host->pci[i], findings);
}

void host_check(const struct host *host, struct findings *findings)
{
	check_cpu(host, findings);
	check_memory(host, findings);
	check_disks(host, findings);
	check_nics(host, findings);
	check_drivers(host, findings);
	check_pci(host, findings);
	for (char **note = host->notes; note && *note; note++)
		findings_add(findings, SEVERITY_WARNING, "detection", "%s", *note);
}
