/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/pci_link.h"

#include "common/str.h"

const struct host_pci *host_find_pci(const struct host *host, const char *address)
{
	for (size_t i = 0; address && i < host->n_pci; i++)
		if (str_eq(host->pci[i].address, address))
			return &host->pci[i];
	return NULL;
}

/* Payload in Mbit/s: up to 5 GT/s ten bits carry eight, above 130 carry 128. */
static unsigned bandwidth(unsigned width, unsigned mtps)
{
	return mtps <= 5000 ? width * (mtps / 10 * 8) : width * (mtps / 130 * 128);
}

static unsigned smaller(unsigned a, unsigned b)
{
	return a < b ? a : b;
}

static bool slows_down_when_idle(const struct host_pci *pci)
{
	return pci->class_id &&
	       (str_starts(pci->class_id, "03") || str_starts(pci->class_id, "12"));
}

/* A number that the JSON of a host may hold and no link has would overflow. */
static bool is_sane(const struct host_pci *pci)
{
	return pci->has_link_width_max && pci->has_link_speed_max && pci->link_width_max <= 32 &&
	       pci->link_speed_max_mtps >= 2500 && pci->link_speed_max_mtps <= 256000;
}

struct pci_link host_pci_link(const struct host *host, const struct host_pci *pci)
{
	const struct host_pci *port = host_find_pci(host, pci->parent);
	struct pci_link link = {.state = PCI_LINK_UNKNOWN};
	unsigned speed, best;

	if (!port || !is_sane(pci) || !is_sane(port) || !pci->has_link_width || pci->vf_of ||
	    !pci->has_link_speed || !str_ends(pci->address, ".0") || pci->link_width > 32 ||
	    pci->link_speed_mtps > 256000)
		return link;
	if (port->express && !str_eq(port->express, "root-port") &&
	    !str_eq(port->express, "downstream-port"))
		return link; /* between a switch's own ports */
	link.width = smaller(pci->link_width_max, port->link_width_max);
	link.speed_mtps = smaller(pci->link_speed_max_mtps, port->link_speed_max_mtps);
	speed = slows_down_when_idle(pci) ? link.speed_mtps : pci->link_speed_mtps;
	best = bandwidth(pci->link_width_max, pci->link_speed_max_mtps);
	link.percent = smaller(100, 100 * bandwidth(pci->link_width, speed) / best);
	if (pci->link_width < link.width || speed < link.speed_mtps)
		link.state = PCI_LINK_DEGRADED;
	else if (bandwidth(link.width, link.speed_mtps) < best)
		link.state = PCI_LINK_SLOT;
	else
		link.state = PCI_LINK_FULL;
	return link;
}

char *pci_speed_words(unsigned mtps)
{
	return mtps % 1000 ? xasprintf("%u.%u", mtps / 1000, mtps % 1000 / 100)
			   : xasprintf("%u", mtps / 1000);
}

static void add_link(const struct host_pci *pci, struct strbuf *buf)
{
	_cleanup_free_ char *speed = pci_speed_words(pci->link_speed_mtps);
	_cleanup_free_ char *most = pci_speed_words(pci->link_speed_max_mtps);

	if (!pci->has_link_width || !pci->has_link_speed)
		return;
	strbuf_addf(buf, ", x%u", pci->link_width);
	if (pci->has_link_width_max && pci->link_width_max != pci->link_width)
		strbuf_addf(buf, " of x%u", pci->link_width_max);
	strbuf_addf(buf, ", %s", speed);
	if (pci->has_link_speed_max && pci->link_speed_max_mtps != pci->link_speed_mtps)
		strbuf_addf(buf, " of %s", most);
	strbuf_add(buf, " GT/s");
}

void host_pci_words(const struct host_pci *pci, struct strbuf *buf)
{
	unsigned long long errors;

	if (!pci->vf_of)
		add_link(pci, buf);
	else
		strbuf_addf(buf, ", virtual function of %s", pci->vf_of);
	if (pci->has_vfs_total && pci->has_vfs_enabled && pci->vfs_total)
		strbuf_addf(buf, ", %u of %u virtual functions", pci->vfs_enabled, pci->vfs_total);
	if (pci->has_vf_memory && !pci->vf_memory_assigned)
		strbuf_add(buf, " without room for their memory");
	errors = pci->aer_fatal + pci->aer_nonfatal;
	if (errors)
		strbuf_addf(buf, ", %llu uncorrected bus errors", errors);
}
