/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The IOMMU: the firmware's table says what there is, the kernel's units and groups what is used.
 */
#include "hwdb/iommu_groups.h"

#include "common/str.h"
#include "hwdb/probe/dmar.h"
#include "hwdb/probe/ivrs.h"
#include "hwdb/probe/probe.h"

#define TABLES    "/sys/firmware/acpi/tables"
#define GROUPS    "/sys/kernel/iommu_groups"
#define TABLE_MAX (256 * 1024)

static size_t count(const struct probe *probe, const char *path)
{
	_cleanup_strv_ char **names = NULL;

	return fsroot_list(probe->root, path, &names) < 0 ? 0 : strv_length(names);
}

static const struct host_pci *find_child(const struct host *host, const char *parent,
					 const char *place)
{
	for (size_t i = 0; i < host->n_pci; i++)
		if (str_eq(host->pci[i].parent, parent) && str_ends(host->pci[i].address, place))
			return &host->pci[i];
	return NULL;
}

/* "0000:00:1c.0/00.0" becomes the address of what is there; a path to nothing stays. */
static void resolve_path(const struct host *host, char **path)
{
	_cleanup_strv_ char **steps = strv_split(*path, "/");
	const char *address = steps[0];

	for (size_t i = 1; steps[i]; i++) {
		_cleanup_free_ char *place = xasprintf(":%s", steps[i]);
		const struct host_pci *pci = find_child(host, address, place);

		if (!pci)
			return;
		address = pci->address;
	}
	if (strchr(*path, '/')) {
		char *copy = xstrdup(address);

		free(*path);
		*path = copy;
	}
}

static void resolve_paths(const struct host *host, char **paths)
{
	for (; paths && *paths; paths++)
		resolve_path(host, paths);
}

static void resolve(struct host *host)
{
	struct host_iommu *iommu = &host->iommu;

	for (size_t i = 0; i < iommu->n_units; i++) {
		resolve_paths(host, iommu->units[i].devices);
		resolve_paths(host, iommu->units[i].bridges);
	}
	for (size_t i = 0; i < iommu->n_reserved; i++)
		resolve_paths(host, iommu->reserved[i].devices);
}

static void read_table(struct probe *probe)
{
	static const struct {
		const char *path, *kind;
		int (*parse)(const uint8_t *bytes, size_t length, struct host_iommu *iommu);
	} tables[] = {
		{TABLES "/DMAR", "dmar", dmar_parse},
		{TABLES "/XMAR", "dmar", dmar_parse}, /* as Xen leaves it for its dom0 */
		{TABLES "/IVRS", "ivrs", ivrs_parse},
	};
	struct host_iommu *iommu = &probe->host->iommu;

	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		_cleanup_free_ char *bytes = NULL;
		size_t length;
		int r;

		if (iommu->kind || !fsroot_exists(probe->root, tables[i].path))
			continue;
		iommu->kind = xstrdup(tables[i].kind);
		/* Only root may read it. */
		r = fsroot_read(probe->root, tables[i].path, TABLE_MAX, &bytes, &length);
		if (r == 0 && tables[i].parse((const uint8_t *)bytes, length, iommu) < 0)
			probe_note(probe, "The firmware's IOMMU table is damaged; "
					  "its units are not known");
	}
}

static int compare_key(const void *key, const void *element)
{
	return pci_address_compare(key, ((const struct host_pci *)element)->address);
}

/* The PCI probe sorted them. */
static struct host_pci *find_pci(struct host *host, const char *address)
{
	return host->n_pci
		       ? bsearch(address, host->pci, host->n_pci, sizeof(*host->pci), compare_key)
		       : NULL;
}

static int compare_group(const void *a, const void *b)
{
	const struct host_iommu_group *x = a, *y = b;

	return (x->id > y->id) - (x->id < y->id);
}

static void read_groups(struct probe *probe)
{
	struct host *host = probe->host;
	struct host_iommu *iommu = &host->iommu;
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(probe->root, GROUPS, &names) < 0)
		return;
	for (char **name = names; *name; name++) {
		_cleanup_free_ char *path = xasprintf(GROUPS "/%s/devices", *name);
		struct host_iommu_group *group;
		unsigned id;

		if (str_to_uint(*name, 0, UINT32_MAX, &id) < 0)
			continue;
		group = ARRAY_APPEND(iommu->group_list, iommu->n_group_list);
		group->id = id;
		group->type = probe_text(probe, GROUPS "/%s/type", *name);
		if (fsroot_list(probe->root, path, &group->devices) < 0)
			continue;
		for (char **device = group->devices; device && *device; device++) {
			struct host_pci *pci = find_pci(host, *device);

			if (pci) {
				pci->has_iommu_group = true;
				pci->iommu_group = id;
			}
		}
	}
	if (iommu->n_group_list)
		qsort(iommu->group_list, iommu->n_group_list, sizeof(*iommu->group_list),
		      compare_group);
	iommu->groups = (unsigned)strv_length(names);
}

void probe_iommu(struct probe *probe)
{
	read_table(probe);
	resolve(probe->host);
	probe->host->iommu.enabled = count(probe, "/sys/class/iommu") > 0;
	read_groups(probe);
	iommu_groups_complete(probe->host);
}
