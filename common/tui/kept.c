/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stood in the rows of a form that was left before all of it would do. */
#include "common/str.h"
#include "common/tui/tui.h"

/* A row's text, or what is marked of it: `option` is that one's value then. */
struct entry {
	char *row, *option, *text;
	unsigned marks;
};

struct tui_kept {
	struct entry *entries;
	size_t count;
};

static struct entry *add(struct tui_kept *kept, const struct tui_row *row)
{
	struct entry *entry = ARRAY_APPEND(kept->entries, kept->count);

	entry->row = xstrdup(row->name);
	return entry;
}

struct tui_kept *tui_keep(const struct tui_form *form)
{
	struct tui_kept *kept = xcalloc(1, sizeof(*kept));

	for (size_t i = 0; i < form->n_rows; i++) {
		const struct tui_row *row = &form->rows[i];

		if (!row->name)
			continue;
		add(kept, row)->text = xstrdup(row->text);
		for (size_t o = 0; o < row->n_options; o++) {
			struct entry *entry = add(kept, row);

			entry->option = xstrdup(row->options[o].value ?: row->options[o].label);
			entry->marks = row->options[o].marks;
		}
	}
	return kept;
}

static void restore_marks(struct tui_row *row, const struct entry *entry)
{
	for (size_t o = 0; o < row->n_options; o++) {
		struct tui_option *option = &row->options[o];

		if (str_eq(option->value ?: option->label, entry->option))
			option->marks = entry->marks;
	}
}

static void restore_text(struct tui_row *row, const struct entry *entry)
{
	if (row->text)
		explicit_bzero(row->text, strlen(row->text));
	free(row->text);
	row->text = xstrdup(entry->text);
}

void tui_restore(struct tui_form *form, const struct tui_kept *kept)
{
	for (size_t i = 0; kept && i < kept->count; i++) {
		const struct entry *entry = &kept->entries[i];
		struct tui_row *row = tui_find(form, entry->row);

		if (row && entry->option)
			restore_marks(row, entry);
		else if (row)
			restore_text(row, entry);
	}
	form->tried |= kept != NULL;
}

void tui_kept_free(struct tui_kept *kept)
{
	if (!kept)
		return;
	for (size_t i = 0; i < kept->count; i++) {
		struct entry *entry = &kept->entries[i];

		if (entry->text)
			explicit_bzero(entry->text, strlen(entry->text));
		free(entry->row);
		free(entry->option);
		free(entry->text);
	}
	free(kept->entries);
	free(kept);
}
