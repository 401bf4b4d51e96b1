/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source on an NFS server, as far as no kernel has to mount it: tests/vm/test_nfs.py does. */
#include <errno.h>

#include "tests/unit/payload_fixture.h"

#include "common/nfs_file.h"
#include "installer/payload/transport.h"

/* Nothing listens there. */
#define AWAY "nfs://127.0.0.1:1/srv/xenhost"

static void test_places(void **state)
{
	static const struct {
		const char *url, *server, *folder;
		unsigned port;
	} rows[] = {
		{"nfs://h/srv/xenhost", "h", "/srv/xenhost", 2049},
		{"nfs://h:/srv/xenhost", "h", "/srv/xenhost", 2049},
		{"nfs://192.0.2.1:20490/a%20b", "192.0.2.1", "/a b", 20490},
		{"nfs://[2001:db8::1]:1/x", "2001:db8::1", "/x", 1},
		{"nfs://h/", "h", "/", 2049},
		{"nfs://h", "h", "/", 2049},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct nfs_place place;

		assert_int_equal(nfs_parse(rows[i].url, &place), 0);
		assert_string_equal(place.server, rows[i].server);
		assert_string_equal(place.folder, rows[i].folder);
		assert_int_equal(place.port, rows[i].port);
		nfs_place_done(&place);
	}
}

static void test_what_names_no_server(void **state)
{
	static const char *const wrong[] = {"nfs://",     "nfs:////",
					    "nfs:///srv", "nfs://h:0/x",
					    "nfs://[h/x", "nfs://u:geheim@192.0.2.1/x"};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++) {
		struct transport *transport = NULL;
		struct error *err = NULL;

		assert_true(transport_open(wrong[i], &transport, &err) < 0);
		assert_null(transport);
		assert_int_equal(err->kind, ERROR_MEDIA);
		assert_null(strstr(err->message, "geheim"));
		assert_non_null(strstr(error_get_hint(err), "nfs://server/folder"));
		unit_expect_error(&err, "names no folder of an NFS server");
	}
}

/* What trying again may help against, and what it cannot. */
static void test_failures_that_may_pass(void **state)
{
	static const struct {
		int errnum;
		bool passes;
	} rows[] = {
		{EIO, true},          {ETIMEDOUT, true},    {ESTALE, true},
		{ECONNREFUSED, true}, {EHOSTUNREACH, true}, {ENOENT, false},
		{EACCES, false},      {ENODEV, false},      {EPROTONOSUPPORT, false},
		{ENOTDIR, false},     {0, false},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++)
		assert_int_equal(nfs_errnum_is_transient(rows[i].errnum), rows[i].passes);
}

static int take(const void *bytes, size_t length, void *data)
{
	(void)bytes;
	(void)length;
	(void)data;
	return 0;
}

static void expect_away(struct transport *transport, int r, struct error **err)
{
	assert_int_equal(r, -ECONNREFUSED);
	assert_int_equal((*err)->kind, ERROR_NETWORK);
	assert_true(transport_error_is_transient(transport, *err));
	assert_non_null(strstr(error_get_hint(*err), "NFS server"));
	unit_expect_error(err, "NFS server 127.0.0.1: it does not answer: Connection refused");
}

static void test_a_server_that_is_away(void **state)
{
	_cleanup_(transport_freep) struct transport *transport = NULL, *again = NULL;
	_cleanup_free_ char *text = NULL;
	struct error *err = NULL;
	size_t length;
	int r;

	(void)state;
	assert_int_equal(transport_open(AWAY "/", &transport, NULL), 0);
	assert_true(transport_is_remote(transport));
	assert_string_equal(transport_where(transport), AWAY);
	r = transport_get(transport, "manifest.json", 1000, &text, &length, &err);
	expect_away(transport, r, &err);
	assert_int_equal(transport_again(transport, &again, NULL), 0);
	assert_string_equal(transport_where(again), AWAY);
	r = transport_read(again, "root.img.chunks", 0, 10, take, NULL, &err);
	expect_away(again, r, &err);
}

static bool is_over(void *data)
{
	(void)data;
	return true;
}

/* Nobody has to wait for what the kernel waits for. */
static void test_what_is_broken_off_ends_at_once(void **state)
{
	struct nfs_place place = {0};
	struct nfs_wish wish = {.place = &place, .name = "a", .is_broken_off = is_over};
	struct nfs_file *file = NULL;
	struct error *err = NULL;

	(void)state;
	assert_int_equal(nfs_parse(AWAY, &place), 0);
	assert_int_equal(nfs_file_open(&wish, &file, &err), -ECONNRESET);
	assert_null(file);
	unit_expect_error(&err, "NFS server 127.0.0.1: /srv/xenhost/a cannot be read");
	nfs_place_done(&place);
}

/* As an operator has it who takes the source from elsewhere: nothing more comes from there. */
static void test_a_broken_transport_reads_nothing(void **state)
{
	_cleanup_(transport_freep) struct transport *transport = NULL;
	struct error *err = NULL;

	(void)state;
	assert_int_equal(transport_open(AWAY, &transport, NULL), 0);
	transport_break(transport);
	assert_int_equal(transport_read(transport, "a", 0, 10, take, NULL, &err), -ECONNRESET);
	assert_true(transport_error_is_transient(transport, err));
	unit_expect_error(&err, "cannot be read: Connection reset by peer");
}

static void test_the_next_mirror_serves(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_free_ char *where = xasprintf(AWAY " %s/source", fixture->folder),
			    *outer = xasprintf("%s/root", fixture->folder);
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_payload_ struct payload *payload = NULL;

	assert_int_equal(fsroot_open(outer, &root), 0);
	assert_int_equal(payload_open(where, root, &payload, NULL), 0);
	assert_null(strstr(payload_where(payload), "nfs"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_what_names_no_server),
		cmocka_unit_test(test_failures_that_may_pass),
		cmocka_unit_test(test_a_server_that_is_away),
		cmocka_unit_test(test_what_is_broken_off_ends_at_once),
		cmocka_unit_test(test_a_broken_transport_reads_nothing),
		FIXTURE_TEST(test_the_next_mirror_serves),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
