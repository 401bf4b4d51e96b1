/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Machines as one page for a browser: verdicts, a drawing of NUMA nodes and PCI, NICs, disks. The
 * page is HTML5 and well-formed XML, holds its style, loads nothing and runs nothing. Pure; used by
 * "xenhost-hwinfo report". Every string of a machine is foreign and goes through html_text().
 */
#pragma once

#include "common/str.h"
#include "hwdb/burnin.h"

struct report_machine {
	const char *name; /* as the caller called it */
	const struct host *host;
	const struct verdicts *verdicts;
	const struct burnin *burnin; /* or NULL */
};

/* `made` is the date that the page bears. Newly allocated. */
char *report_html(const struct report_machine *machines, size_t n, const char *made);

/* Parts of it. */
extern const char report_style[];
void report_topology(struct strbuf *out, const struct host *host);
void report_burnin(struct strbuf *out, const struct burnin *burnin);
void report_memory(struct strbuf *out, const struct host *host);
void report_nics(struct strbuf *out, const struct host *host);
void report_hbas(struct strbuf *out, const struct host *host);
void report_disks(struct strbuf *out, const struct host *host);

/* `text` as content of an element or an attribute: markup escaped, and what is no text (control
 * characters, broken UTF-8, marks that turn the direction of writing) replaced. NULL adds nothing.
 */
void html_text(struct strbuf *out, const char *text);
/* <tag class="class">text</tag>; nothing for an empty text. */
void html_element(struct strbuf *out, const char *tag, const char *class, const char *text);
