/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/reader.h"

#include <errno.h>

#include "answerfiles/types.h"

struct finding *reader_complain(const struct reader *reader, enum severity severity,
				const char *where, struct answers_origin origin, const char *format,
				...)
{
	struct reading reading = {.file = reader->file,
				  .where = where,
				  .origin = origin,
				  .fatal = true,
				  .findings = reader->findings};
	_cleanup_free_ char *message = NULL;
	va_list args;

	va_start(args, format);
	message = xvasprintf(format, args);
	va_end(args);
	return reading_complain(&reading, severity, "%s", message);
}

bool reader_has_complained(const struct reader *reader, const char *where,
			   struct answers_origin origin)
{
	for (size_t i = 0; i < reader->findings->count; i++) {
		const struct finding *finding = &reader->findings->list[i];
		const char *rest = finding->where ? finding->where + strlen(where) : NULL;

		if (finding->severity == SEVERITY_ERROR && finding->line == origin.line &&
		    str_starts(finding->where, where) && (!*rest || *rest == '@'))
			return true;
	}
	return false;
}

struct answers_origin node_origin(const struct xml_node *node)
{
	return (struct answers_origin){
		.kind = ORIGIN_FILE, .line = node->line, .column = node->column};
}

void nodes_collect(const struct xml_node *scope, const char *name, struct node_list *list)
{
	for (size_t i = 0; i < scope->n_children; i++) {
		const struct xml_node *child = scope->children[i];

		if (str_eq(child->name, name))
			*ARRAY_APPEND(list->nodes, list->count) = child;
		nodes_collect(child, name, list);
	}
}

/* The file is right, so this is no error of it; a run stops. */
void reader_complain_unsupported(const struct reader *reader, const struct field *field,
				 struct answers_origin origin, const char *text)
{
	_cleanup_free_ char *name = field_name(field);
	bool says_all = str_eq(name, "installation@mode");
	struct finding *finding;

	if (text && field->words)
		finding = reader_complain(reader, SEVERITY_WARNING, name, origin,
					  "not yet supported: %s%s%s", says_all ? "" : name,
					  says_all ? "" : " ", text);
	else if (text)
		finding = reader_complain(reader, SEVERITY_WARNING, name, origin,
					  "not yet supported: %s \"%s\"", name, text);
	else
		finding = reader_complain(reader, SEVERITY_WARNING, name, origin,
					  "not yet supported: %s", name);
	finding_set_hint(finding, "%s", field->instead);
	finding->fatal = true;
}

/* The file is right, and meant for an installer that has a use for it. */
static void complain_idle(const struct reader *reader, const struct field *field,
			  struct answers_origin origin)
{
	_cleanup_free_ char *name = field_name(field);

	finding_set_hint(reader_complain(reader, SEVERITY_WARNING, name, origin,
					 "%s has no effect here", name),
			 "%s", field->instead);
}

/* True when the row's own words end it: a placeholder, or a row that is known but not read. */
static bool set_aside(const struct reader *reader, const struct field *field, const char *name,
		      struct answers_origin origin, const char *text)
{
	_cleanup_free_ char *placeholder = placeholder_in(text);

	if (placeholder && !(field->flags & FIELD_SECRET && str_starts(placeholder, "$"))) {
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, name, origin,
						 "%s holds \"%s\", a placeholder that was never "
						 "replaced",
						 name, placeholder),
				 "put the real value there, or remove it for the default");
		return true;
	}
	if (!(field->flags & (FIELD_RETIRED | FIELD_IGNORED)))
		return false;
	finding_set_hint(
		reader_complain(reader,
				field->flags & FIELD_RETIRED ? SEVERITY_WARNING : SEVERITY_NOTE,
				name, origin, "%s has no effect", name),
		"%s", field->instead);
	return true;
}

/* For rows of which one value works. `member` is NULL for those that keep nothing. */
static void check_only(const struct reader *reader, const struct field *field, const char *text,
		       const void *member, const struct reading *reading)
{
	_cleanup_free_ char *written = NULL;
	bool flag;

	if (member) {
		written = field->type->format(field, member);
	} else if (field->type == &type_bool) {
		if (!field->type->parse(field, text, &flag, reading))
			return; /* complained already */
		written = field->type->format(field, &flag);
	} else {
		written = xstrdup(text);
	}
	if (str_eq(written, field->only))
		return;
	if (field->flags & FIELD_UNSUPPORTED)
		reader_complain_unsupported(reader, field, reading->origin, text);
	else
		value_refuse(reading, text, field->instead);
}

