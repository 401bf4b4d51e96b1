/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Servers that want to know by a certificate which machine asks: one that ends the handshake
 * without it, and nginx, which answers 400.
 */
#include "tests/unit/answer_server.h"
#include "tests/unit/plan_fixture.h"

#include "common/file.h"
#include "common/http.h"
#include "common/log.h"
#include "common/notifier.h"
#include "common/proc.h"
#include "installer/unattended/unattended.h"

#define ANSWERS                                                                                    \
	"<installation><primary-disk>sda</primary-disk><source type=\"local\"/>"                   \
	"<admin-interface name=\"eth0\" "                                                          \
	"proto=\"dhcp\"/><hostname>xen1</hostname></installation>\n"
#define NGINX "/usr/sbin/nginx"
#define TRIES 300 /* a tenth of a second each */

struct lab {
	struct answer_server *server;
	struct fsroot *root;
	char *ca; /* a token of the boot line */
	pid_t nginx;
	unsigned nginx_port;
};

/* A certificate with its key, both of their own and in one file. */
static void make_certificate(const struct lab *lab, const char *name)
{
	const char *folder = lab->server->peer.folder;
	_cleanup_free_ char *key = xasprintf("%s/%s.key", folder, name),
			    *certificate = xasprintf("%s/%s.pem", folder, name),
			    *subject = xasprintf("/CN=%s", name), *first = NULL, *second = NULL,
			    *path = xasprintf("%s-both.pem", name), *both = NULL;

	assert_int_equal(proc_runl(NULL, "test", "openssl", "req", "-x509", "-newkey", "rsa:2048",
				   "-nodes", "-subj", subject, "-addext",
				   "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out",
				   certificate, NULL),
			 0);
	assert_int_equal(file_read(key, MIB, &first, NULL), 0);
	assert_int_equal(file_read(certificate, MIB, &second, NULL), 0);
	both = xasprintf("%s%s", first, second);
	answer_server_put(lab->server, path, both);
}

static void copy(const struct lab *lab, const char *from, const char *to)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", lab->server->peer.folder, from),
			    *text = NULL;

	assert_int_equal(file_read(path, MIB, &text, NULL), 0);
	answer_server_put(lab->server, to, text);
}

static int start(void **state)
{
	struct lab *lab = xcalloc(1, sizeof(*lab));
	void *server = NULL;

	answer_server_start(&server);
	lab->server = server;
	assert_int_equal(fsroot_open(lab->server->peer.folder, &lab->root), 0);
	make_certificate(lab, "fleet");
	make_certificate(lab, "machine");
	make_certificate(lab, "stranger");
	copy(lab, "fleet-both.pem", "server.pem");
	copy(lab, "machine.pem", "clients.pem");
	answer_server_put(lab->server, "a.xml", ANSWERS);
	lab->ca = xasprintf("xenhost.ca=file://%s/fleet.pem", lab->server->peer.folder);
	*state = lab;
	return 0;
}

static int stop(void **state)
{
	struct lab *lab = *state;
	void *server = lab->server;

	if (lab->nginx > 0) {
		kill(lab->nginx, SIGKILL);
		waitpid(lab->nginx, NULL, 0);
	}
	assert_int_equal(http_present(NULL, NULL, NULL), 0);
	http_configure(NULL, NULL);
	fsroot_free(lab->root);
	answer_server_stop(&server);
	free(lab->ca);
	free(lab);
	return 0;
}

static int bring_up(void *data _unused_, struct error **err _unused_)
{
	return 0;
}

/* `certificate` and `key` are names in the server's folder, or NULL. */
static int ask_at(const struct lab *lab, unsigned port, const char *certificate, const char *key,
		  struct error **err)
{
	const char *folder = lab->server->peer.folder;
	_cleanup_free_ char *show = certificate ? xasprintf("xenhost.client-certificate=file://%s/"
							    "%s",
							    folder, certificate)
						: NULL,
			    *by = key ? xasprintf("xenhost.client-key=file://%s/%s", folder, key)
				      : NULL,
			    *line = xasprintf("answerfile=https://127.0.0.1:%u/a.xml %s %s %s",
					      port, lab->ca, show ?: "", by ?: "");
	const struct host host = {0};
	const struct unattended unattended = {
		.root = lab->root, .host = &host, .command_line = line, .need_network = bring_up};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_strv_ char **authorities = NULL;
	_cleanup_answers_ struct answers *answers = NULL;
	int r;

	assert_int_equal(http_present(NULL, NULL, NULL), 0);
	r = unattended_answers(&unattended, &answers, &secrets, &findings, &authorities, err);
	if (r == 0)
		assert_string_equal(answers->hostname, "xen1");
	return r;
}

