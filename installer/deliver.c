/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/deliver.h"
#include "common/url.h"

#include <errno.h>

#include "common/http.h"
#include "common/log.h"
#include "common/str.h"

#define TAG "report"
/* A failure is told again so often at first; see notifier_process.c. */
#define REPEAT_S 60
/* How long an end is tried on while the machine is still up. */
#define LINGER_S 3600
/* First boot has numbers of its own: what was sent in between is not known there. */
#define FIRSTBOOT_SEQUENCE 1000000

void deliver_done(struct deliver *deliver)
{
	json_free(deliver->machine);
	free(deliver->run);
	free(deliver->step);
	free(deliver->url);
	*deliver = (struct deliver){0};
}

/* Boards that were never given a UUID of their own share these. */
static bool is_unique_uuid(const char *uuid)
{
	static const char *const shared[] = {
		"00000000-0000-0000-0000-000000000000",
		"ffffffff-ffff-ffff-ffff-ffffffffffff",
		"03000200-0400-0500-0006-000700080009",
		"12345678-1234-5678-90ab-cddeefaabbcc",
	};

	for (size_t i = 0; i < ARRAY_SIZE(shared); i++)
		if (str_eq_nocase(uuid, shared[i]))
			return false;
	return !str_empty(uuid);
}

static const char *key_of(const struct host *host)
{
	if (is_unique_uuid(host->firmware.product_uuid))
		return host->firmware.product_uuid;
	for (size_t i = 0; i < host->n_nics; i++)
		if (host->nics[i].mac)
			return host->nics[i].mac;
	return "unknown";
}

struct json *deliver_machine(const struct host *host, const struct answers *answers)
{
	struct json *machine = json_new_object(), *macs;

	json_set_string(machine, "key", key_of(host));
	json_set_string(machine, "vendor", host->firmware.system_vendor);
	json_set_string(machine, "product", host->firmware.product_name);
	json_set_string(machine, "serial", host->firmware.product_serial);
	json_set_string(machine, "uuid", host->firmware.product_uuid);
	json_set_string(machine, "hostname", answers->hostname);
	json_set_string(machine, "install_id", answers->install_id);
	macs = json_set_array(machine, "macs");
	for (size_t i = 0; i < host->n_nics; i++)
		json_append_string(macs, host->nics[i].mac);
	return machine;
}

struct json *deliver_document(const struct host *host, const struct answers *answers,
			      const struct report *report)
{
	struct json *json = report_to_json(report);

	json_set(json, "machine", deliver_machine(host, answers));
	return json;
}

static void add_remote(struct json *members, const struct deliver *deliver)
{
	struct json *remote = deliver->remote ? remote_to_json(deliver->remote) : NULL;

	if (remote)
		json_set(members, "ssh", remote);
}

/* What the receiver is and how it is spoken to, now and at first boot. */
static struct json *configuration(const struct deliver *deliver, const struct answers *answers,
				  const struct secrets *secrets)
{
	struct json *config = json_new_object();

	json_set_string(config, "url", answers->report_url);
	json_set_string(config, "token", secrets->report_token);
	json_set_bool(config, "sign", answers->report_proof == REPORT_SIGNATURE);
	json_set_string(config, "certificate_sha256", answers->report_certificate);
	json_set(config, "machine", json_share(deliver->machine));
	json_set_string(config, "run", deliver->run);
	json_set_u64(config, "linger_s", LINGER_S);
	json_set_string(config, "proxy", answers->proxy);
	if (http_presented_key()) {
		json_set_string(config, "client_certificate", http_presented_certificate());
		json_set_string(config, "client_key", http_presented_key());
	}
	return config;
}

static void leave_word_for_firstboot(const struct deliver *deliver, const struct answers *answers,
				     struct secrets *secrets)
{
	_cleanup_json_ struct json *config = NULL;

	free(secrets->firstboot_report);
	secrets->firstboot_report = NULL;
	if (!answers->has_pool || !answers->pool.coordinator ||
	    answers->report_events == REPORT_NO_EVENTS)
		return;
	config = configuration(deliver, answers, secrets);
	json_set_u64(config, "sequence", FIRSTBOOT_SEQUENCE);
	secrets->firstboot_report = json_to_text(config);
}

static void start_notifier(struct deliver *deliver, const struct json *config)
{
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *text = NULL;

	if (notifier_start(config, &deliver->notifier, &error) == 0)
		return;
	text = error_text(error);
	log_warning(TAG, "nothing will be reported: %s", text);
}

void deliver_start(struct deliver *deliver, const struct host *host, const struct answers *answers,
		   struct secrets *secrets, const char *log_folder)
{
	_cleanup_json_ struct json *config = NULL;
	struct json *members;

	if (deliver->notifier || (!answers->report_url && !answers->syslog_server))
		return;
	deliver->machine = deliver_machine(host, answers);
	deliver->run = notifier_draw_run();
	config = configuration(deliver, answers, secrets);
	json_set_bool(config, "ends_only", answers->report_events == REPORT_ENDS);
	json_set_bool(config, "no_events", answers->report_events == REPORT_NO_EVENTS);
	json_set_u64(config, "repeat_s", REPEAT_S);
	json_set_string(config, "syslog_server", answers->syslog_server);
	json_set_bool(config, "syslog_tcp", answers->syslog_protocol == SYSLOG_TCP);
	json_set_string(config, "hostname",
			answers->hostname ?: json_get_string(deliver->machine, "key"));
	json_set_stringf(config, "log_file", "%s/events.log", log_folder);
	json_set_stringf(config, "pid_file", "%s/events.pid", log_folder);
	start_notifier(deliver, config);
	if (!answers->report_url)
		return;
	deliver->url = url_masked(answers->report_url);
	leave_word_for_firstboot(deliver, answers, secrets);
	members = json_new_object();
	json_set_string(members, "version", XENHOST_VERSION);
	add_remote(members, deliver);
	notifier_tell(deliver->notifier, NOTICE_START, members);
}

