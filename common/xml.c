/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/xml.h"

#include <errno.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <libxml/xmlerror.h>

#include "common/str.h"
#include "common/xml_scan.h"

/* Far beyond any real document; they bound time and memory on hostile ones. */
#define DOCUMENT_MAX   (4 * MIB)
#define DEPTH_MAX      64
#define ATTRIBUTES_MAX 500 /* of one element: parsers compare each with all others */

#define BYTE_ORDER_MARK "\xef\xbb\xbf"

#if LIBXML_VERSION >= 21200
typedef const xmlError *reported_error;
#else
typedef xmlErrorPtr reported_error;
#endif

struct parse {
	xmlParserCtxtPtr context;
	struct xml_scan scan;
	struct xml_position start; /* where the parser's own first line and column lie */
	struct xml_node *root;
	struct xml_node *open; /* innermost element not ended yet */
	struct strbuf texts[DEPTH_MAX];
	unsigned depth;
	bool keep_blanks;
	char *problem; /* the first one */
	const char *hint;
	struct xml_position problem_at;
};

static void node_free(struct xml_node *node)
{
	for (size_t i = 0; i < node->n_attributes; i++) {
		free(node->attributes[i].name);
		free(node->attributes[i].value);
	}
	free(node->attributes);
	free(node->children);
	free(node->name);
	free(node->text);
	free(node);
}

void xml_free(struct xml_node *root)
{
	if (!root)
		return;
	/* Depth is bounded by the parser. */
	for (size_t i = 0; i < root->n_children; i++)
		xml_free(root->children[i]);
	node_free(root);
}

/* Notes a reason of ours; the first one found counts. */
static void note(struct parse *parse, struct xml_position at, const char *problem, const char *hint)
{
	if (parse->problem)
		return;
	parse->problem = xstrdup(problem);
	parse->problem_at = at;
	parse->hint = hint;
}

/* The same from inside a callback, which ends the parsing. */
static void refuse(struct parse *parse, struct xml_position at, const char *problem,
		   const char *hint)
{
	note(parse, at, problem, hint);
	xmlStopParser(parse->context);
}

/* The scanner found no tag where libxml2 did. */
static void refuse_unscanned(struct parse *parse)
{
	refuse(parse, (struct xml_position){1, 1}, "the encoding is not supported",
	       "Save the file as UTF-8.");
}

static void on_error(void *data, reported_error error)
{
	struct parse *parse = data;
	char *text;

	if (error->level < XML_ERR_ERROR || parse->problem)
		return;
	text = xstrdup(error->message ? error->message : "malformed");
	parse->problem = xstrdup(str_trim(text));
	free(text);
	parse->problem_at.line = error->line > 0 ? (unsigned)error->line : 1;
	parse->problem_at.column = error->int2 > 0 ? (unsigned)error->int2 : 1;
	if (parse->problem_at.line == 1)
		parse->problem_at.column += parse->start.column - 1;
	parse->problem_at.line += parse->start.line - 1;
}

static char *full_name(const xmlChar *prefix, const xmlChar *name)
{
	return prefix ? xasprintf("%s:%s", (const char *)prefix, (const char *)name)
		      : xstrdup((const char *)name);
}

static void add_attribute(struct xml_node *node, const xmlChar *const *from,
			  const struct xml_scan_tag *tag)
{
	struct xml_attribute *attribute = ARRAY_APPEND(node->attributes, node->n_attributes);

	/* Five pointers for each: name, prefix, namespace, begin and end of the value. */
	attribute->name = full_name(from[1], from[0]);
	attribute->value = xstrndup((const char *)from[3], (size_t)(from[4] - from[3]));
	attribute->line = tag->at.line;
	attribute->column = tag->at.column;
	for (size_t i = 0; i < tag->n_attributes; i++) {
		const struct xml_scan_attribute *place = &tag->attributes[i];

		if (strlen(attribute->name) == place->length &&
		    memcmp(attribute->name, place->name, place->length) == 0) {
			attribute->line = place->at.line;
			attribute->column = place->at.column;
		}
	}
}

