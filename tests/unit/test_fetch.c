/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/answer_server.h"

#include "common/fetch.h"
#include "common/fetch_nfs.h"
#include "common/fsroot.h"
#include "common/http.h"
#include "common/url.h"

#define FILE_TEXT "<installation/>\n"

static int read_from(const struct fetch *fetch, const char *where, char **ret, struct error **err)
{
	size_t length = 0;
	int r = fetch_read(fetch, where, ret, &length, err);

	if (r == 0)
		assert_int_equal(length, strlen(*ret));
	return r;
}

static void expect_text(const struct fetch *fetch, const char *where, const char *words)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(read_from(fetch, where, &text, NULL), 0);
	if (!strstr(text, words))
		fail_msg("\"%s\" lacks \"%s\"", text, words);
}

static void expect_refusal(const struct fetch *fetch, const char *where, const char *words)
{
	struct error *err = NULL;
	char *text = NULL;

	assert_true(read_from(fetch, where, &text, &err) < 0);
	unit_expect_error(&err, words);
	assert_null(text);
}

static void test_servers_of_all_kinds(void **state)
{
	const struct answer_server *server = *state;
	const struct fetch plain = {0};
	_cleanup_strbuf_ struct strbuf large = {0};
	struct {
		const char *scheme;
		unsigned port;
	} kinds[] = {{"http", server->http}, {"ftp", server->ftp}, {"tftp", server->tftp}};

	/* More than one block of TFTP. */
	for (unsigned i = 0; i < 300; i++)
		strbuf_addf(&large, "line %u\n", i);
	answer_server_put(server, "a.xml", FILE_TEXT);
	answer_server_put(server, "52:54:00.xml", FILE_TEXT);
	answer_server_put(server, "large.xml", large.text);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		_cleanup_free_ char *base = xasprintf("%s://127.0.0.1:%u", kinds[i].scheme,
						      kinds[i].port),
				    *file = xasprintf("%s/a.xml", base),
				    *mac = xasprintf("%s/52:54:00.xml", base),
				    *big = xasprintf("%s/large.xml", base),
				    *missing = xasprintf("%s/b.xml", base);
		const struct fetch small = {.max_bytes = 1000};

		expect_text(&plain, file, FILE_TEXT);
		expect_text(&plain, mac, FILE_TEXT);
		expect_text(&plain, big, large.text);
		expect_refusal(&plain, missing, "not found on the server");
		expect_refusal(&small, big, "more bytes than expected");
		assert_true(fetch_is_remote(file));
	}
}

/* Else it would be said to be no XML. */
static void test_what_came_compressed_is_refused(void **state)
{
	const struct answer_server *server = *state;
	const struct fetch plain = {0};
	_cleanup_free_ char *url = xasprintf("http://127.0.0.1:%u/gzip/a.xml", server->http);
	_cleanup_error_ struct error *err = NULL;
	char *text = NULL;

	answer_server_put(server, "a.xml", FILE_TEXT);
	assert_true(read_from(&plain, url, &text, &err) < 0);
	assert_null(text);
	assert_non_null(strstr(err->message, "/gzip/a.xml: the server sends it compressed, which "
					     "nobody asked for (gzip)"));
	assert_non_null(strstr(err->hint, "Switch compression off for this file"));
	assert_false(http_error_is_transient(err));
}

/* A server that is not there must not be waited for without end. */
static void test_tftp_that_does_not_answer(void **state)
{
	const struct answer_server *server = *state;
	_cleanup_free_ char *url = xasprintf("tftp://127.0.0.1:%u/silent", server->tftp),
			    *text = NULL;
	struct http_request request = {.url = url, .connect_timeout_s = 2};
	struct error *err = NULL;

	assert_true(http_get(&request, &text, NULL, &err) < 0);
	assert_true(http_error_is_transient(err));
	unit_expect_error(&err, "does not answer");
}

