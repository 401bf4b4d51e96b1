/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The choice of the language, on the first screen that has room for it. */
#include "common/tui/language.h"
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

#define LANGUAGE "language"

void language_add(struct tui_form *form)
{
	struct tui_row *row;
	size_t count = 0;

	for (const struct tui_language *language = tui_languages; language->code; language++)
		count += tui_language_available(language->code);
	/* Where there is nothing to choose, nothing is asked. */
	if (count < 2)
		return;
	row = tui_add(form, TUI_CHOICE, LANGUAGE, "Language, Sprache, langue",
		      N_("Of the screens alone: logs and answer files are English."));
	for (const struct tui_language *language = tui_languages; language->code; language++) {
		struct tui_option *option;

		if (!tui_language_available(language->code))
			continue;
		option = tui_add_option(row, language->name);
		option->value = xstrdup(language->code);
		option->marks = str_eq(language->code, tui_language());
	}
	/* Who reads it already goes on at once. */
	form->row = form->n_rows;
	form->placed = true;
}

bool language_check(struct tui_form *form)
{
	const struct tui_row *row = tui_find(form, LANGUAGE);
	const struct tui_option *chosen = row ? tui_chosen(row) : NULL;

	return chosen && !str_eq(chosen->value, tui_language()) && tui_speak(chosen->value);
}

bool screens_speak(const char *locale)
{
	return tui_speak(locale);
}
