/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source over FTP arrives whole, goes on at the same byte, and says what it lacks. */
#include <unistd.h>

#include "tests/unit/answer_server.h"
#include "tests/unit/payload_fixture.h"

struct lab {
	struct fixture fixture;
	struct answer_server *server;
};

static int setup(void **state)
{
	static const char *const files[] = {"manifest.json", "manifest.sig", MANIFEST_IMAGE};
	struct lab *lab = xcalloc(1, sizeof(*lab));
	void *server = NULL;

	unsetenv("ftp_proxy");
	fixture_make(&lab->fixture);
	answer_server_start(&server);
	lab->server = server;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *from =
			xasprintf("%s/source/%s", lab->fixture.folder, files[i]);
		_cleanup_free_ char *to = xasprintf("%s/%s", lab->server->peer.folder, files[i]);

		assert_int_equal(symlink(from, to), 0);
	}
	*state = lab;
	return 0;
}

static int teardown(void **state)
{
	struct lab *lab = *state;
	void *server = lab->server;

	answer_server_stop(&server);
	fixture_remove(&lab->fixture);
	free(lab);
	return 0;
}

static int open_url(const struct lab *lab, struct payload **ret, struct error **err)
{
	_cleanup_free_ char *url = xasprintf("ftp://fleet:geheim@127.0.0.1:%u/", lab->server->ftp);
	_cleanup_free_ char *outer = xasprintf("%s/root", lab->fixture.folder);
	_cleanup_fsroot_ struct fsroot *root = NULL;

	assert_int_equal(fsroot_open(outer, &root), 0);
	return payload_open(url, root, ret, err);
}

static void on_wait(const char *why, unsigned seconds, void *data)
{
	struct arrival *arrival = data;

	(void)seconds;
	assert_null(strstr(why, "geheim"));
	arrival->waits++;
}

static void assert_arrives(struct payload *payload, size_t waits)
{
	struct arrival arrival = {0};
	const struct payload_stream stream = {
		.on_chunk = fixture_take, .on_wait = on_wait, .data = &arrival};

	assert_int_equal(payload_read(payload, &stream, NULL), 0);
	assert_int_equal(arrival.count, FIXTURE_DATA_CHUNKS);
	assert_int_equal(arrival.waits, waits);
	assert_false(arrival.wrong);
}

static void test_whole_source(void **state)
{
	const struct lab *lab = *state;
	_cleanup_payload_ struct payload *payload = NULL;

	assert_int_equal(open_url(lab, &payload, NULL), 0);
	assert_null(strstr(payload_where(payload), "geheim"));
	assert_int_equal(payload_probe(payload, NULL), 0);
	assert_arrives(payload, 0);
}

static void test_broken_connections_are_taken_up_where_they_were(void **state)
{
	const struct lab *lab = *state;
	const struct source_chunk *last = &lab->fixture.chunks[FIXTURE_CHUNKS - 1];
	unsigned long long bytes = last->file_offset + last->file_bytes;
	_cleanup_free_ char *most = xasprintf("%llu", bytes * 2 / 5);
	_cleanup_payload_ struct payload *payload = NULL;

	assert_int_equal(open_url(lab, &payload, NULL), 0);
	answer_server_put(lab->server, "drop", most);
	assert_arrives(payload, 2);
}

static void test_what_is_not_there(void **state)
{
	const struct lab *lab = *state;
	_cleanup_free_ char *path = xasprintf("%s/manifest.json", lab->server->peer.folder);
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_error_ struct error *err = NULL;

	assert_int_equal(unlink(path), 0);
	assert_true(open_url(lab, &payload, &err) < 0);
	assert_null(strstr(err->message, "geheim"));
	assert_non_null(error_get_hint(err));
	assert_int_equal(err->kind, ERROR_MEDIA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_whole_source, setup, teardown),
		cmocka_unit_test_setup_teardown(
			test_broken_connections_are_taken_up_where_they_were, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_not_there, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
