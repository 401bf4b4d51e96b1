/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * XML documents as plain trees with positions: the only file that includes libxml2. No network,
 * no document type definitions and so no entities but the predefined ones; size, depth and the
 * attributes of an element have limits. Comments and processing instructions are dropped.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

struct xml_attribute {
	char *name;
	char *value;
	unsigned line,
		column; /* of the element's tag if the attribute's own is not known; from 1 */
};

struct xml_node {
	char *name;
	/* Direct text nodes joined and trimmed; like minidom, CDATA and children's text are left
	 * out. */
	char *text;
	bool has_cdata;        /* there was CDATA, whose content `text` does not hold */
	unsigned line, column; /* of the "<"; from 1 */
	struct xml_attribute *attributes;
	size_t n_attributes;
	struct xml_node **children;
	size_t n_children;
	struct xml_node *parent;
};

void xml_free(struct xml_node *root);
DEFINE_CLEANUP(struct xml_node *, xml_free)
#define _cleanup_xml_ _cleanup_(xml_freep)

/* Where parsing failed; valid after -EINVAL from xml_parse(). */
struct xml_position {
	unsigned line, column;
};

/*
 * Parses a whole document. Blanks before the root element or a missing prolog are accepted, as
 * published answer files need it. The error names file, line and column and quotes the parser.
 */
int xml_parse(const char *text, size_t length, const char *name, struct xml_node **ret,
	      struct xml_position *ret_position, struct error **err) _must_check_;
/*
 * The same for what programs send each other: blanks at both ends of a text are part of it. `name`
 * says whose document it is.
 */
int xml_parse_exact(const char *text, size_t length, const char *name, struct xml_node **ret,
		    struct error **err) _must_check_;
/* Value of an attribute, "" counting as absent (as upstream does); NULL when absent. */
const char *xml_get_attribute(const struct xml_node *node, const char *name);
/* Text for an element or a quoted attribute, blanks but spaces included. Newly allocated. */
char *xml_escape(const char *text);
