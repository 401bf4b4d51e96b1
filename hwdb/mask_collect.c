/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Where serial numbers, addresses, world-wide names and UUIDs of a machine stand. */
#include "common/digest.h"
#include "common/str.h"
#include "hwdb/host_fields.h"
#include "hwdb/mask.h"
#include "hwdb/own.h"
#include "hwdb/probe/smbios.h"

/* Files of one such word, by how their paths end. */
static const char *const files[] = {"/serial",       "/product_serial", "/product_uuid",
				    "/board_serial", "/chassis_serial", "/chassis_asset_tag",
				    "/sas_address",  "/port_name",      "/node_name",
				    "/fabric_name",  "/wwid",           "/eui",
				    "/nguid",        "/uuid",           "/mac",
				    "/serial_number"};

/* Files with such words among others, which the host has. */
static const char *const pages[] = {"/vpd_pg80", "/vpd_pg83", "/vpd", SMBIOS_TABLE};

/* Properties of udev's records. */
static const char *const properties[] = {
	"ID_SERIAL_SHORT",
	"ID_SCSI_SERIAL",
	"SCSI_IDENT_SERIAL",
	"ID_WWN",
	"ID_FS_UUID",
	"ID_FS_UUID_SUB",
	"ID_PART_TABLE_UUID",
	"ID_PART_ENTRY_UUID",
	"ID_USB_SERIAL_SHORT",
	"ID_WWN_WITH_EXTENSION",
	"ID_WWN_VENDOR_EXTENSION",
	"MD_UUID",
	"MD_DEV_UUID",
	"DM_UUID",
	"DM_SERIAL",
	"DM_WWN",
};

#define UDEV "/run/udev/data/"

static bool ends_as(const char *path, const char *const *ends, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (str_ends(path, ends[i]))
			return true;
	return false;
}

static bool is_word_file(const char *path)
{
	return ends_as(path, files, ARRAY_SIZE(files)) ||
	       (str_ends(path, "/address") && strstr(path, "/net/"));
}

bool mask_is_own_file(const char *path)
{
	return str_starts(path, UDEV) || is_word_file(path) ||
	       ends_as(path, pages, ARRAY_SIZE(pages));
}

/* "naa.5000c500a1b2c3d4", "0x5000c500a1b2c3d4": the word is what follows. Of other kinds of
 * numbers ("t10.", "nvme.") the serial number inside is a word by itself. */
static void add_value(struct mask *mask, const char *value)
{
	static const char *const prefixes[] = {"naa.", "eui.", "uuid.", "0x", "mpath-3"};

	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (str_starts(value, prefixes[i]))
			value += strlen(prefixes[i]);
	if (!str_starts(value, "t10.") && !str_starts(value, "nvme.") && !str_starts(value, "LVM-"))
		mask_add(mask, value);
}

static void collect_record(char *text, struct mask *mask)
{
	char *rest;

	for (char *line = strtok_r(text, "\n", &rest); line; line = strtok_r(NULL, "\n", &rest)) {
		char *equals = str_starts(line, "E:") ? strchr(line, '=') : NULL;

		if (!equals)
			continue;
		*equals = '\0';
		for (size_t i = 0; i < ARRAY_SIZE(properties); i++)
			if (str_eq(line + 2, properties[i]))
				add_value(mask, equals + 1);
	}
}

#define SYSTEM      1 /* structure "System Information" */
#define UUID_OFFSET 0x08
#define UUID_SIZE   16

/* As text it has the bytes of its first three numbers the other way round. */
static void collect_uuid(const struct smbios_structure *structure, struct mask *mask)
{
	static const uint8_t order[UUID_SIZE] = {3, 2, 1,  0,  5,  4,  7,  6,
						 8, 9, 10, 11, 12, 13, 14, 15};
	uint8_t bytes[UUID_SIZE];
	char digits[2 * UUID_SIZE + 1];

	if (structure->type != SYSTEM || structure->size < UUID_OFFSET + UUID_SIZE)
		return;
	for (size_t i = 0; i < UUID_SIZE; i++)
		bytes[i] = structure->bytes[UUID_OFFSET + order[i]];
	digest_to_hex(bytes, UUID_SIZE, digits);
	mask_add(mask, digits);
}

static void collect_smbios(const uint8_t *bytes, size_t length, struct mask *mask)
{
	/* Offsets of serial numbers: DMTF DSP0134. */
	static const struct {
		uint8_t type, offset;
	} rows[] = {{1, 0x07}, {2, 0x07},  {3, 0x07},  {3, 0x08},
		    {4, 0x20}, {17, 0x18}, {22, 0x07}, {39, 0x08}};
	const struct smbios table = {.bytes = bytes, .length = length};
	struct smbios_structure structure;

	for (size_t at = 0; smbios_next(&table, &at, &structure);) {
		collect_uuid(&structure, mask);
		for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
			if (structure.type == rows[i].type) {
				_cleanup_free_ char *serial =
					smbios_string(&structure, rows[i].offset);

				mask_add(mask, serial);
			}
	}
}

void mask_collect_file(const char *path, const char *bytes, size_t length, struct mask *mask)
{
	_cleanup_free_ char *text = xstrndup(bytes, length);

	if (str_eq(path, SMBIOS_TABLE))
		collect_smbios((const uint8_t *)bytes, length, mask);
	else if (str_starts(path, UDEV))
		collect_record(text, mask);
	else if (is_word_file(path))
		add_value(mask, str_trim(text));
}

static void collect_text(const char *path, char *text, void *data)
{
	if (own_kind_of(path) == OWN_WORD)
		add_value(data, text);
}

void mask_collect_host(const struct host *host, struct mask *mask)
{
	struct host copy = *host; /* nothing is changed, but the walk hands out what could be */

	host_fields_each_text(host_fields, &copy, "", collect_text, mask);
}

static void mask_text(const char *path, char *text, void *data)
{
	if (!str_eq(path, "disks.contents.partition_type"))
		mask_apply(data, text, strlen(text), own_kind_of(path) != OWN_NOTHING);
}

void mask_host(const struct mask *mask, struct host *host)
{
	struct mask same = *mask;

	host_fields_each_text(host_fields, host, "", mask_text, &same);
}
