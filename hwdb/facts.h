/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Facts: values of a host's JSON document, addressed by path. "cpu.virtualization" is one value,
 * "nics[].link" one of each NIC, "disks[kind=disk|multipath,removable=false]" the boxes themselves.
 * A filter's pattern may hold * and ?, several with | between; != turns it round; the word null
 * stands for an unknown value. Every member of the tables in host_fields.c is a fact, and so are
 * the lists of struct explanation. Used by the profiles of "check".
 */
#pragma once

#include "hwdb/explain.h"
#include "hwdb/host_fields.h"

struct fact_filter {
	char *member; /* of the list's boxes: "kind", "support.state" */
	bool negated;
	char **patterns;
};

struct fact_step {
	char *name;
	bool list;
	struct fact_filter *filters;
	size_t n_filters;
};

struct fact_path {
	char *text;
	struct fact_step *steps;
	size_t n_steps;
	const struct host_field *field; /* the last member */
	const struct host_field *box; /* members of the innermost box that the path goes through */
	bool many;                    /* some step is a list */
};

/* The error says what is wrong with the path, and offers what was meant. */
int fact_path_parse(const char *text, struct fact_path *ret, struct error **err) _must_check_;
void fact_path_done(struct fact_path *path);
/* A member of such a box, "state" or "support.state", or NULL. */
const struct host_field *fact_member(const struct host_field *box, const char *name);

/* One value that a path leads to. */
struct fact {
	char *value;            /* NULL when unknown, or when it is a box itself */
	bool known;             /* false: null */
	const struct json *box; /* the innermost box; borrowed from the document */
	const char *list;       /* the name of the innermost list, or of the first step */
};

struct facts {
	struct fact *list;
	size_t n;
};

/* The host as JSON, with the lists of its explanation. */
struct json *facts_document(const struct host *host, const struct explanation *explanation);
void facts_collect(const struct fact_path *path, const struct json *document, struct facts *ret);
void facts_done(struct facts *facts);
#define _cleanup_facts_ _cleanup_(facts_done)
/* The text of a member of a box, "state" or "support.state"; NULL when unknown. */
char *fact_member_text(const struct json *box, const char *name);
