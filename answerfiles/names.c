/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/reader.h"
#include "common/str.h"

/* Reports every element and attribute that the field table does not know, or not there. */

#define MAX_NAMES    160
#define FINDINGS_MAX 1000

/* Names seen in published files that no installer ever read, and what their authors wanted. */
static const struct {
	const char *name, *hint;
} wishes[] = {
	{"interface", "write <admin-interface name=\"eth0\" proto=\"dhcp\"/>"},
	{"bootloader-location", "write <bootloader location=\"mbr\"/>"},
	{"accept-eula", "remove it: nothing asks"},
	{"skip-first-boot-prompts", "remove it: nothing asks"},
	{"guest-disk-size", "remove it: a guest disk is taken whole"},
	{"dns", "write <name-server>"},
	{"dns-server", "write <name-server>"},
	{"password", "write <root-password>"},
	{"disk", "write <primary-disk> or <guest-disk>"},
	{"netmask", "write <subnet-mask>"},
	{"keyboard", "write <keymap>"},
	{"ntpservers", "write <ntp-server>, one for each server"},
};

static const char *find_wish(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(wishes); i++) {
		if (str_eq(wishes[i].name, name))
			return wishes[i].hint;
	}
	return NULL;
}

/* A row of that name that belongs elsewhere. */
static const struct field *find_row_elsewhere(const char *name)
{
	for (const struct field *field = fields; field->element; field++) {
		if (!field->attribute && field->parent &&
		    (str_eq(field->element, name) || str_eq(field->alias, name)))
			return field;
	}
	return NULL;
}

/* The row of an element where it stands: one that belongs in an element around it, or anywhere. */
static const struct field *find_row(const struct xml_node *node)
{
	const struct field *elsewhere = find_row_elsewhere(node->name);

	for (const struct xml_node *around = node->parent; elsewhere && around;
	     around = around->parent) {
		const struct field *row = field_of_element(node->name, around->name);

		if (row)
			return row;
	}
	return field_of_element(node->name, NULL);
}

/* The nearest name of any element, or of any attribute of `element`. */
static const char *suggest(const char *name, const char *element)
{
	_cleanup_free_ char *lower = str_lower(name);
	const char *names[MAX_NAMES + 2] = {0};
	size_t count = 0;

	for (const struct field *field = fields; field->element && count < MAX_NAMES; field++) {
		if (field->flags & (FIELD_HIDDEN | FIELD_RETIRED) ||
		    (element ? !field->attribute || !str_eq(field->element, element)
			     : field->attribute != NULL))
			continue;
		names[count++] = element ? field->attribute : field->element;
		if (field->alias)
			names[count++] = field->alias;
	}
	for (char *c = lower; *c; c++) {
		if (*c == '_')
			*c = '-';
	}
	return str_nearest(lower, names);
}

/* The row of an attribute of that name: of the element around, else of whatever element. */
static const struct field *find_attribute_row(const struct xml_node *node)
{
	const struct field *first = NULL;

	for (const struct field *field = fields; field->element; field++) {
		if (!field->attribute || (field->flags & FIELD_HIDDEN) ||
		    (!str_eq(field->attribute, node->name) && !str_eq(field->alias, node->name)))
			continue;
		if (node->parent && str_eq(field->element, node->parent->name))
			return field;
		first = first ?: field;
	}
	return first;
}

static bool decides_destruction(const struct field *row)
{
	return row && row->flags & FIELD_DESTROYS;
}

static bool stands_in_destroying(const struct xml_node *node)
{
	for (; node && node->parent; node = node->parent) {
		if (decides_destruction(find_row(node)))
			return true;
	}
	return false;
}

