/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as the file that convert reads: findings have lines, and what is written is XML. */
#include "answerfiles/tool/convert.h"
#include "common/str.h"
#include "common/xml.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	_cleanup_conversion_ struct conversion conversion = {.file = "input"};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_xml_ struct xml_node *root = NULL;
	_cleanup_free_ char *text = NULL;
	struct xml_position position;

	if (convert_proxmox(&conversion, (const char *)bytes, length, &error) < 0)
		return error ? 0 : (abort(), 0);
	for (size_t i = 0; i < conversion.findings.count; i++)
		if (!conversion.findings.list[i].line)
			abort();
	text = draft_to_xml(&conversion.draft, "--> a -- title -");
	/* Only bytes that XML itself forbids may be refused. */
	for (size_t i = 0; i < length; i++)
		if (bytes[i] >= 0x7f || (bytes[i] < 0x20 && !strchr("\t\n\r", bytes[i])))
			return 0;
	if (!memmem(bytes, length, "\\u", 2) && !memmem(bytes, length, "\\U", 2) &&
	    xml_parse(text, strlen(text), "written", &root, &position, NULL) < 0)
		abort();
	return 0;
}
