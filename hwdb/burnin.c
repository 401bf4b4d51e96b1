/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/burnin.h"

#include <ctype.h>
#include <stdarg.h>
#include <stddef.h>
#include <time.h>

#include "common/clock.h"
#include "common/proc.h"
#include "common/str.h"
#include "hwdb/host_text.h"

#define SCHEMA "xenhost.burnin/1"

static const struct host_field row_fields[] = {
	{"name", FIELD_STRING, offsetof(struct burnin_row, name), 0, true, NULL, 0},
	{"title", FIELD_STRING, offsetof(struct burnin_row, title), 0, true, NULL, 0},
	{"result", FIELD_STRING, offsetof(struct burnin_row, result), 0, true, NULL, 0},
	{"measured", FIELD_STRING, offsetof(struct burnin_row, measured), 0, true, NULL, 0},
	{"hint", FIELD_STRING, offsetof(struct burnin_row, hint), 0, false, NULL, 0},
	{0},
};

const struct host_field burnin_fields[] = {
	{"started", FIELD_STRING, offsetof(struct burnin, started), 0, true, NULL, 0},
	{"serial", FIELD_STRING, offsetof(struct burnin, serial), 0, false, NULL, 0},
	{"uuid", FIELD_STRING, offsetof(struct burnin, uuid), 0, false, NULL, 0},
	{"name", FIELD_STRING, offsetof(struct burnin, name), 0, false, NULL, 0},
	{"seconds", FIELD_UINT, offsetof(struct burnin, seconds), 0, true, NULL, 0},
	{"wanted_seconds", FIELD_UINT, offsetof(struct burnin, wanted_seconds), 0, true, NULL, 0},
	{"cancelled", FIELD_BOOL, offsetof(struct burnin, cancelled), 0, true, NULL, 0},
	{"rows", FIELD_BOXES, offsetof(struct burnin, rows), offsetof(struct burnin, n_rows), true,
	 row_fields, sizeof(struct burnin_row)},
	{0},
};

void burnin_done(struct burnin *burnin)
{
	host_fields_done(burnin_fields, burnin);
	*burnin = (struct burnin){0};
}

struct burnin_row *burnin_add(struct burnin *burnin, const char *name, const char *title,
			      enum verdict_result result, const char *hint, const char *measured,
			      ...)
{
	struct burnin_row *row = ARRAY_APPEND(burnin->rows, burnin->n_rows);
	va_list args;

	row->name = xstrdup(name);
	row->title = xstrdup(title);
	row->result = xstrdup(verdict_result_to_string(result));
	row->hint = xstrdup(hint);
	va_start(args, measured);
	row->measured = xvasprintf(measured, args);
	va_end(args);
	return row;
}

size_t burnin_count(const struct burnin *burnin, enum verdict_result result)
{
	size_t n = 0;

	for (size_t i = 0; i < burnin->n_rows; i++)
		n += str_eq(burnin->rows[i].result, verdict_result_to_string(result));
	return n;
}

struct json *burnin_to_json(const struct burnin *burnin)
{
	struct json *json = json_new_object();

	json_set_string(json, "schema", SCHEMA);
	host_fields_to_json(burnin_fields, burnin, json);
	return json;
}

static bool is_result(const char *word)
{
	for (unsigned i = 0; i < VERDICT_RESULTS; i++)
		if (str_eq(word, verdict_result_to_string((enum verdict_result)i)))
			return true;
	return false;
}

int burnin_from_json(const struct json *json, struct burnin *ret, struct error **err)
{
	_cleanup_burnin_ struct burnin burnin = {0};
	int r;

	if (!str_eq(json_get_string(json, "schema"), SCHEMA)) {
		error_set(err, ERROR_USAGE, "This is no result of a burn-in (" SCHEMA ")");
		return error_hint(err, "Make one with \"xenhost-hwinfo burn-in --json\"");
	}
	r = host_fields_from_json(burnin_fields, json, "", &burnin, err);
	if (r < 0)
		return r;
	for (size_t i = 0; i < burnin.n_rows; i++)
		if (!is_result(burnin.rows[i].result)) {
			error_set(err, ERROR_USAGE, "rows[%zu].result is none: %s", i,
				  burnin.rows[i].result);
			return error_hint(err, "It is pass, warn, fail or unknown");
		}
	*ret = burnin;
	burnin = (struct burnin){0};
	return 0;
}

/* Tools and devices say what they like: nothing of it may steer a terminal. */
static void add_words(struct strbuf *buf, const char *text)
{
	_cleanup_free_ char *line = xstrdup(text);

	for (char *c = line; *c; c++)
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			*c = ' ';
	text_words(buf, 9, 11, line);
}

