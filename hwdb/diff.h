/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What differs between two machines, found by walking host_fields over both: a new fact is compared
 * without a word here. Lists are matched by what identifies their members, never by index. Pure;
 * used by "xenhost-hwinfo diff". Judges nothing: which of two is right is not known here.
 */
#pragma once

#include "hwdb/host_fields.h"

enum diff_class {
	DIFF_FACT,    /* of the machine's build and setup */
	DIFF_OWN,     /* every single piece has its own: serial numbers, MAC addresses, UUIDs */
	DIFF_PASSING, /* changes while nobody touches the machine: temperatures, counters, links */
};

struct diff_entry {
	enum diff_class class;
	char *path;               /* as in JSON: "nics[52:54:00:12:34:56].driver" */
	char *box;                /* for people: "network interface eth0" */
	const char *member;       /* of the box, or NULL: all of it stands on one side alone */
	const struct json *a, *b; /* borrowed; NULL is null, or the side where it is not */
};

struct diff {
	struct json *a, *b; /* both machines' documents */
	struct diff_entry *entries;
	size_t n_entries;
};

void diff_hosts(const struct host *a, const struct host *b, struct diff *ret);
void diff_done(struct diff *diff);
#define _cleanup_diff_ _cleanup_(diff_done)

/* Whether the machines count as different: by facts, and by what each piece has of its own unless
 * only the model is asked for. What passes never counts. */
bool diff_counts(const struct diff *diff, bool model);
/* `name_a` and `name_b` are how the caller called them. With `model`, entries of DIFF_OWN are left
 * out of the text and do not make JSON's "different" true. */
char *diff_to_text(const struct diff *diff, const char *name_a, const char *name_b, bool model);
struct json *diff_to_json(const struct diff *diff, const char *name_a, const char *name_b,
			  bool model); /* schema xenhost.diff/1 */
const char *diff_class_to_string(enum diff_class class);
/* Whether the members of the list at `path` ("pci", "memory.dimms") are matched by more than their
 * order; a test asks it of every list. */
bool diff_knows_list(const char *path);
