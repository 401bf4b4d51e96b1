/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What xenhost-fleet shows: pages for people, JSON, text and figures for programs. Reads the store
 * and appends to a text; everything that came from machines is escaped here. Called by server.c.
 */
#pragma once

#include "common/str.h"
#include "fleet/store.h"

/* The newest run of every machine that fits, with search and filter; works without script. */
int page_list(struct store *store, const struct store_filter *filter, struct strbuf *ret,
	      struct error **err) _must_check_;
/* Its moving part alone, which the page's script puts in place. */
int page_list_part(struct store *store, const struct store_filter *filter, struct strbuf *ret,
		   struct error **err) _must_check_;
/* One machine: what it is, its runs, the last events. -ENOENT for one that was never heard of. */
int page_machine(struct store *store, const char *machine, int64_t now, struct strbuf *ret,
		 struct error **err) _must_check_;
/* A run as plain lines, with the log's tail where it failed. */
int page_log(struct store *store, const char *machine, const char *run, struct strbuf *ret,
	     struct error **err) _must_check_;

/* xenhost.fleet/1: "machines", each as the list shows it. */
int export_machines(struct store *store, const struct store_filter *filter, struct strbuf *ret,
		    struct error **err) _must_check_;
/* A list of events as they came. */
int export_events(struct store *store, const char *machine, const char *run, unsigned limit,
		  struct strbuf *ret, struct error **err) _must_check_;
/* Prometheus' text format, 0.0.4. */
int export_metrics(struct store *store, int64_t now, struct strbuf *ret,
		   struct error **err) _must_check_;
