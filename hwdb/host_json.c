/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/str.h"
#include "hwdb/host_fields.h"

#define SCHEMA "xenhost.host/1"

struct json *host_to_json(const struct host *host)
{
	struct json *json = json_new_object();

	json_set_string(json, "schema", SCHEMA);
	host_fields_to_json(host_fields, host, json);
	return json;
}

static bool power_of_two(unsigned number)
{
	return number && !(number & (number - 1));
}

/* The few things every reader of a host relies on. */
static int check_disk(const struct host *host, size_t index, struct error **err)
{
	const struct host_disk *disk = &host->disks[index];

	if (!power_of_two(disk->logical_block_bytes) || disk->logical_block_bytes < 512 ||
	    disk->logical_block_bytes > 65536)
		return error_set(err, ERROR_USAGE, "disks[%zu].logical_block_bytes is %u", index,
				 disk->logical_block_bytes);
	for (size_t i = 0; i < index; i++)
		if (str_eq(host->disks[i].id, disk->id))
			return error_set(err, ERROR_USAGE,
					 "disks[%zu] and disks[%zu] have the same id %s", i, index,
					 disk->id);
	return 0;
}

static int check_schema(const struct json *json, struct error **err)
{
	const char *schema = json_get_string(json, "schema");

	if (str_eq(schema, SCHEMA))
		return 0;
	if (schema)
		error_set(err, ERROR_USAGE, "The document is a %s, not a %s", schema, SCHEMA);
	else
		error_set(err, ERROR_USAGE, "The document does not say \"schema\": \"%s\"", SCHEMA);
	error_hint(err, "Give a file made by \"xenhost-hwinfo show --json\"");
	return -EINVAL;
}

static void make_printable(const char *path _unused_, char *text, void *data _unused_)
{
	str_make_printable(text);
}

void host_make_printable(struct host *host)
{
	host_fields_each_text(host_fields, host, NULL, make_printable, NULL);
}

int host_from_json(const struct json *json, struct host **ret, struct error **err)
{
	_cleanup_host_ struct host *host = host_new();
	int r = check_schema(json, err);

	if (r == 0)
		r = host_fields_from_json(host_fields, json, "", host, err);
	if (r == 0)
		host_make_printable(host);
	for (size_t i = 0; r == 0 && i < host->n_disks; i++)
		r = check_disk(host, i, err);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(host);
	return 0;
}
