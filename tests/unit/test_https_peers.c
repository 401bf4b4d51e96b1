/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who an unattended installation speaks TLS with: the server of its answers, and the receiver of
 * its report. Both are trusted by an authority or held to one certificate, and nothing is sent to
 * another.
 */
#include "tests/unit/answer_server.h"
#include "tests/unit/plan_fixture.h"

#include "common/digest.h"
#include "common/http.h"
#include "common/notice_send.h"
#include "common/proc.h"
#include "installer/deliver.h"
#include "installer/unattended/unattended.h"

#define ANSWERS                                                                                    \
	"<installation><primary-disk>sda</primary-disk><source type=\"local\"/>"                   \
	"<admin-interface name=\"eth0\" "                                                          \
	"proto=\"dhcp\"/><hostname>xen1</hostname></installation>\n"

struct lab {
	struct answer_server *server;
	struct fsroot *root;
	char *pem; /* the server's certificate, as a path */
	char pin[SHA256_HEX];
};

/* As `openssl x509 -fingerprint` tells it: from another hand than ours. */
static void read_pin(struct lab *lab)
{
	struct proc_result output = {0};
	const char *argv[] = {"openssl", "x509", "-noout", "-fingerprint",
			      "-sha256", "-in",  lab->pem, NULL};
	const struct proc proc = {.argv = argv, .tag = "test"};
	char *to = lab->pin;

	assert_int_equal(proc_run(&proc, &output, NULL), 0);
	for (const char *c = strchr(output.output, '=') + 1; *c && *c != '\n'; c++)
		if (*c != ':')
			*to++ = (char)(*c >= 'A' && *c <= 'F' ? *c + 'a' - 'A' : *c);
	*to = '\0';
	proc_result_done(&output);
}

static int start(void **state)
{
	struct lab *lab = xcalloc(1, sizeof(*lab));
	_cleanup_free_ char *both = NULL;
	void *server = NULL;

	answer_server_start(&server);
	lab->server = server;
	assert_int_equal(fsroot_open(lab->server->peer.folder, &lab->root), 0);
	lab->pem = xasprintf("%s/cert.pem", lab->server->peer.folder);
	both = xasprintf("%s/server.pem", lab->server->peer.folder);
	assert_int_equal(proc_runl(NULL, "test", "openssl", "req", "-x509", "-newkey", "ed25519",
				   "-nodes", "-subj", "/CN=fleet", "-addext",
				   "subjectAltName=IP:127.0.0.1", "-keyout", both, "-out", lab->pem,
				   NULL),
			 0);
	_cleanup_free_ char *certificate = NULL, *key = NULL, *text = NULL;

	assert_int_equal(fsroot_read_text(lab->root, "/cert.pem", &certificate), 0);
	assert_int_equal(fsroot_read_text(lab->root, "/server.pem", &key), 0);
	text = xasprintf("%s\n%s\n", key, certificate);
	answer_server_put(lab->server, "server.pem", text);
	answer_server_put(lab->server, "a.xml", ANSWERS);
	read_pin(lab);
	*state = lab;
	return 0;
}

static int stop(void **state)
{
	struct lab *lab = *state;
	void *server = lab->server;

	http_configure(NULL, NULL);
	fsroot_free(lab->root);
	answer_server_stop(&server);
	free(lab->pem);
	free(lab);
	return 0;
}

static int bring_up(void *data _unused_, struct error **err _unused_)
{
	return 0;
}

/* What the boot line says beside the place of the answers. */
static int ask(const struct lab *lab, const char *more, struct error **err)
{
	_cleanup_free_ char *line =
		xasprintf("answerfile=https://127.0.0.1:%u/a.xml %s", lab->server->https, more);
	const struct host host = {0};
	const struct unattended unattended = {
		.root = lab->root, .host = &host, .command_line = line, .need_network = bring_up};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_strv_ char **authorities = NULL;
	_cleanup_answers_ struct answers *answers = NULL;
	int r = unattended_answers(&unattended, &answers, &secrets, &findings, &authorities, err);

	if (r == 0)
		assert_string_equal(answers->hostname, "xen1");
	return r;
}

