/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/reader.h"
#include "common/str.h"

/* The root element, which says what becomes of the machine, and text that has none. */

/* "upgrade" as root never means a fresh installation, whatever its mode says. */
void reader_read_root(const struct reader *reader)
{
	const struct xml_node *root = reader->root;
	const struct field *installation = field_of_element("installation", NULL);
	const struct field *mode = field_find("installation@mode");
	struct answers_origin origin = node_origin(root);
	bool has_mode;

	*field_origin(reader->answers, installation) = origin;
	reader_read_text(reader, installation, root, 0);
	reader_read_attributes(reader, installation, root, 0);
	has_mode = field_origin(reader->answers, mode)->kind == ORIGIN_FILE;
	if (str_eq(root->name, "restore")) {
		reader->answers->mode = MODE_RESTORE;
		if (has_mode)
			finding_set_hint(reader_complain(reader, SEVERITY_ERROR,
							 "installation@mode",
							 *field_origin(reader->answers, mode),
							 "<restore> has no mode"),
					 "remove it, or write <installation mode=\"...\">");
		reader_complain_unsupported(reader, mode, origin, "restore");
	} else if (str_eq(root->name, "upgrade")) {
		if (has_mode && reader->answers->mode != MODE_UPGRADE)
			finding_set_hint(
				reader_complain(reader, SEVERITY_ERROR, "installation@mode", origin,
						"<upgrade> contradicts mode=\"%s\"",
						answers_mode_to_string(reader->answers->mode)),
				"write <installation mode=\"...\"> with the mode meant");
		if (!has_mode || reader->answers->mode != MODE_UPGRADE)
			reader_complain_unsupported(reader, mode, origin, "upgrade");
		reader->answers->mode = MODE_UPGRADE;
	} else if (!str_eq(root->name, "installation")) {
		finding_set_hint(reader_complain(reader, SEVERITY_ERROR, root->name, origin,
						 "<%s> is not an answer file's root element",
						 root->name),
				 "the root element is <installation>");
	}
}

void reader_complain_xml(const struct reader *reader, const char *text, size_t length,
			 const struct xml_position *position, const struct error *error)
{
	struct answers_origin origin = {
		.kind = ORIGIN_FILE, .line = position->line, .column = position->column};
	_cleanup_free_ char *placeholder = placeholder_tag(text, length);
	const char *message = error->message;
	struct finding *finding;

	/* The place is the finding's own. */
	if (str_starts(message, reader->file)) {
		message += strlen(reader->file);
		message += strspn(message, ":0123456789 ");
	}
	finding = reader_complain(reader, SEVERITY_ERROR, NULL, origin, "%s", message);
	if (placeholder)
		finding_set_hint(finding, "%s looks like a placeholder that was never replaced",
				 placeholder);
	else if (!memchr(text, '\0', length) &&
		 !memmem(text, length, "<installation", strlen("<installation")))
		finding_set_hint(finding, "an answer file is XML with the root element "
					  "<installation>");
	else
		finding_set_hint(finding, "%s",
				 error_get_hint(error) ? error_get_hint(error) : "correct it here");
}
