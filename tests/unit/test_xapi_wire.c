/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/unit.h"

#include "firstboot/pool/xapi_wire.h"

#define XML_HEAD "<?xml version=\"1.0\"?><methodResponse><params><param><value>"
#define XML_TAIL "</value></param></params></methodResponse>"
#define XML_OK(value)                                                                              \
	XML_HEAD "<struct><member><name>Status</name><value>Success</value></member>"              \
		 "<member><name>Value</name>" value "</member></struct>" XML_TAIL
#define XML_FAIL(items)                                                                            \
	XML_HEAD "<struct><member><name>Status</name><value>Failure</value></member>"              \
		 "<member><name>ErrorDescription</name><value><array><data>" items                 \
		 "</data></array></value></member></struct>" XML_TAIL

/* What an answer amounts to: its value as a line of JSON, or "CODE(parameter, ...)". */
static char *judge(const struct xapi_wire *wire, const char *text, struct error **err)
{
	_cleanup_(xapi_answer_done) struct xapi_answer answer = {0};
	_cleanup_free_ char *params = NULL;

	if (wire->answer(text, strlen(text), "pool1", &answer, err) < 0)
		return NULL;
	if (!answer.failure.code)
		return answer.value ? json_to_line(answer.value) : xstrdup("null");
	assert_null(answer.value);
	params = strv_join(answer.failure.params, ", ");
	return xasprintf("%s(%s)", answer.failure.code, params ? params : "");
}

struct answer_row {
	const char *text, *expected;
};

static void expect_rows(const struct xapi_wire *wire, const struct answer_row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		_cleanup_error_ struct error *error = NULL;
		_cleanup_free_ char *found = judge(wire, rows[i].text, &error);

		if (!found)
			fail_msg("%s: %s", rows[i].text, error->message);
		assert_string_equal(found, rows[i].expected);
	}
}

static void test_json_answers(void **state)
{
	static const struct answer_row rows[] = {
		{"{\"jsonrpc\":\"2.0\",\"result\":\"OpaqueRef:a\",\"id\":1}", "\"OpaqueRef:a\""},
		{"{\"jsonrpc\":\"2.0\",\"result\":\"\",\"id\":1}", "\"\""},
		{"{\"jsonrpc\":\"2.0\",\"result\":null,\"id\":1}", "null"},
		{"{\"result\":[\"OpaqueRef:a\"],\"error\":null,\"id\":7}", "[\"OpaqueRef:a\"]"},
		{"{\"jsonrpc\":\"2.0\",\"result\":{\"OpaqueRef:p\":{\"VLAN\":-1}},\"id\":1}",
		 "{\"OpaqueRef:p\": {\"VLAN\": -1}}"},
		{"{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"HOST_IS_SLAVE\","
		 "\"data\":[\"10.0.0.2\"]},\"id\":1}",
		 "HOST_IS_SLAVE(10.0.0.2)"},
		{"{\"result\":null,\"error\":[\"SESSION_INVALID\",\"OpaqueRef:b\"],\"id\":1}",
		 "SESSION_INVALID(OpaqueRef:b)"},
		/* In emergency mode: a list in version 2.0, and an id of its own. */
		{"{\"jsonrpc\":\"2.0\",\"error\":[\"HOST_STILL_BOOTING\"],\"id\":0}",
		 "HOST_STILL_BOOTING()"},
		{"{\"jsonrpc\":\"2.0\",\"error\":{\"code\":1,\"message\":\"LICENCE_RESTRICTION\"},"
		 "\"id\":1}",
		 "LICENCE_RESTRICTION()"},
	};

	(void)state;
	expect_rows(&xapi_wire_json, rows, ARRAY_SIZE(rows));
}

