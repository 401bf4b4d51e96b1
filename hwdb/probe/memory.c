/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: what the firmware's map calls RAM, and how it is spread over NUMA nodes. */
#include "common/str.h"
#include "hwdb/probe/dimms.h"

/* "MemTotal:       16384256 kB", also with "Node 0 " before it. 0 when it is not there. */
static uint64_t mem_total(const struct probe *probe, const char *path)
{
	_cleanup_free_ char *text = probe_text(probe, "%s", path);
	const char *at = text ? strstr(text, "MemTotal:") : NULL;

	return at ? strtoull(at + strlen("MemTotal:"), NULL, 10) * 1024 : 0;
}

/* MemTotal lacks what the kernel took for itself; the firmware's map has all of it. */
static uint64_t firmware_map_total(const struct probe *probe)
{
	_cleanup_strv_ char **entries = NULL;
	uint64_t total = 0;

	if (fsroot_list(probe->root, "/sys/firmware/memmap", &entries) < 0)
		return 0;
	for (char **entry = entries; entry && *entry; entry++) {
		_cleanup_free_ char *type =
			probe_text(probe, "/sys/firmware/memmap/%s/type", *entry);
		uint64_t start = probe_number(probe, 1, "/sys/firmware/memmap/%s/start", *entry);
		uint64_t end = probe_number(probe, 0, "/sys/firmware/memmap/%s/end", *entry);

		if (str_eq(type, "System RAM") && end > start)
			total += end - start + 1;
	}
	return total;
}

/* "10 21": a list with anything else in it says nothing. */
static void read_distances(struct probe *probe, struct host_numa_node *node)
{
	_cleanup_free_ char *text =
		probe_text(probe, "/sys/devices/system/node/node%u/distance", node->id);
	_cleanup_strv_ char **words = text ? strv_split(text, " ") : NULL;
	size_t n = strv_length(words);

	node->distances = n ? xcalloc(n, sizeof(*node->distances)) : NULL;
	for (size_t i = 0; i < n; i++)
		if (str_to_uint(words[i], 0, UINT32_MAX, &node->distances[i]) < 0) {
			free(node->distances);
			node->distances = NULL;
			return;
		}
	node->n_distances = n;
}

static void read_node(struct probe *probe, const char *name)
{
	_cleanup_free_ char *path = xasprintf("/sys/devices/system/node/%s/meminfo", name);
	struct host *host = probe->host;
	struct host_numa_node *node;
	unsigned id;

	if (!str_starts(name, "node") || str_to_uint(name + 4, 0, UINT32_MAX, &id) < 0)
		return;
	node = ARRAY_APPEND(host->numa, host->n_numa);
	node->id = id;
	node->memory_bytes = mem_total(probe, path);
	node->cpus = probe_text(probe, "/sys/devices/system/node/%s/cpulist", name);
	read_distances(probe, node);
}

static int compare_nodes(const void *a, const void *b)
{
	const struct host_numa_node *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

#define EDAC "/sys/devices/system/edac/mc"

static bool read_count(const struct probe *probe, const char *folder, const char *name,
		       uint64_t *ret)
{
	*ret = probe_number(probe, UINT64_MAX, EDAC "/%s/%s", folder, name);
	return *ret != UINT64_MAX;
}

static void read_edac_module(const struct probe *probe, const char *mc, const char *name,
			     struct host_memory_controller *controller)
{
	_cleanup_free_ char *folder = xasprintf("%s/%s", mc, name);
	struct host_memory_module *module;

	/* Drivers that know no modules count by rank. */
	if (!str_starts(name, "dimm") && !str_starts(name, "rank"))
		return;
	module = ARRAY_APPEND(controller->modules, controller->n_modules);
	module->label = probe_text(probe, EDAC "/%s/dimm_label", folder) ?: xstrdup(name);
	module->has_errors =
		read_count(probe, folder, "dimm_ce_count", &module->corrected_errors) &&
		read_count(probe, folder, "dimm_ue_count", &module->uncorrected_errors);
}

static int compare_names(const void *a, const void *b)
{
	const char *const *x = a, *const *y = b;

	return natural_compare(*x, *y);
}

static void read_controller(struct probe *probe, const char *name)
{
	struct host_memory *memory = &probe->host->memory;
	_cleanup_free_ char *path = xasprintf(EDAC "/%s", name);
	_cleanup_strv_ char **names = NULL;
	struct host_memory_controller *controller;
	unsigned number;

	if (!str_starts(name, "mc") || str_to_uint(name + 2, 0, UINT32_MAX, &number) < 0)
		return;
	controller = ARRAY_APPEND(memory->controllers, memory->n_controllers);
	controller->id = xstrdup(name);
	controller->name = probe_text(probe, "%s/mc_name", path);
	controller->has_errors =
		read_count(probe, name, "ce_count", &controller->corrected_errors) &&
		read_count(probe, name, "ue_count", &controller->uncorrected_errors);
	if (fsroot_list(probe->root, path, &names) < 0 || !names)
		return;
	qsort(names, strv_length(names), sizeof(*names), compare_names);
	for (char **entry = names; entry && *entry; entry++)
		read_edac_module(probe, name, *entry, controller);
}

static void read_controllers(struct probe *probe)
{
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(probe->root, EDAC, &names) < 0 || !names)
		return;
	qsort(names, strv_length(names), sizeof(*names), compare_names);
	for (char **name = names; name && *name; name++)
		read_controller(probe, *name);
}

void probe_memory(struct probe *probe)
{
	_cleanup_smbios_ struct smbios table = {0};
	_cleanup_strv_ char **names = NULL;
	struct host *host = probe->host;

	host->memory_bytes = firmware_map_total(probe);
	if (host->memory_bytes == 0)
		host->memory_bytes = mem_total(probe, "/proc/meminfo");
	smbios_read(probe, &table);
	dimms_parse(&table, &host->memory);
	read_controllers(probe);
	if (fsroot_list(probe->root, "/sys/devices/system/node", &names) < 0)
		return;
	for (char **name = names; name && *name; name++)
		read_node(probe, *name);
	if (host->n_numa)
		qsort(host->numa, host->n_numa, sizeof(*host->numa), compare_nodes);
}