static void test_a_request_says_who_asks(void **state)
{
	const struct answer_server *server = *state;
	_cleanup_free_ char *url = xasprintf("http://127.0.0.1:%u/echo?a", server->http);
	char *headers[] = {(char[]){"X-System-Serial-Number: S1"}, NULL};
	const struct fetch get = {.headers = headers}, post = {.headers = headers,
							       .body = "{}",
							       .body_length = 2,
							       .content_type = "application/json"};

	expect_text(&get, url, "GET /echo?a\n");
	expect_text(&get, url, "X-System-Serial-Number: S1\n");
	expect_text(&post, url, "POST /echo?a\n");
	expect_text(&post, url, "X-System-Serial-Number: S1\n");
	expect_text(&post, url, "Content-Type: application/json\n");
	expect_text(&post, url, "\n\n{}");
}

static void test_files_and_the_medium(void **state)
{
	char *folder = unit_folder_make();
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_free_ char *path = xasprintf("%s/a b.xml", folder),
			    *url = xasprintf("file://%s/a%%20b.xml", folder);
	const struct fetch fetch = {.medium = folder}, small = {.medium = folder, .max_bytes = 4},
			   none = {0};

	(void)state;
	assert_int_equal(fsroot_open(folder, &root), 0);
	assert_int_equal(fsroot_write_text(root, "/a b.xml", FILE_TEXT, 0644), 0);
	assert_int_equal(fsroot_symlink(root, "/etc/passwd", "/out"), 0);
	expect_text(&none, path, FILE_TEXT);
	expect_text(&none, url, FILE_TEXT);
	expect_text(&fetch, "medium:///a%20b.xml", FILE_TEXT);
	assert_false(fetch_is_remote(url));
	assert_false(fetch_is_remote(path));
	expect_refusal(&small, path, "larger than");
	expect_refusal(&small, "medium:///a%20b.xml", "larger than");
	expect_refusal(&none, "medium:///a.xml", "no install medium");
	expect_refusal(&fetch, "medium:///b.xml", "cannot be read from the install medium");
	/* A link of the medium means the medium. */
	expect_refusal(&fetch, "medium:///out", "cannot be read from the install medium");
	expect_refusal(&none, "/none.xml", "cannot be opened");
	expect_refusal(&none, folder, "is a folder");
	expect_refusal(&none, "file://host/a.xml", "names a server");
	unit_folder_remove(folder);
}

static void test_unknown_places_are_told_from_known_ones(void **state)
{
	const struct fetch fetch = {0};
	struct error *err = NULL;

	(void)state;
	expect_refusal(&fetch, "gopher://h/a.xml", "nothing can be read from \"gopher://\"");
	expect_refusal(&fetch, "label://STICK/a.xml", "only be read by the installer");
	assert_true(fetch_check("smb://h/a", &err) < 0);
	assert_non_null(strstr(error_get_hint(err), "tftp://"));
	assert_non_null(strstr(error_get_hint(err), "label://"));
	error_free(err);
	assert_int_equal(fetch_check("a.xml", NULL), 0);
	assert_int_equal(fetch_check("HTTPS://h/a", NULL), 0);
	for (const char *const *scheme = fetch_schemes(); *scheme; scheme++) {
		_cleanup_free_ char *where = xasprintf("%s://", *scheme), *text = NULL;
		size_t length;

		assert_int_equal(fetch_check(where, NULL), 0);
		assert_true(fetch_read(&fetch, where, &text, &length, NULL) < 0);
	}
}

static void test_nfs_places(void **state)
{
	static const struct {
		const char *where, *server, *folder, *file;
		unsigned port;
	} rows[] = {
		{"nfs://h/xen/a.xml", "h", "/xen", "a.xml", 2049},
		{"nfs://h:/xen/sub/a.xml", "h", "/xen/sub", "a.xml", 2049},
		{"nfs://192.0.2.1:20490/a%20b.xml", "192.0.2.1", "/", "a b.xml", 20490},
		{"nfs://[2001:db8::1]/x/a", "2001:db8::1", "/x", "a", 2049},
		{"nfs://[2001:db8::1]:1/x/a", "2001:db8::1", "/x", "a", 1},
	};
	static const char *const wrong[] = {"nfs://",       "nfs://h",        "nfs://h/",
					    "nfs://h/x/",   "nfs:///x/a",     "nfs://h:x/x/a",
					    "nfs://[h/x/a", "nfs://[h]x/a/b", "nfs://h:0/x/a",
					    "nfs://u@h/x/a"};
	const struct fetch laptop = {0};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct fetch_nfs_place place;

		assert_int_equal(fetch_nfs_parse(rows[i].where, &place, NULL), 0);
		assert_string_equal(place.place.server, rows[i].server);
		assert_string_equal(place.place.folder, rows[i].folder);
		assert_string_equal(place.file, rows[i].file);
		assert_int_equal(place.place.port, rows[i].port);
		fetch_nfs_place_done(&place);
	}
	for (size_t i = 0; i < ARRAY_SIZE(wrong); i++)
		expect_refusal(&laptop, wrong[i], "names no file of an NFS server");
	expect_refusal(&laptop, "nfs://h/x/a", "only be read by the installer");
}