static void complain_element(const struct reader *reader, const struct xml_node *node)
{
	const struct field *elsewhere = find_row_elsewhere(node->name);
	const struct field *attribute = find_attribute_row(node);
	const char *wish = find_wish(node->name);
	const char *near = suggest(node->name, NULL);
	struct finding *finding;

	if (elsewhere && !wish) {
		finding = reader_complain(reader, SEVERITY_ERROR, node->name, node_origin(node),
					  "<%s> has no effect here", node->name);
		finding_set_hint(finding, "it belongs in <%s>", elsewhere->parent);
		finding->fatal = false;
		return;
	}
	finding = reader_complain(reader, SEVERITY_ERROR, node->name, node_origin(node),
				  "unknown element <%s>", node->name);
	if (wish)
		finding_set_hint(finding, "%s", wish);
	else if (attribute)
		finding_set_hint(finding, "it is an attribute: <%s %s=\"...\">", attribute->element,
				 node->name);
	else if (near)
		finding_set_hint(finding, "did you mean <%s>?", near);
	else
		finding_set_hint(finding, "no installer reads it; remove it");
	finding->fatal = stands_in_destroying(node->parent) || decides_destruction(attribute) ||
			 (near && decides_destruction(field_of_element(near, NULL)));
}

static void complain_attribute(const struct reader *reader, const struct xml_node *node,
			       const struct xml_attribute *attribute, const struct field *row,
			       const char *element)
{
	struct answers_origin origin = {
		.kind = ORIGIN_FILE, .line = attribute->line, .column = attribute->column};
	_cleanup_free_ char *where = xasprintf("%s@%s", element, attribute->name);
	const char *near = suggest(attribute->name, element);
	struct finding *finding;

	finding = reader_complain(reader, SEVERITY_ERROR, where, origin,
				  "unknown attribute %s of <%s>", attribute->name, node->name);
	if (near)
		finding_set_hint(finding, "did you mean %s?", near);
	else if (field_of_element(attribute->name, NULL))
		finding_set_hint(finding, "it is an element: <%s>...</%s>", attribute->name,
				 attribute->name);
	else
		finding_set_hint(finding, "no installer reads it; remove it");
	finding->fatal = !node->parent || decides_destruction(row) || stands_in_destroying(node);
}

/*
 * True after so many findings that nobody reads more: the file is no answer file, and each further
 * name would only cost time. The rest was not judged, so a run stops.
 */
static bool is_enough(const struct reader *reader, const struct xml_node *node)
{
	static const char *const words = "more is wrong after this than is worth listing";
	const struct findings *findings = reader->findings;

	if (findings->count < FINDINGS_MAX)
		return false;
	if (!str_eq(findings->list[findings->count - 1].message, words))
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, node->name,
						 node_origin(node), "%s", words),
				 "check that this is an answer file");
	return true;
}

static void check_attributes(const struct reader *reader, const struct xml_node *node,
			     const struct field *row)
{
	/* "upgrade" and "restore" have the attributes of "installation". */
	const char *element = node->parent ? row->element : "installation";

	for (size_t i = 0; i < node->n_attributes; i++) {
		const struct xml_attribute *attribute = &node->attributes[i];

		if (is_enough(reader, node))
			return;
		if (!str_starts(attribute->name, "xml") &&
		    !field_of_attribute(element, attribute->name))
			complain_attribute(reader, node, attribute, row, element);
	}
}

/* It counts there too, but nobody would look for it there. */
static void check_place(const struct reader *reader, const struct xml_node *node,
			const struct field *row)
{
	const struct field *around = node->parent->parent ? find_row(node->parent) : NULL;

	if (row->parent ? str_eq(node->parent->name, row->parent)
			: !node->parent->parent || (around && field_is_container(around)))
		return;
	/* An unknown element around it has a finding of its own. */
	if (around)
		finding_set_hint(reader_complain(reader, SEVERITY_WARNING, node->name,
						 node_origin(node),
						 "<%s> stands in <%s>, but counts as if it did not",
						 node->name, node->parent->name),
				 "put it directly into <%s>",
				 row->parent ? row->parent : reader->root->name);
}

static void check_below(const struct reader *reader, const struct xml_node *node)
{
	for (size_t i = 0; i < node->n_children; i++) {
		const struct xml_node *child = node->children[i];
		const struct field *row;

		if (is_enough(reader, child))
			return;
		row = find_row(child);
		if (row && str_eq(row->element, "installation"))
			row = NULL;
		if (row) {
			check_place(reader, child, row);
			check_attributes(reader, child, row);
		} else {
			complain_element(reader, child);
		}
		check_below(reader, child);
	}
}

void names_check(const struct reader *reader)
{
	check_attributes(reader, reader->root, NULL);
	check_below(reader, reader->root);
}
