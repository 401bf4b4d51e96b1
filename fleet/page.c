/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "fleet/page.h"

#include <errno.h>
#include <time.h>

#include "common/findings.h"
#include "common/url.h"
#include "common/xml.h"

#define EVENTS_SHOWN 300

static void add_escaped(struct strbuf *buf, const char *text)
{
	_cleanup_free_ char *escaped = xml_escape(text ?: "");

	strbuf_add(buf, escaped);
}

/* "12 s", "4 min", "3 h", "2 d": enough to see whether something moves. */
static char *ago(int64_t seconds)
{
	if (seconds < 0)
		seconds = 0;
	if (seconds < 120)
		return xasprintf("%lld s", (long long)seconds);
	if (seconds < 2 * 3600)
		return xasprintf("%lld min", (long long)(seconds / 60));
	if (seconds < 48 * 3600)
		return xasprintf("%lld h", (long long)(seconds / 3600));
	return xasprintf("%lld d", (long long)(seconds / 86400));
}

static const char *name_of(const struct store_run *run)
{
	return run->hostname ?: run->serial ?: run->machine;
}

static void add_head(struct strbuf *buf, const char *title, bool live)
{
	strbuf_add(buf, "<!DOCTYPE html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
			"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">"
			"<link rel=\"stylesheet\" href=\"/style.css\"><title>");
	add_escaped(buf, title);
	strbuf_add(buf, "</title>");
	if (live)
		strbuf_add(buf, "<noscript><meta http-equiv=\"refresh\" content=\"10\"></noscript>"
				"<script src=\"/script.js\" defer></script>");
	strbuf_add(buf, "</head><body>\n");
}

struct rows {
	struct strbuf *buf;
	int64_t now;
	size_t count;
};

static void add_bar(struct strbuf *buf, const struct store_run *run)
{
	strbuf_addf(buf, "<progress max=\"1000\" value=\"%llu\">%llu %%</progress>",
		    (unsigned long long)run->permille, (unsigned long long)run->permille / 10);
	if (run->bytes_per_second)
		strbuf_addf(buf, "<span class=\"rate\">%.1f MB/s</span> ",
			    (double)run->bytes_per_second / 1e6);
	if (run->seconds_left)
		strbuf_addf(buf, "<span class=\"left\">%llu s left</span>",
			    (unsigned long long)run->seconds_left);
}

static void add_what(struct strbuf *buf, const struct store_run *run)
{
	bool over = run->state != RUN_INSTALLING && run->state != RUN_SILENT;

	strbuf_add(buf, "<p class=\"what\">");
	add_escaped(buf, over && run->text ? run->text : run->title ?: run->step);
	strbuf_add(buf, "</p>");
	if (over && run->hint && *run->hint) {
		strbuf_add(buf, "<p class=\"hint\">");
		add_escaped(buf, run->hint);
		strbuf_add(buf, "</p>");
	}
	if (!over)
		add_bar(buf, run);
}

static void add_row(const struct store_run *run, void *data)
{
	struct rows *rows = data;
	struct strbuf *buf = rows->buf;
	const char *state = run_state_to_string(run->state);
	_cleanup_free_ char *key = url_escape(run->machine), *name = url_escape(run->run);
	_cleanup_free_ char *since = ago(rows->now - run->last);

	rows->count++;
	strbuf_addf(buf, "<li class=\"%s\"><h2><a href=\"/machine/%s\">", state, key);
	add_escaped(buf, name_of(run));
	strbuf_addf(buf, "</a> <b class=\"state\">%s</b></h2>", state);
	add_what(buf, run);
	strbuf_add(buf, "<p class=\"facts\">");
	add_escaped(buf, run->product);
	strbuf_addf(buf, " <span>heard of %s ago</span> ", since);
	if (run->warnings)
		strbuf_addf(buf, "<span class=\"warnings\">%llu warning%s</span> ",
			    (unsigned long long)run->warnings, run->warnings == 1 ? "" : "s");
	strbuf_addf(buf, "<a href=\"/log/%s/%s\">log</a>", key, name);
	if (run->has_report)
		strbuf_addf(buf, " <a href=\"/report/%s/%s\">report</a>", key, name);
	strbuf_add(buf, "</p></li>\n");
}