/* The signature is libxml2's startElementNsSAX2Func. */
static void on_start(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri,
		     int n_namespaces, const xmlChar **namespaces, int n_attributes,
		     int n_defaulted, const xmlChar **attributes)
{
	_cleanup_(xml_scan_tag_done) struct xml_scan_tag tag = {0};
	struct parse *parse = data;
	struct xml_node *node;

	(void)uri;
	(void)n_namespaces;
	(void)namespaces;
	(void)n_defaulted;
	if (parse->problem)
		return;
	if (!xml_scan_next(&parse->scan, &tag)) {
		refuse_unscanned(parse);
		return;
	}
	if (parse->depth == DEPTH_MAX) {
		refuse(parse, tag.at, "elements are nested too deeply",
		       "Check that every element is closed where it should be.");
		return;
	}
	node = xcalloc(1, sizeof(*node));
	node->name = full_name(prefix, name);
	node->line = tag.at.line;
	node->column = tag.at.column;
	for (int i = 0; i < n_attributes; i++)
		add_attribute(node, attributes + (size_t)i * 5, &tag);
	node->parent = parse->open;
	if (parse->open)
		*ARRAY_APPEND(parse->open->children, parse->open->n_children) = node;
	else
		parse->root = node;
	parse->open = node;
	parse->depth++;
}

static void on_end(void *data, const xmlChar *name, const xmlChar *prefix, const xmlChar *uri)
{
	struct parse *parse = data;
	_cleanup_free_ char *text = NULL;

	(void)name;
	(void)prefix;
	(void)uri;
	if (parse->problem || !parse->open)
		return;
	text = strbuf_take(&parse->texts[--parse->depth]);
	parse->open->text = parse->keep_blanks ? TAKE_PTR(text) : xstrdup(str_trim(text));
	parse->open = parse->open->parent;
}

static void on_text(void *data, const xmlChar *text, int length)
{
	struct parse *parse = data;

	if (!parse->problem && parse->depth > 0)
		strbuf_add_bytes(&parse->texts[parse->depth - 1], text, (size_t)length);
}

static void on_cdata(void *data, const xmlChar *text, int length)
{
	struct parse *parse = data;

	(void)text;
	(void)length;
	if (!parse->problem && parse->open)
		parse->open->has_cdata = true;
}

/* Moves to where the declaration begins: only comments and instructions may stand before it. */
static void find_doctype(struct xml_scan *scan)
{
	static const struct {
		const char *start, *end;
	} skipped[] = {{"<!--", "-->"}, {"<?", "?>"}};

	while (scan->offset < scan->length) {
		const char *here = scan->text + scan->offset;
		size_t left = scan->length - scan->offset, step = 1;

		for (size_t i = 0; i < ARRAY_SIZE(skipped); i++) {
			size_t start = strlen(skipped[i].start), end = strlen(skipped[i].end);
			const char *found;

			if (left < start || memcmp(here, skipped[i].start, start) != 0)
				continue;
			found = memmem(here + start, left - start, skipped[i].end, end);
			step = found ? (size_t)(found - here) + end : left;
		}
		if (step == 1 && *here == '<')
			return;
		xml_scan_skip(scan, step);
	}
}

/* Entities, defaults and files elsewhere all begin here, and no file we read needs any. */
static void on_doctype(void *data, const xmlChar *name, const xmlChar *public_id,
		       const xmlChar *system_id)
{
	struct parse *parse = data;

	(void)name;
	(void)public_id;
	(void)system_id;
	if (parse->problem)
		return;
	find_doctype(&parse->scan);
	refuse(parse, parse->scan.at, "a document type definition is not accepted",
	       "Remove <!DOCTYPE and all up to its >; write what an entity stands for itself.");
}

static void set_callbacks(xmlParserCtxtPtr context, struct parse *parse)
{
	/* All others stay empty: nothing is built, nothing is loaded. */
	*context->sax = (xmlSAXHandler){
		.initialized = XML_SAX2_MAGIC,
		.startElementNs = on_start,
		.endElementNs = on_end,
		.characters = on_text,
		.ignorableWhitespace = on_text,
		.cdataBlock = on_cdata,
		.internalSubset = on_doctype,
		.serror = on_error,
	};
	context->userData = parse;
}

/* Runs libxml2 over the text; all that it finds is in `parse`. */
static void run_parser(struct parse *parse, const char *text, size_t length)
{
	parse->context = xmlCreateMemoryParserCtxt(text, (int)length);
	if (!parse->context)
		abort();
	set_callbacks(parse->context, parse);
	/*
	 * NOENT: without it "&amp;" in an attribute arrives as "&#38;". No entity but the
	 * predefined ones can exist, since document type definitions are refused.
	 */
	(void)xmlCtxtUseOptions(parse->context, XML_PARSE_NONET | XML_PARSE_NOENT);
	(void)xmlParseDocument(parse->context);
	if (!parse->problem && (!parse->context->wellFormed || parse->open || !parse->root))
		note(parse, parse->start, "not a complete XML document", NULL);
	/* libxml2 makes one for an entity declaration, whatever the callbacks are. */
	xmlFreeDoc(parse->context->myDoc);
	xmlFreeParserCtxt(parse->context);
	for (size_t i = 0; i < DEPTH_MAX; i++)
		strbuf_done(&parse->texts[i]);
}

