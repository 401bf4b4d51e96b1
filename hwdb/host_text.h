/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How a host is laid out for people: rows of at most 76 columns, whose values start at one column.
 * Used by the parts of host_to_text(), inside hwdb.
 */
#pragma once

#include "common/str.h"
#include "hwdb/host.h"

#define TEXT_HEAD 12 /* the column at which values start */

/* Appends words, breaking lines before column 76; the first line is already at `column`. */
void text_words(struct strbuf *buf, size_t column, size_t indent, const char *text);
/* A row of the table: its head, then `text` in as many lines as it needs. */
void text_row(struct strbuf *buf, const char *head, const char *text);
/* Appends `text`, and `separator` before it when something stands there already; nothing for NULL.
 */
void text_part(struct strbuf *buf, const char *separator, const char *text);

/* A line below a row, with further lines indented by two. */
void text_below(struct strbuf *buf, const char *text);

/* The machine itself: maker, firmware, console, processors, memory. */
void text_system(struct strbuf *out, const struct host *host);
void text_nic(struct strbuf *out, const struct host_nic *nic);
/* Who is at the other end of a NIC's cable. Newly allocated. */
char *text_neighbour(const struct host_lldp *lldp);
void text_management(struct strbuf *out, const struct host *host);
void text_cpu(struct strbuf *out, const struct host_cpu *cpu);
/* Storage controllers, and the iSCSI target that the firmware boots from. */
void text_hbas(struct strbuf *out, const struct host *host);
/* "port 500507680b2163fe, Online, 16 Gbit/s". Newly allocated. */
char *text_port(const struct host_hba_port *port);
void text_memory(struct strbuf *out, const struct host *host);
/* All that tells one kind of memory module from another, so neither place nor serial number; and
 * how many of each kind there are, a line a kind, in the order they appear. Newly allocated. */
char *text_module(const struct host_dimm *dimm);
char **text_modules(const struct host_memory *memory);
/* A line for each module with errors, or for a controller that does not tell which. */
char **text_memory_errors(const struct host_memory *memory);
