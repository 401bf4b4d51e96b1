/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The rows about memory: how much, of which modules, near which processors, with which errors. */
#include <ctype.h>

#include "hwdb/host_text.h"

/* No real machine has a mixture of so many; a made-up table may. */
#define KINDS_MAX 16

static const char *ecc_words(const char *ecc)
{
	static const struct {
		const char *ecc, *words;
	} rows[] = {
		{"none", "no error correction"},
		{"parity", "parity"},
		{"single-bit", "ECC for single bits"},
		{"multi-bit", "ECC"},
		{"crc", "CRC"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		if (str_eq(rows[i].ecc, ecc))
			return rows[i].words;
	return NULL;
}

/* What the board takes tells something only where more could be put in. */
static bool has_room(const struct host_memory *memory)
{
	uint64_t installed = 0;

	for (size_t i = 0; i < memory->n_dimms; i++)
		if (memory->dimms[i].populated && !memory->dimms[i].has_size)
			return false;
		else
			installed += memory->dimms[i].size_bytes;
	return memory->has_maximum && memory->maximum_bytes > installed;
}

static void add_total(struct strbuf *out, const struct host *host)
{
	const struct host_memory *memory = &host->memory;
	_cleanup_free_ char *total = str_from_size(host->memory_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, host->memory_bytes ? total : "unknown");
	if (host->n_numa > 1)
		strbuf_addf(&buf, " in %zu NUMA nodes", host->n_numa);
	text_part(&buf, ", ", ecc_words(memory->ecc));
	if (memory->has_slots && memory->slots)
		strbuf_addf(&buf, ", %u of %u slot%s used", memory->slots - memory->empty_slots,
			    memory->slots, memory->slots == 1 ? "" : "s");
	if (has_room(memory)) {
		_cleanup_free_ char *maximum = str_from_size(memory->maximum_bytes);

		strbuf_addf(&buf, ", at most %s", maximum);
	}
	text_row(out, "Memory", buf.text);
}

static void add_speed(struct strbuf *buf, const struct host_dimm *dimm)
{
	unsigned now = dimm->has_configured_speed ? dimm->configured_speed_mts : dimm->speed_mts;

	if (!dimm->has_configured_speed && !dimm->has_speed)
		return;
	strbuf_addf(buf, ", %u MT/s", now);
	if (dimm->has_speed && dimm->speed_mts > now)
		strbuf_addf(buf, " (it can %u)", dimm->speed_mts);
}

char *text_module(const struct host_dimm *dimm)
{
	_cleanup_free_ char *size = str_from_size(dimm->size_bytes);
	struct strbuf buf = {0};

	strbuf_add(&buf, dimm->has_size ? size : "unknown size");
	if (dimm->type) {
		strbuf_add(&buf, " ");
		for (const char *c = dimm->type; *c; c++)
			strbuf_addf(&buf, "%c", toupper((unsigned char)*c));
	}
	text_part(&buf, " ", dimm->buffering);
	if (dimm->has_ecc)
		strbuf_add(&buf, dimm->ecc ? " with ECC" : " without ECC");
	add_speed(&buf, dimm);
	if (dimm->has_ranks)
		strbuf_addf(&buf, ", %u rank%s", dimm->ranks, dimm->ranks == 1 ? "" : "s");
	text_part(&buf, ", ", dimm->manufacturer);
	text_part(&buf, dimm->manufacturer ? " " : ", ", dimm->part_number);
	return strbuf_take(&buf);
}

char **text_modules(const struct host_memory *memory)
{
	_cleanup_strv_ char **kinds = NULL;
	size_t counts[KINDS_MAX] = {0}, n = 0, others = 0;
	char **lines = NULL;

	for (size_t i = 0; i < memory->n_dimms; i++) {
		_cleanup_free_ char *words = NULL;
		size_t at = 0;

		if (!memory->dimms[i].populated)
			continue;
		words = text_module(&memory->dimms[i]);
		while (at < n && !str_eq(kinds[at], words))
			at++;
		if (at == KINDS_MAX) {
			others++;
			continue;
		}
		if (at == n) {
			strv_add(&kinds, words);
			n++;
		}
		counts[at]++;
	}
	for (size_t i = 0; i < n; i++)
		strv_addf(&lines, "%zu x %s", counts[i], kinds[i]);
	if (others)
		strv_addf(&lines, "%zu of other kinds", others);
	return lines;
}

static void add_node(struct strbuf *out, const struct host_numa_node *node)
{
	_cleanup_free_ char *size = str_from_size(node->memory_bytes);
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_addf(&buf, "node %u: %s", node->id, size);
	text_part(&buf, ", CPUs ", node->cpus);
	for (size_t i = 0; i < node->n_distances; i++)
		strbuf_addf(&buf, "%s %u", i ? "" : ", distances", node->distances[i]);
	text_below(out, buf.text);
}

static void add_errors(char ***lines, const char *place, uint64_t corrected, uint64_t uncorrected)
{
	if (corrected || uncorrected)
		strv_addf(lines, "ERRORS in %s: %llu corrected, %llu not corrected", place,
			  (unsigned long long)corrected, (unsigned long long)uncorrected);
}

static void add_controller(char ***lines, const struct host_memory_controller *controller)
{
	size_t before = strv_length(*lines);

	for (size_t i = 0; i < controller->n_modules; i++)
		if (controller->modules[i].has_errors)
			add_errors(lines, controller->modules[i].label,
				   controller->modules[i].corrected_errors,
				   controller->modules[i].uncorrected_errors);
	if (strv_length(*lines) == before && controller->has_errors)
		add_errors(lines, controller->id, controller->corrected_errors,
			   controller->uncorrected_errors);
}

char **text_memory_errors(const struct host_memory *memory)
{
	char **lines = NULL;

	for (size_t i = 0; i < memory->n_controllers; i++)
		add_controller(&lines, &memory->controllers[i]);
	return lines;
}

void text_memory(struct strbuf *out, const struct host *host)
{
	const struct host_memory *memory = &host->memory;
	_cleanup_strv_ char **modules = text_modules(memory), **errors = text_memory_errors(memory);

	add_total(out, host);
	for (char **line = modules; line && *line; line++)
		text_below(out, *line);
	for (size_t i = 0; host->n_numa > 1 && i < host->n_numa; i++)
		add_node(out, &host->numa[i]);
	for (char **line = errors; line && *line; line++)
		text_below(out, *line);
}
