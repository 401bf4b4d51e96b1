/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What xenhost-fleet keeps of what machines send, and what it makes of it. */
#include <errno.h>

#include "common/notice_send.h"
#include "fleet/page.h"
#include "fleet/receive.h"
#include "tests/unit/unit.h"

#define NOW 1795219200

struct fixture {
	struct store *store;
};

static int open_store(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	*state = f;
	return store_open(":memory:", &f->store, NULL);
}

static int close_store(void **state)
{
	struct fixture *f = *state;

	store_free(f->store);
	free(f);
	return 0;
}

static char *event(const char *kind, const char *machine, const char *run, unsigned sequence,
		   const char *more)
{
	return xasprintf("{\"schema\": \"xenhost.event/1\", \"event\": \"%s\", \"id\": "
			 "\"%s/%s/%u\", \"machine\": {\"key\": \"%s\", \"hostname\": \"host-%s\", "
			 "\"macs\": [\"52:54:00:00:00:01\"]}, \"run\": \"%s\", \"sequence\": %u, "
			 "\"time\": \"2026-11-22T09:00:00Z\"%s}",
			 kind, machine, run, sequence, machine, machine, run, sequence, more);
}

static unsigned send_text(struct fixture *f, const char *text, int64_t now, bool *ret_new)
{
	bool new = false;
	unsigned status = receive(f->store, text, strlen(text), now, &new, NULL);

	if (ret_new)
		*ret_new = new;
	return status;
}

static void send(struct fixture *f, const char *kind, const char *machine, const char *run,
		 unsigned sequence, const char *more, int64_t now)
{
	_cleanup_free_ char *text = event(kind, machine, run, sequence, more);

	assert_int_equal(send_text(f, text, now, NULL), 200);
}

/* What the list of machines says at that time, as JSON. */
static struct json *list(struct fixture *f, const char *words, const char *state, int64_t now)
{
	const struct store_filter filter = {.words = words, .state = state, .now = now};
	_cleanup_strbuf_ struct strbuf text = {0};
	struct json *json = NULL;

	assert_int_equal(export_machines(f->store, &filter, &text, NULL), 0);
	assert_int_equal(json_parse(text.text, text.length, "list", &json, NULL), 0);
	return json;
}

static void expect(struct fixture *f, int64_t now, const char *machine, const char *run,
		   const char *state)
{
	_cleanup_json_ struct json *json = list(f, machine, NULL, now);
	const struct json *machines = json_get_array(json, "machines");

	assert_int_equal(json_length(machines), 1);
	assert_string_equal(json_get_string(json_at(machines, 0), "run"), run);
	assert_string_equal(json_get_string(json_at(machines, 0), "state"), state);
}

static void test_a_machine_from_start_to_pool(void **state)
{
	struct fixture *f = *state;
	_cleanup_json_ struct json *json = NULL;
	const struct json *machine;
	uint64_t value;

	send(f, "start", "m1", "r1", 1, "", NOW);
	send(f, "progress", "m1", "r1", 2,
	     ", \"permille\": 412, \"title\": \"write\", \"bytes_per_second\": 9000000, "
	     "\"seconds_left\": 7",
	     NOW + 5);
	send(f, "warning", "m1", "r1", 3, ", \"text\": \"no EFI variable\"", NOW + 6);
	json = list(f, NULL, NULL, NOW + 7);
	machine = json_at(json_get_array(json, "machines"), 0);
	assert_string_equal(json_get_string(machine, "state"), "installing");
	assert_string_equal(json_get_string(machine, "title"), "write");
	assert_true(json_get_u64(machine, "permille", &value) && value == 412);
	assert_true(json_get_u64(machine, "warnings", &value) && value == 1);
	/* It should have said something by now. */
	expect(f, NOW + 6 + STORE_SILENT_S, "m1", "r1", "installing");
	expect(f, NOW + 7 + STORE_SILENT_S, "m1", "r1", "silent");
	send(f, "done", "m1", "r1", 4, "", NOW + 20);
	expect(f, NOW + 9999, "m1", "r1", "done");
	send(f, "failed", "m1", "r1", 1000001, ", \"text\": \"no pool\"", NOW + 90);
	expect(f, NOW + 9999, "m1", "r1", "failed");
	send(f, "joined", "m1", "r1", 1001001, "", NOW + 120);
	expect(f, NOW + 9999, "m1", "r1", "joined");
}

