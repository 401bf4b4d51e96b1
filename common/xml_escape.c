/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Apart from the reader, so that what only writes XML or HTML starts without libxml2. */
#include "common/str.h"
#include "common/xml.h"

char *xml_escape(const char *text)
{
	static const struct {
		char c;
		const char *text;
	} rows[] = {
		{'&', "&amp;"},   {'<', "&lt;"},  {'>', "&gt;"},   {'"', "&quot;"},
		{'\'', "&apos;"}, {'\t', "&#9;"}, {'\n', "&#10;"}, {'\r', "&#13;"},
	};
	struct strbuf buf = {0};

	for (; *text; text++) {
		const char *escaped = NULL;

		for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
			if (rows[i].c == *text)
				escaped = rows[i].text;
		}
		if (escaped)
			strbuf_add(&buf, escaped);
		else
			strbuf_add_bytes(&buf, text, 1);
	}
	return strbuf_take(&buf);
}
