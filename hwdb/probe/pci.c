/* SPDX-License-Identifier: GPL-3.0-or-later */
/* PCI devices through libpci, whose sysfs folder can be any root's; names from pci.ids. */
#include <pci/pci.h>
#include <setjmp.h>

#include "common/str.h"
#include "hwdb/probe/modules.h"
#include "hwdb/probe/pci_facts.h"
#include "hwdb/probe/pci_names.h"
#include "hwdb/probe/slots.h"

#define DEVICES "/sys/bus/pci/devices"

/* libpci ends the program on errors unless its handler leaves by another way. */
static jmp_buf pci_failed;

static _noreturn_ void on_pci_error(char *format _unused_, ...)
{
	longjmp(pci_failed, 1);
}

static void on_pci_message(char *format _unused_, ...)
{
}

static char *hex(unsigned value, int digits)
{
	return xasprintf("%0*x", digits, value);
}

static const struct host_pci *find_captured(const struct probe *probe, const char *address)
{
	const struct host *captured = probe->captured;

	for (size_t i = 0; captured && i < captured->n_pci; i++)
		if (str_eq(captured->pci[i].address, address))
			return &captured->pci[i];
	return NULL;
}

/* Names and modules come from files that a captured folder leaves out. */
static void take_captured(const struct host_pci *captured, struct host_pci *pci)
{
	pci->vendor_name = xstrdup(captured->vendor_name);
	pci->device_name = xstrdup(captured->device_name);
	pci->class_name = xstrdup(captured->class_name);
	for (char **module = captured->modules; module && *module; module++)
		strv_add(&pci->modules, *module);
	pci->has_support = captured->has_support;
	if (pci->has_support)
		pci->support = (struct host_support){
			.state = xstrdup(captured->support.state),
			.driver = xstrdup(captured->support.driver),
			.firmware_package = xstrdup(captured->support.firmware_package),
			.minimum_firmware = xstrdup(captured->support.minimum_firmware),
			.note = xstrdup(captured->support.note),
			.source = xstrdup(captured->support.source),
		};
}

/* Ports of a card and functions for guests come by the dozen: the first one's names will do. */
static bool copy_names(const struct host *host, struct host_pci *pci)
{
	for (size_t i = 0; i + 1 < host->n_pci; i++) {
		const struct host_pci *other = &host->pci[i];

		if (!str_eq(other->device_id, pci->device_id) ||
		    !str_eq(other->vendor_id, pci->vendor_id) ||
		    !str_eq(other->class_id, pci->class_id))
			continue;
		pci->vendor_name = xstrdup(other->vendor_name);
		pci->device_name = xstrdup(other->device_name);
		pci->class_name = xstrdup(other->class_name);
		return true;
	}
	return false;
}

static void look_up_names(const struct pci_names *names, const struct pci_dev *dev,
			  struct host_pci *pci)
{
	pci->vendor_name = pci_names_vendor(names, dev->vendor_id);
	pci->device_name = pci_names_device(names, dev->vendor_id, dev->device_id);
	pci->class_name = pci_names_class(names, dev->device_class);
}

/* Bridges keep them elsewhere than devices do; the kernel knows both. */
static void read_subsystem(const struct probe *probe, const char *path, struct host_pci *pci)
{
	pci->subsystem_vendor_id =
		hex((unsigned)probe_number(probe, 0, "%s/subsystem_vendor", path), 4);
	pci->subsystem_device_id =
		hex((unsigned)probe_number(probe, 0, "%s/subsystem_device", path), 4);
}

static void add_device(struct probe *probe, const struct pci_names *names, struct pci_dev *dev,
		       const struct slots *slots)
{
	struct host *host = probe->host;
	struct host_pci *pci = ARRAY_APPEND(host->pci, host->n_pci);
	const char *address;
	_cleanup_free_ char *path = NULL;
	const struct slot_place *place;
	const struct host_pci *captured;

	pci->address = xasprintf("%04x:%02x:%02x.%u", (unsigned)dev->domain, (unsigned)dev->bus,
				 (unsigned)dev->dev, (unsigned)dev->func);
	address = pci->address;
	pci_fill_info(dev, PCI_FILL_IDENT | PCI_FILL_CLASS);
	pci->vendor_id = hex(dev->vendor_id, 4);
	pci->device_id = hex(dev->device_id, 4);
	/* The real folder: a link would be followed again for each of its files. */
	path = probe_real_path(probe, DEVICES "/%s", address) ?: xasprintf(DEVICES "/%s", address);
	/* libpci drops the programming interface, which tells AHCI from other SATA. */
	pci->class_id = hex(
		(unsigned)probe_number(probe, (uint64_t)dev->device_class << 8, "%s/class", path),
		6);
	if (!probe->shallow)
		pci_facts(probe, path, pci);
	if (!pci->subsystem_vendor_id)
		read_subsystem(probe, path, pci);
	pci->driver = probe_link_name(probe, "%s/driver", path);
	place = slots_find(slots, path);
	pci->slot = probe_text(probe, "%s/label", path);
	if (!pci->slot && place)
		pci->slot = xstrdup(place->label);
	captured = find_captured(probe, address);
	if (captured)
		take_captured(captured, pci);
	else if (!copy_names(host, pci))
		look_up_names(names, dev, pci);
}

static int compare(const void *a, const void *b)
{
	const struct host_pci *x = a, *y = b;

	return pci_address_compare(x->address, y->address);
}

static struct pci_access *open_access(const struct probe *probe)
{
	_cleanup_free_ char *path = fsroot_outer_path(probe->root, "/sys/bus/pci");
	struct pci_access *access = pci_alloc();
	char parameter[] = "sysfs.path", cache[] = "net.cache_name", none[] = "";

	access->method = PCI_ACCESS_SYS_BUS_PCI;
	access->error = on_pci_error;
	access->warning = on_pci_message;
	access->debug = on_pci_message;
	(void)pci_set_param(access, parameter, path);
	/* Else libpci also believes a file of somebody's home folder. */
	(void)pci_set_param(access, cache, none);
	return access;
}

static void list_devices(struct probe *probe, struct pci_access *access,
			 const struct pci_names *names, const struct slots *slots)
{
	if (setjmp(pci_failed)) {
		probe_note(probe, "The list of PCI devices is incomplete: it could not be read");
		return;
	}
	pci_init(access);
	pci_scan_bus(access);
	for (struct pci_dev *dev = access->devices; dev; dev = dev->next)
		add_device(probe, names, dev, slots);
}

void probe_pci(struct probe *probe)
{
	_cleanup_slots_ struct slots slots = {0};
	_cleanup_pci_names_ struct pci_names names = {0};
	struct host *host = probe->host;
	struct pci_access *access;

	if (!fsroot_exists(probe->root, DEVICES))
		return;
	slots_read(probe, &slots);
	access = open_access(probe);
	pci_names_open(PCI_NAMES, &names);
	list_devices(probe, access, &names, &slots);
	pci_cleanup(access);
	if (host->n_pci)
		qsort(host->pci, host->n_pci, sizeof(*host->pci), compare);
	if (!probe->shallow && !probe->captured)
		modules_find(probe);
}