static void test_answers_by_https(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *ca = xasprintf("xenhost.ca=file://%s", lab->pem),
			    *pin = xasprintf("xenhost.answers-fingerprint=%s", lab->pin),
			    *certificate = NULL, *told = NULL;
	struct error *err = NULL;
	char *last;

	assert_true(ask(lab, "", &err) < 0);
	unit_expect_error(&err, "certificate is not trusted");
	assert_int_equal(ask(lab, pin, NULL), 0);
	last = pin + strlen(pin) - 1;
	*last = *last == '0' ? '1' : '0';
	assert_int_equal(ask(lab, pin, &err), -EKEYREJECTED);
	told = error_text(err);
	assert_non_null(strstr(told, lab->pin));
	assert_non_null(strstr(told, strstr(pin, "=") + 1));
	unit_expect_error(&err, "not the one asked for");
	assert_int_equal(ask(lab, ca, NULL), 0);
	/* That authority counts for the asking alone that named it. */
	http_configure(NULL, NULL);
	assert_true(ask(lab, "", NULL) < 0);
	assert_int_equal(fsroot_read_text(lab->root, "/cert.pem", &certificate), 0);
	assert_int_equal(
		fsroot_write_text(lab->root, UNATTENDED_CA_FOLDER "/fleet.pem", certificate, 0644),
		0);
	assert_int_equal(ask(lab, "", NULL), 0);
}

/* As the process that sends does it. */
static int report(const struct lab *lab, const char *pin, struct error **err)
{
	_cleanup_fixture_ struct plan_fixture f;
	_cleanup_free_ char *url = xasprintf("https://127.0.0.1:%u/report", lab->server->https);
	const struct notice_target target = {
		.url = url, .token = "open+sesame", .certificate_sha256 = pin};
	const struct report done = {.success = true, .seconds = 93};
	_cleanup_json_ struct json *document = NULL;

	fixture_open(&f, "uefi-3disks", "<primary-disk>sdc</primary-disk>");
	document = deliver_document(f.host, f.answers, &done);
	return notice_send(&target, document, err);
}

static bool has_arrived(const struct lab *lab)
{
	_cleanup_free_ char *posted = NULL;
	bool there = fsroot_read_text(lab->root, "/posted", &posted) == 0;

	if (there)
		assert_non_null(strstr(posted, "\"xenhost.report/1\""));
	if (there)
		assert_int_equal(fsroot_unlink(lab->root, "/posted"), 0);
	return there;
}

static void test_report_to_one_certificate(void **state)
{
	struct lab *lab = *state;
	char pin[SHA256_HEX];
	struct error *err = NULL;

	/* What the server answers to a POST to a file that it lacks is 404, behind the handshake.
	 */
	answer_server_put(lab->server, "report", "thanks\n");
	assert_int_equal(report(lab, lab->pin, NULL), 0);
	assert_true(has_arrived(lab));
	memcpy(pin, lab->pin, sizeof(pin));
	pin[0] = pin[0] == 'a' ? 'b' : 'a';
	assert_int_equal(report(lab, pin, &err), -EKEYREJECTED);
	/* A certificate that is wrong stays wrong: nobody waits for another try. */
	assert_false(http_error_is_transient(err));
	unit_expect_error(&err, "not the one asked for");
	assert_false(has_arrived(lab));
	assert_true(report(lab, NULL, &err) < 0);
	assert_false(http_error_is_transient(err));
	unit_expect_error(&err, "certificate is not trusted");
	assert_false(has_arrived(lab));
}

static void test_report_by_an_authority_of_the_answers(void **state)
{
	struct lab *lab = *state;
	_cleanup_free_ char *certificate = NULL;

	answer_server_put(lab->server, "report", "thanks\n");
	assert_int_equal(fsroot_read_text(lab->root, "/cert.pem", &certificate), 0);
	http_configure(NULL, (char *[]){certificate, NULL});
	assert_int_equal(report(lab, NULL, NULL), 0);
	assert_true(has_arrived(lab));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_answers_by_https, start, stop),
		cmocka_unit_test_setup_teardown(test_report_to_one_certificate, start, stop),
		cmocka_unit_test_setup_teardown(test_report_by_an_authority_of_the_answers, start,
						stop),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
