/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>

#include "common/str.h"
#include "hwdb/host_fields.h"

#define SCHEMA "xenhost.host/1"

/* Lists of boxes are all handled alike: a key, a table, where the array and its counter are. */
struct box_list {
	const char *key;
	const struct host_field *fields;
	size_t size;
};

static const struct box_list numa_list = {"numa", host_numa_fields, sizeof(struct host_numa_node)};
static const struct box_list pci_list = {"pci", host_pci_fields, sizeof(struct host_pci)};
static const struct box_list nic_list = {"nics", host_nic_fields, sizeof(struct host_nic)};
static const struct box_list disk_list = {"disks", host_disk_fields, sizeof(struct host_disk)};
static const struct box_list content_list = {"contents", host_content_fields,
					     sizeof(struct host_content)};

static struct json *list_to_json(const struct box_list *list, const void *boxes, size_t count,
				 struct json *object)
{
	struct json *array = json_set_array(object, list->key);

	for (size_t i = 0; i < count; i++)
		host_fields_to_json(list->fields, (const char *)boxes + i * list->size,
				    json_append_object(array));
	return array;
}

void host_contents_to_json(const struct host_disk *disk, struct json *object)
{
	(void)list_to_json(&content_list, disk->contents, disk->n_contents, object);
}

static void disks_to_json(const struct host *host, struct json *object)
{
	struct json *array = json_set_array(object, disk_list.key);

	for (size_t i = 0; i < host->n_disks; i++) {
		struct json *disk = json_append_object(array);

		host_fields_to_json(host_disk_fields, &host->disks[i], disk);
		host_contents_to_json(&host->disks[i], disk);
	}
}

struct json *host_to_json(const struct host *host)
{
	struct json *json = json_new_object();
	struct json *firmware;

	json_set_string(json, "schema", SCHEMA);
	firmware = json_set_object(json, "firmware");
	host_fields_to_json(host_firmware_fields, &host->firmware, firmware);
	if (host->firmware.spcr_present)
		host_fields_to_json(host_spcr_fields, &host->firmware,
				    json_set_object(firmware, "spcr"));
	else
		json_set_null(firmware, "spcr");
	host_fields_to_json(host_cpu_fields, &host->cpu, json_set_object(json, "cpu"));
	(void)list_to_json(&numa_list, host->numa, host->n_numa, json);
	json_set_u64(json_set_object(json, "memory"), "total_bytes", host->memory_bytes);
	(void)list_to_json(&pci_list, host->pci, host->n_pci, json);
	(void)list_to_json(&nic_list, host->nics, host->n_nics, json);
	disks_to_json(host, json);
	host_fields_to_json(host_iommu_fields, &host->iommu, json_set_object(json, "iommu"));
	host_fields_to_json(host_top_fields, host, json);
	return json;
}

/* On failure the boxes read so far stay in *boxes, for the owner to free. */
static int list_from_json(const struct box_list *list, const struct json *object,
			  const char *prefix, void **boxes, size_t *count, struct error **err)
{
	const struct json *array = json_get_array(object, list->key);
	size_t n = json_length(array);

	if (!array) {
		if (json_is_null(object, list->key))
			return 0;
		return error_set(err, ERROR_USAGE, "%s%s is not a list", prefix, list->key);
	}
	*boxes = n ? xcalloc(n, list->size) : NULL;
	for (*count = 0; *count < n; (*count)++) {
		_cleanup_free_ char *where = xasprintf("%s%s[%zu]", prefix, list->key, *count);
		void *box = (char *)*boxes + *count * list->size;
		int r = host_fields_from_json(list->fields, json_at(array, *count), where, box,
					      err);

		if (r < 0) {
			host_fields_done(list->fields, box);
			return r;
		}
	}
	return 0;
}

int host_contents_from_json(const struct json *object, const char *where, struct host_disk *disk,
			    struct error **err)
{
	_cleanup_free_ char *prefix = xasprintf("%s.", where);
	void *boxes = NULL;
	int r = list_from_json(&content_list, object, prefix, &boxes, &disk->n_contents, err);

	disk->contents = boxes;
	return r;
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

static int disks_from_json(const struct json *json, struct host *host, struct error **err)
{
	const struct json *array = json_get_array(json, disk_list.key);
	void *boxes = NULL;
	int r = list_from_json(&disk_list, json, "", &boxes, &host->n_disks, err);

	host->disks = boxes;
	for (size_t i = 0; r == 0 && i < host->n_disks; i++) {
		_cleanup_free_ char *where = xasprintf("disks[%zu]", i);

		r = host_contents_from_json(json_at(array, i), where, &host->disks[i], err);
		if (r == 0)
			r = check_disk(host, i, err);
	}
	return r;
}

static int lists_from_json(const struct json *json, struct host *host, struct error **err)
{
	void *boxes = NULL;
	int r = list_from_json(&numa_list, json, "", &boxes, &host->n_numa, err);

	host->numa = boxes;
	if (r < 0)
		return r;
	boxes = NULL;
	r = list_from_json(&pci_list, json, "", &boxes, &host->n_pci, err);
	host->pci = boxes;
	if (r < 0)
		return r;
	boxes = NULL;
	r = list_from_json(&nic_list, json, "", &boxes, &host->n_nics, err);
	host->nics = boxes;
	if (r < 0)
		return r;
	return disks_from_json(json, host, err);
}

static int firmware_from_json(const struct json *json, struct host *host, struct error **err)
{
	const struct json *firmware = json_get_object(json, "firmware");
	const struct json *spcr;
	int r;

	if (!firmware)
		return error_set(err, ERROR_USAGE, "firmware is missing");
	r = host_fields_from_json(host_firmware_fields, firmware, "firmware", &host->firmware, err);
	if (r < 0 || json_is_null(firmware, "spcr"))
		return r;
	spcr = json_get_object(firmware, "spcr");
	if (!spcr)
		return error_set(err, ERROR_USAGE, "firmware.spcr is not an object");
	host->firmware.spcr_present = true;
	return host_fields_from_json(host_spcr_fields, spcr, "firmware.spcr", &host->firmware, err);
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

int host_from_json(const struct json *json, struct host **ret, struct error **err)
{
	_cleanup_host_ struct host *host = host_new();
	const struct json *memory = json_get_object(json, "memory");
	const struct json *cpu = json_get_object(json, "cpu");
	const struct json *iommu = json_get_object(json, "iommu");
	int r;

	r = check_schema(json, err);
	if (r == 0)
		r = firmware_from_json(json, host, err);
	if (r == 0 && cpu)
		r = host_fields_from_json(host_cpu_fields, cpu, "cpu", &host->cpu, err);
	if (r == 0)
		r = lists_from_json(json, host, err);
	if (r == 0 && iommu)
		r = host_fields_from_json(host_iommu_fields, iommu, "iommu", &host->iommu, err);
	if (r == 0)
		r = host_fields_from_json(host_top_fields, json, "host", host, err);
	if (r < 0)
		return r;
	if (memory && !json_get_u64(memory, "total_bytes", &host->memory_bytes))
		return error_set(err, ERROR_USAGE, "memory.total_bytes is not a number");
	*ret = TAKE_PTR(host);
	return 0;
}