static int ask(const struct lab *lab, const char *certificate, const char *key, struct error **err)
{
	return ask_at(lab, lab->server->https, certificate, key, err);
}

static void test_answers_for_known_machines(void **state)
{
	const struct lab *lab = *state;
	struct error *err = NULL;

	assert_int_equal(ask(lab, NULL, NULL, &err), -EKEYREJECTED);
	unit_expect_error(&err, "the server wants a certificate of this machine");
	assert_int_equal(ask(lab, "stranger-both.pem", NULL, &err), -EKEYREJECTED);
	unit_expect_error(&err, "does not accept this machine's certificate");
	assert_int_equal(ask(lab, "machine-both.pem", NULL, NULL), 0);
	assert_int_equal(ask(lab, "machine.pem", "machine.key", NULL), 0);
}

static void test_what_cannot_be_shown(void **state)
{
	const struct lab *lab = *state;
	_cleanup_free_ char *plain = xasprintf("%s/machine.key", lab->server->peer.folder),
			    *locked = xasprintf("%s/locked.key", lab->server->peer.folder);
	struct error *err = NULL;

	assert_int_equal(proc_runl(NULL, "test", "openssl", "pkey", "-in", plain, "-aes128",
				   "-passout", "pass:secret", "-out", locked, NULL),
			 0);
	assert_true(ask(lab, "machine.pem", "locked.key", &err) < 0);
	unit_expect_error(&err, "has a passphrase");
	assert_true(ask(lab, "machine.pem", "stranger.key", &err) < 0);
	unit_expect_error(&err, "the key does not belong to the client certificate");
	assert_true(ask(lab, "machine.pem", NULL, &err) < 0);
	unit_expect_error(&err, "the key of the client certificate cannot be read");
	assert_true(ask(lab, "a.xml", "machine.key", &err) < 0);
	unit_expect_error(&err, "the client certificate cannot be read");
	assert_true(ask(lab, "none.pem", NULL, &err) < 0);
	unit_expect_error(&err, "no client certificate from file://");
}

static void test_the_key_stays_off_the_network_and_the_log(void **state)
{
	const struct lab *lab = *state;
	static const char *const places[] = {"http://127.0.0.1/m.pem", "tftp://127.0.0.1/m.pem",
					     "ftp://127.0.0.1/m.pem", "nfs://127.0.0.1/x/m.pem"};
	const struct host host = {0};
	const struct unattended unattended = {
		.root = lab->root, .host = &host, .command_line = "", .need_network = bring_up};
	_cleanup_free_ char *path = xasprintf("%s/machine.key", lab->server->peer.folder),
			    *key = NULL, *masked = NULL;
	_cleanup_strv_ char **lines = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(places); i++) {
		struct error *err = NULL;

		assert_true(unattended_present(&unattended, places[i], NULL, &err) < 0);
		unit_expect_error(&err, "whoever listens could read the key");
	}
	assert_int_equal(file_read(path, MIB, &key, NULL), 0);
	lines = strv_split(key, "\n");
	assert_int_equal(ask(lab, "machine.pem", "machine.key", NULL), 0);
	masked = log_mask(key);
	for (size_t i = 1; i + 2 < strv_length(lines); i++)
		assert_null(strstr(masked, lines[i]));
	assert_non_null(strstr(masked, "BEGIN PRIVATE KEY"));
}

/* One more certificate may lie where only https leads, before the machine shows any. */
static void test_a_certificate_by_https(void **state)
{
	const struct lab *lab = *state;
	_cleanup_free_ char *pem = xasprintf("%s/fleet.pem", lab->server->peer.folder),
			    *url = xasprintf("https://127.0.0.1:%u/machine-both.pem",
					     lab->server->https),
			    *authority = NULL;
	const struct host host = {0};
	const struct unattended unattended = {
		.root = lab->root, .host = &host, .command_line = "", .need_network = bring_up};

	assert_int_equal(fsroot_unlink(lab->root, "/clients.pem"), 0);
	assert_int_equal(file_read(pem, MIB, &authority, NULL), 0);
	http_configure(NULL, (char *[]){authority, NULL});
	assert_int_equal(unattended_present(&unattended, url, NULL, NULL), 0);
	assert_non_null(http_presented_key());
}

