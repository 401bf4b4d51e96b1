/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The members of struct host and its boxes as tables: JSON is written and read, and memory is
 * freed, by walking them from host_fields on. A newly detected thing is a member in host.h and one
 * row in host_fields.c, a list of things one table and one row. Used inside hwdb.
 */
#pragma once

#include "hwdb/host.h"

enum host_field_type {
	FIELD_STRING, /* char *, null when unknown */
	FIELD_STRV,   /* char **, an empty list when NULL */
	FIELD_BOOL,
	FIELD_UINT, /* unsigned */
	FIELD_U64,
	FIELD_KNOWN_UINT, /* what no machine is without: null when 0, which is not known */
	FIELD_KNOWN_U64,
	FIELD_MAYBE_BOOL, /* with a has_ flag; null when unknown */
	FIELD_MAYBE_UINT,
	FIELD_MAYBE_U64,
	FIELD_OBJECT,       /* a box inside the box */
	FIELD_MAYBE_OBJECT, /* with a has_ flag; null when unknown */
	FIELD_BOXES,        /* an array of boxes and its counter, a size_t */
	FIELD_UINTS,        /* an array of unsigned and its counter, a size_t */
	FIELD_FIRMWARE,     /* enum firmware_kind */
	FIELD_SECURE_BOOT,
	FIELD_CONTENT_KIND,
};

struct host_field {
	const char *key; /* NULL ends a table */
	enum host_field_type type;
	size_t offset;
	size_t has_offset;               /* of the has_ flag, or of an array's counter */
	bool required;                   /* reading fails without it */
	const struct host_field *fields; /* of the box or boxes */
	size_t box_size;                 /* of each of FIELD_BOXES */
};

extern const struct host_field host_fields[]; /* of struct host: all others hang below it */
extern const struct host_field host_support_fields[];
extern const struct host_field host_pci_fields[];
extern const struct host_field host_iommu_fields[];
extern const struct host_field host_iommu_unit_fields[];
extern const struct host_field host_nic_fields[];
extern const struct host_field host_lldp_fields[];
extern const struct host_field host_disk_fields[];
extern const struct host_field host_content_fields[];

/* Frees what the members of `box` own, not the box. */
void host_fields_done(const struct host_field *fields, void *box);
void host_fields_to_json(const struct host_field *fields, const void *box, struct json *object);
/* A deep copy into an empty box. */
void host_fields_copy(const struct host_field *fields, const void *from, void *to);
/* Calls `fn` for every text below the box; `path` is without indices, "disks.contents.uuid", or
 * NULL for `fn` too where it asks for none. The text may be changed in place. */
void host_fields_each_text(const struct host_field *fields, void *box, const char *path,
			   void (*fn)(const char *path, char *text, void *data), void *data);
/* `where` names the box in the error: "disks[2]", or "" for struct host itself. What was read
 * before a failure stays in the box, for its owner to free. */
int host_fields_from_json(const struct host_field *fields, const struct json *object,
			  const char *where, void *box, struct error **err) _must_check_;
/* What devices, firmware and other people's descriptions say of themselves is put on terminals and
 * in reports: see str_make_printable(). */
void host_make_printable(struct host *host);
