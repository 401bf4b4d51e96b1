/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Processors from /proc/cpuinfo; packages and cores from sysfs where cpuinfo does not tell. */
#include "common/str.h"
#include "hwdb/probe/probe.h"

/* Thousands of threads with a kilobyte of flags each. */
#define CPUINFO_MAX (32 * MIB)

/* Distinct (package, core) pairs, as numbers that hold both. */
struct id_set {
	uint64_t *ids;
	size_t n;
};

static void id_add(struct id_set *set, uint64_t id)
{
	for (size_t i = set->n; i > 0; i--)
		if (set->ids[i - 1] == id)
			return;
	*ARRAY_APPEND(set->ids, set->n) = id;
}

/* "model name\t: Intel(R)": the value when the line has this key. */
static const char *value_of(const char *line, const char *key)
{
	const char *colon = strchr(line, ':');
	size_t length = strlen(key);

	if (!colon || !str_starts(line, key) || !strchr("\t :", line[length]))
		return NULL;
	return colon + 1 + strspn(colon + 1, " ");
}

static void read_line(const char *line, struct host_cpu *cpu)
{
	const char *value;

	if (value_of(line, "processor"))
		cpu->threads++;
	else if (!cpu->vendor && (value = value_of(line, "vendor_id")))
		cpu->vendor = xstrdup(value);
	else if (!cpu->model && (value = value_of(line, "model name")))
		cpu->model = xstrdup(value);
	else if (!cpu->flags && (value = value_of(line, "flags")))
		cpu->flags = strv_split(value, " ");
	else if (!cpu->nested_paging && (value = value_of(line, "vmx flags"))) {
		_cleanup_strv_ char **flags = strv_split(value, " ");

		cpu->nested_paging = strv_contains(flags, "ept");
	}
}

static void count_topology(const struct probe *probe, struct host_cpu *cpu)
{
	struct id_set packages = {0}, cores = {0};
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(probe->root, "/sys/devices/system/cpu", &names) < 0)
		return;
	for (char **name = names; name && *name; name++) {
		uint64_t package, core;
		unsigned number;

		if (!str_starts(*name, "cpu") || str_to_uint(*name + 3, 0, UINT32_MAX, &number) < 0)
			continue;
		package = probe_number(probe, UINT32_MAX,
				       "/sys/devices/system/cpu/%s/topology/physical_package_id",
				       *name);
		core = probe_number(probe, UINT32_MAX,
				    "/sys/devices/system/cpu/%s/topology/core_id", *name);
		if (package == UINT32_MAX || core == UINT32_MAX)
			continue;
		id_add(&packages, package);
		id_add(&cores, package << 32 | core);
	}
	cpu->packages = (unsigned)packages.n;
	cpu->cores = (unsigned)cores.n;
	free(packages.ids);
	free(cores.ids);
}

void probe_cpu(struct probe *probe)
{
	struct host_cpu *cpu = &probe->host->cpu;
	_cleanup_free_ char *text = NULL;
	char *line, *rest;

	if (fsroot_read(probe->root, "/proc/cpuinfo", CPUINFO_MAX, &text, NULL) < 0)
		return;
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest))
		read_line(line, cpu);
	if (strv_contains(cpu->flags, "vmx"))
		cpu->virtualization = xstrdup("vmx");
	else if (strv_contains(cpu->flags, "svm"))
		cpu->virtualization = xstrdup("svm");
	/* Kernels before 5.10 list ept among the flags, all list npt there. */
	if (strv_contains(cpu->flags, "ept") || strv_contains(cpu->flags, "npt"))
		cpu->nested_paging = true;
	if (cpu->flags)
		strv_sort(cpu->flags);
	count_topology(probe, cpu);
}
