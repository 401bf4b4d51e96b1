/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How a join went, told to whoever heard of the installation: a real server takes what is sent. */
#include "common/notice.h"
#include "common/notifier.h"
#include "firstboot/tell.h"
#include "tests/unit/event_server.h"

#define TOKEN "open+sesame"

struct fixture {
	struct server server;
	char *folder;
	struct fsroot *root;
};

/* The installer has left word, and used the numbers up to 7. */
static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));
	_cleanup_json_ struct json *config = json_new_object();
	_cleanup_free_ char *text = NULL;
	struct json *machine = json_set_object(config, "machine");

	server_start(&f->server, NULL);
	f->folder = unit_folder_make();
	assert_int_equal(fsroot_open(f->folder, &f->root), 0);
	json_set_string(machine, "key", "3d2b5b00-6f3c-11ec-8000-ac1f6b102030");
	json_set_string(config, "run", "00112233aabbccdd");
	json_set_stringf(config, "url", "http://127.0.0.1:%u/events", f->server.http);
	json_set_string(config, "token", TOKEN);
	json_set_bool(config, "ends_only", true);
	json_set_u64(config, "sequence", 7);
	json_set_u64(config, "linger_s", 2);
	text = json_to_text(config);
	assert_int_equal(fsroot_write_text(f->root, TELL_FILE, text, 0600), 0);
	*state = f;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	server_stop(&f->server);
	fsroot_free(f->root);
	unit_folder_remove(f->folder);
	free(f);
	return 0;
}

/* The only event that came so far, or the second one. */
static struct json *event(const struct fixture *f, size_t number, size_t of, struct notice *ret)
{
	struct json *records[8] = {0}, *body;

	assert_int_equal(received(&f->server, "received", records, ARRAY_SIZE(records)), of);
	assert_string_equal(
		json_get_string(json_get_object(records[number], "headers"), "Authorization"),
		"Bearer " TOKEN);
	body = body_of(records[number]);
	free_all(records, of);
	assert_int_equal(notice_check(body, ret, NULL), 0);
	return body;
}

static void test_a_member_is_told_once(void **state)
{
	struct fixture *f = *state;
	char uuid[] = "c9f6f0de-2c3f-4d0e-9b43-5d3b2f3f0001", name[] = "alpha";
	const struct join_result result = {
		.state = JOIN_MEMBER, .host_uuid = uuid, .pool_name = name};
	_cleanup_json_ struct json *body = NULL;
	struct notice notice;

	tell_join(f->root, &result, NULL);
	body = event(f, 0, 1, &notice);
	assert_int_equal(notice.kind, NOTICE_JOINED);
	assert_int_equal(notice.sequence, 8);
	assert_string_equal(json_get_string(json_get_object(body, "pool"), "state"), "member");
	assert_string_equal(json_get_string(json_get_object(body, "pool"), "host_uuid"), uuid);
	assert_string_equal(json_get_string(json_get_object(body, "pool"), "pool"), name);
	/* The token goes with it, and nobody is told again. */
	assert_false(fsroot_exists(f->root, TELL_FILE));
	tell_join(f->root, &result, NULL);
	json_free(event(f, 0, 1, &notice));
}

static void test_a_failure_is_told_with_its_hint(void **state)
{
	struct fixture *f = *state;
	const struct join_result result = {.state = JOIN_UNTOUCHED};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_json_ struct json *body = NULL;
	struct notice notice;

	error_set(&error, ERROR_POOL, "the pool refused the host: HA_IS_ENABLED");
	error_hint(&error, "Run xe pool-ha-disable.");
	tell_join(f->root, &result, error);
	body = event(f, 0, 1, &notice);
	assert_int_equal(notice.kind, NOTICE_FAILED);
	assert_string_equal(json_get_string(body, "text"), error->message);
	assert_string_equal(json_get_string(body, "hint"), "Run xe pool-ha-disable.");
	assert_string_equal(json_get_string(body, "kind"), error_kind_to_string(ERROR_POOL));
}

/* Receivers drop what has a number that they know. */
static void test_the_next_try_has_numbers_of_its_own(void **state)
{
	struct fixture *f = *state;
	const struct join_result result = {.state = JOIN_UNTOUCHED};
	_cleanup_error_ struct error *error = NULL;
	struct notice first, second;

	error_set(&error, ERROR_NETWORK, "nobody answers");
	tell_join(f->root, &result, error);
	json_free(event(f, 0, 1, &first));
	tell_join(f->root, &result, NULL);
	json_free(event(f, 1, 2, &second));
	assert_true(second.sequence > first.sequence);
	assert_int_equal(second.kind, NOTICE_JOINED);
}

static void test_nobody_to_tell_is_nothing_to_do(void **state)
{
	struct fixture *f = *state;
	struct json *records[1] = {0};

	assert_int_equal(fsroot_unlink(f->root, TELL_FILE), 0);
	tell_join(f->root, &(const struct join_result){.state = JOIN_MEMBER}, NULL);
	assert_int_equal(received(&f->server, "received", records, 1), 0);
	assert_false(fsroot_exists(f->root, TELL_FILE));
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_member_is_told_once, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_failure_is_told_with_its_hint, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_the_next_try_has_numbers_of_its_own, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_nobody_to_tell_is_nothing_to_do, set_up,
						tear_down),
	};

	if (argc == 2 && str_eq(argv[1], NOTIFIER_COMMAND))
		return notifier_main();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
