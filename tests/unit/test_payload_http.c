/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source over HTTP survives a connection that breaks, and says what it cannot survive. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/unit/payload_fixture.h"

/* A web server in a process of its own; it serves the fixture's source folder. */
struct server {
	struct fixture fixture;
	pid_t pid;
	uint16_t port;
	uint64_t drop_after; /* bytes of one answer after which it hangs up; 0: never */
	unsigned stumbles;   /* that many answers, the first ones, break off after a few bytes */
	unsigned hangs;      /* that many answers stop after drop_after bytes, and stay open */
	bool no_ranges;
};

/* Nothing more comes, and the client sees no end until it lets go. */
static void hang(int client)
{
	char byte;

	if (fork() > 0)
		return;
	while (recv(client, &byte, 1, 0) > 0)
		;
	_exit(0);
}

static void answer(struct server *server, int client)
{
	_cleanup_free_ char *path = NULL, *head = NULL, *body = NULL;
	_cleanup_fsroot_ struct fsroot *root = NULL;
	char request[4096], name[256] = "";
	unsigned long long from = 0, to = 0;
	const char *range;
	size_t length, sent;
	ssize_t n = recv(client, request, sizeof(request) - 1, 0);

	if (n <= 0)
		return;
	request[n] = '\0';
	if (sscanf(request, "GET /%255s", name) != 1 ||
	    fsroot_open(server->fixture.folder, &root) < 0)
		return;
	path = xasprintf("/source/%s", name);
	if (fsroot_read(root, path, 64 * MIB, &body, &length) < 0) {
		dprintf(client, "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n"
				"Connection: close\r\n\r\n");
		return;
	}
	range = strstr(request, "Range: bytes=");
	if (range && !server->no_ranges) {
		int fields = sscanf(range, "Range: bytes=%llu-%llu", &from, &to);

		to = fields == 2 && to < length ? to : length - 1;
		head = xasprintf("HTTP/1.1 206 Partial Content\r\n"
				 "Content-Range: bytes %llu-%llu/%zu\r\n",
				 from, to, length);
	} else {
		to = length - 1;
		head = xstrdup("HTTP/1.1 200 OK\r\n");
	}
	dprintf(client, "%sContent-Length: %llu\r\nConnection: close\r\n\r\n", head, to - from + 1);
	sent = (size_t)(to - from + 1);
	if (server->drop_after > 0 && sent > server->drop_after)
		sent = (size_t)server->drop_after;
	if (server->stumbles > 0 && sent > 8) {
		server->stumbles--;
		sent = 8;
	}
	for (const char *at = body + from; sent > 0;) {
		n = send(client, at, sent, MSG_NOSIGNAL);
		if (n <= 0)
			return;
		at += n;
		sent -= (size_t)n;
	}
	if (server->hangs > 0 && range) {
		server->hangs--;
		server->drop_after = 0;
		hang(client);
		return;
	}
	shutdown(client, SHUT_WR);
}

static void serve(struct server *server, int listener)
{
	for (;;) {
		int client = accept(listener, NULL, NULL);

		if (client < 0)
			_exit(1);
		answer(server, client);
		close(client);
	}
}

/* Port 0 takes a free one; the same port again plays a server that came back. */
static void server_start(struct server *server)
{
	struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(server->port)};
	socklen_t length = sizeof(address);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), on = 1;

	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	assert_int_equal(bind(listener, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(listener, 16), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&address, &length), 0);
	server->port = ntohs(address.sin_port);
	server->pid = fork();
	assert_true(server->pid >= 0);
	if (server->pid == 0)
		serve(server, listener);
	close(listener);
}

static void server_stop(struct server *server)
{
	if (server->pid <= 0)
		return;
	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	server->pid = 0;
}

static int setup(void **state)
{
	struct server *server = xcalloc(1, sizeof(*server));

	unsetenv("http_proxy");
	fixture_make(&server->fixture);
	*state = server;
	return 0;
}

static int teardown(void **state)
{
	struct server *server = *state;

	server_stop(server);
	fixture_remove(&server->fixture);
	free(server);
	return 0;
}

