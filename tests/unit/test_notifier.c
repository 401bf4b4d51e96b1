/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Events on their way to real servers, good and bad ones: what arrives, how often, and for how long
 * whoever tells them is held up. */
#include <errno.h>
#include <signal.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "common/digest.h"
#include "common/file.h"
#include "common/log.h"
#include "common/notice_queue.h"
#include "common/notice_send.h"
#include "common/notifier.h"
#include "common/str.h"
#include "common/syslog_send.h"
#include "tests/unit/event_server.h"

#define TOKEN "open+sesame"
/* None of these is waited for unless something is wrong. */
#define WAIT    600
#define FOREVER 600
#define TRIES   4000
/* Longer than is waited for, also on a machine that stands still; then it gives up by itself. */
#define A_MINUTE 60

/* Tries on for so long, whatever the machine does meanwhile. */
static struct json *config_for(const char *scheme, unsigned port)
{
	struct json *config = json_new_object(), *machine = json_set_object(config, "machine");

	json_set_string(machine, "key", "3d2b5b00-6f3c-11ec-8000-ac1f6b102030");
	json_set_string(config, "run", "00112233aabbccdd");
	json_set_stringf(config, "url", "%s://127.0.0.1:%u/events", scheme, port);
	json_set_string(config, "token", TOKEN);
	json_set_u64(config, "linger_s", FOREVER);
	return config;
}

static struct json *said(const char *key, const char *value)
{
	struct json *members = json_new_object();

	json_set_string(members, key, value);
	return members;
}

static void tell_story(struct notifier *notifier)
{
	struct json *members = said("step", "write-image:root");

	notifier_tell(notifier, NOTICE_START, said("version", "1"));
	json_set_string(members, "title", "write the system");
	notifier_tell(notifier, NOTICE_PHASE, members);
	notifier_tell(notifier, NOTICE_WARNING, said("text", "the fan is \"loud\""));
}

/* Every one was told, in order, each with the number that follows. */
static void expect_story(const struct server *server, const char *end)
{
	static const char *const kinds[] = {"start", "phase", "warning", NULL};
	struct json *records[64] = {0};
	size_t count = received(server, "received", records, ARRAY_SIZE(records)), next = 0;
	_cleanup_free_ char *last_id = NULL;

	for (size_t i = 0; i < count; i++) {
		_cleanup_json_ struct json *body = body_of(records[i]);
		struct notice notice;

		assert_int_equal(notice_check(body, &notice, NULL), 0);
		/* Another try of the same one: nothing of it is another. */
		if (str_eq(notice.id, last_id))
			continue;
		free(last_id);
		last_id = xstrdup(notice.id);
		assert_string_equal(notice_kind_to_string(notice.kind), kinds[next] ?: end);
		assert_int_equal(notice.sequence, ++next);
	}
	assert_int_equal(next, 4);
	free_all(records, count);
}

static void test_all_of_it_arrives_with_the_token(void **state)
{
	struct server server;
	_cleanup_json_ struct json *config = NULL;
	struct notifier *notifier = NULL;
	struct json *records[8] = {0};
	const struct json *headers;

	(void)state;
	server_start(&server, NULL);
	config = config_for("http", server.http);
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	tell_story(notifier);
	notifier_tell(notifier, NOTICE_DONE, NULL);
	assert_int_equal(notifier_finish(notifier, WAIT), 0);
	expect_story(&server, "done");
	assert_int_equal(received(&server, "received", records, 8), 4);
	headers = json_get_object(records[0], "headers");
	assert_string_equal(json_get_string(headers, "Authorization"), "Bearer " TOKEN);
	assert_string_equal(json_get_string(headers, "Idempotency-Key"),
			    "\"3d2b5b00-6f3c-11ec-8000-ac1f6b102030/00112233aabbccdd/1\"");
	assert_null(strstr(json_get_string(records[0], "body"), TOKEN));
	free_all(records, 4);
	server_stop(&server);
}

