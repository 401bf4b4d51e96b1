/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Findings: their order, their text for people, their JSON, and what foreign text may not do. */
#include "common/findings.h"
#include "tests/unit/unit.h"

static void add(struct findings *findings, const char *file, unsigned line, unsigned column,
		const char *message)
{
	struct finding *finding =
		findings_add(findings, SEVERITY_WARNING, "somewhere", "%s", message);

	finding->file = xstrdup(file);
	finding->line = line;
	finding->column = column;
}

static void test_sorted_by_place_and_stable(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	static const char *const order[] = {"g", "e", "f", "b", "d", "c", "a"};

	(void)state;
	add(&findings, "x", 9, 1, "a");
	add(&findings, "x", 2, 1, "b");
	add(&findings, "x", 3, 1, "c");
	add(&findings, "x", 2, 5, "d");
	add(&findings, "x", 0, 0, "e");
	add(&findings, "x", 0, 0, "f");
	add(&findings, NULL, 0, 0, "g");
	findings_sort(&findings);
	for (size_t i = 0; i < findings.count; i++)
		assert_string_equal(findings.list[i].message, order[i]);
}

static void test_text(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_free_ char *text = NULL;

	(void)state;
	add(&findings, "a.xml", 3, 7, "wrong");
	finding_set_hint(&findings.list[0], "do %s", "this");
	findings_add(&findings, SEVERITY_ERROR, "disk sda", "too small");
	text = findings_to_text(&findings);
	assert_string_equal(text, "a.xml:3:7: warning: wrong\n  hint: do this\n"
				  "error: disk sda: too small\n");
}

static void test_json(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_json_ struct json *json = NULL;
	const struct json *list;
	uint64_t line = 0;

	(void)state;
	add(&findings, "a.xml", 3, 7, "wrong");
	findings_add(&findings, SEVERITY_ERROR, "disk sda", "too small")->fatal = true;
	json = findings_to_json(&findings);
	list = json_get_array(json, "findings");
	assert_string_equal(json_get_string(json, "schema"), "xenhost.findings/1");
	assert_int_equal(json_length(list), 2);
	assert_true(json_get_u64(json_at(list, 0), "line", &line) && line == 3);
	assert_string_equal(json_get_string(json_at(list, 0), "severity"), "warning");
	assert_true(json_is_null(json_at(list, 1), "file"));
	assert_true(json_is_null(json_at(list, 1), "line"));
	assert_true(findings_has_errors(&findings) && findings_has_fatal(&findings));
}

static void test_foreign_text_is_tame(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_free_ char *long_text = xcalloc(5001, 1);

	(void)state;
	memset(long_text, 'x', 5000);
	/* Around the limit too, where the sanitizer watches the end of the text. */
	for (size_t length = 590; length < 610; length++) {
		_cleanup_findings_ struct findings at_limit = {0};
		_cleanup_free_ char *text = xstrndup(long_text, length);

		add(&at_limit, "a", 1, 1, text);
		assert_true(strlen(at_limit.list[0].message) <= 600);
	}
	add(&findings, "a", 1, 1, "one\n\033[2Jtwo");
	add(&findings, "a", 1, 1, long_text);
	assert_string_equal(findings.list[0].message, "one  [2Jtwo");
	assert_true(strlen(findings.list[1].message) < 700);
	assert_true(str_ends(findings.list[1].message, "..."));
}

/* Around the limit, where the mark of what was cut off must still have room. */
static void test_long_text_is_cut_within_its_bounds(void **state)
{
	_cleanup_findings_ struct findings findings = {0};

	(void)state;
	for (int length = 595; length < 606; length++) {
		const struct finding *finding =
			findings_add(&findings, SEVERITY_NOTE, "x", "%*s", length, "x");

		assert_int_equal(strlen(finding->message), length > 600 ? 600 : length);
		assert_int_equal(str_ends(finding->message, "..."), length > 600);
	}
}

static void test_members_of_one_check_stand_beside_the_others(void **state)
{
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_json_ struct json *json = NULL;
	const struct json *item;

	(void)state;
	add(&findings, "a", 1, 1, "one");
	json_set_string(finding_more(&findings.list[0]), "verdict", "blocker");
	json = findings_to_json(&findings);
	item = json_at(json_get_array(json, "findings"), 0);
	assert_string_equal(json_get_string(item, "verdict"), "blocker");
	assert_string_equal(json_get_string(item, "message"), "one");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sorted_by_place_and_stable),
		cmocka_unit_test(test_text),
		cmocka_unit_test(test_json),
		cmocka_unit_test(test_foreign_text_is_tame),
		cmocka_unit_test(test_long_text_is_cut_within_its_bounds),
		cmocka_unit_test(test_members_of_one_check_stand_beside_the_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
