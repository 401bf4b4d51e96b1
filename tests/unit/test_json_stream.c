/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/unit.h"

#include "common/json_stream.h"

struct taken {
	struct json *list;
};

static void take(struct json *element, void *data)
{
	struct taken *taken = data;

	json_append(taken->list, json_share(element));
}

/* The document in pieces of so many bytes; what was taken and what remained, or the error. */
static char *split(const char *text, size_t piece, char **ret_rest, struct error **err)
{
	_cleanup_json_ struct json *list = json_new_array();
	struct taken taken = {list};
	_cleanup_(json_stream_freep) struct json_stream *stream =
		json_stream_new("events", take, &taken);
	size_t length = strlen(text), rest;

	for (size_t at = 0; at < length; at += piece) {
		if (json_stream_feed(stream, text + at, length - at < piece ? length - at : piece,
				     err) < 0)
			return NULL;
	}
	*ret_rest = xstrdup(json_stream_rest(stream, &rest));
	assert_int_equal(strlen(*ret_rest), rest);
	return json_to_line(list);
}

static void expect(const char *text, const char *elements, const char *rest)
{
	for (size_t piece = 1; piece < 80; piece += 13) {
		_cleanup_free_ char *remained = NULL, *taken = NULL;

		taken = split(text, piece, &remained, NULL);
		assert_string_equal(taken, elements);
		assert_string_equal(remained, rest);
	}
}

static void test_elements_are_taken_out(void **state)
{
	(void)state;
	expect("{\"result\": {\"events\": [{\"a\": 1} , {\"b\": [{}, \"]}\\\"\"]}], \"token\": "
	       "\"t\"}}",
	       "[{\"a\": 1}, {\"b\": [{}, \"]}\\\"\"]}]",
	       "{\"result\": {\"events\": [], \"token\": \"t\"}}");
	expect("{\"events\":[]}", "[]", "{\"events\":[]}");
	/* Only the first list of that name, and only a list. */
	expect("{\"events\" : \n[{}\n], \"x\": {\"events\": [{}]}}", "[{}]",
	       "{\"events\" : \n[], \"x\": {\"events\": [{}]}}");
	expect("{\"events\": {\"events\": [{\"k\": \"\\u00e4\"}]}}", "[{\"k\": \"ä\"}]",
	       "{\"events\": {\"events\": []}}");
}

static void test_other_documents_stay(void **state)
{
	(void)state;
	expect("", "[]", "");
	expect("<html>\"events\": </html>", "[]", "<html>\"events\": </html>");
	expect("{\"a\": [\"events\", [{}]], \"xevents\": [{}], \"events\": \"[{}]\"}", "[]",
	       "{\"a\": [\"events\", [{}]], \"xevents\": [{}], \"events\": \"[{}]\"}");
	/* Where it ends too early what remains is no JSON. */
	expect("{\"events\": [{\"a\": 1}, {\"b\"", "[{\"a\": 1}]", "{\"events\": [");
	expect("{\"events\": [{\"a\": 1}", "[{\"a\": 1}]", "{\"events\": [");
}

static void test_lists_of_something_else_are_refused(void **state)
{
	static const char *const bad[] = {
		"{\"events\": [1]}",         "{\"events\": [{} {}]}",  "{\"events\": [,{}]}",
		"{\"events\": [{},]}",       "{\"events\": [{},,{}]}", "{\"events\": [\"{}\"]}",
		"{\"events\": [{\"a\": }]}", "{\"events\": [{]}]}",
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		_cleanup_error_ struct error *error = NULL;
		_cleanup_free_ char *rest = NULL, *taken = split(bad[i], 1, &rest, &error);

		assert_null(taken);
		assert_non_null(error);
		assert_non_null(strstr(error->message, "events"));
		assert_non_null(error_get_hint(error));
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_elements_are_taken_out),
		cmocka_unit_test(test_other_documents_stay),
		cmocka_unit_test(test_lists_of_something_else_are_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
