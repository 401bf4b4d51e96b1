/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LVM's metadata text: sections in braces, "key = value" with a number, a "string" or a [list].
 * Only what a summary needs is kept.
 */
#include <ctype.h>
#include <errno.h>

#include "common/str.h"
#include "hwdb/probe/lvm.h"

#define DEPTH_MAX 8
#define WORD_MAX  256 /* LVM's names have at most 127 bytes */

struct parser {
	const char *at, *end;
	char path[DEPTH_MAX][WORD_MAX];
	unsigned depth;
	struct lvm_summary *summary;
	char **names; /* logical volumes in the order of the text */
	size_t n_names;
	/* For the place of the only volume. */
	uint64_t extent_bytes, first_extent;
	unsigned physical_volumes;
	bool linear;
};

static void skip_blanks(struct parser *parser)
{
	while (parser->at < parser->end) {
		if (*parser->at == '#')
			while (parser->at < parser->end && *parser->at != '\n')
				parser->at++;
		else if (isspace((unsigned char)*parser->at))
			parser->at++;
		else
			return;
	}
}

static int read_word(struct parser *parser, char word[WORD_MAX])
{
	size_t n = 0;

	while (parser->at < parser->end && n + 1 < WORD_MAX &&
	       (isalnum((unsigned char)*parser->at) || strchr("_-+.", *parser->at))) {
		if (!*parser->at)
			break;
		word[n++] = *parser->at++;
	}
	word[n] = '\0';
	return n > 0 && n + 1 < WORD_MAX ? 0 : -EBADMSG;
}

/* Leaves the value's text in `value`, without quotes; lists keep their brackets. */
static int read_value(struct parser *parser, char value[WORD_MAX])
{
	char end = '\0';
	size_t n = 0;

	if (parser->at < parser->end && *parser->at == '"')
		end = *parser->at++;
	else if (parser->at < parser->end && *parser->at == '[')
		end = ']';
	for (; parser->at < parser->end; parser->at++) {
		char c = *parser->at;

		if (end ? c == end : isspace((unsigned char)c) || c == '}' || c == '#')
			break;
		if (end == '"' && c == '\\' && parser->at + 1 < parser->end)
			c = *++parser->at;
		if (n + 1 < WORD_MAX)
			value[n++] = c;
	}
	value[n] = '\0';
	if (!end)
		return n > 0 ? 0 : -EBADMSG;
	if (parser->at == parser->end)
		return -EBADMSG;
	parser->at++;
	return 0;
}

static bool inside(const struct parser *parser, unsigned depth, const char *section)
{
	return parser->depth == depth && str_eq(parser->path[1], section);
}

static void take_number(const char *value, uint64_t *ret)
{
	uint64_t number;

	if (str_to_u64(value, 10, &number) == 0)
		*ret = number;
}

static void take_value(struct parser *parser, const char *key, const char *value)
{
	uint64_t number = 0;

	if (parser->depth == 1 && str_eq(key, "extent_size")) {
		take_number(value, &number);
		parser->extent_bytes = number <= UINT32_MAX ? number * 512 : 0;
	} else if (inside(parser, 3, "logical_volumes") && str_eq(key, "creation_time")) {
		take_number(value, &number);
		if (number > parser->summary->newest)
			parser->summary->newest = number;
	} else if (inside(parser, 4, "logical_volumes") && str_eq(parser->path[3], "segment1") &&
		   str_eq(key, "stripes")) {
		unsigned extent;

		parser->linear = sscanf(value, "[ \"pv0\", %u", &extent) == 1 ||
				 sscanf(value, "[\"pv0\", %u", &extent) == 1;
		if (parser->linear)
			parser->first_extent = extent;
	}
}

static int open_section(struct parser *parser, const char *name)
{
	if (parser->depth == DEPTH_MAX || str_copy(parser->path[parser->depth], WORD_MAX, name) < 0)
		return -EBADMSG;
	if (inside(parser, 2, "physical_volumes"))
		parser->physical_volumes++;
	if (inside(parser, 2, "logical_volumes")) {
		/* Not strv_add(): a storage repository has thousands. */
		if ((parser->n_names & (parser->n_names + 1)) == 0)
			parser->names = xrealloc(parser->names, 2 * parser->n_names + 3,
						 sizeof(*parser->names));
		parser->names[parser->n_names++] = xstrdup(name);
		parser->names[parser->n_names] = NULL;
	}
	/* The first section is the volume group. */
	if (parser->depth == 0 && !parser->summary->volume_group)
		parser->summary->volume_group = xstrdup(name);
	parser->depth++;
	return 0;
}

static int parse_item(struct parser *parser)
{
	char word[WORD_MAX], value[WORD_MAX];
	int r;

	if (*parser->at == '}') {
		parser->at++;
		return parser->depth-- > 0 ? 0 : -EBADMSG;
	}
	r = read_word(parser, word);
	if (r < 0)
		return r;
	skip_blanks(parser);
	if (parser->at == parser->end)
		return -EBADMSG;
	if (*parser->at == '{') {
		parser->at++;
		return open_section(parser, word);
	}
	if (*parser->at++ != '=')
		return -EBADMSG;
	skip_blanks(parser);
	r = read_value(parser, value);
	if (r == 0)
		take_value(parser, word, value);
	return r;
}

static int parse(struct parser *parser)
{
	for (;;) {
		int r;

		skip_blanks(parser);
		/* LVM counts the terminating NUL as part of the text. */
		if (parser->at == parser->end || !*parser->at)
			return parser->depth == 0 ? 0 : -EBADMSG;
		r = parse_item(parser);
		if (r < 0)
			return r;
	}
}

int lvm_parse_text(const char *text, size_t length, struct lvm_summary *ret)
{
	_cleanup_free_ struct parser *parser = xcalloc(1, sizeof(*parser));
	struct lvm_summary summary = {0};
	int r;

	parser->at = text;
	parser->end = text + length;
	parser->summary = &summary;
	r = parse(parser);
	if (parser->names)
		strv_sort(parser->names);
	summary.volumes = parser->names;
	if (r == 0 && !summary.volume_group)
		r = -EBADMSG;
	if (r < 0) {
		lvm_summary_done(&summary);
		return r;
	}
	if (parser->n_names == 1 && parser->physical_volumes == 1 && parser->linear &&
	    parser->extent_bytes) {
		summary.has_first = true;
		summary.first_offset = parser->first_extent * parser->extent_bytes;
	}
	*ret = summary;
	return 0;
}
