/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/fields.h"
#include "common/str.h"

/* From rows of the field table to the members they fill, and from names to rows. */

/* The lists of struct answers: where its pointer and count are, and an element's origin. */
static const struct list {
	size_t list, count, size, origin;
} lists[_RECORD_MAX] = {
#define LIST(list_member, count_member, type)                                                      \
	{                                                                                          \
		offsetof(struct answers, list_member), offsetof(struct answers, count_member),     \
			sizeof(type), offsetof(type, origin)                                       \
	}
	[RECORD_GUEST] = LIST(guests, n_guests, struct disk_choice),
	[RECORD_SOURCE] = LIST(sources, n_sources, struct answers_source),
	[RECORD_SCRIPT] = LIST(scripts, n_scripts, struct answers_script),
	[RECORD_RAID] = LIST(raids, n_raids, struct answers_raid),
	[RECORD_DRIVER_SOURCE] =
		LIST(driver_sources, n_driver_sources, struct answers_driver_source),
	[RECORD_DRIVER] = LIST(drivers, n_drivers, struct answers_driver),
	[RECORD_FCOE] = LIST(fcoes, n_fcoes, struct answers_fcoe),
	[RECORD_SERVICE] = LIST(services, n_services, struct answers_service),
	[RECORD_FIRSTBOOT_SCRIPT] =
		LIST(firstboot_scripts, n_firstboot_scripts, struct answers_script),
	[RECORD_BOND_PORT] = LIST(bond_ports, n_bond_ports, struct answers_bond_port),
#undef LIST
};

bool record_is_list(enum field_record record)
{
	return lists[record].size > 0;
}

static size_t *count_of(const struct answers *answers, enum field_record record)
{
	return (size_t *)((uintptr_t)answers + lists[record].count);
}

/* All object pointers look alike here, and memcpy() is how one of an unknown type is read. */
static char *list_of(const struct answers *answers, enum field_record record)
{
	char *list;

	memcpy(&list, (const char *)answers + lists[record].list, sizeof(list));
	return list;
}

size_t record_count(const struct answers *answers, enum field_record record)
{
	if (record_is_list(record))
		return *count_of(answers, record);
	return record == RECORD_NONE ? 0 : 1;
}

void *record_at(struct answers *answers, struct secrets *secrets, enum field_record record,
		size_t index)
{
	switch (record) {
	case RECORD_NONE:
	case _RECORD_MAX:
		return NULL;
	case RECORD_ANSWERS:
		return answers;
	case RECORD_SECRETS:
		return secrets;
	case RECORD_PRIMARY:
		return &answers->primary;
	case RECORD_ADMIN:
		return &answers->admin;
	case RECORD_EXISTING:
		return &answers->existing;
	case RECORD_BACKUP:
		return &answers->backup;
	case RECORD_POOL:
		return &answers->pool;
	case RECORD_GUEST:
	case RECORD_SOURCE:
	case RECORD_SCRIPT:
	case RECORD_RAID:
	case RECORD_DRIVER_SOURCE:
	case RECORD_DRIVER:
	case RECORD_FCOE:
	case RECORD_SERVICE:
	case RECORD_FIRSTBOOT_SCRIPT:
	case RECORD_BOND_PORT:
		break;
	}
	return list_of(answers, record) + index * lists[record].size;
}

size_t record_append(struct answers *answers, enum field_record record)
{
	size_t *count = count_of(answers, record), size = lists[record].size;
	char *list = xrealloc(list_of(answers, record), *count + 1, size);

	memset(list + *count * size, 0, size);
	memcpy((char *)answers + lists[record].list, &list, sizeof(list));
	return (*count)++;
}

struct answers_origin *record_origin(struct answers *answers, enum field_record record,
				     size_t index)
{
	if (record_is_list(record))
		return (void *)((char *)record_at(answers, NULL, record, index) +
				lists[record].origin);
	/* The others that have one are disks, the management interface and the pool. */
	if (record == RECORD_ADMIN)
		return &answers->admin.origin;
	if (record == RECORD_POOL)
		return &answers->pool.origin;
	if (record == RECORD_PRIMARY || record == RECORD_EXISTING || record == RECORD_BACKUP)
		return &((struct disk_choice *)record_at(answers, NULL, record, index))->origin;
	return NULL;
}

