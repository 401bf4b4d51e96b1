/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/unit.h"

#include "common/json.h"

static struct json *parse(const char *text)
{
	struct json *json = NULL;

	assert_int_equal(json_parse(text, strlen(text), "doc", &json, NULL), 0);
	return json;
}

static void test_members_keep_their_order_and_layout(void **state)
{
	_cleanup_json_ struct json *json = json_new_object();
	_cleanup_free_ char *text = NULL, *line = NULL;
	struct json *list;

	(void)state;
	json_set_string(json, "schema", "xenhost.test/1");
	json_set_string(json, "unknown", NULL);
	json_set_u64(json, "bytes", UINT64_MAX);
	json_set_i64(json, "offset", -7);
	json_set_double(json, "ratio", 0.1);
	json_set_double(json, "whole", 2);
	json_set_bool(json, "yes", true);
	json_set_object(json, "empty");
	list = json_set_array(json, "list");
	json_append_string(list, "/dev/sda \"x\"\n\x01");
	json_append(list, NULL);
	json_set_array(json, "none");
	text = json_to_text(json);
	assert_string_equal(text, "{\n"
				  "  \"schema\": \"xenhost.test/1\",\n"
				  "  \"unknown\": null,\n"
				  "  \"bytes\": 18446744073709551615,\n"
				  "  \"offset\": -7,\n"
				  "  \"ratio\": 0.1,\n"
				  "  \"whole\": 2.0,\n"
				  "  \"yes\": true,\n"
				  "  \"empty\": {},\n"
				  "  \"list\": [\n"
				  "    \"/dev/sda \\\"x\\\"\\n\\u0001\",\n"
				  "    null\n"
				  "  ],\n"
				  "  \"none\": []\n"
				  "}\n");
	line = json_to_line(list);
	assert_string_equal(line, "[\"/dev/sda \\\"x\\\"\\n\\u0001\", null]");
}

static void test_what_was_written_reads_back(void **state)
{
	_cleanup_json_ struct json *json =
		parse("{\"u\": 18446744073709551615, \"i\": -1, \"s\": \"\xc3\xa9\", \"b\": false, "
		      "\"n\": null, \"o\": {}, \"a\": [\"x\", 3]}\n\n");
	const struct json *list = json_get_array(json, "a");
	uint64_t u = 0;
	int64_t i = 0;
	bool b = true;

	(void)state;
	assert_true(json_get_u64(json, "u", &u) && u == UINT64_MAX);
	assert_false(json_get_i64(json, "u", &i));
	assert_true(json_get_i64(json, "i", &i) && i == -1);
	assert_false(json_get_u64(json, "i", &u));
	assert_true(json_get_bool(json, "b", &b) && !b);
	assert_false(json_get_bool(json, "s", &b));
	assert_string_equal(json_get_string(json, "s"), "\xc3\xa9");
	assert_null(json_get_string(json, "i"));
	assert_null(json_get_string(json, "missing"));
	assert_true(json_is_null(json, "n"));
	assert_true(json_is_null(json, "missing"));
	assert_false(json_is_null(json, "b"));
	assert_non_null(json_get_object(json, "o"));
	assert_null(json_get_object(json, "a"));
	assert_int_equal(json_length(list), 2);
	assert_string_equal(json_at_string(list, 0), "x");
	assert_null(json_at_string(list, 1));
	assert_null(json_at(list, 2));
	assert_int_equal(json_length(json), 0);
	assert_null(json_get(list, "x"));
	assert_null(json_get(NULL, "x"));
}

static void test_every_script_reads_back(void **state)
{
	static const char text[] =
		"{\n  \"\xc3\xa9\": \"A\x7f\xc2\x80\xdf\xbf\xe0\xa0\x80\xe2\x82\xac"
		"\xef\xbf\xbf\xf0\x90\x80\x80\xf0\x9f\x90\xa7\xf4\x8f\xbf\xbf\\\\\xc3\xa9\"\n}\n";
	_cleanup_json_ struct json *json = parse(text);
	_cleanup_free_ char *again = json_to_text(json);

	(void)state;
	assert_string_equal(again, text);
}

static void test_bytes_that_are_not_utf8_are_replaced(void **state)
{
	_cleanup_json_ struct json *json = json_new_object();

	(void)state;
	json_set_string(json, "model", "A\xff\xc3(\xed\xa0\x80\xf0\x9f\x90\xa7");
	assert_string_equal(json_get_string(json, "model"),
			    "A\xef\xbf\xbd\xef\xbf\xbd(\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"
			    "\xf0\x9f\x90\xa7");
}

static void test_malformed_documents_name_the_place(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"", "doc:1:1"},
		{"{\"a\": 1", "doc:1:8"},
		{"{\n \"a\" 3}", "doc:2:6"},
		{"null", "null"},
		{"{\"a\": tru}", "doc:1:10"},
		{"[\"\xc3\xa9\", \"\xc3\"]", "doc:1:9: not valid JSON: these bytes are not UTF-8"},
		{"[\"\xed\xa0\x80\"]", "doc:1:3: not valid JSON: these bytes are not UTF-8"},
		{"[\"\xc3\xa9\", \"\\\xc3\xa9\"]", "doc:1:10"},
		{"[\"\xc3\xa9\", \xc3\xa9]", "doc:1:8"},
		{"[\"\xc3\xa9\"] \xc3\xa9", "doc:1:8"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error *err = NULL;
		struct json *json = NULL;

		assert_int_equal(json_parse(rows[i].text, strlen(rows[i].text), "doc", &json, &err),
				 -EINVAL);
		assert_null(json);
		unit_expect_error(&err, rows[i].words);
	}
}

static void test_a_bomb_of_brackets_is_refused(void **state)
{
	char text[2000];
	struct json *json = NULL;

	(void)state;
	memset(text, '[', sizeof(text));
	assert_int_equal(json_parse(text, sizeof(text), "doc", &json, NULL), -EINVAL);
}

static void test_hidden_nul_is_refused(void **state)
{
	static const char text[] = "{\"a\": 1}\0{\"a\": 2}";
	struct json *json = NULL;

	(void)state;
	assert_int_equal(json_parse(text, sizeof(text) - 1, "doc", &json, NULL), -EINVAL);
}

static void test_members_are_walked_in_their_order(void **state)
{
	static const char text[] = "{\"b\": 1, \"a\": null, \"c\": {\"x\": true}}";
	_cleanup_json_ struct json *json = NULL;
	_cleanup_strbuf_ struct strbuf keys = {0};
	struct json_member none = {0};

	(void)state;
	assert_int_equal(json_parse(text, sizeof(text) - 1, "doc", &json, NULL), 0);
	for (struct json_member at = {0}; json_next(json, &at);)
		strbuf_addf(&keys, "%s%s", at.key, at.value ? " " : "=null ");
	assert_string_equal(keys.text, "b a=null c ");
	assert_true(json_is_object(json_get(json, "c")));
	assert_false(json_is_object(json_get(json, "b")));
	assert_false(json_next(json_get(json, "b"), &none));
	assert_false(json_next(NULL, &none));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_members_keep_their_order_and_layout),
		cmocka_unit_test(test_what_was_written_reads_back),
		cmocka_unit_test(test_every_script_reads_back),
		cmocka_unit_test(test_bytes_that_are_not_utf8_are_replaced),
		cmocka_unit_test(test_malformed_documents_name_the_place),
		cmocka_unit_test(test_a_bomb_of_brackets_is_refused),
		cmocka_unit_test(test_hidden_nul_is_refused),
		cmocka_unit_test(test_members_are_walked_in_their_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
