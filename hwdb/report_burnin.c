/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What a burn-in found, on the page: a card a row, what failed first. */
#include "hwdb/report.h"

static void add_row(struct strbuf *out, const struct burnin_row *row)
{
	strbuf_add(out, "<li class=\"trial\"><div class=\"top\">");
	html_element(out, "span", "soft", row->title);
	/* One of four words: burnin_from_json() takes no other. */
	html_element(out, "span", row->result, row->result);
	strbuf_add(out, "</div>\n");
	html_element(out, "p", "measured", row->measured);
	html_element(out, "p", "hint", row->hint);
	strbuf_add(out, "</li>\n");
}

static void add_rows(struct strbuf *out, const struct burnin *burnin, enum verdict_result result)
{
	for (size_t i = 0; i < burnin->n_rows; i++)
		if (str_eq(burnin->rows[i].result, verdict_result_to_string(result)))
			add_row(out, &burnin->rows[i]);
}

void report_burnin(struct strbuf *out, const struct burnin *burnin)
{
	static const enum verdict_result order[] = {VERDICT_FAIL, VERDICT_WARN, VERDICT_PASS};
	_cleanup_strbuf_ struct strbuf words = {0}, unknown = {0};

	strbuf_addf(&words, "%u of %u minutes, started %s%s", burnin->seconds / 60,
		    burnin->wanted_seconds / 60, burnin->started,
		    burnin->cancelled ? ", cancelled" : "");
	strbuf_add(out, "<section><h3>Burn-in</h3>\n");
	html_element(out, "p", burnin->cancelled ? "warn" : "soft", words.text);
	strbuf_add(out, "<ul class=\"trials\">\n");
	for (size_t i = 0; i < ARRAY_SIZE(order); i++)
		add_rows(out, burnin, order[i]);
	strbuf_add(out, "</ul>\n");
	add_rows(&unknown, burnin, VERDICT_UNKNOWN);
	if (unknown.length)
		strbuf_addf(out,
			    "<details><summary>%zu could not be looked at</summary>"
			    "<ul class=\"trials\">\n%s</ul></details>\n",
			    burnin_count(burnin, VERDICT_UNKNOWN), unknown.text);
	strbuf_add(out, "</section>\n");
}
