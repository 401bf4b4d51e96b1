/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/tool/draft.h"

#include "common/str.h"
#include "common/xml.h"

#define ROOT "installation"

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
static size_t count_elements(const struct draft *draft, const struct field *element)
{
	size_t count = 0;

	for (size_t i = 0; i < draft->n_values; i++) {
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

/* Hyphens in a row end a comment in some readers' eyes. */
static void add_comment(struct strbuf *buf, const char *indent, const char *text)
{
	strbuf_addf(buf, "%s<!-- ", indent);
	for (const char *c = text; *c; c++) {
		strbuf_add_bytes(buf, c, 1);
		if (c[0] == '-' && c[1] == '-')
			strbuf_add(buf, " ");
	}
	strbuf_add(buf, str_ends(text, "-") ? "  -->\n" : " -->\n");
}

static void add_help(struct strbuf *buf, const char *indent, const struct field *field)
{
	_cleanup_strbuf_ struct strbuf text = {0};

	if (!field->help)
		return;
	if (field->attribute)
		strbuf_addf(&text, "%s: ", field->attribute);
	strbuf_add(&text, field->help);
	for (const struct word *word = field->words; word && word->word; word++)
		strbuf_addf(&text, "%s%s", word == field->words ? " One of: " : ", ", word->word);
	add_comment(buf, indent, text.text);
}

static void add_attributes(struct strbuf *buf, const struct draft *draft,
			   const struct field *element, size_t index)
{
	for (const struct field *row = fields; row->element; row++) {
		const struct draft_value *value =
			is_of(row, element) ? find(draft, row, index) : NULL;
		_cleanup_free_ char *escaped = value ? xml_escape(value->value) : NULL;

		if (escaped)
			strbuf_addf(buf, " %s=\"%s\"", row->attribute, escaped);
	}
}

static void add_element(struct strbuf *buf, const struct draft *draft, const struct field *element,
			const char *indent);

static bool has_children(const struct draft *draft, const struct field *element)
{
	for (size_t i = 0; i < draft->n_values; i++)
		if (is_below(draft->values[i].field, element))
			return true;
	return false;
}

static void add_one(struct strbuf *buf, const struct draft *draft, const struct field *element,
		    size_t index, const char *indent)
{
	const struct draft_value *text = find(draft, element, index);
	_cleanup_free_ char *escaped = text ? xml_escape(text->value) : NULL;

	strbuf_addf(buf, "%s<%s", indent, element->element);
	add_attributes(buf, draft, element, index);
	if (has_children(draft, element)) {
		_cleanup_free_ char *deeper = xasprintf("%s  ", indent);

		strbuf_add(buf, ">\n");
		for (const struct field *row = fields; row->element; row++)
			if (is_below(row, element))
				add_element(buf, draft, row, deeper);
		strbuf_addf(buf, "%s</%s>\n", indent, element->element);
	} else if (str_empty(escaped)) {
		strbuf_add(buf, "/>\n");
	} else {
		strbuf_addf(buf, ">%s</%s>\n", escaped, element->element);
	}
}

static void add_element(struct strbuf *buf, const struct draft *draft, const struct field *element,
			const char *indent)
{
	size_t count = count_elements(draft, element);

	if (count == 0)
		return;
	add_help(buf, indent, element);
	for (const struct field *row = fields; row->element; row++)
		if (is_of(row, element) && find(draft, row, 0))
			add_help(buf, indent, row);
	for (size_t i = 0; i < count; i++)
		add_one(buf, draft, element, i, indent);
}

char *draft_to_xml(const struct draft *draft, const char *title)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, "<?xml version=\"1.0\"?>\n");
	add_comment(&buf, "", title);
	strbuf_add(&buf, "<" ROOT);
	add_attributes(&buf, draft, field_of_element(ROOT, NULL), 0);
	strbuf_add(&buf, ">\n");
	for (const struct field *row = fields; row->element; row++)
		if (!row->attribute && !row->parent && !str_eq(row->element, ROOT))
			add_element(&buf, draft, row, "  ");
	strbuf_add(&buf, "</" ROOT ">\n");
	return strbuf_take(&buf);
}
