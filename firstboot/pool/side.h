/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One side of a pool join as data: the records that a host's or a coordinator's management agent
 * gives of itself, read once. Made from JSON or by side_read(); the pre-flight compares two of
 * them, and it can be written to a file and judged elsewhere. Holds no password and no session.
 */
#pragma once

#include "common/json.h"
#include "common/macro.h"

/* The classes of records that a pre-flight needs. */
enum side_class {
	CLASS_POOL,
	CLASS_HOST,
	CLASS_PIF,
	CLASS_NETWORK,
	CLASS_VLAN,
	CLASS_BOND,
	CLASS_TUNNEL,
	CLASS_SRIOV,
	CLASS_VM,
	CLASS_SR,
	CLASS_SM,
	CLASS_CERTIFICATE,
	CLASS_CLUSTER,
	CLASS_CLUSTER_HOST,
	CLASS_SDN_CONTROLLER,
	CLASS_UPDATE,
	N_SIDE_CLASSES,
};

const char *side_class_to_string(enum side_class class); /* as the API spells it: "PIF" */
/* Without regard to case, as events spell it: "pif". -EINVAL for a class that no check needs. */
int side_class_from_string(const char *name, enum side_class *ret) _must_check_;

/*
 * Filled by side_read(), or from a document of schema xenhost.pool-side/1: a member a class, each
 * {reference: record} as the API's get_all_records gives it, and beside them "address",
 * "this_host", "time" and "clock_ahead_s". A class that the release does not know is one without
 * records.
 */
struct side {
	struct json *records[N_SIDE_CLASSES]; /* objects, never NULL */
	char *address;   /* what pool.join will be told; NULL for the host itself */
	char *this_host; /* reference of the host that answered, or NULL: the pool's coordinator */
	bool has_clock;  /* the time was asked for */
	int64_t time;    /* its clock when it was read, seconds since 1970 */
	int64_t clock_ahead; /* seconds that its clock was ahead of the reader's */

	/* Borrowed from the records above; side_from_json() and side_complete() set them. */
	const struct json *pool;
	const struct json *host; /* this_host, or else the coordinator */
	const char *host_ref;
	const char *coordinator_ref;
	const struct json *coordinator;
	const struct json *management;         /* PIF of the host's management, or NULL */
	const struct json *management_network; /* or NULL */
};

struct side *side_new(void);
void side_free(struct side *side);
DEFINE_CLEANUP(struct side *, side_free)
#define _cleanup_side_ _cleanup_(side_freep)

/*
 * Finds pool, hosts and management interface among the records. ERROR_POOL when there is no pool or
 * its coordinator is missing: a side without them cannot be judged.
 */
int side_complete(struct side *side, struct error **err) _must_check_;
/* ERROR_POOL, with `name` in the sentence, for a document that is none of a side. */
int side_from_json(const struct json *document, const char *name, struct side **ret,
		   struct error **err) _must_check_;
struct json *side_to_json(const struct side *side);

struct xapi;
/*
 * Reads a side in at most three requests through a connection that is logged in: of the host that
 * answers when it is the joining one, else of the pool without its guests and storage.
 */
int side_read(struct xapi *xapi, bool joining, struct side **ret, struct error **err) _must_check_;

/* Any of these gives NULL, "" or 0 for a record, field or map member that does not exist. */
const struct json *side_find(const struct side *side, enum side_class class, const char *ref);
size_t side_count(const struct side *side, enum side_class class);
/* The record that the field `key` of `record` refers to. */
const struct json *side_follow(const struct side *side, enum side_class class,
			       const struct json *record, const char *key);
const char *api_string(const struct json *record, const char *key);
bool api_bool(const struct json *record, const char *key);
/* A number, also one written as a string; `missing` when there is none. */
int64_t api_number(const struct json *record, const char *key, int64_t missing);
/* The member `key` of the map `map`: software_version, cpu_info ... */
const char *api_map(const struct json *record, const char *map, const char *key);
/* The list `key` holds `text`; of a map, one of its values is it. */
bool api_holds(const struct json *record, const char *key, const char *text);
/* Members of the list or map `key`. */
size_t api_count(const struct json *record, const char *key);
/* "name (uuid)", as people find it again; newly allocated. */
char *api_title(const struct json *record);
/* Seconds since 1970 of "20261121T19:00:00Z"; -EINVAL when it is no time. */
int side_time(const char *text, int64_t *ret) _must_check_;
/* The other way round; newly allocated. */
char *side_time_text(int64_t time);
