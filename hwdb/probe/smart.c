/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/probe/smart.h"

#include <errno.h>

#include "common/clock.h"
#include "common/proc.h"
#include "common/str.h"

/* One disk answers within 0.1 s, a dying one never; all of them together get this long. */
#define DISK_SECONDS 5
#define ALL_SECONDS  20

/* ATA attributes that all makers count alike (ACS-4 leaves the table to them). */
#define ATA_REALLOCATED 5
#define ATA_PENDING     197

static bool get(const struct json *json, const char *object, const char *key, uint64_t max,
		unsigned *ret)
{
	const struct json *inner = object ? json_get_object(json, object) : json;
	uint64_t number;

	if (!inner || !json_get_u64(inner, key, &number) || number > max)
		return false;
	*ret = (unsigned)number;
	return true;
}

static void parse_nvme(const struct json *json, struct host_health *health)
{
	static const char log[] = "nvme_smart_health_information_log";

	if (get(json, log, "percentage_used", UINT8_MAX, &health->used_percent))
		health->has_used = true;
	if (get(json, log, "available_spare", 100, &health->spare_percent))
		health->has_spare = true;
	if (get(json, log, "available_spare_threshold", 100, &health->spare_threshold_percent))
		health->has_spare_threshold = true;
	if (get(json, log, "media_errors", UINT32_MAX, &health->media_errors))
		health->has_media_errors = true;
}

static void parse_ata(const struct json *json, struct host_health *health)
{
	const struct json *attributes = json_get_object(json, "ata_smart_attributes");
	const struct json *table = attributes ? json_get_array(attributes, "table") : NULL;

	for (size_t i = 0; i < json_length(table); i++) {
		const struct json *row = json_at(table, i);
		uint64_t id;

		if (!json_get_u64(row, "id", &id))
			continue;
		if (id == ATA_REALLOCATED &&
		    get(row, "raw", "value", UINT32_MAX, &health->reallocated_sectors))
			health->has_reallocated = true;
		if (id == ATA_PENDING &&
		    get(row, "raw", "value", UINT32_MAX, &health->pending_sectors))
			health->has_pending = true;
	}
	if (get(json, "endurance_used", "current_percent", UINT8_MAX, &health->used_percent))
		health->has_used = true;
	if (get(json, "spare_available", "current_percent", 100, &health->spare_percent))
		health->has_spare = true;
}

static void parse_scsi(const struct json *json, struct host_health *health)
{
	if (get(json, NULL, "scsi_grown_defect_list", UINT32_MAX, &health->reallocated_sectors))
		health->has_reallocated = true;
	if (get(json, NULL, "scsi_percentage_used_endurance_indicator", UINT8_MAX,
		&health->used_percent))
		health->has_used = true;
}

int smart_parse(const struct json *json, struct host_health *ret)
{
	const struct json *status = json_get_object(json, "smart_status");
	struct host_health health = {0};

	health.has_passed = status && json_get_bool(status, "passed", &health.passed);
	/* Disks that do not know write 0. */
	health.has_temperature =
		get(json, "temperature", "current", 200, &health.temperature_celsius) &&
		health.temperature_celsius > 0;
	if (!health.has_temperature)
		health.temperature_celsius = 0;
	health.has_hours = get(json, "power_on_time", "hours", 10000000, &health.power_on_hours);
	parse_ata(json, &health);
	parse_scsi(json, &health);
	parse_nvme(json, &health);
	if (!health.has_passed && !health.has_temperature && !health.has_hours &&
	    !health.has_used && !health.has_spare && !health.has_reallocated)
		return -ENODATA;
	*ret = health;
	return 0;
}

int smart_read(const char *node, unsigned timeout_s, struct host_health *ret)
{
	const char *const argv[] = {"smartctl",          "--json", "--health", "--attributes",
				    "--nocheck=standby", node,     NULL};
	const struct proc proc = {
		.argv = argv, .timeout_s = timeout_s, .any_status = true, .quiet = true};
	_cleanup_proc_result_ struct proc_result result = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_json_ struct json *json = NULL;
	int r = proc_run(&proc, &result, &error);

	if (r < 0)
		return r;
	/* The exit status is a set of bits, of which some mean that the disk is failing. */
	if (json_parse(result.output, result.output_length, "smartctl", &json, NULL) < 0)
		return -ENODATA;
	return smart_parse(json, ret);
}

/* Drives that speak for themselves; a RAID volume or a LUN has no health of its own. */
static bool is_asked(const struct host_disk *disk)
{
	static const char *const transports[] = {"nvme", "sata", "ata", "sas", "scsi", "spi"};

	if (!disk->name || disk->removable || disk->size_bytes == 0 ||
	    !(str_eq(disk->kind, "disk") || str_eq(disk->kind, "path")))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(transports); i++)
		if (str_eq(disk->transport, transports[i]))
			return true;
	return false;
}

static void ask_all(struct probe *probe)
{
	double end = clock_seconds() + ALL_SECONDS;
	struct host *host = probe->host;
	unsigned left_out = 0;

	for (size_t i = 0; i < host->n_disks; i++) {
		struct host_disk *disk = &host->disks[i];
		_cleanup_free_ char *node = NULL;

		if (!is_asked(disk))
			continue;
		if (clock_seconds() >= end || proc_cancelled()) {
			left_out++;
			continue;
		}
		node = xasprintf("/dev/%s", disk->name);
		for (char *c = node; *c; c++)
			if (*c == '!')
				*c = '/';
		disk->has_health = smart_read(node, DISK_SECONDS, &disk->health) == 0;
	}
	if (left_out)
		probe_note(probe,
			   "The health of %u disk%s was not asked: others took too long to answer",
			   left_out, left_out == 1 ? "" : "s");
}

static void take_captured(struct probe *probe)
{
	const struct host *captured = probe->captured;
	struct host *host = probe->host;

	for (size_t i = 0; captured && i < host->n_disks; i++)
		for (size_t j = 0; host->disks[i].name && j < captured->n_disks; j++)
			if (str_eq(captured->disks[j].name, host->disks[i].name)) {
				host->disks[i].has_health = captured->disks[j].has_health;
				host->disks[i].health = captured->disks[j].health;
			}
}

void smart_read_all(struct probe *probe)
{
	if (!fsroot_is_live(probe->root))
		take_captured(probe);
	else if (probe->options->health && geteuid() == 0 && proc_exists("smartctl", NULL))
		ask_all(probe);
}