int page_list_part(struct store *store, const struct store_filter *filter, struct strbuf *ret,
		   struct error **err)
{
	struct store_counts counts;
	_cleanup_strbuf_ struct strbuf list = {0};
	struct rows rows = {.buf = &list, .now = filter->now};
	int r = store_runs(store, filter, add_row, &rows, err);

	if (r >= 0)
		r = store_count(store, filter->now, &counts, err);
	if (r < 0)
		return r;
	strbuf_add(ret, "<p class=\"counts\">");
	for (size_t i = 0; i < _RUN_MAX; i++)
		strbuf_addf(ret, "<a class=\"%s\" href=\"/?state=%s\">%llu %s</a> ",
			    run_state_to_string((enum run_state)i),
			    run_state_to_string((enum run_state)i),
			    (unsigned long long)counts.machines[i],
			    run_state_to_string((enum run_state)i));
	strbuf_addf(ret, "<a href=\"/\">all</a></p>\n<ul class=\"machines\">\n%s</ul>\n",
		    list.text ?: "");
	if (!rows.count)
		strbuf_add(ret, str_empty(filter->words) && str_empty(filter->state)
					? "<p>No machine here. One appears when its installation "
					  "sends its first event.</p>\n"
					: "<p>No machine fits this search.</p>\n");
	return 0;
}

static void add_form(struct strbuf *buf, const struct store_filter *filter)
{
	strbuf_add(buf, "<form action=\"/\" method=\"get\"><input type=\"search\" name=\"q\" "
			"aria-label=\"Search\" placeholder=\"name, serial, MAC, text\" value=\"");
	add_escaped(buf, filter->words);
	strbuf_add(buf, "\"><select name=\"state\" aria-label=\"State\"><option value=\"\">every "
			"state</option>");
	for (size_t i = 0; i < _RUN_MAX; i++) {
		const char *state = run_state_to_string((enum run_state)i);

		strbuf_addf(buf, "<option%s>%s</option>",
			    str_eq(state, filter->state) ? " selected" : "", state);
	}
	strbuf_add(buf, "</select><button>Show</button></form>\n");
}

int page_list(struct store *store, const struct store_filter *filter, struct strbuf *ret,
	      struct error **err)
{
	int r;

	add_head(ret, "xenhost fleet", true);
	strbuf_add(ret, "<header><h1>Machines</h1>");
	add_form(ret, filter);
	strbuf_add(ret, "</header>\n<main id=\"live\">\n");
	r = page_list_part(store, filter, ret, err);
	strbuf_add(ret, "</main>\n<footer><a href=\"/machines.json\">JSON</a> "
			"<a href=\"/metrics\">metrics</a></footer></body></html>\n");
	return r;
}

static char *clock_text(int64_t seconds)
{
	char text[32] = "";
	time_t when = (time_t)seconds;
	struct tm tm;

	if (gmtime_r(&when, &tm))
		(void)strftime(text, sizeof(text), "%Y-%m-%d %H:%M:%SZ", &tm);
	return xstrdup(text);
}

/* What an event says, in a line. */
static char *words_of(const struct json *event)
{
	static const char *const keys[] = {"title", "text", "step", "version"};
	uint64_t bytes, total;
	const char *text = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(keys) && !text; i++)
		text = json_get_string(event, keys[i]);
	if (json_get_u64(event, "bytes", &bytes) && json_get_u64(event, "total_bytes", &total))
		return xasprintf("%s (%llu of %llu bytes)", text ?: "", (unsigned long long)bytes,
				 (unsigned long long)total);
	return xstrdup(text ?: "");
}

