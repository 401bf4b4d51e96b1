/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What time a web server says it is, by answers good and bad. */
#include <arpa/inet.h>
#include <signal.h>
#include <sys/wait.h>
#include <time.h>

#include "installer/network/network.h"
#include "tests/unit/answer_server.h"

/* 1994-11-06 08:49:37, the example of RFC 9110. */
#define THEN 784111777

static pid_t answer_with(const char *answer, unsigned *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int server = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	pid_t pid;

	assert_int_equal(bind(server, (struct sockaddr *)&address, length), 0);
	assert_int_equal(listen(server, 5), 0);
	assert_int_equal(getsockname(server, (struct sockaddr *)&address, &length), 0);
	*ret_port = ntohs(address.sin_port);
	pid = fork();
	assert_true(pid >= 0);
	while (pid == 0) {
		int client = accept(server, NULL, NULL);
		char request[4096];

		if (read(client, request, sizeof(request)) <= 0 ||
		    write(client, answer, strlen(answer)) < 0)
			_exit(1);
		(void)shutdown(client, SHUT_WR);
		while (read(client, request, sizeof(request)) > 0)
			;
		close(client);
	}
	close(server);
	return pid;
}

static int ask(const char *answer, time_t *ret, struct error **err)
{
	_cleanup_free_ char *url = NULL;
	unsigned port;
	pid_t pid = answer_with(answer, &port);
	int r;

	url = xasprintf("http://127.0.0.1:%u/", port);
	r = network_http_time(url, ret, err);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	return r;
}

#define DATE    "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"
#define NOTHING "Content-Length: 0\r\n\r\n"

static void test_every_answer_has_a_date(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\n" DATE "Content-Length: 2\r\n\r\nok",
		"HTTP/1.1 404 Not Found\r\n" DATE NOTHING,
		"HTTP/1.1 301 Moved\r\nLocation: https://192.0.2.1/\r\n" DATE NOTHING,
		("HTTP/1.1 500 Broken\r\nDATE:   Sun, 06 Nov 1994 08:49:37 GMT  \r\n" NOTHING),
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		time_t then = 0;

		assert_int_equal(ask(answers[i], &then, NULL), 0);
		assert_int_equal(then, THEN);
	}
}

static void test_answers_that_tell_no_time(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nDate: yesterday\r\nContent-Length: 2\r\n\r\nok",
		"HTTP/1.1 200 OK\r\nDate: Sun, 06 Nov 1994 08:49:37 CET\r\n" NOTHING,
		"HTTP/1.1 200 OK\r\nDate:\r\n" NOTHING,
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(answers); i++) {
		struct error *err = NULL;
		time_t then = 7;

		assert_true(ask(answers[i], &then, &err) < 0);
		assert_int_equal(then, 7);
		unit_expect_error(&err, "the server's answer tells no time");
	}
}

static void test_nobody_answers(void **state)
{
	struct error *err = NULL;
	time_t then;

	(void)state;
	assert_true(network_http_time("http://127.0.0.1:1/", &then, &err) < 0);
	unit_expect_error(&err, "the server refuses the connection");
}

static void test_a_real_server(void **state)
{
	const struct answer_server *server = *state;
	_cleanup_free_ char *url = xasprintf("http://127.0.0.1:%u/none", server->http);
	time_t then = 0, now = time(NULL);

	assert_int_equal(network_http_time(url, &then, NULL), 0);
	assert_true(then >= now - 5 && then <= time(NULL) + 5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_every_answer_has_a_date),
		cmocka_unit_test(test_answers_that_tell_no_time),
		cmocka_unit_test(test_nobody_answers),
		cmocka_unit_test_setup_teardown(test_a_real_server, answer_server_start,
						answer_server_stop),
	};

	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
