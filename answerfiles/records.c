/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/fields.h"
#include "common/str.h"

/* From rows of the field table to the members they fill, and from names to rows. */

size_t record_count(const struct answers *answers, enum field_record record)
{
	switch (record) {
	case RECORD_NONE:
	case _RECORD_MAX:
		return 0;
	case RECORD_ANSWERS:
	case RECORD_SECRETS:
	case RECORD_PRIMARY:
	case RECORD_ADMIN:
		return 1;
	case RECORD_GUEST:
		return answers->n_guests;
	case RECORD_SOURCE:
		return answers->n_sources;
	case RECORD_SCRIPT:
		return answers->n_scripts;
	}
	return 0;
}

bool record_is_list(enum field_record record)
{
	return record == RECORD_GUEST || record == RECORD_SOURCE || record == RECORD_SCRIPT;
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
	case RECORD_GUEST:
		return &answers->guests[index];
	case RECORD_SOURCE:
		return &answers->sources[index];
	case RECORD_SCRIPT:
		return &answers->scripts[index];
	}
	return NULL;
}

size_t record_append(struct answers *answers, enum field_record record)
{
	switch (record) {
	case RECORD_GUEST:
		ARRAY_APPEND(answers->guests, answers->n_guests);
		return answers->n_guests - 1;
	case RECORD_SOURCE:
		ARRAY_APPEND(answers->sources, answers->n_sources);
		return answers->n_sources - 1;
	case RECORD_SCRIPT:
		ARRAY_APPEND(answers->scripts, answers->n_scripts);
		return answers->n_scripts - 1;
	case RECORD_NONE:
	case RECORD_ANSWERS:
	case RECORD_SECRETS:
	case RECORD_PRIMARY:
	case RECORD_ADMIN:
	case _RECORD_MAX:
		return 0;
	}
	return 0;
}

struct answers_origin *record_origin(struct answers *answers, enum field_record record,
				     size_t index)
{
	switch (record) {
	case RECORD_PRIMARY:
		return &answers->primary.origin;
	case RECORD_ADMIN:
		return &answers->admin.origin;
	case RECORD_GUEST:
		return &answers->guests[index].origin;
	case RECORD_SOURCE:
		return &answers->sources[index].origin;
	case RECORD_SCRIPT:
		return &answers->scripts[index].origin;
	case RECORD_NONE:
	case RECORD_ANSWERS:
	case RECORD_SECRETS:
	case _RECORD_MAX:
		return NULL;
	}
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
	return answers;
}
