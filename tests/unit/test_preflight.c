/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pre-flight over pairs of hosts. clean.json holds a pair that nothing stands against; each row
 * of pairs.json changes it (null takes a member away) and says what must be found, in order:
 * "check verdict code [params]".
 */
#include "common/file.h"
#include "firstboot/pool/preflight.h"
#include "unit.h"

#define FOLDER "tests/pool/preflight/"

static struct json *load(const char *path)
{
	_cleanup_free_ char *text = NULL;
	struct json *json = NULL;
	struct error *err = NULL;
	size_t length;

	assert_int_equal(file_read(path, 1 << 20, &text, &length), 0);
	assert_int_equal(json_parse(text, length, path, &json, &err), 0);
	return json;
}

/* A copy of `base` with what `patch` says otherwise. */
static struct json *patched(const struct json *base, const struct json *patch)
{
	struct json *copy;

	if (!json_is_object(patch))
		return json_share(patch);
	copy = json_new_object();
	for (struct json_member at = {0}; json_next(base, &at);)
		json_set(copy, at.key, json_share(at.value));
	for (struct json_member at = {0}; json_next(patch, &at);) {
		if (at.value)
			json_set(copy, at.key, patched(json_get(base, at.key), at.value));
		else
			json_set_null(copy, at.key);
	}
	return copy;
}

/* A record that a patch took away is not one of the side's. */
static struct json *without_null(const struct json *document)
{
	struct json *copy;

	if (!json_is_object(document))
		return json_share(document);
	copy = json_new_object();
	for (struct json_member at = {0}; json_next(document, &at);) {
		if (at.value)
			json_set(copy, at.key, without_null(at.value));
	}
	return copy;
}

static struct side *side_of(const struct json *clean, const struct json *pair, const char *name)
{
	_cleanup_json_ struct json *document = NULL;
	_cleanup_json_ struct json *whole = NULL;
	const struct json *patch = json_get(pair, name);
	struct side *side = NULL;
	struct error *err = NULL;

	document =
		patch ? patched(json_get(clean, name), patch) : json_share(json_get(clean, name));
	whole = without_null(document);
	assert_int_equal(side_from_json(whole, name, &side, &err), 0);
	return side;
}

static char *line_of(const struct obstacle *obstacle)
{
	_cleanup_free_ char *params = strv_join(obstacle->params, "; ");

	return xasprintf("%s %s %s%s%s%s", obstacle->check->name,
			 join_verdict_to_string(obstacle->verdict),
			 obstacle->code ? obstacle->code : "-", obstacle->params ? " [" : "",
			 params, obstacle->params ? "]" : "");
}

/* As data, so that a failure shows the whole list beside the expected one. */
static void judge_pair(const struct json *clean, const struct json *pair)
{
	_cleanup_side_ struct side *joining = side_of(clean, pair, "joining");
	_cleanup_side_ struct side *pool = side_of(clean, pair, "pool");
	_cleanup_(preflight_done) struct preflight preflight = {0};
	const struct json *expected = json_get_array(pair, "expect");
	_cleanup_strbuf_ struct strbuf got = {0};
	_cleanup_strbuf_ struct strbuf wanted = {0};
	bool force = false, passes = true;

	(void)json_get_bool(pair, "force", &force);
	preflight_run(joining, pool, force, &preflight);
	for (size_t i = 0; i < preflight.count; i++) {
		_cleanup_free_ char *line = line_of(&preflight.list[i]);

		strbuf_addf(&got, "%s\n", line);
		assert_false(str_empty(preflight.list[i].fix));
		assert_true(preflight.list[i].here || preflight.list[i].there);
	}
	for (size_t i = 0; i < json_length(expected); i++)
		strbuf_addf(&wanted, "%s\n", json_at_string(expected, i));
	strbuf_add(&got, "");
	if (!str_eq(got.length ? got.text : "", wanted.length ? wanted.text : ""))
		fail_msg("%s:\nfound:\n%swanted:\n%s", json_get_string(pair, "pair"),
			 got.length ? got.text : "", wanted.length ? wanted.text : "");
	if (json_get_bool(pair, "passes", &passes))
		assert_int_equal(preflight_passes(&preflight), passes);
	assert_int_equal(preflight.member, api_bool(pair, "member"));
}

static void test_each_pair_gives_what_it_says(void **state)
{
	_cleanup_json_ struct json *clean = load(FOLDER "clean.json");
	_cleanup_json_ struct json *pairs = load(FOLDER "pairs.json");

	(void)state;
	for (size_t i = 0; i < json_length(pairs); i++)
		judge_pair(clean, json_at(pairs, i));
}

static bool some_pair_has(const struct json *pairs, const char *check, const char *verdict)
{
	_cleanup_free_ char *start = xasprintf("%s %s ", check, verdict);

	for (size_t i = 0; i < json_length(pairs); i++) {
		const struct json *expected = json_get_array(json_at(pairs, i), "expect");

		for (size_t k = 0; k < json_length(expected); k++) {
			if (str_starts(json_at_string(expected, k), start))
				return true;
		}
	}
	return false;
}

/* With the verdict of its row, and once alone: a check that never found anything is none. */
static void test_every_check_has_a_pair(void **state)
{
	_cleanup_json_ struct json *pairs = load(FOLDER "pairs.json");

	(void)state;
	for (size_t i = 0; preflight_check(i); i++) {
		const struct check *check = preflight_check(i);

		if (!some_pair_has(pairs, check->name, join_verdict_to_string(check->verdict)))
			fail_msg("no pair for \"%s\"", check->name);
	}
}

