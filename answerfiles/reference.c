/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "answerfiles/fields.h"
#include "answerfiles/show.h"
#include "common/str.h"

/* The reference of the format, made from the field table so that the two cannot differ. */

static void add_name(struct strbuf *buf, const struct field *field)
{
	if (field->attribute) {
		strbuf_addf(buf, "`%s` `%s=`", field->element, field->attribute);
		if (field->alias)
			strbuf_addf(buf, ", `%s=`", field->alias);
		return;
	}
	if (field->parent)
		strbuf_addf(buf, "`<%s>` ", field->parent);
	strbuf_addf(buf, "`<%s>`", field->element);
	if (field->alias)
		strbuf_addf(buf, ", `<%s>`", field->alias);
}

static void add_words(struct strbuf *buf, const struct word *words)
{
	for (const struct word *word = words; word->word; word++)
		strbuf_addf(buf, "%s`%s`", word > words ? ", " : "", word->word);
}

static void add_status(struct strbuf *buf, const struct field *field)
{
	if (field->flags & FIELD_UNSUPPORTED)
		strbuf_addf(buf, " Not yet supported: %s.", field->instead);
	else if (field->flags & FIELD_RETIRED)
		strbuf_addf(buf, " Read by no installer any more: %s.", field->instead);
	else if (field->flags & (FIELD_IGNORED | FIELD_IDLE))
		strbuf_addf(buf, " No effect: %s.", field->instead);
	else if (field->only)
		strbuf_addf(buf, " Only `%s` so far; %s.", field->only, field->instead);
	if (field->flags & FIELD_OURS)
		strbuf_add(buf, " Ours: other installers ignore it.");
}

static void add_row(struct strbuf *buf, const struct field *field)
{
	strbuf_add(buf, "| ");
	add_name(buf, field);
	strbuf_add(buf, " | ");
	if (field->words)
		add_words(buf, field->words);
	else
		strbuf_add(buf, field->type ? field->type->name : "");
	strbuf_add(buf, " | ");
	if (field->fallback)
		strbuf_addf(buf, "`%s`", field->fallback);
	else if (field->flags & FIELD_REQUIRED)
		strbuf_add(buf, "required");
	strbuf_addf(buf, " | %s | %s", field->flags & FIELD_REPEATS ? "yes" : "", field->help);
	add_status(buf, field);
	strbuf_add(buf, " |\n");
}

char *fields_to_markdown(void)
{
	_cleanup_strbuf_ struct strbuf buf = {0};

	strbuf_add(&buf, "| name | value | default | repeats | meaning |\n|---|---|---|---|---|\n");
	for (const struct field *field = fields; field->element; field++) {
		if (!(field->flags & FIELD_HIDDEN))
			add_row(&buf, field);
	}
	return strbuf_take(&buf);
}