static int open_url(const struct server *server, struct payload **ret, struct error **err)
{
	_cleanup_free_ char *url = xasprintf("http://user:geheim@127.0.0.1:%u/", server->port);
	_cleanup_free_ char *outer = xasprintf("%s/root", server->fixture.folder);
	_cleanup_fsroot_ struct fsroot *root = NULL;

	assert_int_equal(fsroot_open(outer, &root), 0);
	return payload_open(url, root, ret, err);
}

/* fixture_take() fills the first member, on_wait() looks at the server. */
struct arriving {
	struct arrival arrival;
	struct server *server;
};

static void on_wait(const char *why, unsigned seconds, void *data)
{
	struct arriving *arriving = data;

	(void)seconds;
	assert_non_null(why);
	assert_null(strstr(why, "geheim"));
	arriving->arrival.waits++;
	/* A server that was away and comes back. */
	if (arriving->server->pid == 0)
		server_start(arriving->server);
}

/* All of the image, unharmed, after so many waits. */
static void assert_arrives(struct server *server, struct payload *payload, size_t waits)
{
	struct arriving arriving = {.server = server};
	const struct payload_stream stream = {
		.on_chunk = fixture_take, .on_wait = on_wait, .data = &arriving};

	assert_int_equal(payload_read(payload, &stream, NULL), 0);
	assert_int_equal(arriving.arrival.count, FIXTURE_DATA_CHUNKS);
	assert_int_equal(arriving.arrival.waits, waits);
	assert_false(arriving.arrival.wrong);
}

static void test_whole_source_over_http(void **state)
{
	struct server *server = *state;
	_cleanup_payload_ struct payload *payload = NULL;

	server_start(server);
	assert_int_equal(open_url(server, &payload, NULL), 0);
	assert_null(strstr(payload_where(payload), "geheim"));
	assert_int_equal(payload_probe(payload, NULL), 0);
	assert_arrives(server, payload, 0);
}

static void test_a_server_that_stumbles_before_anything_is_written(void **state)
{
	struct server *server = *state;
	_cleanup_payload_ struct payload *payload = NULL;

	server->stumbles = 1;
	server_start(server);
	assert_int_equal(open_url(server, &payload, NULL), 0);
	server_stop(server);
	server->stumbles = 1;
	server_start(server);
	assert_int_equal(payload_probe(payload, NULL), 0);
}

static void test_broken_connections_are_taken_up_where_they_were(void **state)
{
	struct server *server = *state;
	_cleanup_payload_ struct payload *payload = NULL;
	const struct source_chunk *last = &server->fixture.chunks[FIXTURE_CHUNKS - 1];

	/* In the middle of a chunk, twice. */
	server->drop_after = (last->file_offset + last->file_bytes) * 2 / 5;
	server_start(server);
	assert_int_equal(open_url(server, &payload, NULL), 0);
	assert_arrives(server, payload, 2);
}

static void test_a_server_that_was_away_is_waited_for(void **state)
{
	struct server *server = *state;
	_cleanup_payload_ struct payload *payload = NULL;

	server_start(server);
	assert_int_equal(open_url(server, &payload, NULL), 0);
	server_stop(server);
	assert_arrives(server, payload, 1);
}

static void keep_away(const char *why, unsigned seconds, void *data)
{
	(void)why;
	(void)seconds;
	(void)data;
}

static void test_patience_ends(void **state)
{
	struct server *server = *state;
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_error_ struct error *err = NULL;
	struct arrival arrival = {0};
	const struct payload_stream stream = {
		.on_chunk = fixture_take, .on_wait = keep_away, .patience_s = 1, .data = &arrival};

	server_start(server);
	assert_int_equal(open_url(server, &payload, NULL), 0);
	server_stop(server);
	assert_true(payload_read(payload, &stream, &err) < 0);
	assert_int_equal(err->kind, ERROR_NETWORK);
	assert_string_equal(err->message, "the source sent nothing for 1 seconds");
	assert_non_null(error_get_hint(err));
}

