/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Every answer file of tests/answers/good and bad says in its first line which findings it must
 * give: "expect: LINE:COLUMN: severity: message | hint && ...", or "expect: nothing". Bad ones have
 * an error, good ones none. "--", which no comment may hold, is written "- -"; "..." at the end
 * stands for the rest. What good ones say is written, read again, and must be the same.
 */
#include <dirent.h>

#include "answerfiles/fields.h"
#include "tests/unit/unit.h"

/* All findings in the words of the first line. */
static char *describe(const struct findings *findings)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	char *text;

	for (size_t i = 0; i < findings->count; i++) {
		const struct finding *finding = &findings->list[i];

		strbuf_addf(&buf, "%s%u:%u: %s: %s", i ? " && " : "", finding->line,
			    finding->column, severity_to_string(finding->severity),
			    finding->message);
		if (finding->hint)
			strbuf_addf(&buf, " | %s", finding->hint);
	}
	if (!findings->count)
		strbuf_add(&buf, "nothing");
	text = strbuf_take(&buf);
	for (char *dash; (dash = strstr(text, "--"));) {
		char *wider = xasprintf("%.*s- -%s", (int)(dash - text), text, dash + 2);

		free(text);
		text = wider;
	}
	return text;
}

static char *read_expected(const char *path)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_free_ char *line = NULL;
	size_t allocated = 0;
	char *start, *end;

	assert_non_null(file);
	assert_true(getline(&line, &allocated, file) > 0);
	start = strstr(line, "expect: ");
	end = start ? strstr(start, " -->") : NULL;
	if (!end)
		fail_msg("%s: the first line names no findings", path);
	return xstrndup(start + 8, (size_t)(end - start) - 8);
}

/* Every value of every row, without the place it came from. */
static char *list_values(const struct answers *answers)
{
	_cleanup_json_ struct json *json = answers_to_json(answers);
	const struct json *values = json_get_object(json, "values");
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (const struct field *field = fields; field->element; field++) {
		_cleanup_free_ char *name = field_name(field);
		const struct json *value = json_get(values, name), *list;
		size_t count;

		if (!value)
			continue;
		list = json_get_array(values, name);
		count = list ? json_length(list) : 1;
		for (size_t i = 0; i < count; i++) {
			const struct json *one = json_get(list ? json_at(list, i) : value, "value");
			_cleanup_free_ char *line = one ? json_to_line(one) : xstrdup("none");

			strbuf_addf(&buf, "%s %s\n", name, line);
		}
	}
	return strbuf_take(&buf);
}

/* Read, written and read again, the answers are the same, the password too. */
static void check_round(const char *path, const struct answers *answers,
			const struct secrets *secrets)
{
	_cleanup_free_ char *text = answers_to_xml(answers, secrets), *before = NULL, *after = NULL;
	_cleanup_answers_ struct answers *again = NULL;
	_cleanup_secrets_ struct secrets again_secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *error = NULL;

	assert_int_equal(answers_from_xml(text, strlen(text), "again", &again, &again_secrets,
					  &findings, &error),
			 0);
	before = list_values(answers);
	after = list_values(again);
	if (findings_has_errors(&findings) || !str_eq(before, after) ||
	    !str_eq(secrets->root_password, again_secrets.root_password))
		fail_msg("%s\n%s\nfirst:\n%s\nagain:\n%s", path, text, before, after);
}

/* What is wrong is said together with what would be right. */
static bool have_hints(const struct findings *findings)
{
	for (size_t i = 0; i < findings->count; i++)
		if (findings->list[i].severity == SEVERITY_ERROR && !findings->list[i].hint)
			return false;
	return true;
}

static int check_file(const char *path, bool bad)
{
	_cleanup_free_ char *expected = read_expected(path), *found = NULL;
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *error = NULL;

	assert_int_equal(answers_load(path, &answers, &secrets, &findings, &error), 0);
	answers_check_complete(answers, ANSWERS_FILE, &findings);
	found = describe(&findings);
	if (!findings_has_errors(&findings))
		check_round(path, answers, &secrets);
	/* Words of the XML parser, and where it stops, are its own affair. */
	if (str_ends(expected, "...") && strlen(found) > strlen(expected))
		memcpy(found + strlen(expected) - 3, "...", 4);
	if (str_eq(expected, found) && findings_has_errors(&findings) == bad &&
	    have_hints(&findings))
		return 0;
	fprintf(stderr, "%s\n  expected: %s\n  found:    %s\n", path, expected, found);
	return 1;
}

static void check_folder(const char *folder, bool bad)
{
	DIR *dir = opendir(folder);
	unsigned files = 0, wrong = 0;

	assert_non_null(dir);
	for (struct dirent *entry; (entry = readdir(dir));) {
		_cleanup_free_ char *path = xasprintf("%s/%s", folder, entry->d_name);

		if (!str_ends(path, ".xml"))
			continue;
		files++;
		wrong += (unsigned)check_file(path, bad);
	}
	closedir(dir);
	assert_true(files > 30);
	assert_int_equal(wrong, 0);
}

static void test_good_files_have_no_errors(void **state)
{
	(void)state;
	check_folder("tests/answers/good", false);
}

static void test_bad_files_name_their_error(void **state)
{
	(void)state;
	check_folder("tests/answers/bad", true);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_good_files_have_no_errors),
		cmocka_unit_test(test_bad_files_name_their_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
