/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "hwdb/host_fields.h"

#include <errno.h>
#include <limits.h>

#include "common/str.h"

#define ROW(box, member, kind)                                                                     \
	{                                                                                          \
#member, FIELD_##kind, offsetof(struct box, member), 0, false                      \
	}
#define REQUIRED(box, member, kind)                                                                \
	{                                                                                          \
#member, FIELD_##kind, offsetof(struct box, member), 0, true                       \
	}
#define NAMED(key, box, member, kind)                                                              \
	{                                                                                          \
		key, FIELD_##kind, offsetof(struct box, member), 0, false                          \
	}
#define MAYBE(box, member, flag, kind)                                                             \
	{                                                                                          \
#member, FIELD_MAYBE_##kind, offsetof(struct box, member),                         \
			offsetof(struct box, flag), false                                          \
	}

const struct host_field host_firmware_fields[] = {
	REQUIRED(host_firmware, kind, FIRMWARE),
	ROW(host_firmware, efi_bits, UINT),
	ROW(host_firmware, secure_boot, SECURE_BOOT),
	ROW(host_firmware, system_vendor, STRING),
	ROW(host_firmware, product_name, STRING),
	ROW(host_firmware, product_serial, STRING),
	ROW(host_firmware, product_uuid, STRING),
	ROW(host_firmware, board_vendor, STRING),
	ROW(host_firmware, board_name, STRING),
	ROW(host_firmware, bios_vendor, STRING),
	ROW(host_firmware, bios_version, STRING),
	ROW(host_firmware, bios_date, STRING),
	{0},
};

const struct host_field host_spcr_fields[] = {
	NAMED("mmio", host_firmware, spcr_mmio, BOOL),
	NAMED("address", host_firmware, spcr_address, U64),
	NAMED("baud", host_firmware, spcr_baud, UINT),
	{0},
};

const struct host_field host_cpu_fields[] = {
	ROW(host_cpu, vendor, STRING),
	ROW(host_cpu, model, STRING),
	ROW(host_cpu, packages, UINT),
	ROW(host_cpu, cores, UINT),
	ROW(host_cpu, threads, UINT),
	ROW(host_cpu, virtualization, STRING),
	ROW(host_cpu, nested_paging, BOOL),
	ROW(host_cpu, flags, STRV),
	{0},
};

const struct host_field host_numa_fields[] = {
	REQUIRED(host_numa_node, id, UINT),
	ROW(host_numa_node, memory_bytes, U64),
	ROW(host_numa_node, cpus, STRING),
	{0},
};

const struct host_field host_pci_fields[] = {
	REQUIRED(host_pci, address, STRING),
	ROW(host_pci, vendor_id, STRING),
	ROW(host_pci, device_id, STRING),
	ROW(host_pci, class_id, STRING),
	ROW(host_pci, subsystem_vendor_id, STRING),
	ROW(host_pci, subsystem_device_id, STRING),
	ROW(host_pci, vendor_name, STRING),
	ROW(host_pci, device_name, STRING),
	ROW(host_pci, class_name, STRING),
	ROW(host_pci, driver, STRING),
	ROW(host_pci, modules, STRV),
	ROW(host_pci, slot, STRING),
	{0},
};

const struct host_field host_nic_fields[] = {
	REQUIRED(host_nic, name, STRING),
	ROW(host_nic, kernel_name, STRING),
	REQUIRED(host_nic, mac, STRING),
	ROW(host_nic, driver, STRING),
	ROW(host_nic, pci_address, STRING),
	ROW(host_nic, slot, STRING),
	MAYBE(host_nic, link, has_link, BOOL),
	MAYBE(host_nic, speed_mbps, has_speed, UINT),
	ROW(host_nic, boot, BOOL),
	{0},
};