/* 500 and 503 are tried again; what was taken but not acknowledged comes again with its id. */
static void test_bad_servers_lose_nothing(void **state)
{
	static const char *const behaviours[] = {"500", "503", "ok", "lost", "slow", NULL};
	struct server server;
	_cleanup_json_ struct json *config = NULL;
	struct notifier *notifier = NULL;
	struct json *records[64] = {0};
	size_t count;

	(void)state;
	server_start(&server, behaviours);
	config = config_for("http", server.http);
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	tell_story(notifier);
	notifier_tell(notifier, NOTICE_FAILED, said("text", "the disk is gone"));
	assert_int_equal(notifier_finish(notifier, WAIT), 0);
	expect_story(&server, "failed");
	count = received(&server, "received", records, ARRAY_SIZE(records));
	assert_true(count >= 7);
	assert_string_equal(json_get_string(records[3], "behaviour"), "lost");
	assert_string_equal(json_get_string(records[3], "body"),
			    json_get_string(records[4], "body"));
	free_all(records, count);
	server_stop(&server);
}

/* As the notifier hears of it; NULL when it is all right by then. */
static char *wait_for_trouble(struct notifier *notifier, bool wanted)
{
	char *trouble = notifier_trouble(notifier);

	for (unsigned i = 0; i < TRIES && (trouble != NULL) != wanted; i++) {
		free(trouble);
		(void)usleep(50000);
		trouble = notifier_trouble(notifier);
	}
	return trouble;
}

static void test_trouble_is_over_when_it_is_taken(void **state)
{
	static const char *const behaviours[] = {"500", NULL};
	struct server server;
	_cleanup_json_ struct json *config = NULL;
	struct notifier *notifier = NULL;
	struct json *records[8] = {0};
	size_t count = 0;

	(void)state;
	server_start(&server, behaviours);
	config = config_for("http", server.http);
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	assert_null(notifier_trouble(notifier));
	notifier_tell(notifier, NOTICE_START, NULL);
	for (unsigned i = 0; i < TRIES && count < 2; i++) {
		free_all(records, count);
		count = received(&server, "received", records, 8);
		(void)usleep(50000);
	}
	assert_int_equal(count, 2);
	free_all(records, count);
	assert_null(wait_for_trouble(notifier, false));
	notifier_tell(notifier, NOTICE_DONE, NULL);
	assert_int_equal(notifier_finish(notifier, WAIT), 0);
	server_stop(&server);
}

/* What the server will never take is given up, and what comes behind it is not. */
static void test_a_refused_event_holds_up_no_other(void **state)
{
	static const char *const behaviours[] = {"ok", "413", NULL};
	struct server server;
	_cleanup_json_ struct json *config = NULL;
	struct notifier *notifier = NULL;

	(void)state;
	server_start(&server, behaviours);
	config = config_for("http", server.http);
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	tell_story(notifier);
	notifier_tell(notifier, NOTICE_DONE, NULL);
	assert_int_equal(notifier_finish(notifier, WAIT), -EIO);
	expect_story(&server, "done");
	server_stop(&server);
}

static void test_a_signature_in_place_of_the_token(void **state)
{
	struct server server;
	_cleanup_json_ struct json *config = NULL, *record = NULL;
	_cleanup_free_ char *expected = NULL;
	struct notifier *notifier = NULL;
	const struct json *headers;
	const char *body;

	(void)state;
	server_start(&server, NULL);
	config = config_for("http", server.http);
	json_set_bool(config, "sign", true);
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	notifier_tell(notifier, NOTICE_DONE, NULL);
	assert_int_equal(notifier_finish(notifier, WAIT), 0);
	assert_int_equal(received(&server, "received", &record, 1), 1);
	headers = json_get_object(record, "headers");
	body = json_get_string(record, "body");
	expected = notice_signature(TOKEN, body, strlen(body));
	assert_string_equal(json_get_string(headers, NOTICE_SIGNATURE), expected);
	assert_null(json_get_string(headers, "Authorization"));
	server_stop(&server);
}

