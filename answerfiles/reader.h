/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One reading of an answer file: the parts of answers_from_xml(). reader.c fills the answers row by
 * row, names.c reports every name that no row knows, checks*.c look at values together.
 */
#pragma once

#include "answerfiles/fields.h"
#include "common/xml.h"

struct reader {
	const char *file;
	const struct xml_node *root;
	struct answers *answers;
	struct secrets *secrets;
	struct findings *findings;
};

/* A finding at a place of the file; errors are fatal for a run unless the caller says otherwise. */
struct finding *reader_complain(const struct reader *reader, enum severity severity,
				const char *where, struct answers_origin origin, const char *format,
				...) _printf_(5, 6);
/* An error about `where` or its attributes at this line: a further one would only repeat it. */
bool reader_has_complained(const struct reader *reader, const char *where,
			   struct answers_origin origin);
struct answers_origin node_origin(const struct xml_node *node);
/* Every element of that name below `scope`, in document order; free() the list. */
struct node_list {
	const struct xml_node **nodes;
	size_t count;
};
void nodes_collect(const struct xml_node *scope, const char *name, struct node_list *list);
/* The parts of reader.c that the root element needs too; `index` of the record they fill. */
void reader_read_text(const struct reader *reader, const struct field *field,
		      const struct xml_node *node, size_t index);
void reader_read_attributes(const struct reader *reader, const struct field *element,
			    const struct xml_node *node, size_t index);
/* Every element row that belongs in `parent`, over the elements anywhere below `scope`. */
void reader_read_rows(const struct reader *reader, const struct xml_node *scope, const char *parent,
		      size_t index);
void reader_complain_unsupported(const struct reader *reader, const struct field *field,
				 struct answers_origin origin, const char *text);
void reader_read_root(const struct reader *reader);
/* Text that is no XML at all: what the parser said, and what its author may have meant. */
void reader_complain_xml(const struct reader *reader, const char *text, size_t length,
			 const struct xml_position *position, const struct error *error);
/* What is left of a template in `text`, such as "{{ ip }}", or NULL. Newly allocated. */
char *placeholder_in(const char *text);
/* The same for what made the XML itself wrong: "<YOUR_SERVER_IP>" on the given line or later. */
char *placeholder_tag(const char *text, size_t length);

void names_check(const struct reader *reader);
void checks_run(const struct reader *reader);
void checks_disks(const struct reader *reader);
void checks_rest(const struct reader *reader);
void checks_pool(const struct reader *reader);
void checks_network(const struct reader *reader);
