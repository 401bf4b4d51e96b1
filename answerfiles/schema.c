/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>

#include "answerfiles/show.h"
#include "answerfiles/types.h"
#include "common/xml.h"

/*
 * The format as a RELAX NG grammar (ISO/IEC 19757-2), made from the field table. It refuses what
 * can be seen in one element alone; what only shows together, such as a gateway outside its subnet,
 * needs the check.
 */

static void add_attribute_value(struct strbuf *buf, const char *name, const char *text)
{
	_cleanup_free_ char *escaped = xml_escape(text);

	strbuf_addf(buf, " %s=\"%s\"", name, escaped);
}

/* What an editor shows beside the name. */
static void add_help(struct strbuf *buf, const struct field *field)
{
	_cleanup_free_ char *escaped = field->help ? xml_escape(field->help) : NULL;

	if (escaped)
		strbuf_addf(buf, "<a:documentation>%s</a:documentation>", escaped);
}

/* Values are read without the blanks around them, as tokens are. */
static void add_pattern(struct strbuf *buf, const char *pattern, bool may_be_empty)
{
	_cleanup_free_ char *escaped = xml_escape(pattern);

	strbuf_addf(buf, "<data type=\"token\"><param name=\"pattern\">(%s)%s</param></data>",
		    escaped, may_be_empty ? "?" : "");
}

/* Every letter in either case. */
static void add_any_case(struct strbuf *buf, const char *word)
{
	for (; *word; word++) {
		if (isalpha((unsigned char)*word))
			strbuf_addf(buf, "[%c%c]", toupper((unsigned char)*word),
				    tolower((unsigned char)*word));
		else
			strbuf_addf(buf, *word == '-' ? "\\%c" : "%c", *word);
	}
}

static void add_words_any_case(struct strbuf *buf, const struct word *words, bool may_be_empty)
{
	_cleanup_strbuf_ struct strbuf pattern = {0};

	for (const struct word *word = words; word->word; word++) {
		strbuf_add(&pattern, word > words ? "|" : "");
		add_any_case(&pattern, word->word);
	}
	add_pattern(buf, pattern.text, may_be_empty);
}

static void add_words(struct strbuf *buf, const struct word *words, bool may_be_empty)
{
	strbuf_add(buf, "<choice>");
	for (const struct word *word = words; word->word; word++)
		strbuf_addf(buf, "<value type=\"token\">%s</value>", word->word);
	strbuf_addf(buf, "%s</choice>", may_be_empty ? "<value type=\"token\"/>" : "");
}

/* The one value that works, where others are wrong and not only to come. */
static void add_only(struct strbuf *buf, const struct field *field)
{
	static const struct word yes[] = {{"true", true}, {"yes", true}, {NULL, 0}};
	static const struct word no[] = {{"false", false}, {"no", false}, {NULL, 0}};

	if (field->type == &type_bool)
		add_words_any_case(buf, str_eq(field->only, "true") ? yes : no, true);
	else
		strbuf_addf(buf,
			    "<choice><value type=\"token\">%s</value><value type=\"token\"/>"
			    "</choice>",
			    field->only);
}

static void add_value(struct strbuf *buf, const struct field *field, bool may_be_empty)
{
	bool only = field->only && !(field->flags & FIELD_UNSUPPORTED);
	bool has_form = field->type && (field->type->pattern || field->words || only);

	if (field->flags & (FIELD_RETIRED | FIELD_IGNORED) || !has_form)
		strbuf_add(buf, "<text/>");
	else if (only)
		add_only(buf, field);
	else if (field->type->pattern)
		add_pattern(buf, field->type->pattern, may_be_empty);
	else if (field->type == &type_word || field->type == &type_mode)
		add_words(buf, field->words, may_be_empty);
	else
		add_words_any_case(buf, field->words, may_be_empty);
}

/* An empty attribute counts as one that is not there. */
static void add_attribute(struct strbuf *buf, const struct field *field, const char *name)
{
	bool required = field->flags & FIELD_REQUIRED;

	strbuf_addf(buf, "      %s<attribute name=\"%s\">", required ? "" : "<optional>", name);
	add_help(buf, field);
	add_value(buf, field, !required);
	strbuf_addf(buf, "</attribute>%s\n", required ? "" : "</optional>");
}

static void add_attributes(struct strbuf *buf, const struct field *element)
{
	for (const struct field *field = fields; field->element; field++) {
		if (!field->attribute || field->flags & FIELD_HIDDEN ||
		    !str_eq(field->element, element->element) || field->type == &type_mode)
			continue;
		add_attribute(buf, field, field->attribute);
		if (field->alias)
			add_attribute(buf, field, field->alias);
	}
}

/* How often the element may stand at its place. Sources may come from the boot line. */
static void add_reference(struct strbuf *buf, const struct field *field, bool needed, bool repeats)
{
	const char *around = repeats ? "zeroOrMore" : needed ? NULL : "optional";

	if (around)
		strbuf_addf(buf, "      <%s><ref name=\"%s\"/></%s>\n", around, field->element,
			    around);
	else
		strbuf_addf(buf, "      <ref name=\"%s\"/>\n", field->element);
}

static bool has_children(const struct field *element)
{
	for (const struct field *field = fields; field->element; field++) {
		if (!field->attribute && str_eq(field->parent, element->element))
			return true;
	}
	return false;
}

