/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Memory on the page: kinds of modules in words, sockets as they are named on the board. */
#include "hwdb/host_text.h"
#include "hwdb/report.h"

static void add_lines(struct strbuf *out, const char *class, char *const *lines)
{
	for (; lines && *lines; lines++)
		html_element(out, "p", class, *lines);
}

/* A socket: its name, and how much is in it; everything else where the pointer rests. */
static void add_socket(struct strbuf *out, const struct host_dimm *dimm)
{
	_cleanup_free_ char *size = str_from_size(dimm->size_bytes);
	_cleanup_free_ char *words = dimm->populated ? text_module(dimm) : NULL;
	bool slow = dimm->has_speed && dimm->has_configured_speed &&
		    dimm->configured_speed_mts < dimm->speed_mts;

	strbuf_addf(out, "<li class=\"%s\" title=\"", dimm->populated ? "socket" : "socket empty");
	html_text(out, words ?: "empty");
	if (dimm->bank) {
		strbuf_add(out, ", ");
		html_text(out, dimm->bank);
	}
	strbuf_add(out, "\">");
	html_element(out, "span", "place", dimm->locator ?: "?");
	html_element(out, "b", slow ? "warn" : "size",
		     !dimm->populated ? "empty"
		     : dimm->has_size ? size
				      : "unknown");
	strbuf_add(out, "</li>\n");
}

void report_memory(struct strbuf *out, const struct host *host)
{
	const struct host_memory *memory = &host->memory;
	_cleanup_strv_ char **modules = text_modules(memory), **errors = text_memory_errors(memory);

	if (!memory->n_dimms && !errors)
		return;
	strbuf_add(out, "<section><h3>Memory modules</h3>\n<div class=\"lines\">\n");
	add_lines(out, "kinds", modules);
	add_lines(out, "bad", errors);
	strbuf_add(out, "</div>\n");
	if (memory->n_dimms)
		strbuf_add(out, "<ul class=\"sockets\">\n");
	for (size_t i = 0; i < memory->n_dimms; i++)
		add_socket(out, &memory->dimms[i]);
	strbuf_add(out, memory->n_dimms ? "</ul></section>\n" : "</section>\n");
}