static struct json *members_of(struct deliver *deliver)
{
	struct json *members = json_new_object();

	json_set_u64(members, "permille", deliver->permille);
	if (deliver->step)
		json_set_string(members, "step", deliver->step);
	return members;
}

static void enter(struct deliver *deliver, const char *id, const char *title)
{
	struct json *members;

	free(deliver->step);
	deliver->step = xstrdup(id);
	members = members_of(deliver);
	json_set_string(members, "title", title);
	notifier_tell(deliver->notifier, NOTICE_PHASE, members);
}

void deliver_phase(struct deliver *deliver, const char *id, const char *title)
{
	if (deliver->notifier)
		enter(deliver, id, title);
}

static void tell_progress(struct deliver *deliver, const struct event *event)
{
	struct json *members = members_of(deliver);

	json_set_string(members, "title", event->step->title);
	json_set_u64(members, "bytes", event->bytes);
	json_set_u64(members, "total_bytes", event->total_bytes);
	json_set_u64(members, "bytes_per_second", (uint64_t)event->bytes_per_second);
	json_set_u64(members, "seconds_left", event->seconds_left);
	notifier_tell(deliver->notifier, NOTICE_PROGRESS, members);
}

void deliver_event(struct deliver *deliver, const struct event *event)
{
	struct json *members;

	if (!deliver->notifier)
		return;
	deliver->permille = event->permille;
	switch (event->kind) {
	case EVENT_BEGIN:
		enter(deliver, event->step->id, event->step->title);
		break;
	case EVENT_PROGRESS:
		tell_progress(deliver, event);
		break;
	case EVENT_WARNING:
		members = members_of(deliver);
		json_set_string(members, "text", event->text);
		notifier_tell(deliver->notifier, NOTICE_WARNING, members);
		break;
	case EVENT_END:
	case EVENT_DONE:
	case EVENT_FAILED:
		/* The next beginning says it; deliver_end() knows more of the other two. */
		break;
	}
}

char *deliver_trouble(const struct deliver *deliver)
{
	_cleanup_free_ char *why = notifier_trouble(deliver->notifier);

	return why ? xasprintf("nobody takes what this installation reports: %s", why) : NULL;
}

static void add_management(struct json *host, const struct plan *plan)
{
	struct json *management = json_set_object(host, "management");

	for (size_t i = 0; i < plan->n_nics; i++) {
		if (!plan->nics[i].management)
			continue;
		json_set_string(management, "name", plan->nics[i].name);
		json_set_string(management, "mac", plan->nics[i].mac);
	}
	json_set_string(management, "ip", plan->network.ip ?: plan->network.ip6);
}

static void add_host(struct json *members, const struct plan *plan, const struct report *report)
{
	struct json *host = json_set_object(members, "host"), *disks;

	json_set_string(host, "hostname", plan->hostname);
	json_set_string(host, "product", plan->product);
	json_set_string(host, "product_version", plan->product_version);
	json_set_string(host, "firmware", firmware_kind_to_string(plan->firmware));
	json_set_u64(host, "cpu_threads", plan->cpu_threads);
	json_set_u64(host, "memory_bytes", plan->memory_bytes);
	disks = json_set_array(host, "disks");
	for (size_t i = 0; i < plan->n_disks; i++)
		json_append_string(disks, plan->disks[i].id);
	add_management(host, plan);
	json_set_u64(host, "warnings", strv_length(report->warnings));
}

static void tell_end(struct deliver *deliver, const struct plan *plan, const struct report *report,
		     const struct error *error)
{
	struct json *members = members_of(deliver);

	json_set_bool(members, "changed", report->changed);
	if (report->message)
		json_set_string(members, "text", report->message);
	if (!report->success) {
		json_set_string(members, "hint", report->hint ?: "");
		add_remote(members, deliver);
		if (error)
			json_set_string(members, "kind", error_kind_to_string(error->kind));
	} else if (plan) {
		add_host(members, plan, report);
	}
	notifier_tell(deliver->notifier, report->success ? NOTICE_DONE : NOTICE_FAILED, members);
}

void deliver_tell_end(struct deliver *deliver, const struct host *host,
		      const struct answers *answers, const struct plan *plan,
		      const struct report *report, const struct error *error)
{
	_cleanup_json_ struct json *document = NULL;

	if (!deliver->notifier)
		return;
	tell_end(deliver, plan, report, error);
	document = deliver_document(host, answers, report);
	add_remote(document, deliver);
	notifier_document(deliver->notifier, document);
}

int deliver_wait(struct deliver *deliver)
{
	int r;

	if (!deliver->notifier)
		return -ENOENT;
	r = notifier_finish(TAKE_PTR(deliver->notifier), DELIVER_WAIT_S);
	return deliver->url ? r : -ENOENT;
}

int deliver_end(struct deliver *deliver, const struct host *host, const struct answers *answers,
		const struct plan *plan, const struct report *report, const struct error *error)
{
	deliver_tell_end(deliver, host, answers, plan, report, error);
	return deliver_wait(deliver);
}
