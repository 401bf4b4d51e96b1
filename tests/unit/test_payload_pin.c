/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An https source that is held to one certificate: no authority is asked, and no other taken. */
#include <unistd.h>

#include "tests/unit/answer_server.h"
#include "tests/unit/payload_fixture.h"

#include "common/digest.h"
#include "common/proc.h"
#include "installer/inputs.h"

struct lab {
	struct fixture fixture;
	struct answer_server *server;
	struct fsroot *root;
	char pin[SHA256_HEX];
};

/* As the documentation has it: from another hand than ours. */
static void make_certificate(struct lab *lab)
{
	const char *folder = lab->server->peer.folder;
	_cleanup_free_ char *pem = xasprintf("%s/server.pem", folder);
	struct proc_result output = {0};
	const char *argv[] = {"openssl", "x509", "-noout", "-fingerprint",
			      "-sha256", "-in",  pem,      NULL};
	const struct proc proc = {.argv = argv, .tag = "test"};

	assert_int_equal(proc_runl(NULL, "test", "openssl", "req", "-x509", "-newkey", "ed25519",
				   "-nodes", "-subj", "/CN=mirror", "-keyout", pem, "-out", pem,
				   NULL),
			 0);
	assert_int_equal(proc_run(&proc, &output, NULL), 0);
	(void)str_trim(output.output);
	assert_int_equal(digest_parse_sha256(strchr(output.output, '=') + 1, lab->pin), 0);
	proc_result_done(&output);
}

static int setup(void **state)
{
	static const char *const files[] = {"manifest.json", "manifest.sig", MANIFEST_IMAGE};
	struct lab *lab = xcalloc(1, sizeof(*lab));
	_cleanup_free_ char *outer = NULL;
	void *server = NULL;

	unsetenv("https_proxy");
	fixture_make(&lab->fixture);
	outer = xasprintf("%s/root", lab->fixture.folder);
	assert_int_equal(fsroot_open(outer, &lab->root), 0);
	answer_server_start(&server);
	lab->server = server;
	for (size_t i = 0; i < ARRAY_SIZE(files); i++) {
		_cleanup_free_ char *from =
			xasprintf("%s/source/%s", lab->fixture.folder, files[i]);
		_cleanup_free_ char *to = xasprintf("%s/%s", lab->server->peer.folder, files[i]);

		assert_int_equal(symlink(from, to), 0);
	}
	make_certificate(lab);
	*state = lab;
	return 0;
}

static int teardown(void **state)
{
	struct lab *lab = *state;
	void *server = lab->server;

	payload_hold_to(NULL);
	answer_server_stop(&server);
	fsroot_free(lab->root);
	fixture_remove(&lab->fixture);
	free(lab);
	return 0;
}

static int open_source(const struct lab *lab, struct payload **ret, struct error **err)
{
	_cleanup_free_ char *url = xasprintf("https://127.0.0.1:%u/", lab->server->https);

	return payload_open(url, lab->root, ret, err);
}

static int hold_by_boot_line(const char *fingerprint, struct error **err)
{
	_cleanup_free_ char *line = xasprintf("quiet xenhost.source-fingerprint=%s", fingerprint);

	return inputs_hold_source(line, err);
}

static void test_the_one_certificate_needs_no_authority(void **state)
{
	const struct lab *lab = *state;
	struct arrival arrival = {0};
	const struct payload_stream stream = {.on_chunk = fixture_take, .data = &arrival};
	_cleanup_payload_ struct payload *payload = NULL;

	assert_int_equal(hold_by_boot_line(lab->pin, NULL), 0);
	assert_int_equal(open_source(lab, &payload, NULL), 0);
	assert_int_equal(payload_read(payload, &stream, NULL), 0);
	assert_int_equal(arrival.count, FIXTURE_DATA_CHUNKS);
	assert_false(arrival.wrong);
}

static void test_another_certificate_is_refused(void **state)
{
	struct lab *lab = *state;
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_error_ struct error *err = NULL;

	lab->pin[0] = lab->pin[0] == '0' ? '1' : '0';
	assert_int_equal(hold_by_boot_line(lab->pin, NULL), 0);
	assert_true(open_source(lab, &payload, &err) < 0);
	assert_non_null(strstr(err->message, "not the one asked for"));
	assert_non_null(error_get_hint(err));
	assert_int_equal(err->kind, ERROR_NETWORK);
}

static void test_without_it_nobody_vouches(void **state)
{
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_error_ struct error *err = NULL;

	assert_int_equal(inputs_hold_source("quiet", NULL), 0);
	assert_true(open_source(*state, &payload, &err) < 0);
	assert_non_null(error_get_hint(err));
}

static void test_what_is_no_fingerprint(void **state)
{
	_cleanup_error_ struct error *err = NULL;

	(void)state;
	assert_true(hold_by_boot_line("12:34", &err) < 0);
	assert_non_null(strstr(err->message, "is no SHA-256"));
	assert_non_null(error_get_hint(err));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_the_one_certificate_needs_no_authority, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_another_certificate_is_refused, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_without_it_nobody_vouches, setup, teardown),
		cmocka_unit_test_setup_teardown(test_what_is_no_fingerprint, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
