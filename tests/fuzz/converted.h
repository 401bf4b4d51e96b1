/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a file that "convert" reads, for the fuzz target of each format. */
#pragma once

#include "answerfiles/tool/convert.h"
#include "common/str.h"
#include "common/xml.h"

/* Findings have lines, and what is written is XML. */
static inline void fuzz_convert(const uint8_t *bytes, size_t length,
				int (*convert)(struct conversion *conversion, const char *text,
					       size_t length, struct error **err))
{
	_cleanup_conversion_ struct conversion conversion = {.file = "input"};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_xml_ struct xml_node *root = NULL;
	_cleanup_free_ char *text = NULL;
	struct xml_position position;

	if (convert(&conversion, (const char *)bytes, length, &error) < 0) {
		if (!error)
			abort();
		return;
	}
	for (size_t i = 0; i < conversion.findings.count; i++)
		if (!conversion.findings.list[i].line)
			abort();
	text = draft_to_xml(&conversion.draft, "--> a -- title -");
	/* Only bytes that XML itself forbids may be refused. */
	for (size_t i = 0; i < length; i++)
		if (bytes[i] >= 0x7f || (bytes[i] < 0x20 && !strchr("\t\n\r", bytes[i])))
			return;
	if (!memmem(bytes, length, "\\u", 2) && !memmem(bytes, length, "\\U", 2) &&
	    xml_parse(text, strlen(text), "written", &root, &position, NULL) < 0)
		abort();
}
