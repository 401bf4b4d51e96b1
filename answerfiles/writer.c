/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/types.h"
#include "common/xml.h"

/* Answers as an answer file, row by row of the field table: what a reader makes the same of. */

struct writer {
	struct answers *answers; /* only read */
	struct secrets *secrets;
	struct strbuf buf;
};

/* Rows that another row writes, that keep nothing, or that mean nothing in this mode. */
static bool is_written(const struct writer *writer, const struct field *field)
{
	if (field->flags & (FIELD_OLD | FIELD_HIDDEN | FIELD_RETIRED | FIELD_IGNORED))
		return false;
	return !field->modes || field->modes & 1U << writer->answers->mode;
}

static void *member_of(const struct writer *writer, const struct field *field, size_t index)
{
	return field_member(field, record_at(writer->answers, writer->secrets, field->record,
					     record_is_list(field->record) ? index : 0));
}

/* The row's value as text, or NULL where none or the default does the same. */
static char *value_of(const struct writer *writer, const struct field *field, size_t index)
{
	void *member = field->type ? member_of(writer, field, index) : NULL;
	_cleanup_free_ char *text = NULL;

	if (!member)
		return NULL;
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

static void add_attributes(struct writer *writer, const struct field *element, size_t index)
{
	for (const struct field *field = fields; field->element; field++) {
		_cleanup_free_ char *value = NULL;

		if (!field->attribute || !str_eq(field->element, element->element) ||
		    !is_written(writer, field))
			continue;
		value = value_of(writer, field, index);
		if (!value)
			continue;
		strbuf_addf(&writer->buf, " %s=\"", field->attribute);
		add_escaped(&writer->buf, value);
		strbuf_add(&writer->buf, "\"");
	}
}

static void add_elements(struct writer *writer, const char *parent, size_t index, unsigned depth);

static void end_element(struct strbuf *buf, const struct field *element)
{
	strbuf_addf(buf, "</%s>\n", element->element);
}

/* Some mean something even without any value: a pool that the host begins. */
static bool is_there(const struct writer *writer, const struct field *element)
{
	const struct answers_origin *origin = record_origin(writer->answers, element->record, 0);

	return !element->type && origin && origin->line;
}

/* One element with all below it; nothing at all when it would be empty and need not be there. */
static void add_element(struct writer *writer, const struct field *element, size_t index,
			unsigned depth)
{
	_cleanup_free_ char *text = value_of(writer, element, index);
	struct strbuf *buf = &writer->buf;
	size_t start = buf->length, bare, filled;

	add_indent(buf, depth);
	strbuf_addf(buf, "<%s", element->element);
	bare = buf->length;
	add_attributes(writer, element, index);
	filled = buf->length;
	strbuf_add(buf, ">");
	if (text) {
		add_escaped(buf, text);
		end_element(buf, element);
		return;
	}
	strbuf_add(buf, "\n");
	add_elements(writer, element->element, index, depth + 1);
	if (buf->length > filled + strlen(">\n")) {
		add_indent(buf, depth);
		end_element(buf, element);
		return;
	}
	buf->length = filled;
	if (bare == filled && !record_is_list(element->record) && !is_there(writer, element))
		buf->length = start;
	else
		strbuf_add(buf, "/>\n");
	buf->text[buf->length] = '\0';
}

/* A list of texts is one element for each. */
static void add_texts(struct writer *writer, const struct field *element, size_t index,
		      unsigned depth)
{
	char *const *list = *(char ***)member_of(writer, element, index);

	for (size_t i = 0; i < strv_length(list); i++) {
		add_indent(&writer->buf, depth);
		strbuf_addf(&writer->buf, "<%s>", element->element);
		add_escaped(&writer->buf, list[i]);
		end_element(&writer->buf, element);
	}
}

/* Every element that belongs in `parent`, whose record's index it may share. */
static void add_elements(struct writer *writer, const char *parent, size_t index, unsigned depth)
{
	const struct field *around = parent ? field_of_element(parent, NULL) : NULL;

	for (const struct field *field = fields; field->element; field++) {
		if (field->attribute || !str_eq(field->parent, parent) ||
		    str_eq(field->element, "installation") || !is_written(writer, field))
			continue;
		if (field->type && field->type->format == value_format_list)
			add_texts(writer, field, index, depth);
		else if (!record_is_list(field->record) ||
			 (around && around->record == field->record))
			add_element(writer, field, index, depth);
		else
			for (size_t i = 0; i < record_count(writer->answers, field->record); i++)
				add_element(writer, field, i, depth);
	}
}

char *answers_to_xml(const struct answers *answers, const struct secrets *secrets)
{
	bool restores = answers->mode == MODE_RESTORE;
	struct writer writer = {
		/* The walk over records is made for filling them; here it only reads. */
		.answers = (struct answers *)(uintptr_t)answers,
		.secrets = (struct secrets *)(uintptr_t)secrets,
	};

	strbuf_add(&writer.buf, "<?xml version=\"1.0\"?>\n");
	strbuf_add(&writer.buf, restores ? "<restore" : "<installation");
	if (!restores)
		add_attributes(&writer, field_of_element("installation", NULL), 0);
	strbuf_add(&writer.buf, ">\n");
	add_elements(&writer, NULL, 0, 1);
	strbuf_add(&writer.buf, restores ? "</restore>\n" : "</installation>\n");
	return strbuf_take(&writer.buf);
}
