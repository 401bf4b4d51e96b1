/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The tables of the screens against the field table. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>

#include <cmocka.h>

#include "common/str.h"
#include "installer/screens/flow.h"

static void test_every_field_of_a_screen_has_its_question(void **state _unused_)
{
	for (size_t i = 0; i < screens_count(); i++) {
		const struct screen *screen = &screens[i];

		assert_non_null(screen->title);
		assert_true(screen->fields || screen->words || screen->run);
		for (const char *const *name = screen->fields; name && *name; name++)
			assert_non_null(question_find(*name));
	}
}

static bool is_on_a_screen(const char *name)
{
	for (size_t i = 0; i < screens_count(); i++)
		for (const char *const *at = screens[i].fields; at && *at; at++)
			if (str_eq(*at, name))
				return true;
	return false;
}

static void test_every_question_is_a_field(void **state _unused_)
{
	for (const struct question *question = questions; question->name; question++) {
		const struct field *field = question_field(question->name);

		assert_non_null(field);
		assert_non_null(field->label);
		assert_false(str_empty(question_help(question->name)));
		assert_true(is_on_a_screen(question->name));
		assert_true(!question->only_with || question_find(question->only_with));
		if (question->kind == TUI_LIST)
			assert_non_null(field_choices(field));
	}
}

/* A choice offers at least two words, and asks for no word that is not the field's. */
static void test_every_word_has_a_label(void **state _unused_)
{
	for (const struct question *question = questions; question->name; question++) {
		const struct field *field = question_field(question->name);
		size_t offered = 0;
		bool depends = !question->only_with || str_eq(question->value, "*");

		for (const struct word *word = field->words; word && word->word; word++)
			offered += question_label(question->name, word->word) != NULL;
		if (question->kind == TUI_CHOICE && field->words)
			assert_true(offered >= 2);
		if (question->only_with)
			field = question_field(question->only_with);
		for (const struct word *word = field->words; word && word->word; word++)
			depends = depends || str_eq(word->word, question->value);
		/* A question that is no field's value has words of its own. */
		if (question->only_with)
			depends = depends || question_label(question->only_with, question->value);
		assert_true(depends);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_field_of_a_screen_has_its_question),
		cmocka_unit_test(test_every_question_is_a_field),
		cmocka_unit_test(test_every_word_has_a_label),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
