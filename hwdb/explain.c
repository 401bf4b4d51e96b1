/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/explain.h"

#include <stdarg.h>

#include "common/i18n.h"
#include "common/str.h"
#include "hwdb/controller.h"

const struct host_field obstacle_fields[] = {
	{"about", FIELD_STRING, offsetof(struct obstacle, about), 0, true, NULL, 0},
	{"where", FIELD_STRING, offsetof(struct obstacle, where), 0, true, NULL, 0},
	{"message", FIELD_STRING, offsetof(struct obstacle, message), 0, true, NULL, 0},
	{"hint", FIELD_STRING, offsetof(struct obstacle, hint), 0, false, NULL, 0},
	{0},
};

void explanation_done(struct explanation *explanation)
{
	for (size_t i = 0; i < explanation->n_obstacles; i++)
		host_fields_done(obstacle_fields, &explanation->obstacles[i]);
	free(explanation->obstacles);
	for (size_t i = 0; i < explanation->n_memory_errors; i++)
		host_fields_done(memory_errors_fields, &explanation->memory_errors[i]);
	free(explanation->memory_errors);
	free(explanation->installable_disks);
	*explanation = (struct explanation){0};
}

struct obstacle *explanation_add(struct explanation *explanation, const char *about,
				 const char *where, const char *format, ...)
{
	struct obstacle *obstacle = ARRAY_APPEND(explanation->obstacles, explanation->n_obstacles);
	va_list args;

	obstacle->about = xstrdup(about);
	obstacle->where = xstrdup(where);
	va_start(args, format);
	obstacle->message = xvasprintf(format, args);
	va_end(args);
	return obstacle;
}

/*
 * "disk" for storage controllers (class 01, Fibre Channel), "nic" for networks, else NULL. Virtual
 * functions are guests' business: they have no driver unless somebody wants it so.
 */
static const char *controller_about(const struct host_pci *pci)
{
	if (!pci->class_id || pci->vf_of)
		return NULL;
	if (str_starts(pci->class_id, "01") || str_starts(pci->class_id, "0c04"))
		return "disk";
	return str_starts(pci->class_id, "02") ? "nic" : NULL;
}

/* "8086:2822 Intel Corporation SATA Controller [RAID mode]" */
static char *controller_name(const struct host_pci *pci)
{
	struct strbuf buf = {0};

	strbuf_addf(&buf, "%s:%s", pci->vendor_id ?: "?", pci->device_id ?: "?");
	if (pci->vendor_name)
		strbuf_addf(&buf, " %s", pci->vendor_name);
	if (pci->device_name)
		strbuf_addf(&buf, " %s", pci->device_name);
	return strbuf_take(&buf);
}

static bool is_set_aside(const struct host_pci *pci)
{
	return str_eq(pci->driver, "vfio-pci") || str_eq(pci->driver, "pciback") ||
	       str_eq(pci->driver, "xen-pciback") || str_eq(pci->driver, "pci-stub");
}

static const char *support_state(const struct host_pci *pci)
{
	return pci->has_support ? pci->support.state : NULL;
}

/* Modules are only known where the machine was looked at with its kernel's modules.alias. */
static bool knows_modules(const struct host *host)
{
	for (size_t i = 0; i < host->n_pci; i++)
		if (host->pci[i].modules)
			return true;
	return false;
}

/* A controller without driver: the first reason that fits. */
static void explain_driver(const struct host *host, const struct host_pci *pci, const char *about,
			   const char *where, struct explanation *ret)
{
	_cleanup_free_ char *name = controller_name(pci);
	_cleanup_free_ char *modules = pci->modules ? strv_join(pci->modules, ", ") : NULL;
	struct obstacle *obstacle;

	if (controller_mode(pci) == CONTROLLER_RAID_MODE) {
		obstacle = explanation_add(ret, about, where,
					   "%s is a RAID-mode SATA controller with no driver bound",
					   name);
		obstacle->hint = xstrdup(N_("Firmware setup: switch SATA from RAID to AHCI mode"));
	} else if (controller_mode(pci) == CONTROLLER_VMD) {
		obstacle = explanation_add(
			ret, about, where,
			"%s hides the NVMe disks behind it while its driver is not bound", name);
		obstacle->hint =
			xstrdup(N_("Load the module vmd, or turn VMD off in the firmware's "
				   "setup"));
	} else if (str_eq(support_state(pci), "needs-firmware")) {
		obstacle = explanation_add(ret, about, where, "%s has no driver: %s", name,
					   pci->support.note ?: "its firmware is missing");
		obstacle->hint = xstrdup(N_("Use another controller, or add the firmware"));
	} else if (modules) {
		obstacle = explanation_add(ret, about, where,
					   "%s has no driver bound, though %s claims it", name,
					   modules);
		obstacle->hint = xasprintf(N_("Load the module: modprobe %s; if it is loaded, the "
					      "kernel's log says why it refused"),
					   pci->modules[0]);
	} else if (pci->has_support && pci->support.driver) {
		obstacle =
			explanation_add(ret, about, where,
					"%s has no driver in this kernel; an installed host has %s",
					name, pci->support.driver);
		obstacle->hint = xstrdup(N_("Look at it from the install medium"));
	} else {
		obstacle = explanation_add(ret, about, where, "%s has no driver", name);
		obstacle->hint = xstrdup(
			knows_modules(host)
				? "No module of this kernel claims it: its disks or networks stay "
				  "missing. Use another controller"
				: "Neither a recorded module nor the hardware database names a "
				  "driver: look at it from the install medium, or use another "
				  "controller");
	}
}