struct answers_origin *field_origin(const struct answers *answers, const struct field *field)
{
	return &answers->origins[field - fields];
}

unsigned field_bit(const struct field *field)
{
	unsigned bit = 1;

	for (const struct field *row = fields; row->element; row++) {
		if (row->record != field->record || !row->type)
			continue;
		/* Two types may fill one member: a disk's name and its match. */
		if (row->offset == field->offset && row->type == field->type)
			return bit;
		bit <<= 1;
	}
	return 0;
}

void *field_member(const struct field *field, void *record)
{
	return record ? (char *)record + field->offset : NULL;
}

const struct field *field_of_element(const char *name, const char *parent)
{
	for (const struct field *field = fields; field->element; field++) {
		if (field->attribute || !str_eq(field->parent, parent))
			continue;
		if (str_eq(field->element, name) || (field->alias && str_eq(field->alias, name)))
			return field;
	}
	return NULL;
}

const struct field *field_of_attribute(const char *element, const char *name)
{
	for (const struct field *field = fields; field->element; field++) {
		if (!field->attribute || !str_eq(field->element, element) ||
		    field->flags & FIELD_HIDDEN)
			continue;
		if (str_eq(field->attribute, name) || (field->alias && str_eq(field->alias, name)))
			return field;
	}
	return NULL;
}

bool field_is_container(const struct field *field)
{
	if (field->attribute || field->type || field->record != RECORD_NONE ||
	    field->flags & (FIELD_RETIRED | FIELD_IGNORED) ||
	    str_eq(field->element, "installation"))
		return false;
	for (const struct field *row = fields; row->element; row++) {
		if (row->attribute ? str_eq(row->element, field->element)
				   : str_eq(row->parent, field->element))
			return false;
	}
	return true;
}

bool mode_erases(enum answers_mode mode)
{
	return mode == MODE_FRESH || mode == MODE_REINSTALL;
}

char *field_name(const struct field *field)
{
	return xasprintf("%s%s%s%s%s", field->parent ? field->parent : "", field->parent ? "/" : "",
			 field->element, field->attribute ? "@" : "",
			 field->attribute ? field->attribute : "");
}

const struct field *field_find(const char *name)
{
	for (const struct field *field = fields; field->element; field++) {
		_cleanup_free_ char *own = field_name(field);

		if (str_eq(own, name))
			return field;
	}
	return NULL;
}

const struct field *field_outermost(const struct field *field)
{
	const char *name = field->attribute ? field->element : field->parent;

	if (!name || str_eq(name, "installation"))
		return field;
	for (const struct field *row = fields; row->element; row++)
		if (!row->attribute && str_eq(row->element, name))
			return field_outermost(row);
	return field;
}

void record_set_defaults(const struct field *element, void *record, enum field_record kind)
{
	struct findings unseen = {0};

	for (const struct field *field = fields; field->element; field++) {
		struct reading reading = {.where = field->element, .findings = &unseen};

		if (!field->fallback || field->record != kind)
			continue;
		if (element && !str_eq(field->element, element->element))
			continue;
		field->type->parse(field, field->fallback, field_member(field, record), &reading);
	}
	findings_done(&unseen);
}

struct answers *answers_new(void)
{
	struct answers *answers = xcalloc(1, sizeof(*answers));

	answers->n_origins = fields_count();
	answers->origins = xcalloc(answers->n_origins, sizeof(answers->origins[0]));
	record_set_defaults(NULL, answers, RECORD_ANSWERS);
	record_set_defaults(NULL, &answers->admin, RECORD_ADMIN);
	record_set_defaults(NULL, &answers->pool, RECORD_POOL);
	return answers;
}