static void add_event(const char *body, int64_t received, void *data)
{
	struct strbuf *buf = data;
	_cleanup_json_ struct json *event = NULL;
	_cleanup_free_ char *when = clock_text(received), *words = NULL;

	if (json_parse(body, strlen(body), "event", &event, NULL) < 0)
		return;
	words = words_of(event);
	strbuf_addf(buf, "<li><time>%s</time> <b>", when);
	add_escaped(buf, json_get_string(event, "event"));
	strbuf_add(buf, "</b> ");
	add_escaped(buf, words);
	strbuf_add(buf, "</li>\n");
}

static void add_fact(struct strbuf *buf, const char *name, const char *value)
{
	if (str_empty(value))
		return;
	strbuf_addf(buf, "<dt>%s</dt><dd>", name);
	add_escaped(buf, value);
	strbuf_add(buf, "</dd>");
}

static void add_run(const struct store_run *run, void *data)
{
	struct rows *rows = data;
	struct strbuf *buf = rows->buf;

	if (rows->count == 0) {
		add_head(buf, name_of(run), false);
		strbuf_add(buf, "<header><p><a href=\"/\">All machines</a></p><h1>");
		add_escaped(buf, name_of(run));
		strbuf_add(buf, "</h1></header>\n<main><dl>");
		add_fact(buf, "Machine", run->machine);
		add_fact(buf, "Vendor", run->vendor);
		add_fact(buf, "Product", run->product);
		add_fact(buf, "Serial number", run->serial);
		add_fact(buf, "UUID", run->uuid);
		add_fact(buf, "MAC addresses", run->macs);
		strbuf_add(buf, "</dl>\n<h2>Installations</h2><ul class=\"machines\">\n");
	}
	add_row(run, rows);
}

int page_machine(struct store *store, const char *machine, int64_t now, struct strbuf *ret,
		 struct error **err)
{
	const struct store_filter filter = {.machine = machine, .now = now};
	struct rows rows = {.buf = ret, .now = now};
	int r = store_runs(store, &filter, add_run, &rows, err);

	if (r < 0)
		return r;
	if (rows.count == 0) {
		error_set(err, ERROR_USER, "no machine of that name was heard of");
		return error_code(err, ENOENT);
	}
	strbuf_add(ret, "</ul>\n<h2>Events</h2><ol class=\"events\">\n");
	r = store_events(store, machine, NULL, EVENTS_SHOWN, add_event, ret, err);
	strbuf_add(ret, "</ol></main></body></html>\n");
	return r;
}

/* For a terminal, which must not obey what a machine says. */
static void add_indented(struct strbuf *buf, const char *text)
{
	_cleanup_free_ char *line = finding_tame(xstrdup(text));

	strbuf_addf(buf, "    %s\n", line);
}

static void add_line(const char *body, int64_t received, void *data)
{
	struct strbuf *buf = data;
	_cleanup_json_ struct json *event = NULL;
	_cleanup_free_ char *when = clock_text(received), *words = NULL, *line = NULL;
	const struct json *tail;

	if (json_parse(body, strlen(body), "event", &event, NULL) < 0)
		return;
	words = words_of(event);
	line = finding_tame(xstrdup(words));
	strbuf_addf(buf, "%s %s: %s\n", when, json_get_string(event, "event"), line);
	if (!str_empty(json_get_string(event, "hint")))
		add_indented(buf, json_get_string(event, "hint"));
	tail = json_get_array(event, "log_tail");
	for (size_t i = 0; i < json_length(tail); i++)
		add_indented(buf, json_at_string(tail, i) ?: "");
}

int page_log(struct store *store, const char *machine, const char *run, struct strbuf *ret,
	     struct error **err)
{
	int r = store_events(store, machine, run, 10 * EVENTS_SHOWN, add_line, ret, err);

	if (r < 0 || ret->length > 0)
		return r;
	error_set(err, ERROR_USER, "no such installation was heard of");
	return error_code(err, ENOENT);
}