const struct host_field host_disk_fields[] = {
	REQUIRED(host_disk, id, STRING),
	REQUIRED(host_disk, kind, STRING),
	ROW(host_disk, parents, STRV),
	ROW(host_disk, name, STRING),
	REQUIRED(host_disk, size_bytes, U64),
	REQUIRED(host_disk, logical_block_bytes, UINT),
	ROW(host_disk, physical_block_bytes, UINT),
	ROW(host_disk, vendor, STRING),
	ROW(host_disk, model, STRING),
	ROW(host_disk, serial, STRING),
	ROW(host_disk, wwn, STRING),
	ROW(host_disk, transport, STRING),
	ROW(host_disk, by_path, STRING),
	ROW(host_disk, links, STRV),
	ROW(host_disk, pci_address, STRING),
	ROW(host_disk, driver, STRING),
	MAYBE(host_disk, rotational, has_rotational, BOOL),
	ROW(host_disk, removable, BOOL),
	ROW(host_disk, read_only, BOOL),
	ROW(host_disk, install_medium, BOOL),
	ROW(host_disk, holders, STRV),
	ROW(host_disk, unreadable, STRING),
	ROW(host_disk, table_digest, STRING),
	{0},
};

const struct host_field host_content_fields[] = {
	ROW(host_content, partition, UINT),
	ROW(host_content, start_bytes, U64),
	ROW(host_content, size_bytes, U64),
	REQUIRED(host_content, kind, CONTENT_KIND),
	ROW(host_content, type, STRING),
	ROW(host_content, label, STRING),
	ROW(host_content, uuid, STRING),
	ROW(host_content, partition_type, STRING),
	ROW(host_content, partition_name, STRING),
	ROW(host_content, volume_group, STRING),
	ROW(host_content, volumes, STRV),
	MAYBE(host_content, inodes_used, has_inodes_used, UINT),
	ROW(host_content, date, STRING),
	ROW(host_content, description, STRING),
	ROW(host_content, valuable, BOOL),
	{0},
};

const struct host_field host_iommu_fields[] = {
	ROW(host_iommu, kind, STRING),
	ROW(host_iommu, enabled, BOOL),
	ROW(host_iommu, groups, UINT),
	{0},
};

const struct host_field host_top_fields[] = {
	ROW(host, virtual_machine, STRING),
	ROW(host, kernel_release, STRING),
	ROW(host, command_line, STRING),
	ROW(host, notes, STRV),
	{0},
};

/* One member, seen as each type a row can have. */
union member {
	void *any;
	char **string;
	char ***strv;
	bool *truth;
	unsigned *number;
	uint64_t *u64;
	enum firmware_kind *firmware;
	enum secure_boot *secure_boot;
	enum disk_content_kind *content;
};

static union member member_of(const struct host_field *field, const void *box)
{
	return (union member){.any = (char *)(uintptr_t)box + field->offset};
}

static bool *has_flag(const struct host_field *field, const void *box)
{
	return (bool *)(void *)((char *)(uintptr_t)box + field->has_offset);
}

void host_fields_done(const struct host_field *fields, void *box)
{
	for (const struct host_field *field = fields; field->key; field++) {
		union member member = member_of(field, box);

		if (field->type == FIELD_STRING) {
			free(*member.string);
			*member.string = NULL;
		} else if (field->type == FIELD_STRV) {
			strv_free(*member.strv);
			*member.strv = NULL;
		}
	}
}

static void field_to_json(const struct host_field *field, const void *box, struct json *object)
{
	union member m = member_of(field, box);

	switch (field->type) {
	case FIELD_STRING:
		json_set_string(object, field->key, *m.string);
		break;
	case FIELD_STRV:
		json_set_strv(object, field->key, *m.strv);
		break;
	case FIELD_BOOL:
		json_set_bool(object, field->key, *m.truth);
		break;
	case FIELD_UINT:
		json_set_u64(object, field->key, *m.number);
		break;
	case FIELD_U64:
		json_set_u64(object, field->key, *m.u64);
		break;
	case FIELD_MAYBE_BOOL:
		if (*has_flag(field, box))
			json_set_bool(object, field->key, *m.truth);
		else
			json_set_null(object, field->key);
		break;
	case FIELD_MAYBE_UINT:
		if (*has_flag(field, box))
			json_set_u64(object, field->key, *m.number);
		else
			json_set_null(object, field->key);
		break;
	case FIELD_FIRMWARE:
		json_set_string(object, field->key, firmware_kind_to_string(*m.firmware));
		break;
	case FIELD_SECURE_BOOT:
		json_set_string(object, field->key, secure_boot_to_string(*m.secure_boot));
		break;
	case FIELD_CONTENT_KIND:
		json_set_string(object, field->key, disk_content_kind_to_string(*m.content));
		break;
	}
}

