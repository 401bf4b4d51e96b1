/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a host description; the page that reports on it is whole, whatever stands in it. */
#include "common/str.h"
#include "common/xml.h"
#include "hwdb/report.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

#define DOCTYPE "<!DOCTYPE html>\n"

static void check_page(const struct host *host, const char *name)
{
	static struct profile *profile;
	_cleanup_verdicts_ struct verdicts verdicts = {0};
	_cleanup_xml_ struct xml_node *root = NULL;
	struct report_machine machine = {.name = name, .host = host, .verdicts = &verdicts};
	_cleanup_free_ char *page = NULL;
	struct xml_position position;
	const char *text;

	if (!profile && profile_load("host", &profile, NULL) < 0)
		abort();
	verdicts_judge(profile, host, &verdicts);
	page = report_html(&machine, 1, "today");
	text = page + strlen(DOCTYPE); /* refused where XML is read */
	if (!str_starts(page, DOCTYPE) ||
	    xml_parse(text, strlen(text), "page", &root, &position, NULL) < 0)
		abort();
	if (strstr(page, "<script"))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_json_ struct json *json = NULL;
	_cleanup_host_ struct host *host = NULL;
	_cleanup_free_ char *text = memcpy(xmalloc(length + 1), bytes, length);

	text[length] = '\0';
	if (json_parse(text, length, "input", &json, NULL) < 0 ||
	    host_from_json(json, &host, NULL) < 0)
		return 0;
	check_page(host, text);
	return 0;
}
