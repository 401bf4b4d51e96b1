/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/cpuinfo.h"

#include "common/str.h"

/* More than any machine has; a made-up file must not make the search below slow. */
#define PACKAGES_MAX 1024

/* The lines between two empty ones: one thread. */
struct block {
	bool started;
	bool has_package, has_core;
	unsigned thread, package, core;
	bool has_family, has_model, has_stepping;
	unsigned family, model_number, stepping;
	const char *model, *microcode; /* in the text */
};

/* "model name\t: Intel(R)": the value when the line has this key. */
static const char *value_of(const char *line, const char *key)
{
	const char *colon = strchr(line, ':');
	size_t length = strlen(key);

	if (!colon || !str_starts(line, key) || !strchr("\t :", line[length]))
		return NULL;
	/* "model" is no "model name". */
	if (strspn(line + length, "\t ") != (size_t)(colon - line) - length)
		return NULL;
	return colon + 1 + strspn(colon + 1, " ");
}

static bool number_of(const char *line, const char *key, bool *has, unsigned *ret)
{
	const char *value = value_of(line, key);

	if (!value)
		return false;
	*has = str_to_uint(value, 0, UINT32_MAX, ret) == 0;
	return true;
}

/* What is told of the whole machine is taken from the first thread. */
static void read_common(const char *line, struct host_cpu *cpu, struct cpuinfo *info)
{
	const char *value;

	if (!cpu->vendor && (value = value_of(line, "vendor_id")))
		cpu->vendor = xstrdup(value);
	else if (!cpu->flags && (value = value_of(line, "flags")))
		cpu->flags = strv_split(value, " ");
	else if (!info->vmx_flags && (value = value_of(line, "vmx flags")))
		info->vmx_flags = strv_split(value, " ");
}

static void read_block_line(const char *line, struct block *block)
{
	const char *value;

	if (number_of(line, "physical id", &block->has_package, &block->package) ||
	    number_of(line, "core id", &block->has_core, &block->core) ||
	    number_of(line, "cpu family", &block->has_family, &block->family) ||
	    number_of(line, "model", &block->has_model, &block->model_number) ||
	    number_of(line, "stepping", &block->has_stepping, &block->stepping))
		return;
	if ((value = value_of(line, "model name")))
		block->model = value;
	else if ((value = value_of(line, "microcode")))
		block->microcode = value;
}

static struct host_cpu_package *find_package(struct host_cpu *cpu, unsigned id)
{
	for (size_t i = 0; i < cpu->n_package_list; i++)
		if (cpu->package_list[i].id == id)
			return &cpu->package_list[i];
	return NULL;
}

static void add_package(const struct block *block, struct host_cpu *cpu, struct cpuinfo *info)
{
	struct host_cpu_package *package = ARRAY_APPEND(cpu->package_list, cpu->n_package_list);

	package->id = block->package;
	package->model = xstrdup(block->model);
	package->has_signature = block->has_family && block->has_model && block->has_stepping;
	package->family = block->family;
	package->model_number = block->model_number;
	package->stepping = block->stepping;
	package->microcode = xstrdup(block->microcode);
	*ARRAY_APPEND(info->first_threads, info->n_first_threads) = block->thread;
}

static void end_block(const struct block *block, struct host_cpu *cpu, struct cpuinfo *info)
{
	struct host_cpu_package *package;

	cpu->threads++;
	if (!cpu->model)
		cpu->model = xstrdup(block->model);
	if (block->has_package && block->has_core)
		*ARRAY_APPEND(info->cores, info->n_cores) =
			(uint64_t)block->package << 32 | block->core;
	else
		info->cores_complete = false;
	package = find_package(cpu, block->package);
	if (!package && cpu->n_package_list < PACKAGES_MAX) {
		add_package(block, cpu, info);
		package = &cpu->package_list[cpu->n_package_list - 1];
	}
	if (package)
		package->threads++;
	/* All threads of a machine are meant to run the same. */
	if (block->microcode && !str_eq(cpu->package_list[0].microcode, block->microcode))
		info->microcode_differs = true;
}

void cpuinfo_parse(char *text, struct host_cpu *cpu, struct cpuinfo *ret)
{
	struct block block = {0};
	char *line, *rest;

	*ret = (struct cpuinfo){.cores_complete = true};
	for (line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		bool has;
		unsigned thread = 0;

		if (number_of(line, "processor", &has, &thread)) {
			if (block.started)
				end_block(&block, cpu, ret);
			block = (struct block){.started = true, .thread = thread};
		}
		read_common(line, cpu, ret);
		read_block_line(line, &block);
	}
	if (block.started)
		end_block(&block, cpu, ret);
	if (cpu->flags)
		strv_sort(cpu->flags);
}

void cpuinfo_done(struct cpuinfo *info)
{
	strv_free(info->vmx_flags);
	free(info->cores);
	free(info->first_threads);
	*info = (struct cpuinfo){0};
}

static int compare_cores(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return *x < *y ? -1 : *x > *y;
}

void cpuinfo_count_cores(uint64_t *cores, size_t *n_cores, struct host_cpu *cpu)
{
	size_t n = 0;

	if (*n_cores == 0)
		return;
	qsort(cores, *n_cores, sizeof(*cores), compare_cores);
	for (size_t i = 0; i < *n_cores; i++) {
		struct host_cpu_package *package;

		if (i > 0 && cores[i] == cores[i - 1])
			continue;
		cpu->packages += n == 0 || cores[i] >> 32 != cores[n - 1] >> 32;
		package = find_package(cpu, (unsigned)(cores[i] >> 32));
		if (package)
			package->cores++;
		cores[n++] = cores[i];
	}
	*n_cores = n;
	cpu->cores = (unsigned)n;
}
