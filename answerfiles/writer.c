/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/markup.h"
#include "answerfiles/types.h"

/* Answers as an answer file: what a reader makes the same of. */

/* Rows that another row writes, that keep nothing, or that mean nothing in this mode. */
static bool is_written(const struct markup_answers *writer, const struct field *field)
{
	if (field->flags & (FIELD_OLD | FIELD_HIDDEN | FIELD_RETIRED | FIELD_IGNORED))
		return false;
	return !field->modes || field->modes & 1U << writer->answers->mode;
}

/* An element such as <ip> has no record of its own but its parent's, and a list of texts is one
 * value there. */
static size_t record_index(const struct field *field, struct markup_place place)
{
	const struct field *around = field->parent ? field_of_element(field->parent, NULL) : NULL;

	if (!record_is_list(field->record))
		return 0;
	return around && around->record == field->record ? place.parent : place.index;
}

static bool is_text_list(const struct field *field)
{
	return field->type && field->type->format == value_format_list;
}

static void *member_of(const struct markup_answers *writer, const struct field *field,
		       struct markup_place place)
{
	/* The walk over records is made for filling them; here it only reads. */
	struct answers *answers = (struct answers *)(uintptr_t)writer->answers;
	struct secrets *secrets = (struct secrets *)(uintptr_t)writer->secrets;

	return field_member(field,
			    record_at(answers, secrets, field->record, record_index(field, place)));
}

/* The row's value as text, or NULL where none or the default does the same. */
static char *value_of(const struct markup *markup, const struct field *field,
		      struct markup_place place)
{
	const struct markup_answers *writer = markup->data;
	void *member =
		field->type && is_written(writer, field) ? member_of(writer, field, place) : NULL;
	_cleanup_free_ char *text = NULL;

	if (!member)
		return NULL;
	if (is_text_list(field))
		return xstrdup((*(char ***)member)[place.index]);
	if (field->flags & FIELD_SECRET)
		return xstrdup(*(char **)member);
	text = field->type->format(field, member);
	/* What a file said stays said, unless it is one of many. */
	if (str_eq(text, field->fallback) &&
	    (record_is_list(field->record) ||
	     field_origin(writer->answers, field)->kind == ORIGIN_DEFAULT))
		return NULL;
	return TAKE_PTR(text);
}

/* Some mean something even without any value: a pool that the host begins. */
static bool is_there(const struct markup_answers *writer, const struct field *element)
{
	const struct answers_origin *origin =
		record_origin((struct answers *)(uintptr_t)writer->answers, element->record, 0);

	return !element->type && origin && origin->line;
}

static size_t count_of(const struct markup *markup, const struct field *element, size_t parent);

/* Whether anything is to be said of an element of which there is one at most. */
static bool says_something(const struct markup *markup, const struct field *element, size_t parent)
{
	const struct markup_place place = {.parent = parent};
	bool found = is_there(markup->data, element);

	for (const struct field *row = fields; row->element && !found; row++) {
		_cleanup_free_ char *text = NULL;

		if (row == element || (row->attribute && str_eq(row->element, element->element)))
			text = value_of(markup, row, place);
		found = text || (!row->attribute && str_eq(row->parent, element->element) &&
				 count_of(markup, row, 0) > 0);
	}
	return found;
}

static size_t count_of(const struct markup *markup, const struct field *element, size_t parent)
{
	const struct markup_answers *writer = markup->data;
	const struct markup_place place = {.parent = parent};
	const struct field *around =
		element->parent ? field_of_element(element->parent, NULL) : NULL;

	if (!is_written(writer, element))
		return 0;
	if (is_text_list(element))
		return strv_length(*(char ***)member_of(writer, element, place));
	if (record_is_list(element->record) && !(around && around->record == element->record))
		return record_count(writer->answers, element->record);
	return says_something(markup, element, parent);
}

struct markup markup_of_answers(const struct markup_answers *from)
{
	return (struct markup){.count = count_of,
			       .value = value_of,
			       .data = from,
			       .restores = from->answers->mode == MODE_RESTORE};
}

char *answers_to_xml(const struct answers *answers, const struct secrets *secrets)
{
	const struct markup_answers from = {.answers = answers, .secrets = secrets};
	const struct markup markup = markup_of_answers(&from);

	return markup_to_xml(&markup);
}