char *burnin_to_text(const struct burnin *burnin)
{
	struct strbuf buf = {0};

	for (size_t i = 0; i < burnin->n_rows; i++) {
		const struct burnin_row *row = &burnin->rows[i];
		_cleanup_free_ char *line = xasprintf("%s: %s", row->title, row->measured);
		_cleanup_free_ char *word = xstrdup(row->result);

		for (char *c = word; *c; c++)
			*c = (char)toupper((unsigned char)*c);
		strbuf_addf(&buf, "%-7s  ", word);
		add_words(&buf, line);
		if (row->hint) {
			strbuf_add(&buf, "         ");
			add_words(&buf, row->hint);
		}
	}
	strbuf_addf(&buf, "\n%s after %u s: %zu passed, %zu warnings, %zu failed, %zu unknown\n",
		    burnin->cancelled ? "Cancelled" : "Done", burnin->seconds,
		    burnin_count(burnin, VERDICT_PASS), burnin_count(burnin, VERDICT_WARN),
		    burnin_count(burnin, VERDICT_FAIL), burnin_count(burnin, VERDICT_UNKNOWN));
	return strbuf_take(&buf);
}

static uint64_t worn(const struct host_disk *disk)
{
	const struct host_health *health = &disk->health;

	return (uint64_t)health->reallocated_sectors + health->pending_sectors +
	       health->media_errors;
}

/* What the disks themselves count, where somebody could ask them. */
static void judge_health(const struct host *before, const struct host *after, struct burnin *burnin)
{
	static const char title[] = "Disks' own account";
	_cleanup_strbuf_ struct strbuf bad = {0};
	size_t asked = 0;

	for (size_t i = 0; i < after->n_disks; i++) {
		const struct host_disk *disk = &after->disks[i];
		const struct host_disk *old = host_find_disk(before, disk->id);

		if (!old || !old->has_health || !disk->has_health)
			continue;
		asked++;
		if (disk->health.has_passed && !disk->health.passed)
			strbuf_addf(&bad, "%s%s is failing", bad.length ? ", " : "",
				    disk->name ?: disk->id);
		else if (worn(disk) > worn(old))
			strbuf_addf(&bad, "%s%s lost %ju more sectors", bad.length ? ", " : "",
				    disk->name ?: disk->id, (uintmax_t)(worn(disk) - worn(old)));
	}
	if (!asked)
		burnin_add(burnin, "disk-health", title, VERDICT_UNKNOWN,
			   "Run as root, with smartmontools installed", "no disk could be asked");
	else if (bad.length)
		burnin_add(burnin, "disk-health", title, VERDICT_FAIL, "Replace these disks", "%s",
			   bad.text);
	else
		burnin_add(burnin, "disk-health", title, VERDICT_PASS, NULL,
			   "%zu asked before and after, nothing new", asked);
}

static void name_machine(const struct host *host, struct burnin *burnin)
{
	_cleanup_strbuf_ struct strbuf name = {0};
	time_t now = time(NULL);
	char started[32];
	struct tm tm;

	strftime(started, sizeof(started), "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&now, &tm));
	burnin->started = xstrdup(started);
	burnin->serial = xstrdup(host->firmware.product_serial);
	burnin->uuid = xstrdup(host->firmware.product_uuid);
	text_part(&name, "", host->firmware.system_vendor);
	text_part(&name, " ", host->firmware.product_name);
	burnin->name = xstrdup(name.text);
}

int burnin_run(const struct fsroot *root, const struct burnin_options *options, struct burnin *ret,
	       struct error **err)
{
	const struct host_options detect = {.health = true};
	_cleanup_host_ struct host *before = NULL, *after = NULL;
	_cleanup_burnin_watch_ struct burnin_watch *watch = NULL;
	_cleanup_burnin_ struct burnin burnin = {.wanted_seconds = options->seconds};
	double start;
	int r = host_detect(root, &detect, &before, err);

	if (r < 0)
		return r;
	name_machine(before, &burnin);
	watch = burnin_watch_start(root);
	start = clock_seconds();
	if (!burnin_tools_run(root, before, options, watch, &burnin)) {
		error_set(err, ERROR_USAGE, "There is nothing to run: %s", burnin.rows[0].measured);
		return error_hint(err, "apt-get install stress-ng fio iperf3");
	}
	burnin.seconds = (unsigned)(clock_seconds() - start + 0.5);
	burnin.cancelled = proc_cancelled();
	burnin_watch_finish(watch, &burnin);
	/* After a cancellation nothing more is started, smartctl included. */
	if (!burnin.cancelled) {
		r = host_detect(root, &detect, &after, err);
		if (r < 0)
			return r;
		judge_health(before, after, &burnin);
	}
	*ret = burnin;
	burnin = (struct burnin){0};
	return 0;
}