/* What may stand around others counts for nothing itself, so all that repeats may be in it. */
static void add_container(struct strbuf *buf)
{
	strbuf_add(buf, "      <mixed><zeroOrMore><choice>\n");
	for (const struct field *field = fields; field->element; field++) {
		if (!field->attribute && !field->parent && field->flags & FIELD_REPEATS)
			strbuf_addf(buf, "        <ref name=\"%s\"/>\n", field->element);
	}
	strbuf_add(buf, "      </choice></zeroOrMore></mixed>\n");
}

/* Text where none is read is a warning, so it does not make a file invalid. */
static void add_content(struct strbuf *buf, const struct field *element)
{
	if (field_is_container(element)) {
		add_container(buf);
	} else if (element->type || element->flags & (FIELD_RETIRED | FIELD_IGNORED)) {
		strbuf_add(buf, "      ");
		add_value(buf, element,
			  !(element->flags & FIELD_REQUIRED) ||
				  element->flags & FIELD_MAY_BE_EMPTY);
		strbuf_add(buf, "\n");
	} else if (has_children(element)) {
		strbuf_add(buf, "      <mixed><interleave>\n");
		for (const struct field *field = fields; field->element; field++) {
			if (!field->attribute && str_eq(field->parent, element->element))
				add_reference(buf, field, field->flags & FIELD_REQUIRED,
					      field->flags & FIELD_REPEATS);
		}
		strbuf_add(buf, "      </interleave></mixed>\n");
	} else {
		strbuf_add(buf, "      <text/>\n");
	}
}

static void add_element(struct strbuf *buf, const struct field *element)
{
	strbuf_addf(buf, "  <define name=\"%s\">\n    <element>\n", element->element);
	if (element->alias)
		strbuf_addf(buf, "      <choice><name>%s</name><name>%s</name></choice>\n",
			    element->element, element->alias);
	else
		strbuf_addf(buf, "      <name>%s</name>\n", element->element);
	strbuf_add(buf, "      ");
	add_help(buf, element);
	strbuf_add(buf, "\n");
	add_attributes(buf, element);
	add_content(buf, element);
	strbuf_add(buf, "    </element>\n  </define>\n");
}

/*
 * The root's content in a mode. What the mode has no use for may stand there, except what asks a
 * mode that erases to keep something.
 */
static void add_mode(struct strbuf *buf, const char *name, enum answers_mode mode)
{
	strbuf_addf(buf, "  <define name=\"%s\">\n    <mixed><interleave>\n", name);
	for (const struct field *field = fields; field->element; field++) {
		bool used = !field->modes || field->modes & 1U << mode;

		if (field->attribute || field->parent || str_eq(field->element, "installation") ||
		    (!used && mode_erases(mode)))
			continue;
		add_reference(buf, field, used && field->flags & FIELD_REQUIRED,
			      !used || field->flags & FIELD_REPEATS ||
				      field->flags & (FIELD_RETIRED | FIELD_IGNORED));
	}
	strbuf_add(buf, "    </interleave></mixed>\n  </define>\n");
}

/* One root element: its name, what its mode may say, and the content that goes with it. */
static void add_root(struct strbuf *buf, const char *name, const char *modes, const char *content)
{
	const struct field *installation = field_of_element("installation", NULL);
	const struct field *mode = field_find("installation@mode");

	strbuf_addf(buf, "      <element name=\"%s\">", name);
	add_help(buf, installation);
	strbuf_add(buf, "\n");
	if (modes) {
		bool optional = str_starts(modes, "|");

		strbuf_addf(buf, "      %s<attribute name=\"mode\">", optional ? "<optional>" : "");
		add_help(buf, mode);
		add_pattern(buf, modes + optional, optional);
		strbuf_addf(buf, "</attribute>%s\n", optional ? "</optional>" : "");
	}
	add_attributes(buf, installation);
	strbuf_addf(buf, "      <ref name=\"%s\"/>\n      </element>\n", content);
}

char *fields_to_relaxng(void)
{
	struct strbuf buf = {0};

	strbuf_add(&buf, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n"
			 "<!-- Answer files, made by xenhost-answers schema. It passes whatever "
			 "xenhost-answers check\n     passes, except elements in unusual places; "
			 "the check sees more. -->\n<grammar");
	add_attribute_value(&buf, "xmlns", "http://relaxng.org/ns/structure/1.0");
	add_attribute_value(&buf, "xmlns:a", "http://relaxng.org/ns/compatibility/annotations/1.0");
	add_attribute_value(&buf, "datatypeLibrary", "http://www.w3.org/2001/XMLSchema-datatypes");
	strbuf_add(&buf, ">\n  <start>\n    <choice>\n");
	/* "|" before the modes: the attribute may be left out. */
	add_root(&buf, "installation", "|fresh|reinstall", "content-anew");
	add_root(&buf, "installation", "upgrade", "content-upgrade");
	add_root(&buf, "upgrade", "|upgrade", "content-upgrade");
	add_root(&buf, "restore", NULL, "content-restore");
	strbuf_add(&buf, "    </choice>\n  </start>\n");
	add_mode(&buf, "content-anew", MODE_FRESH);
	add_mode(&buf, "content-upgrade", MODE_UPGRADE);
	add_mode(&buf, "content-restore", MODE_RESTORE);
	for (const struct field *field = fields; field->element; field++) {
		if (!field->attribute && !str_eq(field->element, "installation"))
			add_element(&buf, field);
	}
	strbuf_add(&buf, "</grammar>\n");
	return strbuf_take(&buf);
}
