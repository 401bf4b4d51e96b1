/* SPDX-License-Identifier: GPL-3.0-or-later */
/* `diff A B`: what two files say differently, value by value of the field table. */
#include "answerfiles/fields.h"
#include "answerfiles/show.h"
#include "answerfiles/tool/tool.h"
#include "common/str.h"

struct comparison {
	const struct tool_file *a, *b;
	struct json *list; /* NULL: print text */
	size_t differences;
};

/* How a side says it: the value, or what its absence is. */
static void print_side(const struct answers *answers, const struct field *field, size_t index,
		       char sign)
{
	_cleanup_free_ char *value = answers_value(answers, field, index);
	_cleanup_free_ char *origin = value ? answers_value_origin(answers, field, index) : NULL;

	if (value)
		printf("  %c %s (%s)\n", sign, value, origin);
	else
		printf("  %c not said\n", sign);
}

static void set_side(struct json *object, const char *side, const struct answers *answers,
		     const struct field *field, size_t index)
{
	_cleanup_free_ char *value = answers_value(answers, field, index);
	_cleanup_free_ char *origin = value ? answers_value_origin(answers, field, index) : NULL;
	struct json *json = json_set_object(object, side);

	json_set_string(json, "value", value);
	json_set_string(json, "from", origin);
}

/* Secrets are shown masked, so they are compared where they are held. */
static bool is_same(const struct comparison *comparison, const struct field *field, size_t index)
{
	_cleanup_free_ char *a = NULL, *b = NULL;

	if (field->flags & FIELD_SECRET) {
		struct secrets *ours = (struct secrets *)(uintptr_t)&comparison->a->secrets;
		struct secrets *theirs = (struct secrets *)(uintptr_t)&comparison->b->secrets;

		return str_eq(
			*(char **)field_member(field, record_at(NULL, ours, field->record, 0)),
			*(char **)field_member(field, record_at(NULL, theirs, field->record, 0)));
	}
	a = answers_value(comparison->a->answers, field, index);
	b = answers_value(comparison->b->answers, field, index);
	return str_eq(a, b);
}

static void compare(struct comparison *comparison, const struct field *field, size_t index)
{
	_cleanup_free_ char *name = field_name(field);
	struct json *object;

	if (is_same(comparison, field, index))
		return;
	comparison->differences++;
	if (!comparison->list) {
		printf(index ? "%s (%zu)\n" : "%s\n", name, index + 1);
		print_side(comparison->a->answers, field, index, '-');
		print_side(comparison->b->answers, field, index, '+');
		return;
	}
	object = json_append_object(comparison->list);
	json_set_string(object, "name", name);
	json_set_u64(object, "index", index);
	set_side(object, "a", comparison->a->answers, field, index);
	set_side(object, "b", comparison->b->answers, field, index);
}

static void compare_all(struct comparison *comparison)
{
	for (const struct field *field = fields; field->element; field++) {
		size_t count = 1;

		if (!field_is_shown(field))
			continue;
		if (record_is_list(field->record)) {
			size_t a = record_count(comparison->a->answers, field->record);
			size_t b = record_count(comparison->b->answers, field->record);

			count = a > b ? a : b;
		}
		for (size_t i = 0; i < count; i++)
			compare(comparison, field, i);
	}
}

int tool_diff(const struct tool_options *options)
{
	_cleanup_tool_file_ struct tool_file a = {0}, b = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_json_ struct json *json = options->json ? json_new_object() : NULL;
	struct comparison comparison = {.a = &a, .b = &b};

	if (tool_load(options, options->arguments[0], &a, &error) < 0 ||
	    tool_load(options, options->arguments[1], &b, &error) < 0)
		return tool_report(error);
	if (findings_has_errors(&a.findings) || findings_has_errors(&b.findings))
		fputs("xenhost-answers: there are errors in the files, see check\n", stderr);
	if (json) {
		json_set_string(json, "schema", "xenhost.answers-diff/1");
		comparison.list = json_set_array(json, "differences");
	}
	compare_all(&comparison);
	if (json)
		tool_print_json(json);
	return comparison.differences ? 1 : 0;
}
