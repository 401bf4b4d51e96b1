/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/pool/side.h"

#include <errno.h>
#include <time.h>

#include "common/str.h"

#define SCHEMA "xenhost.pool-side/1"
/* Further apart is no clock; keeps sums of times within their type. */
#define CLOCK_AHEAD_MAX ((int64_t)1 << 40)

static const char *const class_names[N_SIDE_CLASSES] = {
	[CLASS_POOL] = "pool",
	[CLASS_HOST] = "host",
	[CLASS_PIF] = "PIF",
	[CLASS_NETWORK] = "network",
	[CLASS_VLAN] = "VLAN",
	[CLASS_BOND] = "Bond",
	[CLASS_TUNNEL] = "tunnel",
	[CLASS_SRIOV] = "network_sriov",
	[CLASS_VM] = "VM",
	[CLASS_SR] = "SR",
	[CLASS_SM] = "SM",
	[CLASS_CERTIFICATE] = "Certificate",
	[CLASS_CLUSTER] = "Cluster",
	[CLASS_CLUSTER_HOST] = "Cluster_host",
	[CLASS_SDN_CONTROLLER] = "SDN_controller",
	[CLASS_UPDATE] = "pool_update",
};

const char *side_class_to_string(enum side_class class)
{
	return (size_t) class < ARRAY_SIZE(class_names) ? class_names[class] : "?";
}

int side_class_from_string(const char *name, enum side_class *ret)
{
	for (size_t i = 0; i < N_SIDE_CLASSES; i++) {
		if (!str_eq_nocase(name, class_names[i]))
			continue;
		*ret = (enum side_class)i;
		return 0;
	}
	return -EINVAL;
}

struct side *side_new(void)
{
	struct side *side = xcalloc(1, sizeof(*side));

	for (size_t i = 0; i < N_SIDE_CLASSES; i++)
		side->records[i] = json_new_object();
	return side;
}

void side_free(struct side *side)
{
	if (!side)
		return;
	for (size_t i = 0; i < N_SIDE_CLASSES; i++)
		json_free(side->records[i]);
	free(side->address);
	free(side->this_host);
	free(side);
}

const struct json *side_find(const struct side *side, enum side_class class, const char *ref)
{
	return ref ? json_get_object(side->records[class], ref) : NULL;
}

size_t side_count(const struct side *side, enum side_class class)
{
	size_t count = 0;

	for (struct json_member at = {0}; json_next(side->records[class], &at);)
		count++;
	return count;
}

const struct json *side_follow(const struct side *side, enum side_class class,
			       const struct json *record, const char *key)
{
	return side_find(side, class, json_get_string(record, key));
}

int side_complete(struct side *side, struct error **err)
{
	struct json_member first = {0};

	if (!json_next(side->records[CLASS_POOL], &first))
		return error_set(err, ERROR_POOL, "it knows of no pool");
	side->pool = first.value;
	side->coordinator_ref = json_get_string(side->pool, "master");
	side->coordinator = side_find(side, CLASS_HOST, side->coordinator_ref);
	if (!side->coordinator)
		return error_set(err, ERROR_POOL,
				 "the coordinator of its pool is not among its hosts");
	side->host_ref = side->this_host ? side->this_host : side->coordinator_ref;
	side->host = side_find(side, CLASS_HOST, side->host_ref);
	if (!side->host)
		return error_set(err, ERROR_POOL, "it is not among its own hosts");
	side->management = NULL;
	for (struct json_member at = {0}; json_next(side->records[CLASS_PIF], &at);) {
		if (api_bool(at.value, "management") &&
		    str_eq(api_string(at.value, "host"), side->host_ref))
			side->management = at.value;
	}
	side->management_network = side_follow(side, CLASS_NETWORK, side->management, "network");
	return 0;
}

/* Every record must be an object, or a later look at its fields would judge nothing. */
static int take_records(struct side *side, const struct json *document, enum side_class class,
			struct error **err)
{
	const struct json *records = json_get(document, class_names[class]);

