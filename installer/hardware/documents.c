/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/hardware/documents.h"

#include <time.h>

#include "common/str.h"
#include "hwdb/report.h"

/* Leaves room for date and suffix in any file system. */
#define SERIAL_MAX 64

static const struct document forms[DOCUMENTS] = {
	[DOCUMENT_HOST] = {.field = "host", .suffix = ".json", .content_type = "application/json"},
	[DOCUMENT_VERDICTS] = {.field = "verdicts",
			       .suffix = "-verdicts.json",
			       .content_type = "application/json"},
	[DOCUMENT_PAGE] = {.field = "page", .suffix = ".html", .content_type = "text/html"},
	[DOCUMENT_TEXT] = {.field = "text",
			   .suffix = ".txt",
			   .content_type = "text/plain; charset=utf-8"},
};

static char *machine_name(const struct host *host)
{
	const char *known = host->firmware.product_serial;
	char *name;

	if (str_empty(known))
		known = host->firmware.product_uuid;
	if (str_empty(known) && host->n_nics)
		known = host->nics[0].mac;
	name = xstrndup(str_empty(known) ? "machine" : known, SERIAL_MAX);
	for (char *c = name; *c; c++)
		if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._", *c))
			*c = '-';
	return name;
}

char *documents_machine(const struct host *host)
{
	_cleanup_free_ char *machine = machine_name(host);

	return xasprintf("xenhost-%s", machine);
}

static char *page_of(const struct host *host, const struct verdicts *verdicts, const struct tm *tm)
{
	const char *serial = host->firmware.product_serial;
	const struct report_machine machine = {
		.name = str_empty(serial) ? "This machine" : serial,
		.host = host,
		.verdicts = verdicts,
	};
	char made[32];

	strftime(made, sizeof(made), "%Y-%m-%d %H:%M UTC", tm);
	return report_html(&machine, 1, made);
}

static char *text_of(const struct host *host, const struct verdicts *verdicts)
{
	_cleanup_free_ char *judged = verdicts_to_text(verdicts);
	_cleanup_free_ char *summary = verdicts_summary(verdicts);
	_cleanup_free_ char *machine = host_to_text(host);

	return xasprintf("%s%s\n%s", judged, summary, machine);
}

void documents_make(const struct host *host, const struct verdicts *verdicts, int64_t time,
		    struct documents *ret)
{
	_cleanup_free_ char *machine = documents_machine(host);
	_cleanup_json_ struct json *host_json = host_to_json(host);
	_cleanup_json_ struct json *verdicts_json = verdicts_to_json(verdicts);
	struct documents made = {0};
	time_t seconds = (time_t)time;
	struct tm tm;
	char date[32];

	gmtime_r(&seconds, &tm);
	strftime(date, sizeof(date), "%Y%m%dT%H%M%SZ", &tm);
	made.name = xasprintf("%s-%s", machine, date);
	memcpy(made.list, forms, sizeof(forms));
	made.list[DOCUMENT_HOST].text = json_to_text(host_json);
	made.list[DOCUMENT_VERDICTS].text = json_to_text(verdicts_json);
	made.list[DOCUMENT_PAGE].text = page_of(host, verdicts, &tm);
	made.list[DOCUMENT_TEXT].text = text_of(host, verdicts);
	*ret = made;
}

void documents_done(struct documents *documents)
{
	free(documents->name);
	for (size_t i = 0; i < DOCUMENTS; i++)
		free(documents->list[i].text);
}