/* The same one again is taken, counted, and changes nothing. */
static void test_twice_is_once(void **state)
{
	struct fixture *f = *state;
	_cleanup_free_ char *text = event("warning", "m1", "r1", 1, ", \"text\": \"x\"");
	struct store_counts counts;
	bool new;

	assert_int_equal(send_text(f, text, NOW, &new), 200);
	assert_true(new);
	assert_int_equal(send_text(f, text, NOW + 1, &new), 200);
	assert_false(new);
	assert_int_equal(store_count(f->store, NOW, &counts, NULL), 0);
	assert_int_equal(counts.events[NOTICE_WARNING], 1);
	assert_int_equal(counts.duplicates, 1);
}

/* A retried event of before must not make a finished machine install again. */
static void test_late_events_change_nothing(void **state)
{
	struct fixture *f = *state;

	send(f, "start", "m1", "r1", 1, "", NOW);
	send(f, "done", "m1", "r1", 3, "", NOW + 10);
	send(f, "phase", "m1", "r1", 2, ", \"title\": \"late\"", NOW + 11);
	expect(f, NOW + 12, "m1", "r1", "done");
	send(f, "start", "m1", "r2", 1, "", NOW + 20);
	expect(f, NOW + 21, "m1", "r2", "installing");
	send(f, "failed", "m1", "r1", 4, "", NOW + 22);
	expect(f, NOW + 23, "m1", "r2", "installing");
}

static void test_search_and_filter(void **state)
{
	struct fixture *f = *state;
	_cleanup_json_ struct json *all = NULL, *one = NULL, *none = NULL, *failed = NULL;

	send(f, "start", "m1", "r1", 1, "", NOW);
	send(f, "failed", "m2", "r1", 1, ", \"text\": \"the disk is gone\"", NOW);
	all = list(f, "52:54", "", NOW);
	assert_int_equal(json_length(json_get_array(all, "machines")), 2);
	one = list(f, "HOST-m2 disk", NULL, NOW);
	assert_int_equal(json_length(json_get_array(one, "machines")), 1);
	none = list(f, "host-m1 disk", NULL, NOW);
	assert_int_equal(json_length(json_get_array(none, "machines")), 0);
	failed = list(f, NULL, "failed", NOW);
	assert_int_equal(json_length(json_get_array(failed, "machines")), 1);
}

static void test_what_is_no_event(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"", "what was sent"},
		{"[]", "no xenhost.event/1"},
		{"{\"schema\": \"xenhost.event/2\"}", "no xenhost.event/1"},
		{"{\"schema\": \"xenhost.event/1\", \"event\": \"exploded\"}", "no known kind"},
		{"{\"schema\": \"xenhost.event/1\", \"event\": \"done\"}", "has no \"id\""},
		{"{\"schema\": \"xenhost.event/1\", \"event\": \"done\", \"id\": 7}", "is no text"},
		{"{\"schema\": \"xenhost.event/1\", \"event\": \"done\", \"id\": \"a/b/2\", "
		 "\"machine\": {\"key\": \"a\"}, \"run\": \"b\", \"sequence\": 1, \"time\": \"\"}",
		 "id is not"},
		{"{\"schema\": \"xenhost.event/1\", \"event\": \"done\", \"id\": \"../b/1\", "
		 "\"machine\": {\"key\": \"..\"}, \"run\": \"b\", \"sequence\": 1, \"time\": \"\"}",
		 "letters, digits"},
		{"{\"schema\": \"xenhost.event/1\", \"event\": \"done\", \"id\": \"a/b/0\", "
		 "\"machine\": {\"key\": \"a\"}, \"run\": \"b\", \"sequence\": 0, \"time\": \"\"}",
		 "counts from 1"},
		{"{\"schema\": \"xenhost.report/1\", \"machine\": {\"key\": \"a/b\"}, \"run\": "
		 "\"c\"}",
		 "which machine and run"},
	};
	struct fixture *f = *state;

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_error_ struct error *error = NULL;
		_cleanup_free_ char *text = NULL;
		bool new;

		assert_int_equal(
			receive(f->store, rows[i].text, strlen(rows[i].text), NOW, &new, &error),
			400);
		text = error_text(error);
		if (!strstr(text, rows[i].words))
			fail_msg("\"%s\" lacks \"%s\"", text, rows[i].words);
	}
}