static void read_value(const struct reader *reader, const struct field *field,
		       struct answers_origin origin, const char *text, size_t index)
{
	void *record = record_at(reader->answers, reader->secrets, field->record, index);
	_cleanup_free_ char *name = field_name(field);
	struct reading reading = {.file = reader->file,
				  .where = name,
				  .origin = origin,
				  .fatal = true,
				  .findings = reader->findings};

	if (set_aside(reader, field, name, origin, text))
		return;
	if (record) {
		if (!field->type->parse(field, text, field_member(field, record), &reading))
			return;
		if (field_origin(reader->answers, field)->kind == ORIGIN_DEFAULT)
			*field_origin(reader->answers, field) = origin;
		if (record_is_list(field->record))
			record_origin(reader->answers, field->record, index)->given |=
				field_bit(field);
	}
	if (field->only)
		check_only(reader, field, text, field_member(field, record), &reading);
}

static const struct xml_attribute *find_attribute(const struct xml_node *node, const char *name)
{
	for (size_t i = 0; name && i < node->n_attributes; i++) {
		if (str_eq(node->attributes[i].name, name) && *node->attributes[i].value)
			return &node->attributes[i];
	}
	return NULL;
}

static void complain_missing_attribute(const struct reader *reader, const struct field *field,
				       const struct xml_node *node)
{
	_cleanup_free_ char *name = field_name(field);
	_cleanup_free_ char *right = field->words ? words_list(field->words) : NULL;

	finding_set_hint(reader_complain(reader, SEVERITY_ERROR, name, node_origin(node),
					 "<%s> needs the attribute %s", node->name,
					 field->attribute),
			 "%s%s", right ? "right values: " : "", right ? right : field->help);
}

static void read_attribute(const struct reader *reader, const struct field *field,
			   const struct xml_node *node, size_t index)
{
	const struct xml_attribute *attribute = find_attribute(node, field->attribute);
	const struct xml_attribute *other = find_attribute(node, field->alias);
	_cleanup_free_ char *text = NULL;
	struct answers_origin origin;

	if (attribute && other && !str_eq(attribute->value, other->value))
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, field->attribute,
						 node_origin(node), "%s says %s, but %s says %s",
						 field->attribute, attribute->value, field->alias,
						 other->value),
				 "both mean the same; keep one");
	if (!attribute)
		attribute = other;
	if (!attribute) {
		if (field->flags & FIELD_REQUIRED)
			complain_missing_attribute(reader, field, node);
		return;
	}
	text = xstrdup(attribute->value);
	origin = (struct answers_origin){
		.kind = ORIGIN_FILE, .line = attribute->line, .column = attribute->column};
	if (field->flags & FIELD_UNSUPPORTED && !field->only)
		reader_complain_unsupported(reader, field, origin, NULL);
	read_value(reader, field, origin, str_trim(text), index);
}

void reader_read_text(const struct reader *reader, const struct field *field,
		      const struct xml_node *node, size_t index)
{
	struct answers_origin origin = node_origin(node);

	if (node->has_cdata)
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, field->element, origin,
						 "<%s> holds CDATA, which installers do not read",
						 node->name),
				 "write the text plainly, with &amp; for & and &lt; for <");
	if (!str_empty(node->text) && field->type)
		read_value(reader, field, origin, node->text, index);
	else if (!str_empty(node->text))
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, field->element, origin,
						 "the text in <%s> has no effect", node->name),
				 "remove it, or put it into the element it belongs to");
	else if (field->type && !(field->flags & FIELD_MAY_BE_EMPTY) && !node->has_cdata)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, field->element, origin,
						 "<%s> is empty and has no effect", node->name),
				 "remove it, or give it a value");
}

void reader_read_attributes(const struct reader *reader, const struct field *element,
			    const struct xml_node *node, size_t index)
{
	for (const struct field *field = fields; field->element; field++) {
		if (!field->attribute || !str_eq(field->element, element->element) ||
		    field->flags & FIELD_HIDDEN)
			continue;
		read_attribute(reader, field, node, index);
	}
}

/* An older element says by its name what an attribute of the newer one would: a script's stage. */
static void note_implied(const struct reader *reader, const struct field *element, size_t index)
{
	for (const struct field *field = fields; field->element; field++) {
		if (field->flags & FIELD_HIDDEN && field->words &&
		    str_eq(field->element, element->element))
			record_origin(reader->answers, field->record, index)->given |=
				field_bit(field);
	}
}

