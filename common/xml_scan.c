/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/xml_scan.h"

#include "common/str.h"

void xml_scan_init(struct xml_scan *scan, const char *text, size_t length)
{
	*scan = (struct xml_scan){.text = text, .length = length, .at = {1, 1}};
}

void xml_scan_skip(struct xml_scan *scan, size_t length)
{
	if (length > scan->length - scan->offset)
		length = scan->length - scan->offset;
	for (; length > 0; length--) {
		unsigned char c = (unsigned char)scan->text[scan->offset++];

		if (c == '\n') {
			scan->at.line++;
			scan->at.column = 1;
		} else if ((c & 0xc0) != 0x80) {
			/* Bytes that continue a UTF-8 character take no column. */
			scan->at.column++;
		}
	}
}

static bool at_end(const struct xml_scan *scan)
{
	return scan->offset >= scan->length;
}

static bool looking_at(const struct xml_scan *scan, const char *text)
{
	size_t n = strlen(text);

	return scan->length - scan->offset >= n && memcmp(scan->text + scan->offset, text, n) == 0;
}

/* To just behind the next `text`, or to the end. */
static void skip_past(struct xml_scan *scan, const char *text)
{
	const char *from = scan->text + scan->offset;
	size_t left = scan->length - scan->offset;
	const char *found = memmem(from, left, text, strlen(text));

	xml_scan_skip(scan, found ? (size_t)(found - from) + strlen(text) : left);
}

static void skip_while(struct xml_scan *scan, const char *accept)
{
	while (!at_end(scan) && scan->text[scan->offset] &&
	       strchr(accept, scan->text[scan->offset]))
		xml_scan_skip(scan, 1);
}

static void skip_until(struct xml_scan *scan, const char *reject)
{
	while (!at_end(scan) &&
	       (!scan->text[scan->offset] || !strchr(reject, scan->text[scan->offset])))
		xml_scan_skip(scan, 1);
}

/* At a quote: to behind the one that closes it. */
static void skip_quoted(struct xml_scan *scan)
{
	const char quote[] = {scan->text[scan->offset], '\0'};

	xml_scan_skip(scan, 1);
	skip_past(scan, quote);
}

/* Steps over "<!DOCTYPE ...>"; false at the "[" of an internal subset. */
static bool skip_doctype(struct xml_scan *scan)
{
	while (!at_end(scan)) {
		skip_until(scan, "\"'[>");
		if (at_end(scan) || scan->text[scan->offset] == '[')
			return false;
		if (scan->text[scan->offset] == '>') {
			xml_scan_skip(scan, 1);
			return true;
		}
		skip_quoted(scan);
	}
	return false;
}

static void scan_attributes(struct xml_scan *scan, struct xml_scan_tag *tag)
{
	skip_until(scan, " \t\r\n/>");
	for (;;) {
		struct xml_scan_attribute attribute;

		skip_while(scan, " \t\r\n/");
		if (at_end(scan) || scan->text[scan->offset] == '>')
			return;
		attribute.at = scan->at;
		attribute.name = scan->text + scan->offset;
		skip_until(scan, " \t\r\n=>");
		attribute.length = (size_t)(scan->text + scan->offset - attribute.name);
		*ARRAY_APPEND(tag->attributes, tag->n_attributes) = attribute;
		skip_until(scan, "\"'>");
		if (!at_end(scan) && scan->text[scan->offset] != '>')
			skip_quoted(scan);
	}
}

bool xml_scan_next(struct xml_scan *scan, struct xml_scan_tag *ret)
{
	for (;;) {
		skip_until(scan, "<");
		if (at_end(scan))
			return false;
		if (looking_at(scan, "<!--")) {
			xml_scan_skip(scan, 4);
			skip_past(scan, "-->");
		} else if (looking_at(scan, "<![CDATA[")) {
			skip_past(scan, "]]>");
		} else if (looking_at(scan, "<!")) {
			if (!skip_doctype(scan))
				return false;
		} else if (looking_at(scan, "<?")) {
			skip_past(scan, "?>");
		} else if (looking_at(scan, "</")) {
			skip_past(scan, ">");
		} else {
			break;
		}
	}
	*ret = (struct xml_scan_tag){.at = scan->at};
	scan_attributes(scan, ret);
	return true;
}

void xml_scan_tag_done(struct xml_scan_tag *tag)
{
	free(tag->attributes);
	*tag = (struct xml_scan_tag){0};
}
