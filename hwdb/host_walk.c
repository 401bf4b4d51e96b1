/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Walking the tables of host_fields.c: freeing, writing JSON, reading JSON. */
#include <errno.h>
#include <limits.h>

#include "common/str.h"
#include "hwdb/host_fields.h"

/* One member, seen as each type a row can have. */
union member {
	void *any;
	char **string;
	char ***strv;
	bool *truth;
	unsigned *number;
	uint64_t *u64;
	void **boxes;
	unsigned **numbers;
	size_t *count;
	enum firmware_kind *firmware;
	enum secure_boot *secure_boot;
	enum disk_content_kind *content;
};

static union member member_of(const struct host_field *field, const void *box)
{
	return (union member){.any = (char *)(uintptr_t)box + field->offset};
}

/* The flag or the count that stands beside it. */
static union member companion_of(const struct host_field *field, const void *box)
{
	return (union member){.any = (char *)(uintptr_t)box + field->has_offset};
}

static bool *has_flag(const struct host_field *field, const void *box)
{
	return companion_of(field, box).truth;
}

static bool has_a_flag(const struct host_field *field)
{
	return field->type == FIELD_MAYBE_BOOL || field->type == FIELD_MAYBE_UINT ||
	       field->type == FIELD_MAYBE_U64 || field->type == FIELD_MAYBE_OBJECT;
}

static size_t *box_count(const struct host_field *field, const void *box)
{
	return companion_of(field, box).count;
}

static void *box_at(const struct host_field *field, void *boxes, size_t index)
{
	return (char *)boxes + index * field->box_size;
}

static void boxes_done(const struct host_field *field, void *box)
{
	void **boxes = member_of(field, box).boxes;
	size_t *count = box_count(field, box);

	for (size_t i = 0; i < *count; i++)
		host_fields_done(field->fields, box_at(field, *boxes, i));
	free(*boxes);
	*boxes = NULL;
	*count = 0;
}

static void field_done(const struct host_field *field, void *box)
{
	union member member = member_of(field, box);

	switch (field->type) {
	case FIELD_STRING:
		free(*member.string);
		*member.string = NULL;
		break;
	case FIELD_STRV:
		strv_free(*member.strv);
		*member.strv = NULL;
		break;
	case FIELD_BOXES:
		boxes_done(field, box);
		break;
	case FIELD_UINTS:
		free(*member.numbers);
		*member.numbers = NULL;
		*box_count(field, box) = 0;
		break;
	case FIELD_OBJECT:
	case FIELD_MAYBE_OBJECT:
		host_fields_done(field->fields, member.any);
		break;
	case FIELD_BOOL:
	case FIELD_UINT:
	case FIELD_KNOWN_UINT:
	case FIELD_U64:
	case FIELD_KNOWN_U64:
	case FIELD_MAYBE_BOOL:
	case FIELD_MAYBE_UINT:
	case FIELD_MAYBE_U64:
	case FIELD_FIRMWARE:
	case FIELD_SECURE_BOOT:
	case FIELD_CONTENT_KIND:
		break;
	}
}

void host_fields_done(const struct host_field *fields, void *box)
{
	for (const struct host_field *field = fields; field->key; field++)
		field_done(field, box);
}

static void boxes_to_json(const struct host_field *field, const void *box, struct json *object)
{
	struct json *array = json_set_array(object, field->key);

	for (size_t i = 0; i < *box_count(field, box); i++)
		host_fields_to_json(field->fields, box_at(field, *member_of(field, box).boxes, i),
				    json_append_object(array));
}