static void find(const char *pair_text, bool force, struct preflight *ret)
{
	_cleanup_json_ struct json *clean = load(FOLDER "clean.json");
	_cleanup_json_ struct json *pair = NULL;
	_cleanup_side_ struct side *joining = NULL;
	_cleanup_side_ struct side *pool = NULL;

	assert_int_equal(json_parse(pair_text, strlen(pair_text), "pair", &pair, NULL), 0);
	joining = side_of(clean, pair, "joining");
	pool = side_of(clean, pair, "pool");
	preflight_run(joining, pool, force, ret);
}

static const char two_things[] =
	"{\"pool\": {\"pool\": {\"OpaqueRef:pool-pool\": {\"tls_verification_enabled\": false}},"
	"\"host\": {\"OpaqueRef:pool-alpha\": {\"software_version\": {\"git_id\": "
	"\"7\\u001b[2J\"}}}}}";

static void test_text_shows_both_values_and_the_fix(void **state)
{
	_cleanup_(preflight_done) struct preflight preflight = {0};
	_cleanup_free_ char *text = NULL;

	(void)state;
	find(two_things, false, &preflight);
	text = preflight_to_text(&preflight);
	assert_string_equal(
		text,
		"needs-force: software: the pool runs another build of the software\n"
		"    host: XCP-ng, xapi 25.33, git 5f2a        pool: XCP-ng, xapi 25.33, git 7 "
		"[2J\n"
		"    fix:  update both to the same level: yum update, then reboot\n"
		"blocker: tls-verification: this host verifies certificates, the pool does not\n"
		"    host: on                                  pool: off\n"
		"    fix:  xe pool-enable-tls-verification on the pool's coordinator\n"
		"1 blocker, 1 needs-force: this host cannot join the pool\n");
	assert_string_equal(preflight_first(&preflight)->check->name, "software");
}

static void test_json_names_code_and_values(void **state)
{
	_cleanup_(preflight_done) struct preflight preflight = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_json_ struct json *json = NULL;
	const struct json *first, *second;

	(void)state;
	find(two_things, true, &preflight);
	preflight_to_findings(&preflight, &findings);
	json = findings_to_json(&findings);
	first = json_at(json_get_array(json, "findings"), 0);
	second = json_at(json_get_array(json, "findings"), 1);
	assert_string_equal(json_get_string(json, "schema"), "xenhost.findings/1");
	assert_string_equal(json_get_string(first, "severity"), "warning");
	assert_string_equal(json_get_string(first, "verdict"), "needs-force");
	assert_string_equal(json_get_string(first, "code"), "HOSTS_NOT_HOMOGENEOUS");
	assert_string_equal(json_at_string(json_get_array(first, "params"), 0),
			    "Software version differs");
	assert_string_equal(json_get_string(second, "severity"), "error");
	assert_string_equal(json_get_string(second, "where"), "tls-verification");
	assert_string_equal(json_get_string(second, "host"), "on");
	assert_string_equal(json_get_string(second, "pool"), "off");
	assert_string_equal(json_get_string(second, "hint"),
			    "xe pool-enable-tls-verification on the pool's coordinator");
	assert_string_equal(preflight_first(&preflight)->check->name, "tls-verification");
}

static void test_a_side_that_is_none_says_why(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"{}", "it knows of no pool"},
		{"[]", "it knows of no pool"},
		{"{\"pool\": []}", "\"pool\" is not an object of records"},
		{"{\"pool\": {\"a\": 1}}", "the pool \"a\" is not a record"},
		{"{\"pool\": {\"p\": {\"master\": \"h\"}}}", "the coordinator of its pool is not"},
		{"{\"pool\": {\"p\": {\"master\": \"h\"}}, \"host\": {\"h\": {}}, \"this_host\": "
		 "\"x\"}",
		 "it is not among its own hosts"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_json_ struct json *json = NULL;
		struct side *side = NULL;
		struct error *err = NULL;

		assert_int_equal(json_parse(rows[i].text, strlen(rows[i].text), "x", &json, NULL),
				 0);
		assert_true(side_from_json(json, "side.json", &side, &err) < 0);
		assert_null(side);
		unit_expect_error(&err, rows[i].words);
	}
}

static void test_a_side_reads_back_as_it_was_written(void **state)
{
	_cleanup_json_ struct json *clean = load(FOLDER "clean.json");
	_cleanup_side_ struct side *side = side_of(clean, NULL, "pool");
	_cleanup_json_ struct json *written = side_to_json(side);
	_cleanup_free_ char *got = json_to_text(written);
	_cleanup_free_ char *wanted = NULL;
	_cleanup_side_ struct side *again = NULL;
	_cleanup_json_ struct json *rewritten = NULL;

	(void)state;
	assert_int_equal(side_from_json(written, "side", &again, NULL), 0);
	rewritten = side_to_json(again);
	wanted = json_to_text(rewritten);
	assert_string_equal(got, wanted);
	assert_int_equal(again->time, 1795348800);
	assert_string_equal(again->address, "192.0.2.11");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_each_pair_gives_what_it_says),
		cmocka_unit_test(test_every_check_has_a_pair),
		cmocka_unit_test(test_text_shows_both_values_and_the_fix),
		cmocka_unit_test(test_json_names_code_and_values),
		cmocka_unit_test(test_a_side_that_is_none_says_why),
		cmocka_unit_test(test_a_side_reads_back_as_it_was_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
