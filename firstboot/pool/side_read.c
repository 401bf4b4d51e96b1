/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <time.h>

#include "common/str.h"
#include "firstboot/pool/side.h"
#include "firstboot/pool/xapi.h"
#include "firstboot/pool/xapi_connection.h"

/* Everything there is comes at once; a server that takes so long is not well. */
#define RECORDS_S 30.0

/* Guests and storage of a pool may be thousands, and no check looks at them. */
static bool is_wanted(enum side_class class, bool joining)
{
	switch (class) {
	case CLASS_TUNNEL:
	case CLASS_SRIOV:
	case CLASS_VM:
	case CLASS_SR:
		return joining;
	case CLASS_POOL:
	case CLASS_HOST:
	case CLASS_PIF:
	case CLASS_NETWORK:
	case CLASS_VLAN:
	case CLASS_BOND:
	case CLASS_SM:
	case CLASS_CERTIFICATE:
	case CLASS_CLUSTER:
	case CLASS_CLUSTER_HOST:
	case CLASS_SDN_CONTROLLER:
	case CLASS_UPDATE:
	case N_SIDE_CLASSES:
		break;
	}
	return true;
}

/* What take_event() is in the middle of. */
struct reading {
	struct side *side;
	const struct json *last[N_SIDE_CLASSES]; /* the newest record of each class */
};

/* The hosts of a pool are alike, and so are their cards: what is equal is kept once. */
static void share_values(struct json *record, const struct json *earlier)
{
	for (struct json_member at = {0}; json_next(earlier, &at);) {
		const struct json *value = json_get(record, at.key);

		if (value && json_equal(value, at.value))
			json_set(record, at.key, json_share(at.value));
	}
}

static void take_event(struct json *event, void *data)
{
	struct reading *reading = data;
	const struct json *snapshot = json_get_object(event, "snapshot");
	const char *ref = json_get_string(event, "ref");
	enum side_class class;
	struct json *record;

	if (!snapshot || !ref || side_class_from_string(api_string(event, "class"), &class) < 0)
		return;
	record = json_share(snapshot);
	if (reading->last[class])
		share_values(record, reading->last[class]);
	reading->last[class] = record;
	json_set(reading->side->records[class], ref, record);
}

/*
 * One event.from with an empty token gives all records of all classes, where get_all_records would
 * be a request a class; a class that a release does not know has no events.
 */
static int read_records(struct xapi *xapi, bool joining, struct side *side, struct error **err)
{
	_cleanup_json_ struct json *holder = json_new_object();
	struct json *classes = json_new_array();
	struct json *args = json_new_array();
	struct reading reading = {.side = side};
	const struct xapi_each each = {.list = "events", .take = take_event, .data = &reading};

	for (size_t i = 0; i < N_SIDE_CLASSES; i++) {
		if (is_wanted((enum side_class)i, joining))
			json_append_string(classes, side_class_to_string((enum side_class)i));
	}
	json_append(args, classes);
	json_append_string(args, "");
	json_set_double(holder, "timeout", RECORDS_S);
	json_append(args, json_share(json_get(holder, "timeout")));
	return xapi_call_each(xapi, "event.from", args, &each, NULL, err);
}

static int64_t now(void)
{
	struct timespec time = {0};

	clock_gettime(CLOCK_REALTIME, &time);
	return time.tv_sec;
}

static int read_clock(struct xapi *xapi, struct side *side, struct error **err)
{
	_cleanup_free_ char *text = NULL;
	int64_t before = now();
	int r = xapi_call_text(xapi, "host.get_servertime", xapi_args(side->host_ref, NULL), &text,
			       err);

	if (r < 0)
		return r;
	side->has_clock = side_time(text, &side->time) == 0;
	side->clock_ahead = side->time - (before + now()) / 2;
	return 0;
}

int side_read(struct xapi *xapi, bool joining, struct side **ret, struct error **err)
{
	_cleanup_side_ struct side *side = side_new();
	int r = 0;

	/* Of a pool its coordinator counts, whoever answers. */
	if (joining)
		r = xapi_call_text(xapi, "session.get_this_host", xapi_args(xapi->session, NULL),
				   &side->this_host, err);
	if (r == 0)
		r = read_records(xapi, joining, side, err);
	if (r == 0)
		r = side_complete(side, err);
	if (r == 0)
		r = read_clock(xapi, side, err);
	if (r < 0)
		return r;
	if (!joining)
		side->address = xstrdup(xapi_address(xapi));
	*ret = TAKE_PTR(side);
	return 0;
}