static void test_xml_answers(void **state)
{
	static const struct answer_row rows[] = {
		{XML_OK("<value>OpaqueRef:a</value>"), "\"OpaqueRef:a\""},
		{XML_OK("<value><string>typed</string></value>"), "\"typed\""},
		{XML_OK("<value></value>"), "\"\""},
		{XML_OK("<value/>"), "\"\""},
		{XML_OK("<value>  kept  </value>"), "\"  kept  \""},
		{XML_OK("<value><string> a&amp;b&lt; </string></value>"), "\" a&b< \""},
		{XML_OK("<value><boolean>1</boolean></value>"), "true"},
		{XML_OK("<value><double>0.5</double></value>"), "0.5"},
		{XML_OK("<value><i4>-3</i4></value>"), "-3"},
		{XML_OK("<value><nil/></value>"), "null"},
		{XML_OK("<value><dateTime.iso8601>20261121T19:00:00Z</dateTime.iso8601></value>"),
		 "\"20261121T19:00:00Z\""},
		{XML_OK("<value><array><data></data></array></value>"), "[]"},
		/* Whole numbers of records have no type; free names of a map stay text. */
		{XML_OK("<value><struct><member><name>uuid</name><value>u</value></member>"
			"<member><name>VLAN</name><value>-1</value></member>"
			"<member><name>other_config</name><value><struct><member><name>MTU</name>"
			"<value>9</value></member></struct></value></member></struct></value>"),
		 "{\"uuid\": \"u\", \"VLAN\": -1, \"other_config\": {\"MTU\": \"9\"}}"},
		{XML_FAIL("<value>HOST_IS_SLAVE</value><value>10.0.0.2</value>"),
		 "HOST_IS_SLAVE(10.0.0.2)"},
		{XML_FAIL("<value>HA_IS_ENABLED</value>"), "HA_IS_ENABLED()"},
		/* The list of methods comes without an envelope. */
		{XML_HEAD "<array><data><value>pool.join</value></data></array>" XML_TAIL,
		 "[\"pool.join\"]"},
	};

	(void)state;
	expect_rows(&xapi_wire_xml, rows, ARRAY_SIZE(rows));
}