/* Whether some tag has more attributes than anyone would write. */
static bool has_crowded_tag(const char *text, size_t length, struct xml_position *ret)
{
	struct xml_scan scan;
	size_t count = 0, tag = 0;

	for (size_t i = 0; i < length && count <= ATTRIBUTES_MAX; i++) {
		if (text[i] == '<') {
			count = 0;
			tag = i;
		} else if (text[i] == '"' || text[i] == '\'') {
			size_t before = i;

			while (before > tag && strchr(" \t\r\n", text[before - 1]))
				before--;
			count += before > tag && text[before - 1] == '=';
		}
	}
	if (count <= ATTRIBUTES_MAX)
		return false;
	xml_scan_init(&scan, text, length);
	xml_scan_skip(&scan, tag);
	*ret = scan.at;
	return true;
}

static int check_text(const char *text, size_t length, const char *name,
		      struct xml_position *ret_position, struct error **err)
{
	*ret_position = (struct xml_position){1, 1};
	if (length > DOCUMENT_MAX) {
		error_set(err, ERROR_USER, "%s: the document is larger than %u MiB", name,
			  (unsigned)(DOCUMENT_MAX / MIB));
		error_hint(err, "Check that this is the file you mean.");
		return -EINVAL;
	}
	if (memchr(text, '\0', length)) {
		error_set(err, ERROR_USER, "%s:1:1: not text in UTF-8: it holds zero bytes", name);
		error_hint(err, "Save the file as UTF-8.");
		return -EINVAL;
	}
	if (has_crowded_tag(text, length, ret_position)) {
		error_set(err, ERROR_USER, "%s:%u:%u: an element has more than %u attributes", name,
			  ret_position->line, ret_position->column, ATTRIBUTES_MAX);
		error_hint(err, "Check that this is the file you mean.");
		return -EINVAL;
	}
	return 0;
}

static int parse_document(const char *text, size_t length, const char *name, bool keep_blanks,
			  struct xml_node **ret, struct xml_position *ret_position,
			  struct error **err)
{
	struct parse parse = {.keep_blanks = keep_blanks};
	_cleanup_free_ char *problem = NULL;
	int r;

	r = check_text(text, length, name, ret_position, err);
	if (r < 0)
		return r;
	xml_scan_init(&parse.scan, text, length);
	if (length >= 3 && memcmp(text, BYTE_ORDER_MARK, 3) == 0)
		parse.scan.offset = 3;
	/* libxml2 wants the prolog at the very first byte; published files have blanks there. */
	while (parse.scan.offset < length && strchr(" \t\r\n", text[parse.scan.offset]))
		xml_scan_skip(&parse.scan, 1);
	parse.start = parse.scan.at;
	if (parse.scan.offset == length) {
		error_set(err, ERROR_USER, "%s:1:1: the document is empty", name);
		error_hint(err, "Check that this is the file you mean.");
		return -EINVAL;
	}
	run_parser(&parse, text + parse.scan.offset, length - parse.scan.offset);
	problem = parse.problem;
	if (!problem) {
		*ret = parse.root;
		return 0;
	}
	xml_free(parse.root);
	*ret_position = parse.problem_at;
	error_set(err, ERROR_USER, "%s:%u:%u: not well-formed XML: %s", name, parse.problem_at.line,
		  parse.problem_at.column, problem);
	error_hint(err, "%s", parse.hint ? parse.hint : "Correct the file at this place.");
	return -EINVAL;
}

int xml_parse(const char *text, size_t length, const char *name, struct xml_node **ret,
	      struct xml_position *ret_position, struct error **err)
{
	struct xml_position place;

	return parse_document(text, length, name, false, ret, ret_position ? ret_position : &place,
			      err);
}

int xml_parse_exact(const char *text, size_t length, const char *name, struct xml_node **ret,
		    struct error **err)
{
	struct xml_position place;

	return parse_document(text, length, name, true, ret, &place, err);
}

const char *xml_get_attribute(const struct xml_node *node, const char *name)
{
	for (size_t i = 0; i < node->n_attributes; i++) {
		if (str_eq(node->attributes[i].name, name))
			return str_empty(node->attributes[i].value) ? NULL
								    : node->attributes[i].value;
	}
	return NULL;
}
