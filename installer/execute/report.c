/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/str.h"
#include "installer/execute/execute.h"

void report_free(struct report *report)
{
	if (!report)
		return;
	for (size_t i = 0; i < report->n_steps; i++) {
		free(report->steps[i].id);
		free(report->steps[i].title);
	}
	free(report->steps);
	free(report->failed_step);
	free(report->message);
	free(report->hint);
	free(report->plan_digest);
	strv_free(report->warnings);
	strv_free(report->host_keys);
	strv_free(report->notes);
	free(report);
}

struct json *report_to_json(const struct report *report)
{
	struct json *json = json_new_object(), *steps;

	json_set_string(json, "schema", "xenhost.report/1");
	json_set_bool(json, "success", report->success);
	json_set_bool(json, "changed", report->changed);
	json_set_string(json, "failed_step", report->failed_step);
	json_set_string(json, "message", report->message);
	json_set_string(json, "hint", report->hint);
	json_set_string(json, "plan_digest", report->plan_digest);
	json_set_string(json, "seed", report->seed);
	json_set_i64(json, "time", report->time);
	json_set_double(json, "seconds", report->seconds);
	steps = json_set_array(json, "steps");
	for (size_t i = 0; i < report->n_steps; i++) {
		struct json *step = json_append_object(steps);

		json_set_string(step, "id", report->steps[i].id);
		json_set_string(step, "title", report->steps[i].title);
		json_set_bool(step, "done", report->steps[i].done);
		json_set_double(step, "seconds", report->steps[i].seconds);
	}
	json_set_strv(json, "warnings", report->warnings);
	json_set_strv(json, "ssh_host_keys", report->host_keys);
	json_set_strv(json, "notes", report->notes);
	return json;
}

char *report_to_text(const struct report *report)
{
	struct strbuf buf = {0};

	if (report->success)
		strbuf_addf(&buf, "The installation is complete (%.0f s).\n", report->seconds);
	else
		strbuf_addf(&buf, "The installation FAILED%s%s.\n  %s\n",
			    report->failed_step ? " at " : "", report->failed_step ?: "",
			    report->message ?: "");
	if (report->hint)
		strbuf_addf(&buf, "  What to do: %s\n", report->hint);
	for (char **warning = report->warnings; warning && *warning; warning++)
		strbuf_addf(&buf, "Warning: %s\n", *warning);
	for (char **note = report->notes; note && *note; note++)
		strbuf_addf(&buf, "Note: %s\n", *note);
	for (char **key = report->host_keys; key && *key; key++)
		strbuf_addf(&buf, "Host key of ssh: %s\n", *key);
	strbuf_addf(&buf, "To see this plan again: --seed %s --time %lld\n", report->seed,
		    (long long)report->time);
	return strbuf_take(&buf);
}
