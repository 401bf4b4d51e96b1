/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as an XML document; what is accepted must have its tags where the tree says. */
#include "common/str.h"
#include "common/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

/* Byte at a line and column counted in characters, as the tree gives them. */
static const char *find(const char *text, size_t length, unsigned line, unsigned column)
{
	unsigned at_line = 1, at_column = 1;
	size_t i = length >= 3 && memcmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0;

	for (; i < length; i++) {
		if (at_line == line && at_column == column && (text[i] & 0xc0) != 0x80)
			return text + i;
		if (text[i] == '\n') {
			at_line++;
			at_column = 1;
		} else if ((text[i] & 0xc0) != 0x80) {
			at_column++;
		}
	}
	return NULL;
}

static void check_node(const struct xml_node *node, const char *text, size_t length)
{
	const char *tag = find(text, length, node->line, node->column);

	if (!tag || *tag != '<' || !node->text)
		abort();
	for (size_t i = 0; i < node->n_children; i++) {
		if (node->children[i]->parent != node)
			abort();
		check_node(node->children[i], text, length);
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_error_ struct error *err = NULL;
	_cleanup_xml_ struct xml_node *root = NULL;
	struct xml_position at = {0};
	/* A copy of the exact size, so that reading beyond it is seen. */
	_cleanup_free_ char *text = xmalloc(length);

	memcpy(text, bytes, length);
	if (xml_parse(text, length, "input", &root, &at, &err) == 0)
		check_node(root, text, length);
	else if (!err || !err->hint || at.line == 0 || at.column == 0)
		abort();
	return 0;
}