	if (!records)
		return 0;
	if (!json_is_object(records))
		return error_set(err, ERROR_POOL, "\"%s\" is not an object of records",
				 class_names[class]);
	for (struct json_member at = {0}; json_next(records, &at);) {
		if (!json_is_object(at.value))
			return error_set(err, ERROR_POOL, "the %s \"%s\" is not a record",
					 class_names[class], at.key);
		json_set(side->records[class], at.key, json_share(at.value));
	}
	return 0;
}

int side_from_json(const struct json *document, const char *name, struct side **ret,
		   struct error **err)
{
	_cleanup_side_ struct side *side = side_new();
	const char *time = json_get_string(document, "time");
	int r = 0;

	for (size_t i = 0; i < N_SIDE_CLASSES && r == 0; i++)
		r = take_records(side, document, (enum side_class)i, err);
	side->address = xstrdup(json_get_string(document, "address"));
	side->this_host = xstrdup(json_get_string(document, "this_host"));
	side->has_clock = json_get_i64(document, "clock_ahead_s", &side->clock_ahead) && time &&
			  side_time(time, &side->time) == 0;
	if (r == 0)
		r = side_complete(side, err);
	if (r < 0) {
		error_prefix(err, "%s does not hold the records of a host", name);
		return error_hint(err, "make it with: xenhost-firstboot check --save-pool FILE "
				       "--save-host FILE");
	}
	*ret = TAKE_PTR(side);
	return 0;
}

struct json *side_to_json(const struct side *side)
{
	struct json *document = json_new_object();

	json_set_string(document, "schema", SCHEMA);
	json_set_string(document, "address", side->address);
	json_set_string(document, "this_host", side->this_host);
	if (side->has_clock) {
		_cleanup_free_ char *time = side_time_text(side->time);

		json_set_string(document, "time", time);
		json_set_i64(document, "clock_ahead_s", side->clock_ahead);
	}
	for (size_t i = 0; i < N_SIDE_CLASSES; i++)
		json_set(document, class_names[i], json_share(side->records[i]));
	return document;
}

const char *api_string(const struct json *record, const char *key)
{
	const char *text = json_get_string(record, key);

	return text ? text : "";
}

bool api_bool(const struct json *record, const char *key)
{
	bool value = false;

	return json_get_bool(record, key, &value) && value;
}

int64_t api_number(const struct json *record, const char *key, int64_t missing)
{
	const char *text = json_get_string(record, key);
	char *end = NULL;
	int64_t value;

	if (json_get_i64(record, key, &value))
		return value;
	if (str_empty(text))
		return missing;
	errno = 0;
	value = strtoll(text, &end, 10);
	return errno || *end ? missing : value;
}

const char *api_map(const struct json *record, const char *map, const char *key)
{
	return api_string(json_get_object(record, map), key);
}

bool api_holds(const struct json *record, const char *key, const char *text)
{
	const struct json *list = json_get_array(record, key);

	for (struct json_member at = {0}; json_next(json_get(record, key), &at);) {
		if (str_eq(api_string(json_get(record, key), at.key), text))
			return true;
	}
	for (size_t i = 0; i < json_length(list); i++) {
		if (str_eq(json_at_string(list, i), text))
			return true;
	}
	return false;
}

size_t api_count(const struct json *record, const char *key)
{
	size_t count = json_length(json_get_array(record, key));

	for (struct json_member at = {0}; json_next(json_get(record, key), &at);)
		count++;
	return count;
}

char *api_title(const struct json *record)
{
	const char *name = api_string(record, "name_label");
	const char *uuid = api_string(record, "uuid");

	return *name ? xasprintf("%s (%s)", name, uuid) : xstrdup(uuid);
}

int side_time(const char *text, int64_t *ret)
{
	struct tm tm = {0};
	const char *end = strptime(text, "%Y%m%dT%H:%M:%S", &tm);

	if (!end)
		end = strptime(text, "%Y-%m-%dT%H:%M:%S", &tm);
	if (!end || (*end && !str_eq(end, "Z")))
		return -EINVAL;
	*ret = timegm(&tm);
	return 0;
}

char *side_time_text(int64_t time)
{
	time_t seconds = (time_t)time;
	struct tm tm = {0};
	char text[32] = "";

	if (gmtime_r(&seconds, &tm))
		strftime(text, sizeof(text), "%Y%m%dT%H:%M:%SZ", &tm);
	return xstrdup(text);
}
