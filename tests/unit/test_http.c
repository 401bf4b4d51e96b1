/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <time.h>

#include "common/url.h"
#include "tests/unit/unit.h"

#include "answerfiles/answers.h"
#include "common/digest.h"
#include "common/http.h"
#include "common/proc.h"
#include "common/str.h"

#define HUGE "/huge"
#define BODY "0123456789abcdefghij"

/*
 * A server of our own in a child process: what is tested are answers that no well-behaved server
 * gives. Each path is one behaviour.
 */
static const struct {
	const char *path;
	const char *answer;
	bool waits; /* until the client hangs up */
} behaviours[] = {
	{"/page", "HTTP/1.1 200 OK\r\nContent-Length: 25\r\n\r\n\n <!DOCTYPE HTML><p>Login", 0},
	{"/old-page", "HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n<html><p>No", 0},
	{"/liar",
	 "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/20\r\n"
	 "Content-Length: 8\r\n\r\n56789abc",
	 0},
	{"/plain", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" BODY, 0},
	{"/range",
	 "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 5-9/20\r\n"
	 "Content-Length: 5\r\n\r\n56789",
	 0},
	{"/rest",
	 "HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 15-19/20\r\n"
	 "Content-Length: 5\r\n\r\nfghij",
	 0},
	{"/brotli",
	 "HTTP/1.1 200 OK\r\ncontent-encoding: identity, br\r\nContent-Length: 4\r\n\r\nbody", 0},
	{"/unchanged",
	 "HTTP/1.1 200 OK\r\nContent-Encoding: aws-chunked\r\nContent-Length: 20\r\n\r\n" BODY, 0},
	{"/packed-move",
	 "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Encoding: gzip\r\n"
	 "Location: /plain\r\nContent-Length: 0\r\n\r\n",
	 0},
	{"/short", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234", 0},
	{"/nothing", "", 0},
	/* Blanks without end follow. */
	{HUGE, "HTTP/1.1 200 OK\r\n\r\n", 0},
	{"/stall", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n01234", true},
	{"/missing", "HTTP/1.1 404 Not Found\r\nContent-Length: 4\r\n\r\nbody", 0},
	{"/secret", "HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n", 0},
	{"/beyond", "HTTP/1.1 416 Range Not Satisfiable\r\nContent-Length: 0\r\n\r\n", 0},
	{"/busy", "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n", 0},
	{"/circle",
	 "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /circle\r\nContent-Length: "
	 "0\r\n\r\n",
	 0},
	{"/moved",
	 "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /plain\r\nContent-Length: 0\r\n\r\n",
	 0},
	/* Only who is asked as a proxy sees a whole URL. */
	{"http://mirror.example.org/by-proxy", "HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\n" BODY,
	 0},
	{"closed.example.org:443",
	 "HTTP/1.1 407 Who are you\r\nProxy-Authenticate: Basic realm=x\r\n"
	 "Content-Length: 0\r\n\r\n",
	 0},
	{"denied.example.org:443", "HTTP/1.1 403 Denied\r\nContent-Length: 0\r\n\r\n", 0},
	{"busy.example.org:443", "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n", 0},
	{"http://closed.example.org/", "HTTP/1.1 407 Who are you\r\nContent-Length: 0\r\n\r\n", 0},
	{"/noise", "SSH-2.0-OpenSSH_9.2p1 Debian-2\r\n", 0},
	{"/nowhere", "HTTP/1.1 302 Found\r\nConnection: close\r\nContent-Length: 4\r\n\r\nbody", 0},
	{"/tofile",
	 "HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: file:///etc/passwd\r\n"
	 "Content-Length: 0\r\n\r\n",
	 0},
};

struct server {
	pid_t pid;
	unsigned port;
};

/* Says back what was posted, when all of it has come; after a redirection. */
static void answer_post(int fd, char *request, size_t size, size_t n)
{
	const char *head = "Content-Length: ", *body, *length;
	_cleanup_free_ char *text = NULL;
	size_t wanted = 0;
	ssize_t more = 1;

	for (;;) {
		request[n] = '\0';
		body = strstr(request, "\r\n\r\n");
		length = strstr(request, head);
		if (body && length)
			wanted = strtoul(length + strlen(head), NULL, 10);
		if (more <= 0 || (body && strlen(body + 4) >= wanted))
			break;
		more = read(fd, request + n, size - 1 - n);
		n += more > 0 ? (size_t)more : 0;
	}
	if (strstr(request, "Expect:") || !strstr(request, "Content-Type: text/plain\r\n"))
		return;
	if (strstr(request, "POST /post-elsewhere "))
		text = xstrdup("HTTP/1.1 302 Found\r\nConnection: close\r\nLocation: /post\r\n"
			       "Content-Length: 0\r\n\r\n");
	else
		text = xasprintf("HTTP/1.1 201 Created\r\nContent-Length: %zu\r\n\r\n%s", wanted,
				 body + 4);
	assert_true(write(fd, text, strlen(text)) > 0);
}

static void write_blanks(int fd)
{
	char blanks[4096];

	memset(blanks, ' ', sizeof(blanks));
	while (write(fd, blanks, sizeof(blanks)) > 0)
		continue;
}

static void answer(int fd)
{
	char request[4096];
	ssize_t n = read(fd, request, sizeof(request) - 1);
	const char *path;

	if (n <= 0)
		return;
	request[n] = '\0';
	if (str_starts(request, "POST ")) {
		answer_post(fd, request, sizeof(request), (size_t)n);
		return;
	}
	path = strchr(request, ' ');
	for (size_t i = 0; path && i < ARRAY_SIZE(behaviours); i++) {
		size_t length = strlen(behaviours[i].path);

		if (strncmp(path + 1, behaviours[i].path, length) != 0 || path[1 + length] != ' ')
			continue;
		if (write(fd, behaviours[i].answer, strlen(behaviours[i].answer)) < 0)
			return;
		if (str_eq(behaviours[i].path, HUGE))
			write_blanks(fd);
		while (behaviours[i].waits && read(fd, request, sizeof(request)) > 0)
			continue;
	}
}

static int listen_anywhere(unsigned *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_true(fd >= 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static int start(void **state)
{
	struct server *server = xcalloc(1, sizeof(*server));
	int fd = listen_anywhere(&server->port);

	server->pid = fork();
	assert_true(server->pid >= 0);
	if (server->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		/* Clients hang up when they have had enough. */
		(void)signal(SIGPIPE, SIG_IGN);
		for (;;) {
			int connection = accept(fd, NULL, NULL);

			if (connection < 0)
				_exit(1);
			answer(connection);
			close(connection);
		}
	}
	close(fd);
	*state = server;
	return 0;
}

static int stop(void **state)
{
	struct server *server = *state;

	kill(server->pid, SIGKILL);
	waitpid(server->pid, NULL, 0);
	free(server);
	return 0;
}

static char *url_of(const struct server *server, const char *path)
{
	return xasprintf("http://user:pa%%40ss@127.0.0.1:%u%s", server->port, path);
}

static int get(void **state, const char *path, struct http_request request, char **ret,
	       struct error **err)
{
	_cleanup_free_ char *url = url_of(*state, path);

	request.url = url;
	return http_get(&request, ret, NULL, err);
}

static void test_bodies_arrive_whole_or_in_part(void **state)
{
	_cleanup_free_ char *whole = NULL, *part = NULL, *rest = NULL, *moved = NULL;

	assert_int_equal(get(state, "/plain", (struct http_request){0}, &whole, NULL), 0);
	assert_string_equal(whole, BODY);
	assert_int_equal(
		get(state, "/range", (struct http_request){.offset = 5, .length = 5}, &part, NULL),
		0);
	assert_string_equal(part, "56789");
	assert_int_equal(get(state, "/rest", (struct http_request){.offset = 15}, &rest, NULL), 0);
	assert_string_equal(rest, "fghij");
	assert_int_equal(get(state, "/moved", (struct http_request){0}, &moved, NULL), 0);
	assert_string_equal(moved, BODY);
}

/* What its head says of compression is of that answer alone, and of no consequence where nobody
 * reads the body. */
static void test_what_is_compressed_and_what_not(void **state)
{
	_cleanup_free_ char *unchanged = NULL, *moved = NULL, *packed = NULL,
			    *url = url_of(*state, "/brotli");
	const struct http_request unread = {.url = url};

	assert_int_equal(get(state, "/unchanged", (struct http_request){0}, &unchanged, NULL), 0);
	assert_string_equal(unchanged, BODY);
	assert_int_equal(get(state, "/packed-move", (struct http_request){0}, &moved, NULL), 0);
	assert_string_equal(moved, BODY);
	assert_int_equal(http_fetch(&unread, NULL), 0);
	assert_int_equal(get(state, "/brotli", (struct http_request){0}, &packed, NULL), -EILSEQ);
	assert_null(packed);
}

static void test_a_body_is_posted(void **state)
{
	struct http_request request = {
		.body = BODY, .body_length = strlen(BODY), .content_type = "text/plain"};
	_cleanup_free_ char *direct = NULL, *moved = NULL, *refused = NULL;
	_cleanup_error_ struct error *err = NULL;

	assert_int_equal(get(state, "/post", request, &direct, NULL), 0);
	assert_string_equal(direct, BODY);
	assert_int_equal(get(state, "/post-elsewhere", request, &moved, NULL), 0);
	assert_string_equal(moved, BODY);
	request.content_type = "text/html";
	assert_int_equal(get(state, "/post", request, &refused, &err), -ECONNRESET);
}

static void test_each_failure_has_its_class_and_hint(void **state)
{
	static const struct {
		const char *path;
		struct http_request request;
		int r;
		bool transient;
		const char *words;
	} rows[] = {
		{"/missing",
		 {0},
		 -ENOENT,
		 false,
		 "not found on the server (the server answers 404)"},
		{"/page", {.no_page = true}, -EBADMSG, false, "a web page came in its place"},
		{"/old-page", {.no_page = true}, -EBADMSG, false, "a web page came in its place"},
		{"/brotli", {0}, -EILSEQ, false, "compressed, which nobody asked for (br)"},
		{"/liar", {.offset = 5, .length = 5}, -EFBIG, false, "more bytes"},
		{"/secret", {0}, -EACCES, false, "answers 401"},
		{"/busy", {0}, -EAGAIN, true, "answers 503"},
		{"/short", {0}, -ECONNRESET, true, "broke off"},
		{"/nothing", {0}, -ECONNRESET, true, "broke off"},
		{"/stall", {.stall_timeout_s = 1}, -ETIME, true, "stalled"},
		{"/circle", {0}, -ELOOP, false, "circle"},
		{"/nowhere", {0}, -EREMOTEIO, false, "answers 302"},
		{"/noise", {0}, -EPROTO, false, "speaks no HTTP"},
		{"/tofile", {0}, -EPROTONOSUPPORT, false, "not supported"},
		{"/plain", {.offset = 5}, -ERANGE, false, "answers 200"},
		{"/plain", {.length = 20}, -ERANGE, false, "answers 200"},
		{"/range", {.offset = 6, .length = 4}, -ERANGE, false, "answers 206"},
		{"/range", {.offset = 5, .length = 4}, -EFBIG, false, "more bytes"},
		{"/range", {.offset = 5, .length = 6}, -ECONNRESET, true, "5 of 6 bytes"},
		{"/beyond", {.offset = 99}, -ERANGE, false, "answers 416"},
		{"/plain", {.max_bytes = 19}, -EFBIG, false, "more bytes"},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct error *err = NULL;
		char *body = NULL;
		int r = get(state, rows[i].path, rows[i].request, &body, &err);

		if (r != rows[i].r)
			fail_msg("%s (%zu): %d (%s)", rows[i].path, i, r, err ? err->message : "");
		assert_null(body);
		assert_int_equal(err->kind, ERROR_NETWORK);
		assert_int_equal(http_error_is_transient(err), rows[i].transient);
		assert_null(strstr(err->message, "pa%40ss"));
		assert_non_null(strstr(err->message, "http://***@127.0.0.1:"));
		unit_expect_error(&err, rows[i].words);
	}
}

static int fail_on_data(const void *bytes, size_t length, void *data)
{
	(void)bytes;
	(void)length;
	return *(int *)data;
}

static void test_a_proxy_is_asked_for_all(void **state)
{
	const struct server *server = *state;
	const struct http_request request = {.url = "http://mirror.example.org/by-proxy"};
	_cleanup_free_ char *proxy = xasprintf("http://127.0.0.1:%u", server->port), *body = NULL;

	http_configure(proxy, NULL);
	assert_int_equal(http_get(&request, &body, NULL, NULL), 0);
	assert_string_equal(body, BODY);
	http_configure(NULL, NULL);
}

/* The server was never asked, so that its log and passwords are no advice. */
static void test_a_proxy_that_lets_nobody_through(void **state)
{
	static const struct {
		const char *url, *words;
		int r;
	} rows[] = {
		{"https://closed.example.org/", "the proxy answers 407", -EACCES},
		{"https://denied.example.org/", "the proxy answers 403", -EACCES},
		{"https://busy.example.org/", "the proxy answers 502", -EAGAIN},
		{"http://closed.example.org/", "the proxy answers 407", -EACCES},
	};
	const struct server *server = *state;
	_cleanup_free_ char *proxy = xasprintf("http://127.0.0.1:%u", server->port);

	http_configure(proxy, NULL);
	for (size_t i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		const struct http_request whole = {.url = rows[i / 2].url},
					  part = {.url = rows[i / 2].url, .offset = 5};
		struct error *err = NULL;
		char *body = NULL;

		assert_int_equal(http_get(i % 2 ? &part : &whole, &body, NULL, &err),
				 rows[i / 2].r);
		assert_null(body);
		if (rows[i / 2].r == -EACCES)
			assert_non_null(strstr(error_get_hint(err), "xenhost.proxy="));
		assert_int_equal(http_error_is_transient(err), rows[i / 2].r == -EAGAIN);
		unit_expect_error(&err, rows[i / 2].words);
	}
	http_configure(NULL, NULL);
}

/* As when the file is on a disk: what is wrong is the file, not the network. */
static void test_a_huge_answer_file_is_a_finding(void **state)
{
	_cleanup_free_ char *url = url_of(*state, HUGE);
	_cleanup_answers_ struct answers *answers = NULL;
	_cleanup_secrets_ struct secrets secrets = {0};
	_cleanup_findings_ struct findings findings = {0};
	_cleanup_error_ struct error *err = NULL;

	assert_int_equal(answers_load(url, &answers, &secrets, &findings, &err), 0);
	assert_null(err);
	assert_int_equal(findings.count, 1);
	assert_string_equal(findings.list[0].message, "the file is larger than 1024 KiB");
	assert_true(str_ends(findings.list[0].file, HUGE));
	assert_true(findings.list[0].fatal);
}

static void test_the_receiver_can_end_it(void **state)
{
	_cleanup_free_ char *url = url_of(*state, "/plain");
	int result = -ENOSPC;
	struct http_request request = {.url = url, .on_data = fail_on_data, .data = &result};
	struct error *err = NULL;

	assert_int_equal(http_fetch(&request, &err), -ENOSPC);
	assert_int_equal(err->kind, ERROR_INTERNAL);
	assert_false(http_error_is_transient(err));
	error_free(TAKE_PTR(err));
	result = -ECANCELED;
	assert_int_equal(http_fetch(&request, &err), -ECANCELED);
	assert_int_equal(err->kind, ERROR_CANCELLED);
	error_free(err);
}

static void expect_failure(const char *url, int r, const char *words)
{
	struct http_request request = {.url = url};
	struct error *err = NULL;
	char *body = NULL;

	assert_int_equal(http_get(&request, &body, NULL, &err), r);
	unit_expect_error(&err, words);
}

static void test_servers_that_are_not_there(void **state)
{
	_cleanup_free_ char *url = NULL;
	unsigned port;

	(void)state;
	close(listen_anywhere(&port));
	url = xasprintf("http://127.0.0.1:%u/x", port);
	expect_failure(url, -ECONNREFUSED, "refuses the connection");
	expect_failure("http://no-such-host.invalid/x", -EHOSTUNREACH, "cannot be resolved");
	expect_failure("file:///etc/passwd", -EPROTONOSUPPORT, "not supported");
	expect_failure("server/path", -EINVAL, "not a URL");
}

static void test_urls_are_masked(void **state)
{
	static const char *const rows[][2] = {
		{"http://server/path", "http://server/path"},
		{"http://u:p@server/path", "http://***@server/path"},
		{"ftp://u:p@ss@server", "ftp://***@server"},
		{"http://server/a@b", "http://server/a@b"},
		{"http://server?a@b", "http://server?a@b"},
		{"u:p@server/x", "***@server/x"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *masked = url_masked(rows[i][0]);

		assert_string_equal(masked, rows[i][1]);
	}
}

static pid_t start_tls(const char *folder, unsigned port)
{
	_cleanup_free_ char *accept = xasprintf("127.0.0.1:%u", port);
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid > 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (chdir(folder) < 0)
		_exit(1);
	dup2(open("/dev/null", O_RDWR), 1);
	dup2(1, 2);
	dup2(1, 0);
	execlp("openssl", "openssl", "s_server", "-quiet", "-accept", accept, "-cert", "cert.pem",
	       "-key", "key.pem", "-WWW", NULL);
	_exit(1);
}

/* The right fingerprint counts alone, whatever the name; another one is told. */
static void check_pins(const char *url, const char *pem)
{
	_cleanup_free_ char *base = xstrdup(strstr(pem, "-----\n") + 6), *body = NULL;
	_cleanup_free_ uint8_t *der = NULL;
	struct http_request request = {.url = url};
	struct error *err = NULL;
	char pin[SHA256_HEX], *to = base;
	size_t length;

	*strstr(base, "-----END") = '\0';
	for (const char *from = base; *from; from++)
		if (*from != '\n')
			*to++ = *from;
	*to = '\0';
	assert_int_equal(base64_decode(base, &der, &length), 0);
	digest_sha256_hex(der, length, pin);
	request.certificate_sha256 = pin;
	assert_int_equal(http_get(&request, &body, NULL, &err), 0);
	pin[5] = pin[5] == '0' ? '1' : '0';
	free(TAKE_PTR(body));
	assert_int_equal(http_get(&request, &body, NULL, &err), -EKEYREJECTED);
	pin[5] = '\0';
	assert_non_null(strstr(err->message, pin));
	unit_expect_error(&err, "not the one asked for");
}

static void test_certificates_are_verified(void **state)
{
	char *folder;
	_cleanup_free_ char *ca = NULL, *key = NULL, *url = NULL, *other = NULL, *body = NULL;
	struct http_request request = {0};
	struct error *err = NULL;
	unsigned port;
	pid_t pid;
	int r = -ECONNREFUSED;

	(void)state;
	if (!proc_exists("openssl", NULL))
		skip();
	folder = unit_folder_make();
	ca = xasprintf("%s/cert.pem", folder);
	key = xasprintf("%s/key.pem", folder);
	assert_int_equal(proc_runl(NULL, "test", "openssl", "req", "-x509", "-newkey", "ed25519",
				   "-nodes", "-subj", "/CN=test", "-addext",
				   "subjectAltName=IP:127.0.0.1", "-keyout", key, "-out", ca, NULL),
			 0);
	close(listen_anywhere(&port));
	pid = start_tls(folder, port);
	url = xasprintf("https://127.0.0.1:%u/cert.pem", port);
	other = xasprintf("https://localhost:%u/cert.pem", port);
	request = (struct http_request){.url = url, .ca_file = ca};
	for (int tries = 0; r == -ECONNREFUSED && tries < 2400; tries++) {
		usleep(50000);
		r = http_get(&request, &body, NULL, NULL);
	}
	assert_int_equal(r, 0);
	assert_non_null(strstr(body, "BEGIN CERTIFICATE"));
	request.ca_file = NULL;
	http_configure(NULL, (char *[]){body, NULL});
	free(TAKE_PTR(body));
	assert_int_equal(http_get(&request, &body, NULL, NULL), 0);
	http_configure(NULL, NULL);
	check_pins(other, body);
	free(TAKE_PTR(body));

	expect_failure(url, -EKEYREJECTED, "certificate is not trusted");
	request.url = other; /* right authority, another name */
	assert_int_equal(http_get(&request, &body, NULL, &err), -EKEYREJECTED);
	assert_false(http_error_is_transient(err));
	unit_expect_error(&err, "certificate is not trusted");
	request = (struct http_request){.url = url, .ca_file = "/none.pem"};
	assert_int_equal(http_get(&request, &body, NULL, &err), -ENOKEY);
	unit_expect_error(&err, "authorities cannot be used");
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	unit_folder_remove(folder);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_bodies_arrive_whole_or_in_part, start, stop),
		cmocka_unit_test_setup_teardown(test_what_is_compressed_and_what_not, start, stop),
		cmocka_unit_test_setup_teardown(test_a_body_is_posted, start, stop),
		cmocka_unit_test_setup_teardown(test_each_failure_has_its_class_and_hint, start,
						stop),
		cmocka_unit_test_setup_teardown(test_a_proxy_is_asked_for_all, start, stop),
		cmocka_unit_test_setup_teardown(test_a_proxy_that_lets_nobody_through, start, stop),
		cmocka_unit_test_setup_teardown(test_a_huge_answer_file_is_a_finding, start, stop),
		cmocka_unit_test_setup_teardown(test_the_receiver_can_end_it, start, stop),
		cmocka_unit_test(test_servers_that_are_not_there),
		cmocka_unit_test(test_urls_are_masked),
		cmocka_unit_test(test_certificates_are_verified),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
