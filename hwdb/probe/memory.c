/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory: what the firmware's map calls RAM, and how it is spread over NUMA nodes. */
#include "common/str.h"
#include "hwdb/probe/probe.h"

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
}

static int compare_nodes(const void *a, const void *b)
{
	const struct host_numa_node *x = a, *y = b;

	return x->id < y->id ? -1 : x->id > y->id;
}

void probe_memory(struct probe *probe)
{
	_cleanup_strv_ char **names = NULL;
	struct host *host = probe->host;

	host->memory_bytes = firmware_map_total(probe);
	if (host->memory_bytes == 0)
		host->memory_bytes = mem_total(probe, "/proc/meminfo");
	if (fsroot_list(probe->root, "/sys/devices/system/node", &names) < 0)
		return;
	for (char **name = names; name && *name; name++)
		read_node(probe, *name);
	if (host->n_numa)
		qsort(host->numa, host->n_numa, sizeof(*host->numa), compare_nodes);
}