void host_fields_to_json(const struct host_field *fields, const void *box, struct json *object)
{
	for (; fields->key; fields++)
		field_to_json(fields, box, object);
}

static int read_strv(const struct json *object, const char *key, char ***ret)
{
	const struct json *array = json_get_array(object, key);
	_cleanup_strv_ char **strv = NULL;

	if (!array)
		return -EINVAL;
	for (size_t i = 0; i < json_length(array); i++) {
		if (!json_at_string(array, i))
			return -EINVAL;
		strv_add(&strv, json_at_string(array, i));
	}
	*ret = TAKE_PTR(strv);
	return 0;
}

static int read_number(const struct json *object, const char *key, uint64_t max, uint64_t *ret)
{
	if (!json_get_u64(object, key, ret))
		return -EINVAL;
	return *ret > max ? -ERANGE : 0;
}

/* The text a JSON member must hold for each type of row, for the sentence of an error. */
static const char *wanted(enum host_field_type type)
{
	switch (type) {
	case FIELD_STRING:
		return "a string";
	case FIELD_STRV:
		return "a list of strings";
	case FIELD_BOOL:
	case FIELD_MAYBE_BOOL:
		return "true or false";
	case FIELD_UINT:
	case FIELD_MAYBE_UINT:
	case FIELD_U64:
		return "a number that is not negative";
	case FIELD_FIRMWARE:
		return "\"bios\" or \"uefi\"";
	case FIELD_SECURE_BOOT:
		return "\"unknown\", \"absent\", \"off\" or \"on\"";
	case FIELD_CONTENT_KIND:
		return "a kind of content";
	}
	return "something else";
}

static int field_from_json(const struct host_field *field, const struct json *object, void *box)
{
	union member m = member_of(field, box);
	const char *text = json_get_string(object, field->key);
	uint64_t number;
	int r;

	switch (field->type) {
	case FIELD_STRING:
		if (!text)
			return -EINVAL;
		*m.string = xstrdup(text);
		return 0;
	case FIELD_STRV:
		return read_strv(object, field->key, m.strv);
	case FIELD_BOOL:
		return json_get_bool(object, field->key, m.truth) ? 0 : -EINVAL;
	case FIELD_MAYBE_BOOL:
		*has_flag(field, box) = json_get_bool(object, field->key, m.truth);
		return *has_flag(field, box) ? 0 : -EINVAL;
	case FIELD_UINT:
	case FIELD_MAYBE_UINT:
		r = read_number(object, field->key, UINT_MAX, &number);
		if (r < 0)
			return r;
		*m.number = (unsigned)number;
		if (field->type == FIELD_MAYBE_UINT)
			*has_flag(field, box) = true;
		return 0;
	case FIELD_U64:
		/* JSON readers elsewhere lose digits above 2^53; no disk comes near 2^62. */
		return read_number(object, field->key, (uint64_t)1 << 62, m.u64);
	case FIELD_FIRMWARE:
		return text ? firmware_kind_from_string(text, m.firmware) : -EINVAL;
	case FIELD_SECURE_BOOT:
		return text ? secure_boot_from_string(text, m.secure_boot) : -EINVAL;
	case FIELD_CONTENT_KIND:
		return text ? disk_content_kind_from_string(text, m.content) : -EINVAL;
	}
	return -EINVAL;
}

int host_fields_from_json(const struct host_field *fields, const struct json *object,
			  const char *where, void *box, struct error **err)
{
	for (const struct host_field *field = fields; field->key; field++) {
		if (json_is_null(object, field->key)) {
			if (!field->required)
				continue;
			return error_set(err, ERROR_USAGE, "%s.%s is missing", where, field->key);
		}
		if (field_from_json(field, object, box) < 0)
			return error_set(err, ERROR_USAGE, "%s.%s is not %s", where, field->key,
					 wanted(field->type));
	}
	return 0;
}