/* Children such as <ip> share the record of their parent; `index` is the parent's then. */
static bool shares_record(const struct field *field)
{
	return field->parent && field_of_element(field->parent, NULL)->record == field->record;
}

static void read_element(const struct reader *reader, const struct field *field,
			 const struct xml_node *node, size_t index)
{
	if (record_is_list(field->record) && !shares_record(field)) {
		index = record_append(reader->answers, field->record);
		record_set_defaults(
			field, record_at(reader->answers, reader->secrets, field->record, index),
			field->record);
	}
	if (!shares_record(field) && record_origin(reader->answers, field->record, index))
		*record_origin(reader->answers, field->record, index) = node_origin(node);
	if (field->flags & FIELD_UNSUPPORTED && !field->only)
		reader_complain_unsupported(reader, field, node_origin(node), NULL);
	if (field->flags & FIELD_IDLE)
		complain_idle(reader, field, node_origin(node));
	if (field_origin(reader->answers, field)->kind == ORIGIN_DEFAULT && !field->type)
		*field_origin(reader->answers, field) = node_origin(node);
	if (field->flags & FIELD_OLD)
		note_implied(reader, field, index);
	reader_read_text(reader, field, node, index);
	reader_read_attributes(reader, field, node, index);
	reader_read_rows(reader, node, field->element, index);
}

/* The row means something for other modes than this one. */
static void complain_mode(const struct reader *reader, const struct field *field,
			  const struct xml_node *node)
{
	const char *mode = answers_mode_to_string(reader->answers->mode);

	if (mode_erases(reader->answers->mode))
		finding_set_hint(
			reader_complain(reader, SEVERITY_ERROR, field->element, node_origin(node),
					"<%s> asks to keep a system, but mode is %s, which "
					"erases it",
					node->name, mode),
			"%s", field->instead);
	else
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, field->element,
						 node_origin(node), "<%s> has no effect with %s",
						 node->name, mode),
				 "remove it: what is kept has its own");
}

static void read_row(const struct reader *reader, const struct field *field,
		     const struct node_list *list, size_t index)
{
	for (size_t i = 0; i < list->count; i++) {
		const struct xml_node *node = list->nodes[i];
		struct answers_origin origin = node_origin(node);

		if (field->modes && !(field->modes & 1U << reader->answers->mode))
			complain_mode(reader, field, node);
		else if (field->flags & (FIELD_RETIRED | FIELD_IGNORED))
			set_aside(reader, field, field->element, origin, "");
		else if (i && !(field->flags & FIELD_REPEATS))
			finding_set_hint(reader_complain(reader, SEVERITY_ERROR, field->element,
							 origin,
							 "<%s> is there again; line %u has "
							 "the first",
							 node->name, list->nodes[0]->line),
					 "keep one of them");
		else
			read_element(reader, field, node, index);
	}
}

void reader_read_rows(const struct reader *reader, const struct xml_node *scope, const char *parent,
		      size_t index)
{
	for (const struct field *field = fields; field->element; field++) {
		struct node_list list = {0};

		if (field->attribute || !str_eq(field->parent, parent) ||
		    str_eq(field->element, "installation"))
			continue;
		nodes_collect(scope, field->element, &list);
		if (field->alias)
			nodes_collect(scope, field->alias, &list);
		read_row(reader, field, &list, index);
		free(list.nodes);
	}
}

int answers_from_xml(const char *text, size_t length, const char *name, struct answers **ret,
		     struct secrets *ret_secrets, struct findings *findings, struct error **err)
{
	_cleanup_answers_ struct answers *answers = answers_new();
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_xml_ struct xml_node *root = NULL;
	struct xml_position position = {0};
	struct reader reader = {
		.file = name, .answers = answers, .secrets = &secrets, .findings = findings};
	int r;

	answers->file = xstrdup(name);
	r = xml_parse(text, length, name, &root, &position, &error);
	if (r < 0 && r != -EINVAL) {
		if (err)
			*err = TAKE_PTR(error);
		return r;
	}
	if (r < 0) {
		reader_complain_xml(&reader, text, length, &position, error);
	} else {
		reader.root = root;
		reader_read_root(&reader);
		reader_read_rows(&reader, root, NULL, 0);
		names_check(&reader);
		checks_run(&reader);
	}
	findings_sort(findings);
	*ret = TAKE_PTR(answers);
	*ret_secrets = secrets;
	secrets = (struct secrets){0};
	return 0;
}
