/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a profile; one that is accepted must judge a machine, and its JUnit must be XML. */
#include "common/str.h"
#include "common/xml.h"
#include "hwdb/verdict.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

static const char machine[] =
	"{\"schema\": \"xenhost.host/1\", \"firmware\": {\"kind\": \"uefi\"},"
	"\"nics\": [{\"name\": \"eth0\", \"mac\": \"52:54:00:00:00:01\", \"link\": null},"
	"{\"name\": \"eth1\", \"mac\": \"52:54:00:00:00:02\", \"link\": true}],"
	"\"pci\": [{\"address\": \"0000:00:1f.2\", \"class_id\": \"010400\"}],"
	"\"disks\": [{\"id\": \"a\\u0007b\", \"kind\": \"disk\", \"size_bytes\": 1,"
	"\"logical_block_bytes\": 512}]}";

static void judge(const struct profile *profile)
{
	_cleanup_json_ struct json *json = NULL, *document = NULL;
	_cleanup_host_ struct host *host = NULL;
	_cleanup_verdicts_ struct verdicts verdicts = {0};
	_cleanup_free_ char *text = NULL, *junit = NULL;
	_cleanup_xml_ struct xml_node *xml = NULL;

	if (json_parse(machine, strlen(machine), "machine", &json, NULL) < 0 ||
	    host_from_json(json, &host, NULL) < 0)
		abort();
	verdicts_judge(profile, host, &verdicts);
	text = verdicts_to_text(&verdicts);
	document = verdicts_to_json(&verdicts);
	junit = verdicts_to_junit(&verdicts);
	if (!text || !document || xml_parse(junit, strlen(junit), "junit", &xml, NULL, NULL) < 0)
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_profile_ struct profile *profile = NULL;
	_cleanup_error_ struct error *err = NULL;

	if (profile_parse((const char *)bytes, length, "input.ini", &profile, &err) == 0)
		judge(profile);
	else if (!err || !err->message || !error_get_hint(err))
		abort();
	return 0;
}