/* RFC 4231, test case 2. */
static void test_the_signature_is_hmac(void **state)
{
	_cleanup_free_ char *signature =
		notice_signature("Jefe", "what do ya want for nothing?", 28);

	(void)state;
	assert_string_equal(
		signature,
		"sha256=5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
}

static void test_the_pinned_server_alone(void **state)
{
	static const char *const behaviours[] = {"tls", NULL};
	struct server server;
	_cleanup_json_ struct json *config = NULL, *record = NULL;
	struct notifier *notifier = NULL;
	char wrong[SHA256_HEX];

	(void)state;
	server_start(&server, behaviours);
	config = config_for("https", server.http);
	memset(wrong, 'a', sizeof(wrong) - 1);
	wrong[sizeof(wrong) - 1] = '\0';
	json_set_string(config, "certificate_sha256", wrong);
	json_set_u64(config, "linger_s", A_MINUTE);
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	notifier_tell(notifier, NOTICE_DONE, NULL);
	assert_int_equal(notifier_finish(notifier, 2), -ETIMEDOUT);
	assert_int_equal(received(&server, "received", &record, 1), 0);
	json_set_string(config, "certificate_sha256", server.sha256);
	json_set_u64(config, "linger_s", FOREVER);
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	notifier_tell(notifier, NOTICE_DONE, NULL);
	assert_int_equal(notifier_finish(notifier, WAIT), 0);
	assert_int_equal(received(&server, "received", &record, 1), 1);
	server_stop(&server);
}

/*
 * Nobody there from the beginning to the end: nothing waits but the end, and that not for long. One
 * that waited would do so for hours, with a pause behind each of many events.
 */
static void test_a_dead_server_holds_up_nothing(void **state)
{
	_cleanup_json_ struct json *config = config_for("http", 1);
	_cleanup_free_ char *trouble = NULL;
	struct notifier *notifier = NULL;
	double started = clock_seconds();

	(void)state;
	json_set_u64(config, "linger_s", A_MINUTE);
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	for (unsigned i = 0; i < 5000; i++) {
		tell_story(notifier);
		log_info("test", "line %u", i);
	}
	trouble = wait_for_trouble(notifier, true);
	assert_non_null(trouble);
	assert_non_null(strstr(trouble, "the server refuses the connection"));
	notifier_tell(notifier, NOTICE_DONE, NULL);
	assert_int_equal(notifier_finish(notifier, 2), -ETIMEDOUT);
	assert_true(clock_seconds() - started < 1800);
}

/* It would say so for ever. */
static void end_process(const struct server *server)
{
	_cleanup_free_ char *path = xasprintf("%s/pid", server->peer.folder), *text = NULL;
	unsigned pid;

	assert_int_equal(file_read(path, 64, &text, NULL), 0);
	assert_int_equal(str_to_uint(str_trim(text), 2, INT32_MAX, &pid), 0);
	assert_int_equal(kill((pid_t)pid, SIGTERM), 0);
}

/* With the log's last lines, and as often as it takes until somebody looks. */
static void test_a_failure_is_repeated(void **state)
{
	struct server server;
	_cleanup_json_ struct json *config = NULL;
	struct notifier *notifier = NULL;
	struct json *records[8] = {0};
	size_t count = 0;
	uint64_t repeated;

	(void)state;
	server_start(&server, NULL);
	config = config_for("http", server.http);
	json_set_u64(config, "repeat_s", 1);
	json_set_stringf(config, "pid_file", "%s/pid", server.peer.folder);
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	log_hide("hunter2222");
	log_info("disk", "sda does not answer, password hunter2222");
	notifier_tell(notifier, NOTICE_FAILED, said("text", "hunter2222: sda does not answer"));
	assert_int_equal(notifier_finish(notifier, WAIT), 0);
	for (unsigned i = 0; i < TRIES && count < 3; i++) {
		free_all(records, count);
		count = received(&server, "received", records, 8);
		(void)usleep(50000);
	}
	assert_true(count >= 3);
	for (size_t i = 0; i < 3; i++) {
		_cleanup_json_ struct json *body = body_of(records[i]);
		const struct json *tail = json_get_array(body, "log_tail");
		struct notice notice;

		assert_int_equal(notice_check(body, &notice, NULL), 0);
		assert_int_equal(notice.sequence, i + 1);
		assert_int_equal(json_get_u64(body, "repeated", &repeated), i > 0);
		assert_true(json_length(tail) >= 1);
		assert_non_null(strstr(json_at_string(tail, json_length(tail) - 1), "********"));
		assert_null(strstr(json_get_string(records[i], "body"), "hunter2222"));
	}
	free_all(records, count);
	end_process(&server);
	server_stop(&server);
}

/* A program that is killed has somebody to say so. */
static void test_a_killed_program_is_told(void **state)
{
	struct server server;
	_cleanup_json_ struct json *config = NULL, *body = NULL;
	struct json *records[8] = {0};
	size_t count = 0;
	pid_t pid;

	(void)state;
	server_start(&server, NULL);
	config = config_for("http", server.http);
	pid = fork();
	if (pid == 0) {
		struct notifier *notifier = NULL;

		if (notifier_start(config, &notifier, NULL) < 0)
			_exit(1);
		notifier_tell(notifier, NOTICE_START, NULL);
		raise(SIGKILL);
	}
	waitpid(pid, NULL, 0);
	for (unsigned i = 0; i < TRIES && count < 2; i++) {
		free_all(records, count);
		count = received(&server, "received", records, 8);
		(void)usleep(50000);
	}
	assert_int_equal(count, 2);
	body = body_of(records[1]);
	assert_string_equal(json_get_string(body, "event"), "failed");
	assert_non_null(strstr(json_get_string(body, "text"), "without a word"));
	free_all(records, count);
	server_stop(&server);
}

static void expect_syslog(const char *way, bool tcp)
{
	struct server server;
	_cleanup_json_ struct json *config = NULL;
	struct notifier *notifier = NULL;
	struct json *records[8] = {0};
	size_t count = 0;
	const char *message;

	server_start(&server, NULL);
	config = config_for("http", server.http);
	json_set_null(config, "url");
	json_set_stringf(config, "syslog_server", "127.0.0.1:%u", tcp ? server.tcp : server.udp);
	json_set_bool(config, "syslog_tcp", tcp);
	json_set_string(config, "hostname", "xen 1");
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	log_warning("disk", "sda is slow");
	assert_int_equal(notifier_finish(notifier, WAIT), 0);
	for (unsigned i = 0; i < TRIES && count == 0; i++) {
		count = received(&server, "syslog", records, 8);
		(void)usleep(50000);
	}
	assert_int_equal(count, 1);
	assert_string_equal(json_get_string(records[0], "way"), way);
	message = json_get_string(records[0], "message");
	/* daemon.warning, RFC 5424 */
	assert_true(
		str_glob("<28>1 20*-*-*T*:*:*.*Z xen_1 xenhost - - - disk: sda is slow", message));
	free_all(records, count);
	server_stop(&server);
}

static void test_syslog(void **state)
{
	(void)state;
	expect_syslog("udp", false);
	expect_syslog("tcp", true);
}

static void test_syslog_servers(void **state)
{
	static const struct {
		const char *server, *host, *port;
	} rows[] = {
		{"log.example.org", "log.example.org", "514"},
		{"192.0.2.1:6514", "192.0.2.1", "6514"},
		{"[2001:db8::1]:99", "2001:db8::1", "99"},
		{"[2001:db8::1]", "2001:db8::1", "514"},
		{"2001:db8::1", "2001:db8::1", "514"},
	};
	static const char *const bad[] = {"", ":514", "host:", "[2001:db8::1]x"};
	struct syslog_peer peer;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		assert_int_equal(syslog_open(rows[i].server, false, "x", &peer), 0);
		assert_string_equal(peer.host, rows[i].host);
		assert_string_equal(peer.port, rows[i].port);
		syslog_done(&peer);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(syslog_open(bad[i], false, "x", &peer), -EINVAL);
}

static void push(struct notice_queue *queue, enum notice_kind kind)
{
	notice_queue_push(queue, (struct notice_item){.kind = kind, .json = json_new_object()});
}

/* What is given up when nobody takes anything: never a beginning or an end. */
static void test_a_full_queue(void **state)
{
	static struct notice_queue queue;
	struct notice_item item;
	size_t starts = 0, ends = 0, count = 0;

	(void)state;
	push(&queue, NOTICE_START);
	for (size_t i = 0; i < 2 * NOTICE_QUEUE_MAX; i++) {
		push(&queue, i % 2 ? NOTICE_WARNING : NOTICE_PHASE);
		push(&queue, NOTICE_PROGRESS);
	}
	push(&queue, NOTICE_FAILED);
	assert_int_equal(queue.lost, NOTICE_QUEUE_MAX + 2);
	while (notice_queue_pop(&queue, 100, &item)) {
		starts += item.kind == NOTICE_START;
		ends += item.kind == NOTICE_FAILED;
		/* The end made it worthless. */
		assert_int_not_equal(item.kind, NOTICE_PROGRESS);
		count++;
		notice_item_done(&item);
	}
	assert_int_equal(count, NOTICE_QUEUE_MAX);
	assert_int_equal(starts, 1);
	assert_int_equal(ends, 1);
	notice_queue_done(&queue);
}

static void test_progress_is_rare(void **state)
{
	static struct notice_queue queue;
	struct notice_item item;
	size_t sent = 0;

	(void)state;
	for (unsigned tick = 0; tick < 1000; tick++) {
		push(&queue, NOTICE_PROGRESS);
		while (notice_queue_pop(&queue, 100 + tick * 0.1, &item)) {
			sent++;
			notice_item_done(&item);
		}
	}
	assert_int_equal(sent, 100 / NOTICE_PROGRESS_S);
	notice_queue_done(&queue);
}

/* The table in the documentation is the one that senders and receivers work by. */
static void test_documented(void **state)
{
	_cleanup_free_ char *tables = notice_tables(), *page = NULL;

	(void)state;
	assert_int_equal(file_read("docs/EVENTS.md", MIB, &page, NULL), 0);
	if (!strstr(page, tables)) {
		print_error("docs/EVENTS.md must hold this:\n%s", tables);
		fail();
	}
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_the_signature_is_hmac),
		cmocka_unit_test(test_all_of_it_arrives_with_the_token),
		cmocka_unit_test(test_bad_servers_lose_nothing),
		cmocka_unit_test(test_trouble_is_over_when_it_is_taken),
		cmocka_unit_test(test_a_refused_event_holds_up_no_other),
		cmocka_unit_test(test_a_signature_in_place_of_the_token),
		cmocka_unit_test(test_the_pinned_server_alone),
		cmocka_unit_test(test_a_dead_server_holds_up_nothing),
		cmocka_unit_test(test_a_failure_is_repeated),
		cmocka_unit_test(test_a_killed_program_is_told),
		cmocka_unit_test(test_syslog),
		cmocka_unit_test(test_syslog_servers),
		cmocka_unit_test(test_a_full_queue),
		cmocka_unit_test(test_progress_is_rare),
		cmocka_unit_test(test_documented),
	};

	if (argc == 2 && str_eq(argv[1], NOTIFIER_COMMAND))
		return notifier_main();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