/* Controllers, and how many of a kind have a driver. */
static size_t explain_controllers(const struct host *host, const char *about,
				  struct explanation *ret)
{
	size_t n = 0;

	for (size_t i = 0; i < host->n_pci; i++) {
		const struct host_pci *pci = &host->pci[i];
		_cleanup_free_ char *where = xasprintf("pci %s", pci->address);
		_cleanup_free_ char *name = controller_name(pci);

		if (!str_eq(controller_about(pci), about))
			continue;
		n++;
		if (!pci->driver) {
			explain_driver(host, pci, about, where, ret);
		} else if (is_set_aside(pci)) {
			struct obstacle *obstacle = explanation_add(
				ret, about, where, "%s is set aside for guests (%s)", name,
				pci->driver);

			obstacle->hint = xstrdup(N_("Give it back to the host: take it out of "
						    "xen-pciback.hide or the driver override"));
		}
	}
	return n;
}

static bool has_disk(const struct host *host, const struct host_pci *pci)
{
	for (size_t i = 0; i < host->n_disks; i++)
		if (str_eq(host->disks[i].pci_address, pci->address))
			return true;
	return false;
}

/* Controllers with a driver, and nothing on them; only asked while there is no disk. */
static void explain_empty_controllers(const struct host *host, struct explanation *ret)
{
	for (size_t i = 0; i < host->n_pci; i++) {
		const struct host_pci *pci = &host->pci[i];
		_cleanup_free_ char *where = xasprintf("pci %s", pci->address);
		_cleanup_free_ char *name = controller_name(pci);
		struct obstacle *obstacle;

		if (!str_eq(controller_about(pci), "disk") || !pci->driver || is_set_aside(pci) ||
		    has_disk(host, pci))
			continue;
		obstacle =
			explanation_add(ret, "disk", where, "%s has its driver (%s), but no disk",
					name, pci->driver);
		if (controller_mode(pci) == CONTROLLER_RAID_MODE)
			obstacle->hint =
				xstrdup(N_("In RAID mode it may hide NVMe disks: switch SATA "
					   "to AHCI mode in the firmware's setup"));
		else if (str_starts(pci->class_id, "0104"))
			obstacle->hint =
				xstrdup(N_("Make a volume in the RAID controller's setup, or "
					   "switch it to HBA (JBOD) mode"));
		else if (str_starts(pci->class_id, "0c04"))
			obstacle->hint = xstrdup(N_("Check the fibre, the switch's zones and the "
						    "array's LUN masking"));
		else
			obstacle->hint = xstrdup(N_("Check power, cables and backplane"));
	}
}

static bool is_installable(const struct host_disk *disk)
{
	return (str_eq(disk->kind, "disk") || str_eq(disk->kind, "multipath")) &&
	       !disk->removable && !disk->install_medium && disk->size_bytes;
}

/* Why a disk that is there cannot be taken without being named; only asked while none can. */
static void explain_disk(const struct host_disk *disk, struct explanation *ret)
{
	_cleanup_free_ char *where = xasprintf("disk %s", disk->name ?: disk->id);
	const char *model = disk->model ?: disk->id;

	if (disk->install_medium)
		explanation_add(ret, "disk", where,
				"%s is the medium that the installer was started from", model);
	else if (!disk->size_bytes)
		explanation_add(ret, "disk", where, "%s has no medium in it", model)->hint =
			xstrdup("Insert one, or connect another disk");
	else if (disk->removable)
		explanation_add(ret, "disk", where,
				"%s is removable, and such disks are only taken by name", model)
			->hint =
			xstrdup(N_("Connect a fixed disk, or name this one in the answers"));
}

static void explain_disks(const struct host *host, struct explanation *ret)
{
	size_t n_controllers = explain_controllers(host, "disk", ret);

	for (size_t i = 0; i < host->n_disks; i++)
		if (is_installable(&host->disks[i]))
			*ARRAY_APPEND(ret->installable_disks, ret->n_installable_disks) =
				&host->disks[i];
	if (ret->n_installable_disks)
		return;
	for (size_t i = 0; i < host->n_disks; i++)
		if (str_eq(host->disks[i].kind, "disk") || str_eq(host->disks[i].kind, "multipath"))
			explain_disk(&host->disks[i], ret);
	explain_empty_controllers(host, ret);
	if (!n_controllers)
		explanation_add(ret, "disk", "pci", "No storage controller is visible on PCI")
			->hint =
			xstrdup("Firmware setup: turn the SATA or NVMe ports on; check that the "
				"controller's card is seated");
}

static void explain_nics(const struct host *host, struct explanation *ret)
{
	size_t n_controllers = explain_controllers(host, "nic", ret);

	if (!host->n_nics && !n_controllers)
		explanation_add(ret, "nic", "pci", "No network controller is visible on PCI")
			->hint =
			xstrdup("Firmware setup: turn the onboard network on; check that the card "
				"is seated");
}

void explain(const struct host *host, struct explanation *ret)
{
	*ret = (struct explanation){0};
	explain_disks(host, ret);
	explain_nics(host, ret);
	explain_links(host, ret);
	explain_firmware(host, ret);
	explain_memory(host, ret);
}
