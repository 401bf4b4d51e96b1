/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * PCI devices of the running machine through libpci, of a recorded one through the root handle:
 * libpci follows links out of a folder, and waits at a pipe. Names from pci.ids.
 */
#include <pci/pci.h>
#include <setjmp.h>

#include "common/str.h"
#include "hwdb/probe/modules.h"
#include "hwdb/probe/pci_facts.h"
#include "hwdb/probe/pci_names.h"
#include "hwdb/probe/slots.h"

#define DEVICES "/sys/bus/pci/devices"

/* What both ways of listing tell of a function. */
struct found {
	const char *address;
	unsigned vendor_id, device_id;
};

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

static void look_up_names(const struct pci_names *names, const struct found *found,
			  unsigned class_id, struct host_pci *pci)
{
	pci->vendor_name = pci_names_vendor(names, found->vendor_id);
	pci->device_name = pci_names_device(names, found->vendor_id, found->device_id);
	pci->class_name = pci_names_class(names, class_id >> 8);
}

/* Bridges keep them elsewhere than devices do; the kernel knows both. */
static char *read_subsystem(const struct probe *probe, const char *path, const char *file)
{
	uint64_t id = probe_number(probe, UINT64_MAX, "%s/%s", path, file);

	return id <= UINT16_MAX ? hex((unsigned)id, 4) : NULL;
}

static void add_device(struct probe *probe, const struct pci_names *names,
		       const struct found *found, const struct slots *slots)
{
	struct host *host = probe->host;
	struct host_pci *pci = ARRAY_APPEND(host->pci, host->n_pci);
	const char *address = found->address;
	_cleanup_free_ char *path = NULL;
	const struct slot_place *place;
	const struct host_pci *captured;
	unsigned class_id;

	pci->address = xstrdup(address);
	pci->vendor_id = hex(found->vendor_id, 4);
	pci->device_id = hex(found->device_id, 4);
	/* The real folder: a link would be followed again for each of its files. */
	path = probe_real_path(probe, DEVICES "/%s", address) ?: xasprintf(DEVICES "/%s", address);
	class_id = (unsigned)probe_number(probe, 0, "%s/class", path) & 0xffffff;
	pci->class_id = hex(class_id, 6);
	if (!probe->shallow)
		pci_facts(probe, path, pci);
	if (!pci->subsystem_vendor_id) {
		pci->subsystem_vendor_id = read_subsystem(probe, path, "subsystem_vendor");
		pci->subsystem_device_id = read_subsystem(probe, path, "subsystem_device");
	}
	pci->driver = probe_link_name(probe, "%s/driver", path);
	place = slots_find(slots, path);
	pci->slot = probe_text(probe, "%s/label", path);
	if (!pci->slot && place)
		pci->slot = xstrdup(place->label);
	captured = find_captured(probe, address);
	if (captured)
		take_captured(captured, pci);
	else if (!copy_names(host, pci))
		look_up_names(names, found, class_id, pci);
}

static int compare(const void *a, const void *b)
{
	const struct host_pci *x = a, *y = b;

	return pci_address_compare(x->address, y->address);
}

static struct pci_access *open_access(void)
{
	struct pci_access *access = pci_alloc();
	char cache[] = "net.cache_name", none[] = "";

	access->method = PCI_ACCESS_SYS_BUS_PCI;
	access->error = on_pci_error;
	access->warning = on_pci_message;
	access->debug = on_pci_message;
	/* Else libpci also believes a file of somebody's home folder. */
	(void)pci_set_param(access, cache, none);
	return access;
}

static void note_incomplete(struct probe *probe)
{
	probe_note(probe, "The list of PCI devices is incomplete: it could not be read");
}

static void add_live(struct probe *probe, const struct pci_names *names, struct pci_dev *dev,
		     const struct slots *slots)
{
	char address[32];
	struct found found = {.address = address};

	(void)snprintf(address, sizeof(address), "%04x:%02x:%02x.%u", (unsigned)dev->domain,
		       (unsigned)dev->bus, (unsigned)dev->dev, (unsigned)dev->func);
	pci_fill_info(dev, PCI_FILL_IDENT);
	found.vendor_id = dev->vendor_id;
	found.device_id = dev->device_id;
	add_device(probe, names, &found, slots);
}

static void list_live(struct probe *probe, struct pci_access *access, const struct pci_names *names,
		      const struct slots *slots)
{
	if (setjmp(pci_failed)) {
		note_incomplete(probe);
		return;
	}
	pci_init(access);
	pci_scan_bus(access);
	for (struct pci_dev *dev = access->devices; dev; dev = dev->next)
		add_live(probe, names, dev, slots);
}

static bool read_id(const struct probe *probe, const char *address, const char *file, unsigned *ret)
{
	uint64_t id = probe_number(probe, UINT64_MAX, DEVICES "/%s/%s", address, file);

	*ret = (unsigned)id & UINT16_MAX;
	return id <= UINT16_MAX;
}

static void list_recorded(struct probe *probe, const struct pci_names *names,
			  const struct slots *slots)
{
	_cleanup_strv_ char **addresses = NULL;
	bool whole = fsroot_list(probe->root, DEVICES, &addresses) == 0;

	for (char **address = addresses; address && *address; address++) {
		struct found found = {.address = *address};

		if (is_pci_address(*address) &&
		    read_id(probe, *address, "vendor", &found.vendor_id) &&
		    read_id(probe, *address, "device", &found.device_id))
			add_device(probe, names, &found, slots);
		else
			whole = false;
	}
	if (!whole)
		note_incomplete(probe);
}

void probe_pci(struct probe *probe)
{
	_cleanup_slots_ struct slots slots = {0};
	_cleanup_pci_names_ struct pci_names names = {0};
	struct host *host = probe->host;

	if (!fsroot_exists(probe->root, DEVICES))
		return;
	slots_read(probe, &slots);
	pci_names_open(PCI_NAMES, &names);
	if (fsroot_is_live(probe->root)) {
		struct pci_access *access = open_access();

		list_live(probe, access, &names, &slots);
		pci_cleanup(access);
	} else {
		list_recorded(probe, &names, &slots);
	}
	if (host->n_pci)
		qsort(host->pci, host->n_pci, sizeof(*host->pci), compare);
	if (!probe->shallow && !probe->captured)
		modules_find(probe);
}
