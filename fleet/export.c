/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The same as the pages tell, for programs. */
#include "fleet/page.h"

static void add_machine(const struct store_run *run, void *data)
{
	struct json *json = json_append_object(data);

	json_set_string(json, "machine", run->machine);
	json_set_string(json, "run", run->run);
	json_set_string(json, "state", run_state_to_string(run->state));
	json_set_string(json, "hostname", run->hostname);
	json_set_string(json, "vendor", run->vendor);
	json_set_string(json, "product", run->product);
	json_set_string(json, "serial", run->serial);
	json_set_string(json, "uuid", run->uuid);
	json_set_string(json, "macs", run->macs);
	json_set_string(json, "step", run->step);
	json_set_string(json, "title", run->title);
	json_set_string(json, "text", run->text);
	json_set_string(json, "hint", run->hint);
	json_set_u64(json, "permille", run->permille);
	json_set_u64(json, "bytes_per_second", run->bytes_per_second);
	json_set_u64(json, "seconds_left", run->seconds_left);
	json_set_u64(json, "warnings", run->warnings);
	json_set_u64(json, "lost", run->lost);
	json_set_i64(json, "first", run->first);
	json_set_i64(json, "last", run->last);
	json_set_bool(json, "has_report", run->has_report);
}

int export_machines(struct store *store, const struct store_filter *filter, struct strbuf *ret,
		    struct error **err)
{
	_cleanup_json_ struct json *json = json_new_object();
	_cleanup_free_ char *text = NULL;
	int r;

	json_set_string(json, "schema", "xenhost.fleet/1");
	r = store_runs(store, filter, add_machine, json_set_array(json, "machines"), err);
	if (r < 0)
		return r;
	text = json_to_text(json);
	strbuf_add(ret, text);
	return 0;
}

static void add_event(const char *body, int64_t received, void *data)
{
	struct strbuf *buf = data;

	(void)received;
	strbuf_addf(buf, "%s%s", buf->length > 1 ? ",\n" : "", body);
}

int export_events(struct store *store, const char *machine, const char *run, unsigned limit,
		  struct strbuf *ret, struct error **err)
{
	int r;

	strbuf_add(ret, "[");
	r = store_events(store, machine, run, limit, add_event, ret, err);
	strbuf_add(ret, "]\n");
	return r;
}

int export_metrics(struct store *store, int64_t now, struct strbuf *ret, struct error **err)
{
	struct store_counts counts;
	int r = store_count(store, now, &counts, err);

	if (r < 0)
		return r;
	strbuf_add(ret, "# HELP xenhost_fleet_machines Machines by the state of their newest "
			"installation.\n# TYPE xenhost_fleet_machines gauge\n");
	for (size_t i = 0; i < _RUN_MAX; i++)
		strbuf_addf(ret, "xenhost_fleet_machines{state=\"%s\"} %llu\n",
			    run_state_to_string((enum run_state)i),
			    (unsigned long long)counts.machines[i]);
	strbuf_add(ret, "# HELP xenhost_fleet_events Events kept.\n"
			"# TYPE xenhost_fleet_events gauge\n");
	for (size_t i = 0; i < _NOTICE_MAX; i++)
		strbuf_addf(ret, "xenhost_fleet_events{event=\"%s\"} %llu\n",
			    notice_kind_to_string((enum notice_kind)i),
			    (unsigned long long)counts.events[i]);
	strbuf_addf(ret,
		    "# HELP xenhost_fleet_duplicates_total Events that came again since the "
		    "start.\n# TYPE xenhost_fleet_duplicates_total counter\n"
		    "xenhost_fleet_duplicates_total %llu\n",
		    (unsigned long long)counts.duplicates);
	return 0;
}
