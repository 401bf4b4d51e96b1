/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/markup.h"

#include "common/str.h"
#include "common/xml.h"

#define ROOT "installation"

static void add_indent(struct strbuf *buf, unsigned depth)
{
	while (depth--)
		strbuf_add(buf, "  ");
}

static void add_escaped(struct strbuf *buf, const char *text)
{
	_cleanup_free_ char *escaped = xml_escape(text);

	strbuf_add(buf, escaped);
}

/* Hyphens in a row end a comment in some readers' eyes. */
static void add_comment(struct strbuf *buf, unsigned depth, const char *text)
{
	add_indent(buf, depth);
	strbuf_add(buf, "<!-- ");
	for (const char *c = text; *c; c++) {
		strbuf_add_bytes(buf, c, 1);
		if (c[0] == '-' && c[1] == '-')
			strbuf_add(buf, " ");
	}
	strbuf_add(buf, str_ends(text, "-") ? "  -->\n" : " -->\n");
}

static void add_help(struct strbuf *buf, unsigned depth, const struct field *field)
{
	_cleanup_strbuf_ struct strbuf text = {0};

	if (!field->help)
		return;
	if (field->attribute)
		strbuf_addf(&text, "%s: ", field->attribute);
	strbuf_add(&text, field->help);
	for (const struct word *word = field->words; word && word->word; word++)
		strbuf_addf(&text, "%s%s", word == field->words ? " One of: " : ", ", word->word);
	add_comment(buf, depth, text.text);
}

static bool is_of(const struct field *row, const struct field *element)
{
	return row->attribute && str_eq(row->element, element->element);
}

/* Above the first of its kind: what it and those of its attributes that are there mean. */
static void add_helps(const struct markup *markup, struct strbuf *buf, const struct field *element,
		      size_t parent, unsigned depth)
{
	const struct markup_place place = {.parent = parent};

	add_help(buf, depth, element);
	for (const struct field *row = fields; row->element; row++) {
		_cleanup_free_ char *value =
			is_of(row, element) ? markup->value(markup, row, place) : NULL;

		if (value)
			add_help(buf, depth, row);
	}
}

static void add_attributes(const struct markup *markup, struct strbuf *buf,
			   const struct field *element, struct markup_place place)
{
	for (const struct field *row = fields; row->element; row++) {
		_cleanup_free_ char *value =
			is_of(row, element) ? markup->value(markup, row, place) : NULL;

		if (!value)
			continue;
		strbuf_addf(buf, " %s=\"", row->attribute);
		add_escaped(buf, value);
		strbuf_add(buf, "\"");
	}
}

static void add_elements(const struct markup *markup, struct strbuf *buf, const char *parent,
			 size_t index, unsigned depth);

static void add_element(const struct markup *markup, struct strbuf *buf,
			const struct field *element, struct markup_place place, unsigned depth)
{
	_cleanup_free_ char *text = markup->value(markup, element, place);
	size_t begin, inside;

	add_indent(buf, depth);
	strbuf_addf(buf, "<%s", element->element);
	add_attributes(markup, buf, element, place);
	begin = buf->length;
	strbuf_add(buf, str_empty(text) ? ">\n" : ">");
	inside = buf->length;
	if (!str_empty(text)) {
		add_escaped(buf, text);
	} else {
		add_elements(markup, buf, element->element, place.index, depth + 1);
		if (buf->length == inside) {
			buf->length = begin;
			strbuf_add(buf, "/>\n");
			return;
		}
		add_indent(buf, depth);
	}
	strbuf_addf(buf, "</%s>\n", element->element);
}

static void add_elements(const struct markup *markup, struct strbuf *buf, const char *parent,
			 size_t index, unsigned depth)
{
	for (const struct field *row = fields; row->element; row++) {
		size_t count;

		if (row->attribute || !str_eq(row->parent, parent) || str_eq(row->element, ROOT))
			continue;
		count = markup->count(markup, row, index);
		if (count && markup->help)
			add_helps(markup, buf, row, index, depth);
		for (size_t i = 0; i < count; i++)
			add_element(markup, buf, row, (struct markup_place){index, i}, depth);
	}
}

char *markup_to_xml(const struct markup *markup)
{
	const char *root = markup->restores ? "restore" : ROOT;
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, "<?xml version=\"1.0\"?>\n");
	if (markup->title)
		add_comment(&buf, 0, markup->title);
	strbuf_addf(&buf, "<%s", root);
	if (!markup->restores)
		add_attributes(markup, &buf, field_of_element(ROOT, NULL),
			       (struct markup_place){0});
	strbuf_add(&buf, ">\n");
	add_elements(markup, &buf, NULL, 0, 1);
	strbuf_addf(&buf, "</%s>\n", root);
	return strbuf_take(&buf);
}
