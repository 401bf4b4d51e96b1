/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/deliver.h"

#include "common/http.h"
#include "common/log.h"
#include "common/str.h"

#define TRIES 4

struct json *deliver_document(const struct host *host, const struct answers *answers,
			      const struct report *report)
{
	struct json *json = report_to_json(report), *machine = json_set_object(json, "machine");
	struct json *macs;

	json_set_string(machine, "vendor", host->firmware.system_vendor);
	json_set_string(machine, "product", host->firmware.product_name);
	json_set_string(machine, "serial", host->firmware.product_serial);
	json_set_string(machine, "uuid", host->firmware.product_uuid);
	json_set_string(machine, "hostname", answers->hostname);
	json_set_string(machine, "install_id", answers->install_id);
	macs = json_set_array(machine, "macs");
	for (size_t i = 0; i < host->n_nics; i++)
		json_append_string(macs, host->nics[i].mac);
	return json;
}

static void say(const char *line, void *data _unused_)
{
	log_warning("report", "%s", line);
}

int deliver_report(const struct host *host, const struct answers *answers,
		   const struct secrets *secrets, const struct report *report, unsigned pause_s,
		   struct error **err)
{
	const struct http_patience patience = {.tries = TRIES, .pause_s = pause_s, .say = say};
	_cleanup_json_ struct json *json = deliver_document(host, answers, report);
	_cleanup_free_ char *body = json_to_text(json), *answer = NULL;
	_cleanup_free_ char *token =
		secrets->report_token ? xasprintf("Authorization: Bearer %s", secrets->report_token)
				      : NULL;
	char *headers[] = {token, NULL};
	const struct http_request request = {
		.url = answers->report_url,
		.certificate_sha256 = answers->report_certificate,
		.body = body,
		.body_length = strlen(body),
		.content_type = "application/json",
		.headers = headers,
	};
	int r;

	r = http_get_patiently(&request, &patience, &answer, NULL, err);
	if (token)
		explicit_bzero(token, strlen(token));
	return r;
}