/* The process that sends events shows it too, though it starts anew. */
static void test_events_of_known_machines(void **state)
{
	const struct lab *lab = *state;
	const char *folder = lab->server->peer.folder;
	_cleanup_json_ struct json *config = json_new_object();
	struct json *machine = json_set_object(config, "machine");
	_cleanup_free_ char *certificate = NULL, *key = NULL, *authority = NULL, *posted = NULL,
			    *path = xasprintf("%s/machine.pem", folder),
			    *key_path = xasprintf("%s/machine.key", folder),
			    *fleet = xasprintf("%s/fleet.pem", folder);
	struct notifier *notifier = NULL;

	assert_int_equal(file_read(path, MIB, &certificate, NULL), 0);
	assert_int_equal(file_read(key_path, MIB, &key, NULL), 0);
	assert_int_equal(file_read(fleet, MIB, &authority, NULL), 0);
	http_configure(NULL, (char *[]){authority, NULL});
	answer_server_put(lab->server, "events", "thanks\n");
	json_set_string(machine, "key", "3d2b5b00-6f3c-11ec-8000-ac1f6b102030");
	json_set_string(config, "run", "00112233aabbccdd");
	json_set_stringf(config, "url", "https://127.0.0.1:%u/events", lab->server->https);
	json_set_u64(config, "linger_s", 600);
	json_set_string(config, "client_certificate", certificate);
	json_set_string(config, "client_key", key);
	assert_int_equal(notifier_start(config, &notifier, NULL), 0);
	notifier_tell(notifier, NOTICE_START, NULL);
	assert_int_equal(notifier_finish(notifier, 600), 0);
	assert_int_equal(fsroot_read_text(lab->root, "/posted", &posted), 0);
	assert_non_null(strstr(posted, "\"xenhost.event/1\""));
}

static void nginx_start(struct lab *lab)
{
	const char *folder = lab->server->peer.folder;
	_cleanup_free_ char *config = NULL, *path = xasprintf("%s/nginx.conf", folder),
			    *log = xasprintf("%s/nginx.log", folder);

	lab->nginx_port = 20000 + (unsigned)getpid() % 10000;
	config = xasprintf("daemon off; master_process off; pid %s/nginx.pid;\n"
			   "error_log %s; events {}\nhttp { access_log off;\n"
			   "client_body_temp_path %s/t1; proxy_temp_path %s/t2;\n"
			   "fastcgi_temp_path %s/t3; uwsgi_temp_path %s/t4; scgi_temp_path %s/t5;\n"
			   "server { listen 127.0.0.1:%u ssl; root %s;\n"
			   "ssl_certificate %s/fleet.pem; ssl_certificate_key %s/fleet.key;\n"
			   "ssl_client_certificate %s/machine.pem; ssl_verify_client on; } }\n",
			   folder, log, folder, folder, folder, folder, folder, lab->nginx_port,
			   folder, folder, folder, folder);
	answer_server_put(lab->server, "nginx.conf", config);
	lab->nginx = fork();
	assert_true(lab->nginx >= 0);
	if (lab->nginx == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(NGINX, "nginx", "-e", log, "-c", path, NULL);
		_exit(1);
	}
}

static void test_nginx(void **state)
{
	struct lab *lab = *state;
	struct error *err = NULL;
	_cleanup_free_ char *text = NULL;

	if (access(NGINX, X_OK) < 0)
		skip();
	nginx_start(lab);
	for (unsigned i = 0; i < TRIES; i++) {
		struct http_certificate seen;
		_cleanup_free_ char *url = xasprintf("https://127.0.0.1:%u/", lab->nginx_port);

		if (http_get_certificate(url, 1, &seen, NULL) == 0) {
			http_certificate_done(&seen);
			break;
		}
		usleep(100 * 1000);
	}
	assert_int_equal(ask_at(lab, lab->nginx_port, NULL, NULL, &err), -EKEYREJECTED);
	text = error_text(err);
	assert_non_null(strstr(text, "the server answers 400"));
	unit_expect_error(&err, "the server wants a certificate of this machine");
	assert_true(ask_at(lab, lab->nginx_port, "stranger-both.pem", NULL, &err) < 0);
	unit_expect_error(&err, "does not accept this machine's certificate");
	assert_int_equal(ask_at(lab, lab->nginx_port, "machine-both.pem", NULL, NULL), 0);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_answers_for_known_machines, start, stop),
		cmocka_unit_test_setup_teardown(test_what_cannot_be_shown, start, stop),
		cmocka_unit_test_setup_teardown(test_the_key_stays_off_the_network_and_the_log,
						start, stop),
		cmocka_unit_test_setup_teardown(test_a_certificate_by_https, start, stop),
		cmocka_unit_test_setup_teardown(test_events_of_known_machines, start, stop),
		cmocka_unit_test_setup_teardown(test_nginx, start, stop),
	};

	if (argc == 2 && str_eq(argv[1], NOTIFIER_COMMAND))
		return notifier_main();
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