static void numbers_to_json(const struct host_field *field, const void *box, struct json *object)
{
	struct json *array = json_set_array(object, field->key);

	for (size_t i = 0; i < *box_count(field, box); i++)
		json_append_u64(array, (*member_of(field, box).numbers)[i]);
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
	case FIELD_MAYBE_BOOL:
		json_set_bool(object, field->key, *m.truth);
		break;
	case FIELD_UINT:
	case FIELD_KNOWN_UINT:
	case FIELD_MAYBE_UINT:
		json_set_u64(object, field->key, *m.number);
		break;
	case FIELD_U64:
	case FIELD_KNOWN_U64:
	case FIELD_MAYBE_U64:
		json_set_u64(object, field->key, *m.u64);
		break;
	case FIELD_OBJECT:
	case FIELD_MAYBE_OBJECT:
		host_fields_to_json(field->fields, m.any, json_set_object(object, field->key));
		break;
	case FIELD_BOXES:
		boxes_to_json(field, box, object);
		break;
	case FIELD_UINTS:
		numbers_to_json(field, box, object);
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

static bool is_known(const struct host_field *field, const void *box)
{
	union member m = member_of(field, box);

	if (field->type == FIELD_KNOWN_UINT)
		return *m.number != 0;
	if (field->type == FIELD_KNOWN_U64)
		return *m.u64 != 0;
	return !has_a_flag(field) || *has_flag(field, box);
}

void host_fields_to_json(const struct host_field *fields, const void *box, struct json *object)
{
	for (; fields->key; fields++)
		if (is_known(fields, box))
			field_to_json(fields, box, object);
		else
			json_set_null(object, fields->key);
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
	case FIELD_KNOWN_UINT:
	case FIELD_MAYBE_UINT:
	case FIELD_U64:
	case FIELD_KNOWN_U64:
	case FIELD_MAYBE_U64:
		return "a number that is not negative";
	case FIELD_OBJECT:
	case FIELD_MAYBE_OBJECT:
		return "an object";
	case FIELD_BOXES:
		return "a list";
	case FIELD_UINTS:
		return "a list of numbers that are not negative";
	case FIELD_FIRMWARE:
		return "\"bios\" or \"uefi\"";
	case FIELD_SECURE_BOOT:
		return "\"unknown\", \"absent\", \"off\" or \"on\"";
	case FIELD_CONTENT_KIND:
		return "a kind of content";
	}
	return "something else";
}

static int numbers_from_json(const struct host_field *field, const struct json *object, void *box)
{
	const struct json *array = json_get_array(object, field->key);
	unsigned **numbers = member_of(field, box).numbers;
	size_t *count = box_count(field, box);

	if (!array)
		return -EINVAL;
	for (size_t i = 0; i < json_length(array); i++) {
		uint64_t number;

		if (!json_at_u64(array, i, &number) || number > UINT_MAX)
			return -EINVAL;
		*ARRAY_APPEND(*numbers, *count) = (unsigned)number;
	}
	return 0;
}

static int value_from_json(const struct host_field *field, const struct json *object, void *box)
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
	case FIELD_MAYBE_BOOL:
		return json_get_bool(object, field->key, m.truth) ? 0 : -EINVAL;
	case FIELD_UINT:
	case FIELD_KNOWN_UINT:
	case FIELD_MAYBE_UINT:
		r = read_number(object, field->key, UINT_MAX, &number);
		if (r < 0)
			return r;
		*m.number = (unsigned)number;
		return 0;
	case FIELD_U64:
	case FIELD_KNOWN_U64:
	case FIELD_MAYBE_U64:
		/* JSON readers elsewhere lose digits above 2^53; no disk comes near 2^62. */
		return read_number(object, field->key, (uint64_t)1 << 62, m.u64);
	case FIELD_UINTS:
		return numbers_from_json(field, object, box);
	case FIELD_OBJECT:
	case FIELD_MAYBE_OBJECT:
	case FIELD_BOXES:
		break; /* field_from_json()'s */
	case FIELD_FIRMWARE:
		return text ? firmware_kind_from_string(text, m.firmware) : -EINVAL;
	case FIELD_SECURE_BOOT:
		return text ? secure_boot_from_string(text, m.secure_boot) : -EINVAL;
	case FIELD_CONTENT_KIND:
		return text ? disk_content_kind_from_string(text, m.content) : -EINVAL;
	}
	return -EINVAL;
}

