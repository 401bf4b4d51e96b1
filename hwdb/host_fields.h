/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The members of struct host's boxes as tables: JSON is written and read, and memory is freed, by
 * walking them. A newly detected thing is a member in host.h and one row here. Used inside hwdb.
 */
#pragma once

#include "hwdb/host.h"

enum host_field_type {
	FIELD_STRING, /* char *, null when unknown */
	FIELD_STRV,   /* char **, an empty list when NULL */
	FIELD_BOOL,
	FIELD_UINT, /* unsigned */
	FIELD_U64,
	FIELD_MAYBE_BOOL, /* with a has_ flag; null when unknown */
	FIELD_MAYBE_UINT,
	FIELD_FIRMWARE, /* enum firmware_kind */
	FIELD_SECURE_BOOT,
	FIELD_CONTENT_KIND,
};

struct host_field {
	const char *key; /* NULL ends a table */
	enum host_field_type type;
	size_t offset;
	size_t has_offset; /* of the has_ flag */
	bool required;     /* reading fails without it */
};

extern const struct host_field host_firmware_fields[];
extern const struct host_field host_spcr_fields[]; /* in struct host_firmware too */
extern const struct host_field host_cpu_fields[];
extern const struct host_field host_numa_fields[];
extern const struct host_field host_pci_fields[];
extern const struct host_field host_nic_fields[];
extern const struct host_field host_disk_fields[];
extern const struct host_field host_content_fields[];
extern const struct host_field host_iommu_fields[];
extern const struct host_field host_top_fields[]; /* strings directly in struct host */

/* Frees what the members of `box` own, not the box. */
void host_fields_done(const struct host_field *fields, void *box);
void host_fields_to_json(const struct host_field *fields, const void *box, struct json *object);
/* `where` names the box in the error: "disks[2]". */
int host_fields_from_json(const struct host_field *fields, const struct json *object,
			  const char *where, void *box, struct error **err) _must_check_;

/* One disk's content as JSON, and back; capture stores contents beside the captured files. */
void host_contents_to_json(const struct host_disk *disk, struct json *object);
int host_contents_from_json(const struct json *object, const char *where, struct host_disk *disk,
			    struct error **err) _must_check_;
