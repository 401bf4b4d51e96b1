/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the tags of an XML text begin. libxml2 checks the document but tells lines and columns
 * of tags late and roughly; since it calls back in document order, walking over the same bytes
 * tag by tag gives the exact places. Used by xml.c alone; holds no parser's judgement. No I/O.
 */
#pragma once

#include "common/xml.h"

struct xml_scan {
	const char *text;
	size_t length, offset;
	struct xml_position at; /* of `offset`; columns count characters */
};

struct xml_scan_attribute {
	const char *name; /* in the text, not NUL-terminated */
	size_t length;
	struct xml_position at;
};

/* One start tag. */
struct xml_scan_tag {
	struct xml_position at; /* of the "<" */
	struct xml_scan_attribute *attributes;
	size_t n_attributes;
};

void xml_scan_init(struct xml_scan *scan, const char *text, size_t length);
/* Steps over `length` bytes. */
void xml_scan_skip(struct xml_scan *scan, size_t length);
/*
 * The next start tag, whose content must be well-formed. False when there is none or an internal
 * DTD subset is in the way; `scan->at` then tells the place.
 */
bool xml_scan_next(struct xml_scan *scan, struct xml_scan_tag *ret);
void xml_scan_tag_done(struct xml_scan_tag *tag);