static int boxes_from_json(const struct host_field *field, const struct json *array,
			   const char *where, void *box, struct error **err)
{
	void **boxes = member_of(field, box).boxes;
	size_t *count = box_count(field, box), n = json_length(array);
	int r = 0;

	*boxes = n ? xcalloc(n, field->box_size) : NULL;
	for (size_t i = 0; r == 0 && i < n; i++) {
		_cleanup_free_ char *item = xasprintf("%s[%zu]", where, i);

		*count = i + 1;
		r = host_fields_from_json(field->fields, json_at(array, i), item,
					  box_at(field, *boxes, i), err);
	}
	return r;
}

static int field_from_json(const struct host_field *field, const struct json *object,
			   const char *where, void *box, struct error **err)
{
	const struct json *value = json_get_object(object, field->key);
	const struct json *array = json_get_array(object, field->key);

	if (array && field->type == FIELD_BOXES)
		return boxes_from_json(field, array, where, box, err);
	if (value && (field->type == FIELD_OBJECT || field->type == FIELD_MAYBE_OBJECT))
		return host_fields_from_json(field->fields, value, where, member_of(field, box).any,
					     err);
	if (value_from_json(field, object, box) < 0)
		return error_set(err, ERROR_USAGE, "%s is not %s", where, wanted(field->type));
	return 0;
}

int host_fields_from_json(const struct host_field *fields, const struct json *object,
			  const char *where, void *box, struct error **err)
{
	for (const struct host_field *field = fields; field->key; field++) {
		_cleanup_free_ char *place =
			xasprintf("%s%s%s", where, *where ? "." : "", field->key);
		int r;

		if (json_is_null(object, field->key)) {
			if (!field->required)
				continue;
			return error_set(err, ERROR_USAGE, "%s is missing", place);
		}
		r = field_from_json(field, object, place, box, err);
		if (r < 0)
			return r;
		if (has_a_flag(field))
			*has_flag(field, box) = true;
	}
	return 0;
}

void host_fields_copy(const struct host_field *fields, const void *from, void *to)
{
	_cleanup_json_ struct json *json = json_new_object();
	_cleanup_error_ struct error *error = NULL;

	host_fields_to_json(fields, from, json);
	/* Only a number too great for JSON could be refused. */
	if (host_fields_from_json(fields, json, "", to, &error) < 0)
		host_fields_done(fields, to);
}

static void each_text_of(const struct host_field *field, void *box, const char *path,
			 void (*fn)(const char *path, char *text, void *data), void *data)
{
	union member member = member_of(field, box);

	switch (field->type) {
	case FIELD_STRING:
		if (*member.string)
			fn(path, *member.string, data);
		break;
	case FIELD_STRV:
		for (char **text = *member.strv; text && *text; text++)
			fn(path, *text, data);
		break;
	case FIELD_BOXES:
		for (size_t i = 0; i < *box_count(field, box); i++)
			host_fields_each_text(field->fields, box_at(field, *member.boxes, i), path,
					      fn, data);
		break;
	case FIELD_OBJECT:
	case FIELD_MAYBE_OBJECT:
		host_fields_each_text(field->fields, member.any, path, fn, data);
		break;
	case FIELD_UINTS:
	case FIELD_BOOL:
	case FIELD_UINT:
	case FIELD_KNOWN_UINT:
	case FIELD_U64:
	case FIELD_KNOWN_U64:
	case FIELD_MAYBE_BOOL:
	case FIELD_MAYBE_UINT:
	case FIELD_MAYBE_U64:
	case FIELD_FIRMWARE:
	case FIELD_SECURE_BOOT:
	case FIELD_CONTENT_KIND:
		break;
	}
}

void host_fields_each_text(const struct host_field *fields, void *box, const char *path,
			   void (*fn)(const char *path, char *text, void *data), void *data)
{
	for (const struct host_field *field = fields; field->key; field++) {
		_cleanup_free_ char *inner =
			path ? xasprintf("%s%s%s", path, *path ? "." : "", field->key) : NULL;

		each_text_of(field, box, inner, fn, data);
	}
}
