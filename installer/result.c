/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/result.h"

#include "common/digest.h"
#include "common/log.h"
#include "common/str.h"

/* A result that cannot be kept is no reason to stop: the log says it. */
static void save(const struct fsroot *root, const char *path, const struct json *json)
{
	_cleanup_free_ char *text = json_to_text(json);
	_cleanup_free_ char *masked = log_mask(text);
	int r = fsroot_write_text(root, path, masked, 0600);

	if (r < 0)
		log_warning("install", "cannot write %s: %s", path, strerror(-r));
}

void result_save_inputs(const struct fsroot *root, const struct host *host, const struct plan *plan)
{
	_cleanup_json_ struct json *host_json = host ? host_to_json(host) : NULL;
	_cleanup_json_ struct json *plan_json = plan ? plan_to_json(plan) : NULL;

	if (host_json)
		save(root, RESULT_HOST, host_json);
	if (plan_json)
		save(root, RESULT_PLAN, plan_json);
}

struct report *result_of_refusal(const struct error *error, const uint8_t *seed, int64_t time)
{
	struct report *report = xcalloc(1, sizeof(*report));

	report->message = error ? error_text(error) : xstrdup("unknown failure");
	report->hint = error ? xstrdup(error_get_hint(error)) : NULL;
	report->time = time;
	if (time)
		digest_to_hex(seed, PLAN_SEED_BYTES, report->seed);
	return report;
}

static const char *outcome(const struct report *report)
{
	if (report->success)
		return report->changed ? "installed\n" : "complete\n";
	return report->changed ? "changed\n" : "unchanged\n";
}

void result_publish(const struct fsroot *root, const struct report *report, bool events)
{
	_cleanup_json_ struct json *json = report_to_json(report);
	int r;

	/* A refusal is said by main() in one sentence; there are no steps to report. */
	if (report->success || report->n_steps) {
		_cleanup_free_ char *text = report_to_text(report);
		_cleanup_free_ char *masked = log_mask(text);

		fputs(masked, events ? stderr : stdout);
		fflush(stdout);
	}
	if (!root)
		return;
	save(root, RESULT_REPORT, json);
	r = fsroot_write_text(root, RESULT_OUTCOME, outcome(report), 0644);
	if (r < 0)
		log_warning("install", "cannot write " RESULT_OUTCOME ": %s", strerror(-r));
}