/* An operator who sees that nothing comes any more, and what he does then. */
struct watcher {
	struct payload *payload;
	uint64_t until;  /* bytes after which nothing comes */
	char *elsewhere; /* or NULL: the same place anew */
	const struct fsroot *root;
	int result;
};

static void *operate(void *data)
{
	const struct timespec moment = {.tv_nsec = 2000000};
	struct watcher *watcher = data;
	struct payload_flow flow;

	do {
		nanosleep(&moment, NULL);
		payload_flow(watcher->payload, &flow);
	} while (flow.bytes < watcher->until);
	assert_true(flow.reading);
	watcher->result = watcher->elsewhere ? payload_change(watcher->payload, watcher->elsewhere,
							      watcher->root, NULL)
					     : payload_retry(watcher->payload, NULL);
	return NULL;
}

static void assert_rescued(struct server *server, char *elsewhere)
{
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_free_ char *outer = xasprintf("%s/root", server->fixture.folder);
	_cleanup_fsroot_ struct fsroot *root = NULL;
	struct watcher watcher = {.elsewhere = elsewhere};
	struct payload_flow flow;
	pthread_t thread;

	assert_int_equal(fsroot_open(outer, &root), 0);
	server_start(server);
	assert_int_equal(open_url(server, &payload, NULL), 0);
	server_stop(server);
	/* Behind the signature, and in the middle of a chunk. */
	server->drop_after = watcher.until = server->fixture.chunks[2].file_offset + 100;
	server->hangs = 1;
	server_start(server);
	watcher.payload = payload;
	watcher.root = root;
	assert_int_equal(pthread_create(&thread, NULL, operate, &watcher), 0);
	assert_arrives(server, payload, 0);
	pthread_join(thread, NULL);
	assert_int_equal(watcher.result, 0);
	payload_flow(payload, &flow);
	assert_false(flow.reading);
	assert_int_equal(flow.remote, !elsewhere);
	/* Not a byte of it came twice. */
	assert_int_equal(flow.bytes, server->fixture.chunks[FIXTURE_CHUNKS - 1].file_offset +
					     server->fixture.chunks[FIXTURE_CHUNKS - 1].file_bytes -
					     server->fixture.chunks[0].file_offset);
}

static void test_a_connection_that_hangs_is_begun_anew_on_demand(void **state)
{
	assert_rescued(*state, NULL);
}

static void test_the_rest_comes_from_another_place(void **state)
{
	struct server *server = *state;
	_cleanup_free_ char *folder = xasprintf("%s/source", server->fixture.folder);

	assert_rescued(server, folder);
}

static void test_another_place_must_have_the_same_manifest(void **state)
{
	struct server *server = *state;
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_error_ struct error *err = NULL;
	_cleanup_free_ char *outer = xasprintf("%s/root", server->fixture.folder);
	_cleanup_free_ char *nowhere = xasprintf("%s/elsewhere", server->fixture.folder);
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_free_ char *folder = xasprintf("%s/source", server->fixture.folder);
	_cleanup_free_ char *text = NULL;
	_cleanup_fsroot_ struct fsroot *folder_root = NULL;
	char *build;

	assert_int_equal(fsroot_open(outer, &root), 0);
	assert_int_equal(fsroot_open(folder, &folder_root), 0);
	server_start(server);
	assert_int_equal(open_url(server, &payload, NULL), 0);
	assert_true(payload_change(payload, nowhere, root, &err) < 0);
	error_free(TAKE_PTR(err));
	/* Signed as well as the first, but another build. */
	assert_int_equal(fsroot_read_text(folder_root, "/manifest.json", &text), 0);
	build = strstr(text, "\"test\"");
	assert_non_null(build);
	memcpy(build, "\"next\"", 6);
	fixture_sign(&server->fixture, text);
	assert_true(payload_change(payload, folder, root, &err) < 0);
	assert_int_equal(err->kind, ERROR_MEDIA);
	assert_non_null(strstr(err->message, "holds another build of the system, xenhost 1"));
	assert_arrives(server, payload, 0);
}