/* What the kernel cannot be asked for without a server: it would not come back for minutes. */
static void test_nfs_servers_that_are_not_there(void **state)
{
	const struct fetch fetch = {.mount_point = "/nowhere"};

	(void)state;
	expect_refusal(&fetch, "nfs://127.0.0.1:1/x/a.xml",
		       "it does not answer: Connection refused");
	expect_refusal(&fetch, "nfs://no-such-host.invalid/x/a.xml", "cannot be resolved");
}

static int find_stick(const char *label, struct fetch_device *ret, void *data, struct error **err)
{
	assert_string_equal(data, "data");
	if (!str_eq(label, "MY STICK")) {
		error_set(err, ERROR_USAGE, "no disk has the label \"%s\"", label);
		return error_hint(err, "There is MY STICK.");
	}
	ret->node = xstrdup("/dev/null");
	ret->type = xstrdup("btrfs");
	return 0;
}

static void test_labels_are_looked_up(void **state)
{
	char *folder = unit_folder_make();
	_cleanup_free_ char *mount_point = xasprintf("%s/mnt", folder);
	const struct fetch fetch = {
		.find_label = find_stick, .data = (char[]){"data"}, .mount_point = mount_point};

	(void)state;
	expect_refusal(&fetch, "label://OTHER/a.xml", "no disk has the label \"OTHER\"");
	expect_refusal(&fetch, "label://MY%20STICK/a.xml", "holds btrfs");
	expect_refusal(&fetch, "label://MY%20STICK", "names no file");
	expect_refusal(&fetch, "label:///a.xml", "names no file");
	unit_folder_remove(folder);
}

static void test_escapes(void **state)
{
	static const struct {
		const char *plain, *escaped;
	} rows[] = {
		{"52:54:00:ab", "52:54:00:ab"},
		{"a b/c?d&e#f", "a%20b%2Fc%3Fd%26e%23f"},
		{"\xc3\xa4%", "%C3%A4%25"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *escaped = url_escape(rows[i].plain),
				    *plain = url_unescape(rows[i].escaped);

		assert_string_equal(escaped, rows[i].escaped);
		assert_string_equal(plain, rows[i].plain);
	}
	assert_true(url_has_scheme("http://h"));
	assert_true(url_has_scheme("gopher+x.y-z://h"));
	assert_false(url_has_scheme("/a/http://h"));
	assert_false(url_has_scheme("://h"));
	assert_false(url_has_scheme("a.xml"));
}

static void test_broken_escapes_stay(void **state)
{
	_cleanup_free_ char *text = url_unescape("100%/%zz%0%00");

	(void)state;
	assert_string_equal(text, "100%/%zz%0%00");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_servers_of_all_kinds, answer_server_start,
						answer_server_stop),
		cmocka_unit_test_setup_teardown(test_what_came_compressed_is_refused,
						answer_server_start, answer_server_stop),
		cmocka_unit_test_setup_teardown(test_tftp_that_does_not_answer, answer_server_start,
						answer_server_stop),
		cmocka_unit_test_setup_teardown(test_a_request_says_who_asks, answer_server_start,
						answer_server_stop),
		cmocka_unit_test(test_files_and_the_medium),
		cmocka_unit_test(test_unknown_places_are_told_from_known_ones),
		cmocka_unit_test(test_nfs_places),
		cmocka_unit_test(test_nfs_servers_that_are_not_there),
		cmocka_unit_test(test_labels_are_looked_up),
		cmocka_unit_test(test_escapes),
		cmocka_unit_test(test_broken_escapes_stay),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
