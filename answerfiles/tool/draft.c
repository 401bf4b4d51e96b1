/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/tool/draft.h"

#include "answerfiles/markup.h"
#include "common/str.h"

void draft_done(struct draft *draft)
{
	for (size_t i = 0; i < draft->n_values; i++)
		free(draft->values[i].value);
	free(draft->values);
	*draft = (struct draft){0};
}

const struct field *draft_field(const char *name)
{
	const struct field *field = field_find(name);

	return field && field->type && !(field->flags & FIELD_HIDDEN) ? field : NULL;
}

static struct draft_value *find(const struct draft *draft, const struct field *field, size_t index)
{
	for (size_t i = 0; i < draft->n_values; i++)
		if (draft->values[i].field == field && draft->values[i].index == index)
			return &draft->values[i];
	return NULL;
}

void draft_set(struct draft *draft, const char *name, size_t index, const char *value)
{
	const struct field *field = draft_field(name);
	struct draft_value *entry = find(draft, field, index);

	if (!field)
		abort(); /* a name of ours that the table does not have */
	if (!entry)
		entry = ARRAY_APPEND(draft->values, draft->n_values);
	entry->field = field;
	entry->index = index;
	free(entry->value);
	entry->value = xstrdup(value);
}

size_t draft_count(const struct draft *draft, const char *name)
{
	const struct field *field = draft_field(name);
	size_t count = 0;

	while (find(draft, field, count))
		count++;
	return count;
}

const char *draft_get(const struct draft *draft, const char *name)
{
	const struct draft_value *entry = find(draft, draft_field(name), 0);

	return entry ? entry->value : NULL;
}

static bool is_of(const struct field *row, const struct field *element)
{
	return row->attribute && !element->attribute && str_eq(row->element, element->element);
}

static bool is_below(const struct field *row, const struct field *element)
{
	return !row->attribute && str_eq(row->parent, element->element);
}

/* How often an element must be written: for its text, its attributes or what stands in it. */
static size_t count_elements(const struct markup *markup, const struct field *element,
			     size_t parent)
{
	const struct draft *draft = markup->data;
	size_t count = 0;

	/* Values do not say in which of several elements they stand: in the first. */
	for (size_t i = 0; i < draft->n_values && parent == 0; i++) {
		const struct draft_value *value = &draft->values[i];
		size_t needed = value->index + 1;

		if (value->field != element && !is_of(value->field, element) &&
		    !is_below(value->field, element))
			continue;
		needed = is_below(value->field, element) ? 1 : needed;
		count = needed > count ? needed : count;
	}
	return count;
}

static char *value_of(const struct markup *markup, const struct field *field,
		      struct markup_place place)
{
	const struct draft_value *entry = find(markup->data, field, place.index);

	return entry ? xstrdup(entry->value) : NULL;
}

char *draft_to_xml(const struct draft *draft, const char *title)
{
	const struct markup markup = {.count = count_elements,
				      .value = value_of,
				      .data = draft,
				      .help = true,
				      .title = title};

	return markup_to_xml(&markup);
}

struct both {
	struct markup draft, answers;
	bool *is_drafts; /* by the number of the row, since every row is asked for many times */
};

static const struct markup *whose(const struct markup *markup, const struct field *field)
{
	const struct both *both = markup->data;

	return both->is_drafts[field - fields] ? &both->draft : &both->answers;
}

static size_t count_of_both(const struct markup *markup, const struct field *element, size_t parent)
{
	const struct markup *one = whose(markup, element);

	return one->count(one, element, parent);
}

static char *value_of_both(const struct markup *markup, const struct field *field,
			   struct markup_place place)
{
	const struct markup *one = whose(markup, field);

	return one->value(one, field, place);
}

char *draft_over_answers(const struct draft *draft, const struct answers *answers,
			 const struct secrets *secrets,
			 bool (*is_drafts)(const struct field *field, const void *data),
			 const void *data, const char *title)
{
	_cleanup_free_ bool *of_draft = xcalloc(fields_count(), sizeof(*of_draft));
	const struct markup_answers from = {.answers = answers, .secrets = secrets};
	const struct both both = {
		.draft = {.count = count_elements, .value = value_of, .data = draft},
		.answers = markup_of_answers(&from),
		.is_drafts = of_draft,
	};
	const struct markup markup = {.count = count_of_both,
				      .value = value_of_both,
				      .data = &both,
				      .restores = both.answers.restores,
				      .help = true,
				      .title = title};

	for (size_t i = 0; i < fields_count(); i++)
		if (field_outermost(&fields[i]) == &fields[i])
			of_draft[i] = is_drafts(&fields[i], data);
	for (size_t i = 0; i < fields_count(); i++)
		of_draft[i] = of_draft[field_outermost(&fields[i]) - fields];
	return markup_to_xml(&markup);
}
