/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/show.h"

#include "answerfiles/types.h"
#include "common/http.h"
#include "common/url.h"

/* Prints answers row by row of the field table: value, and where it came from. */

/* Secrets are not at hand: their type or their place tells that they are there. */
static bool has_secret(const struct answers *answers, const struct field *field)
{
	if (field->offset == offsetof(struct secrets, root_password))
		return answers->password_type != PASSWORD_NONE;
	return field_origin(answers, field)->kind != ORIGIN_DEFAULT;
}

char *answers_value(const struct answers *answers, const struct field *field, size_t index)
{
	/* Formatting only reads. */
	struct answers *reading = (struct answers *)(uintptr_t)answers;
	_cleanup_free_ char *text = NULL;
	void *record;

	if (field->flags & FIELD_SECRET)
		return has_secret(answers, field) ? xstrdup("********") : NULL;
	if (record_is_list(field->record) && index >= record_count(answers, field->record))
		return NULL;
	record = record_at(reading, NULL, field->record, index);
	if (!record || !field->type)
		return NULL;
	text = field->type->format(field, field_member(field, record));
	if (text && strstr(text, "://"))
		return url_masked(text);
	return TAKE_PTR(text);
}

static const struct answers_origin *find_origin(const struct answers *answers,
						const struct field *field, size_t index)
{
	static const struct answers_origin by_default = {.kind = ORIGIN_DEFAULT};
	const struct answers_origin *origin;

	if (!record_is_list(field->record))
		return field_origin(answers, field);
	origin = record_origin((struct answers *)(uintptr_t)answers, field->record, index);
	return origin->given & field_bit(field) ? origin : &by_default;
}

static char *format_origin(const struct answers *answers, const struct answers_origin *origin)
{
	switch (origin->kind) {
	case ORIGIN_DEFAULT:
		return xstrdup("default");
	case ORIGIN_FILE:
		return xasprintf("%s:%u%s%s", answers->file ? answers->file : "file", origin->line,
				 answers->found_by ? ", found by " : "",
				 answers->found_by ? answers->found_by : "");
	case ORIGIN_CMDLINE:
		return xstrdup("boot line");
	case ORIGIN_USER:
		return xstrdup("entered");
	}
	return NULL;
}

char *answers_value_origin(const struct answers *answers, const struct field *field, size_t index)
{
	return format_origin(answers, find_origin(answers, field, index));
}

static const char *origin_word(const struct answers_origin *origin)
{
	switch (origin->kind) {
	case ORIGIN_DEFAULT:
		return "default";
	case ORIGIN_FILE:
		return "file";
	case ORIGIN_CMDLINE:
		return "boot-line";
	case ORIGIN_USER:
		return "user";
	}
	return NULL;
}

/* What the absence of a value leads to, where it is more than nothing. */
static const char *meaning_of_none(const struct field *field)
{
	static const struct {
		const char *element, *meaning;
	} meanings[] = {
		{"network-backend", "(openvswitch when a pool is named, else bridge)"},
		{"hostname", "(from the DHCP server)"},
		{"root-password", "(locked until first boot sets one)"},
	};

	for (size_t i = 0; !field->attribute && i < ARRAY_SIZE(meanings); i++) {
		if (str_eq(meanings[i].element, field->element))
			return meanings[i].meaning;
	}
	return NULL;
}

bool field_is_shown(const struct field *field)
{
	return field->type && field->record != RECORD_NONE &&
	       !(field->flags & (FIELD_OLD | FIELD_HIDDEN));
}

/* What has no meaning in this mode would only puzzle. */
static bool has_meaning(const struct answers *answers, const struct field *field)
{
	const struct field *element = field_of_element(field->element, field->parent);

	return !element || !element->modes || element->modes & 1U << answers->mode;
}

/* A default of ours that only counts with an element that nobody wrote: the mode of no bond. */
static bool is_idle(const struct answers *answers, const struct field *field)
{
	const struct field *element =
		field->attribute ? field_of_element(field->element, NULL) : NULL;

	return element && field->flags & FIELD_OURS && !record_is_list(field->record) &&
	       field_origin(answers, field)->kind == ORIGIN_DEFAULT &&
	       field_origin(answers, element)->kind == ORIGIN_DEFAULT;
}