static void test_reports(void **state)
{
	struct fixture *f = *state;
	static const char report[] = "{\"schema\": \"xenhost.report/1\", \"success\": true, "
				     "\"machine\": {\"key\": \"m1\"}, \"run\": \"r1\"}";
	_cleanup_free_ char *kept = NULL;
	bool new;

	assert_int_equal(send_text(f, report, NOW, &new), 200);
	assert_true(new);
	assert_int_equal(send_text(f, report, NOW, &new), 200);
	assert_false(new);
	assert_int_equal(store_report(f->store, "m1", "r1", &kept, NULL), 0);
	assert_string_equal(kept, report);
	assert_int_equal(store_report(f->store, "m1", "r2", &kept, NULL), -ENOENT);
}

static void test_who_may_send(void **state)
{
	static const char body[] = "{}";
	_cleanup_free_ char *signature = notice_signature("tok", body, 2);

	(void)state;
	assert_true(receive_is_proved(NULL, NULL, NULL, body, 2));
	assert_true(receive_is_proved("tok", "Bearer tok", NULL, body, 2));
	assert_true(receive_is_proved("tok", NULL, signature, body, 2));
	assert_false(receive_is_proved("tok", NULL, NULL, body, 2));
	assert_false(receive_is_proved("tok", "Bearer tokk", NULL, body, 2));
	assert_false(receive_is_proved("tok", "Bearer to", signature, body, 2));
	assert_false(receive_is_proved("tok", NULL, signature, "[]", 2));
	assert_false(receive_is_proved("other", NULL, signature, body, 2));
}

/* Names, texts and searches are data: none of it is markup. */
static void test_pages_escape(void **state)
{
	static const char evil[] = "<script>alert(1)</script>\\\" onload=\\\"x";
	struct fixture *f = *state;
	const struct store_filter filter = {.words = "\"><script>", .now = NOW};
	_cleanup_free_ char *more = xasprintf(", \"text\": \"%s\", \"hint\": \"%s\"", evil, evil);
	_cleanup_strbuf_ struct strbuf list_page = {0}, found = {0}, machine = {0}, missing = {0};
	const struct store_filter everything = {.now = NOW};

	send(f, "failed", "m1", "r1", 1, more, NOW);
	assert_int_equal(page_list(f->store, &filter, &list_page, NULL), 0);
	assert_int_equal(page_list_part(f->store, &everything, &found, NULL), 0);
	assert_int_equal(page_machine(f->store, "m1", NOW, &machine, NULL), 0);
	assert_null(strstr(list_page.text, "\"><script>"));
	assert_null(strstr(found.text, "<script>alert"));
	assert_null(strstr(machine.text, "<script>alert"));
	assert_non_null(strstr(found.text, "&lt;script&gt;alert"));
	assert_int_equal(page_machine(f->store, "m2", NOW, &missing, NULL), -ENOENT);
}

static void test_what_is_old_is_forgotten(void **state)
{
	struct fixture *f = *state;
	_cleanup_json_ struct json *json = NULL;

	send(f, "done", "m1", "r1", 1, "", NOW);
	send(f, "done", "m2", "r1", 1, "", NOW + 100);
	assert_int_equal(store_forget(f->store, NOW + 50, NULL), 0);
	json = list(f, NULL, NULL, NOW + 100);
	assert_int_equal(json_length(json_get_array(json, "machines")), 1);
}

#define WITH_STORE(test) cmocka_unit_test_setup_teardown(test, open_store, close_store)

int main(void)
{
	const struct CMUnitTest tests[] = {
		WITH_STORE(test_a_machine_from_start_to_pool),
		WITH_STORE(test_twice_is_once),
		WITH_STORE(test_late_events_change_nothing),
		WITH_STORE(test_search_and_filter),
		WITH_STORE(test_what_is_no_event),
		WITH_STORE(test_reports),
		cmocka_unit_test(test_who_may_send),
		WITH_STORE(test_pages_escape),
		WITH_STORE(test_what_is_old_is_forgotten),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