/* What is no answer of a XAPI is a fault of the address or the network, not of the pool. */
static void test_not_answers(void **state)
{
	static const struct {
		const struct xapi_wire *wire;
		const char *text, *words;
	} rows[] = {
		{&xapi_wire_json, "<html><body>hello</body></html>", "<html><body>hello"},
		{&xapi_wire_json, "", "pool1 does not answer as a XAPI does"},
		{&xapi_wire_json, "{\"jsonrpc\":\"2.0\",\"result\":\"Opa", "does not answer"},
		{&xapi_wire_json, "{\"jsonrpc\":\"2.0\",\"id\":1}",
		 "neither a result nor an error"},
		{&xapi_wire_json, "[1,2]", "neither a result nor an error"},
		{&xapi_wire_json, "\"text\"", "neither a result nor an error"},
		{&xapi_wire_json, "{\"error\":[],\"id\":1}", "an error without a code"},
		{&xapi_wire_json, "{\"error\":{\"data\":[\"x\"]}}", "an error without a code"},
		{&xapi_wire_json, "{\"error\":true}", "an error without a code"},
		{&xapi_wire_json, "\x1b[2J{", "\"[2J{\""},
		{&xapi_wire_xml, "<html><body>hello</body></html>", "not an answer of XML-RPC"},
		{&xapi_wire_xml, "", "does not answer"},
		{&xapi_wire_xml, XML_HEAD "<struct><member>", "not well-formed"},
		{&xapi_wire_xml, XML_OK("<value><blink>x</blink></value>"), "not an answer"},
		{&xapi_wire_xml, XML_OK("<value><i4>many</i4></value>"), "not an answer"},
		{&xapi_wire_xml, XML_OK("<value><boolean>yes</boolean></value>"), "not an answer"},
		{&xapi_wire_xml, XML_OK("<value><double>inf</double></value>"), "not an answer"},
		{&xapi_wire_xml, XML_OK("<value><string><a/></string></value>"), "not an answer"},
		{&xapi_wire_xml, XML_HEAD "<struct></struct>" XML_TAIL, "neither a value nor"},
		{&xapi_wire_xml, XML_FAIL(""), "neither a value nor an error"},
		{&xapi_wire_xml, "<!DOCTYPE a [<!ENTITY b SYSTEM \"/etc/passwd\">]><a>&b;</a>",
		 "document type definition"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error *error = NULL;
		_cleanup_free_ char *found = judge(rows[i].wire, rows[i].text, &error);

		if (found)
			fail_msg("%s was taken as %s", rows[i].text, found);
		assert_int_equal(error->kind, ERROR_NETWORK);
		unit_expect_error(&error, rows[i].words);
	}
}

static void expect_deep(const struct xapi_wire *wire, const char *open, const char *start)
{
	struct strbuf text = {0};
	struct error *error = NULL;
	_cleanup_free_ char *found = NULL, *bytes = NULL;

	strbuf_add(&text, start);
	for (size_t i = 0; i < 100000; i++)
		strbuf_add(&text, open);
	bytes = strbuf_take(&text);
	found = judge(wire, bytes, &error);
	assert_null(found);
	unit_expect_error(&error, "does not answer as a XAPI does");
}

static void test_deep_answers(void **state)
{
	(void)state;
	expect_deep(&xapi_wire_json, "[", "{\"result\":");
	expect_deep(&xapi_wire_xml, "<value><array><data>", XML_HEAD);
}

static void test_requests(void **state)
{
	static const char args[] =
		"[\"OpaqueRef:s\", \"a<&\\\" \", 5, true, 2.5, [], {\"k\": null}]";
	_cleanup_json_ struct json *params = NULL;
	_cleanup_free_ char *json = NULL, *xml = NULL;

	(void)state;
	assert_int_equal(json_parse(args, strlen(args), "args", &params, NULL), 0);
	json = xapi_wire_json.request("pool.join", params);
	assert_string_equal(json, "{\"jsonrpc\": \"2.0\", \"id\": 1, \"method\": \"pool.join\", "
				  "\"params\": [\"OpaqueRef:s\", \"a<&\\\" \", 5, true, 2.5, [], "
				  "{\"k\": null}]}");
	xml = xapi_wire_xml.request("pool.join", params);
	assert_string_equal(
		xml, "<?xml version=\"1.0\"?><methodCall><methodName>pool.join</methodName><params>"
		     "<param><value><string>OpaqueRef:s</string></value></param>"
		     "<param><value><string>a&lt;&amp;&quot; </string></value></param>"
		     "<param><value><string>5</string></value></param>"
		     "<param><value><boolean>1</boolean></value></param>"
		     "<param><value><double>2.5</double></value></param>"
		     "<param><value><array><data></data></array></value></param>"
		     "<param><value><struct><member><name>k</name><value><nil/></value></member>"
		     "</struct></value></param></params></methodCall>");
}

static void explain(const char *code, const char *first, const char *second, struct error **err)
{
	struct xapi_failure failure = {.code = xstrdup(code)};

	if (first)
		strv_add(&failure.params, first);
	if (second)
		strv_add(&failure.params, second);
	assert_int_equal(xapi_failure_explain(&failure, err), -EREMOTEIO);
	assert_int_equal((*err)->kind, ERROR_POOL);
	xapi_failure_done(&failure);
}

static void test_failures_in_words(void **state)
{
	static const struct {
		const char *code, *first, *second, *words;
	} rows[] = {
		{"POOL_JOINING_HOST_MANAGEMENT_VLAN_DOES_NOT_MATCH", "-1", "0",
		 "VLAN -1 here and 0 in the pool"},
		{"HOSTS_NOT_HOMOGENEOUS", "CPUs differ", NULL, "different vendors"},
		{"HOSTS_NOT_HOMOGENEOUS", "moon phase", NULL, "not alike: moon phase"},
		/* The code comes with and without a parameter. */
		{"LICENCE_RESTRICTION", NULL, NULL, "allows no pools"},
		{"LICENCE_RESTRICTION", "Pool_size", NULL, "no larger pool"},
		{"OPERATION_NOT_ALLOWED", "Network backends differ", NULL, "Open vSwitch"},
		{"OPERATION_NOT_ALLOWED", NULL, NULL, "it is not allowed"},
		{"INTERNAL_ERROR", "Connection failed: No route to host.", NULL,
		 "No route to host."},
		/* What nobody has described yet is shown as it is. */
		{"BRAND_NEW_CODE", "a", "b", "BRAND_NEW_CODE(a, b)"},
		{"INTERNAL_ERROR", "Not_found", NULL, "INTERNAL_ERROR(Not_found)"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error *error = NULL;

		explain(rows[i].code, rows[i].first, rows[i].second, &error);
		unit_expect_error(&error, rows[i].words);
	}
}

static void test_failures_nature(void **state)
{
	static char *cpus[] = {(char *)(uintptr_t) "CPUs differ", NULL};
	static const struct {
		const char *code;
		char **params;
		bool passes, restart, forceable;
	} rows[] = {
		{"SESSION_AUTHENTICATION_FAILED", NULL, false, false, false},
		{"HOST_STILL_BOOTING", NULL, true, true, false},
		{"TOO_BUSY", NULL, true, false, false},
		{"HOSTS_NOT_COMPATIBLE", NULL, false, false, false},
		{"HOSTS_NOT_HOMOGENEOUS", cpus, false, false, true},
		{"BRAND_NEW_CODE", NULL, false, false, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct xapi_failure failure = {.code = xstrdup(rows[i].code),
					       .params = rows[i].params};

		assert_int_equal(xapi_failure_passes(&failure), rows[i].passes);
		assert_int_equal(xapi_failure_is_restart(&failure), rows[i].restart);
		assert_int_equal(xapi_failure_is_forceable(&failure), rows[i].forceable);
		free(failure.code);
	}
}

static enum xapi_task_state read_task(const char *text, struct xapi_failure *ret_failure,
				      char **ret_result)
{
	_cleanup_json_ struct json *record = NULL;

	assert_int_equal(json_parse(text, strlen(text), "task", &record, NULL), 0);
	return xapi_task_read(record, ret_failure, ret_result);
}

static void test_tasks(void **state)
{
	static const struct {
		const char *record, *result;
	} done[] = {
		{"{\"status\":\"success\",\"result\":\"\"}", ""},
		{"{\"status\":\"success\",\"result\":\"<value></value>\"}", ""},
		{"{\"status\":\"success\",\"result\":\"<value>OpaqueRef:x</value>\"}",
		 "OpaqueRef:x"},
		{"{\"status\":\"success\"}", ""},
		/* Not what it promises to be: shown as it is. */
		{"{\"status\":\"success\",\"result\":\"<value>\"}", "<value>"},
	};
	struct xapi_failure failure = {0};
	char *result = NULL;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(done); i++) {
		assert_int_equal(read_task(done[i].record, &failure, &result), XAPI_TASK_DONE);
		assert_string_equal(result, done[i].result);
		free(TAKE_PTR(result));
	}
	/* Progress reaches 1 before the state does. */
	assert_int_equal(read_task("{\"status\":\"pending\",\"progress\":1}", &failure, &result),
			 XAPI_TASK_RUNS);
	assert_int_equal(read_task("{\"status\":\"failure\",\"error_info\":[\"HA_IS_ENABLED\","
				   "\"x\"]}",
				   &failure, &result),
			 XAPI_TASK_FAILED);
	assert_string_equal(failure.code, "HA_IS_ENABLED");
	assert_string_equal(failure.params[0], "x");
	xapi_failure_done(&failure);
	assert_int_equal(read_task("{\"status\":\"cancelled\"}", &failure, &result),
			 XAPI_TASK_FAILED);
	assert_string_equal(failure.code, "TASK_CANCELLED");
	xapi_failure_done(&failure);
}

static void test_events(void **state)
{
	static const char text[] =
		"{\"events\":[{\"class\":\"task\",\"operation\":\"add\",\"ref\":\"A\","
		"\"snapshot\":{\"n\":1}},"
		"{\"class\":\"task\",\"operation\":\"mod\",\"ref\":\"A\",\"snapshot\":{\"n\":2}},"
		"{\"class\":\"task\",\"operation\":\"mod\",\"ref\":\"B\",\"snapshot\":{\"n\":3}},"
		"{\"class\":\"host\",\"operation\":\"mod\",\"ref\":\"A\",\"snapshot\":{\"n\":4}},"
		"{\"class\":\"task\",\"operation\":\"del\",\"ref\":\"A\"}],"
		"\"valid_ref_counts\":{\"task\":2},\"token\":\"1,2\"}";
	_cleanup_json_ struct json *answer = NULL;
	uint64_t n;

	(void)state;
	assert_int_equal(json_parse(text, strlen(text), "events", &answer, NULL), 0);
	assert_true(json_get_u64(xapi_event_snapshot(answer, "task", "A"), "n", &n));
	assert_int_equal(n, 2);
	assert_null(xapi_event_snapshot(answer, "task", "C"));
	assert_null(xapi_event_snapshot(NULL, "task", "A"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_json_answers),    cmocka_unit_test(test_xml_answers),
		cmocka_unit_test(test_not_answers),     cmocka_unit_test(test_deep_answers),
		cmocka_unit_test(test_requests),        cmocka_unit_test(test_failures_in_words),
		cmocka_unit_test(test_failures_nature), cmocka_unit_test(test_tasks),
		cmocka_unit_test(test_events),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