/* A second server with the same files; "http://first http://second". */
static char *start_mirror(struct server *server, struct server *mirror)
{
	*mirror = (struct server){.fixture = server->fixture};
	server_start(mirror);
	return xasprintf("http://127.0.0.1:%u/ http://127.0.0.1:%u/", server->port, mirror->port);
}

static int open_mirrors(const struct server *server, const char *where, struct payload **ret,
			struct error **err)
{
	_cleanup_free_ char *outer = xasprintf("%s/root", server->fixture.folder);
	_cleanup_fsroot_ struct fsroot *root = NULL;

	assert_int_equal(fsroot_open(outer, &root), 0);
	return payload_open(where, root, ret, err);
}

static void test_the_first_mirror_that_serves_is_taken(void **state)
{
	struct server *server = *state, mirror;
	_cleanup_payload_ struct payload *payload = NULL, *none = NULL;
	_cleanup_error_ struct error *err = NULL;
	_cleanup_free_ char *where = NULL, *second = NULL, *bad = NULL;

	/* A port on which nobody listens any more. */
	server_start(server);
	server_stop(server);
	where = start_mirror(server, &mirror);
	second = xasprintf("http://127.0.0.1:%u/", mirror.port);
	assert_int_equal(open_mirrors(server, where, &payload, NULL), 0);
	assert_true(str_starts(second, payload_where(payload)));
	assert_arrives(&mirror, payload, 0);
	bad = xasprintf("%snothing %selsewhere", second, second);
	assert_true(open_mirrors(server, bad, &none, &err) < 0);
	assert_int_equal(err->kind, ERROR_MEDIA);
	assert_non_null(strstr(err->message, "nothing"));
	server_stop(&mirror);
}

/* The first breaks off in the middle of a chunk; the second goes on at that byte. */
static void test_the_next_mirror_goes_on(void **state)
{
	struct server *server = *state, mirror;
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_free_ char *where = NULL;
	const struct source_chunk *last = &server->fixture.chunks[FIXTURE_CHUNKS - 1];

	server->drop_after = (last->file_offset + last->file_bytes) * 2 / 5;
	server_start(server);
	where = start_mirror(server, &mirror);
	assert_int_equal(open_mirrors(server, where, &payload, NULL), 0);
	assert_arrives(server, payload, 1);
	assert_non_null(strstr(where, payload_where(payload)));
	assert_non_null(strstr(strchr(where, ' '), payload_where(payload)));
	server_stop(&mirror);
}

static void test_nothing_there_or_no_ranges(void **state)
{
	struct server *server = *state;
	_cleanup_payload_ struct payload *payload = NULL, *nothing = NULL;
	_cleanup_error_ struct error *ranges = NULL, *missing = NULL;
	_cleanup_free_ char *manifest =
		xasprintf("%s/source/%s", server->fixture.folder, MANIFEST_NAME);

	server->no_ranges = true;
	server_start(server);
	assert_int_equal(open_url(server, &payload, NULL), 0);
	assert_true(payload_probe(payload, &ranges) < 0);
	assert_non_null(strstr(error_get_hint(ranges), "byte ranges"));
	assert_int_equal(unlink(manifest), 0);
	assert_true(open_url(server, &nothing, &missing) < 0);
	assert_int_equal(missing->kind, ERROR_MEDIA);
	assert_non_null(strstr(missing->message, "there is no manifest.json"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole_source_over_http, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_a_server_that_stumbles_before_anything_is_written, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_broken_connections_are_taken_up_where_they_were, setup, teardown),
		cmocka_unit_test_setup_teardown(test_a_server_that_was_away_is_waited_for, setup,
						teardown),
		cmocka_unit_test_setup_teardown(
			test_a_connection_that_hangs_is_begun_anew_on_demand, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_rest_comes_from_another_place, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_another_place_must_have_the_same_manifest,
						setup, teardown),
		cmocka_unit_test_setup_teardown(test_patience_ends, setup, teardown),
		cmocka_unit_test_setup_teardown(test_the_first_mirror_that_serves_is_taken, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_the_next_mirror_goes_on, setup, teardown),
		cmocka_unit_test_setup_teardown(test_nothing_there_or_no_ranges, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