static void add_row(struct strbuf *buf, const struct answers *answers, const struct field *field,
		    size_t index)
{
	_cleanup_free_ char *value = answers_value(answers, field, index);
	_cleanup_free_ char *name = field_name(field);
	_cleanup_free_ char *origin = format_origin(answers, find_origin(answers, field, index));
	const char *shown = value ? value : meaning_of_none(field);
	char *end = value ? strchr(value, '\n') : NULL;

	/* Of a certificate the first line tells enough. */
	if (end)
		*end = '\0';

	if (shown && has_meaning(answers, field) && !is_idle(answers, field))
		strbuf_addf(buf, "%-38s %-38s %s\n", name, shown, origin);
}

char *answers_to_text(const struct answers *answers)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	enum field_record before = RECORD_NONE;

	for (const struct field *field = fields; field->element; field++) {
		if (!field_is_shown(field))
			continue;
		if (!record_is_list(field->record)) {
			add_row(&buf, answers, field, 0);
			continue;
		}
		/* The rows of a list stand together: one element after the other. */
		if (field->record == before)
			continue;
		before = field->record;
		for (size_t i = 0; i < record_count(answers, before); i++) {
			for (const struct field *row = field; row->element; row++) {
				if (row->record == before && field_is_shown(row))
					add_row(&buf, answers, row, i);
			}
		}
	}
	if (answers->serial_console)
		strbuf_addf(&buf, "%-38s %-38s boot line\n", "console", answers->serial_console);
	return strbuf_take(&buf);
}

/* Numbers, truths and lists as such; all else as text. */
static void set_typed(struct json *object, const struct answers *answers, const struct field *field,
		      size_t index)
{
	_cleanup_free_ char *value = answers_value(answers, field, index);
	const void *member;

	if (field->flags & FIELD_SECRET || !value) {
		json_set_string(object, "value", value);
		return;
	}
	member = field_member(
		field, record_at((struct answers *)(uintptr_t)answers, NULL, field->record, index));
	if (field->type == &type_bool)
		json_set_bool(object, "value", *(const bool *)member);
	else if (field->type == &type_vlan || field->type == &type_timeout)
		json_set_u64(object, "value", *(const unsigned *)member);
	else if (field->type->format == value_format_list)
		json_set_strv(object, "value", *(char **const *)member);
	else
		json_set_string(object, "value", value);
}

static void set_value(struct json *object, const struct answers *answers, const struct field *field,
		      size_t index)
{
	const struct answers_origin *origin = find_origin(answers, field, index);

	set_typed(object, answers, field, index);
	json_set_string(object, "from", origin_word(origin));
	if (origin->kind != ORIGIN_FILE)
		return;
	json_set_u64(object, "line", origin->line);
	json_set_u64(object, "column", origin->column);
}

static void set_row(struct json *values, const struct answers *answers, const struct field *field)
{
	_cleanup_free_ char *name = field_name(field);
	struct json *list;

	if (!record_is_list(field->record)) {
		set_value(json_set_object(values, name), answers, field, 0);
		return;
	}
	list = json_set_array(values, name);
	for (size_t i = 0; i < record_count(answers, field->record); i++)
		set_value(json_append_object(list), answers, field, i);
}

struct json *answers_to_json(const struct answers *answers)
{
	struct json *json = json_new_object();
	struct json *values, *console;

	json_set_string(json, "schema", "xenhost.answers/1");
	json_set_string(json, "file", answers->file);
	json_set_string(json, "found_by", answers->found_by);
	values = json_set_object(json, "values");
	for (const struct field *field = fields; field->element; field++) {
		if (field_is_shown(field))
			set_row(values, answers, field);
	}
	console = json_set_object(json, "console");
	json_set_string(console, "serial", answers->serial_console);
	json_set_bool(console, "serial_default", answers->serial_default);
	json_set_bool(json, "multipath", answers->multipath);
	return json;
}
