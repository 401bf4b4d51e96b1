/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of an installation on its way to the URL that the answers name. */
#include <arpa/inet.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/unit/plan_fixture.h"

#include "common/str.h"
#include "installer/deliver.h"

#define TOKEN "open+sesame"

/* Takes one request and hands all of it back through the pipe. */
static pid_t serve_once(int server, int out)
{
	pid_t pid = fork();
	char request[16384];
	size_t length = 0;
	ssize_t got;
	int fd;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = accept(server, NULL, NULL);
	while ((got = read(fd, request + length, sizeof(request) - 1 - length)) > 0) {
		length += (size_t)got;
		request[length] = '\0';
		if (strstr(request, "\r\n\r\n{") && str_ends(request, "}\n"))
			break;
	}
	if (write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 38) != 38 ||
	    write(out, request, length) != (ssize_t)length)
		_exit(1);
	_exit(0);
}

static int listen_anywhere(unsigned *ret_port)
{
	struct sockaddr_in address = {.sin_family = AF_INET,
				      .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
	socklen_t length = sizeof(address);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&address, sizeof(address)), 0);
	assert_int_equal(listen(fd, 8), 0);
	assert_int_equal(getsockname(fd, (struct sockaddr *)&address, &length), 0);
	*ret_port = ntohs(address.sin_port);
	return fd;
}

static void open_report(struct plan_fixture *f, struct report *report, unsigned port)
{
	fixture_open(f, "uefi-3disks",
		     "<primary-disk>sdc</primary-disk><hostname>xen1</hostname>"
		     "<install-id>fleet-7</install-id>");
	f->answers->report_url = xasprintf("http://127.0.0.1:%u/reports", port);
	f->secrets.report_token = xstrdup(TOKEN);
	*report = (struct report){.success = true, .seconds = 93};
}

static void test_report_arrives_with_its_machine(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;
	struct report report;
	unsigned port;
	int server = listen_anywhere(&port), pipes[2], status;
	char request[16384];
	_cleanup_json_ struct json *json = NULL;
	const struct json *machine;
	ssize_t length;
	pid_t pid;

	(void)state;
	open_report(&f, &report, port);
	assert_int_equal(pipe(pipes), 0);
	pid = serve_once(server, pipes[1]);
	assert_int_equal(deliver_report(f.host, f.answers, &f.secrets, &report, 0, NULL), 0);
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
	length = read(pipes[0], request, sizeof(request) - 1);
	assert_true(length > 0);
	request[length] = '\0';
	assert_true(str_starts(request, "POST /reports HTTP/1.1\r\n"));
	assert_non_null(strstr(request, "\r\nAuthorization: Bearer " TOKEN "\r\n"));
	assert_non_null(strstr(request, "\r\nContent-Type: application/json\r\n"));
	const char *body = strstr(request, "\r\n\r\n") + 4;

	assert_null(strstr(body, TOKEN));
	assert_int_equal(json_parse(body, strlen(body), "report", &json, NULL), 0);
	assert_string_equal(json_get_string(json, "schema"), "xenhost.report/1");
	machine = json_get_object(json, "machine");
	assert_string_equal(json_get_string(machine, "hostname"), "xen1");
	assert_string_equal(json_get_string(machine, "install_id"), "fleet-7");
	assert_string_equal(json_get_string(machine, "serial"), f.host->firmware.product_serial);
	assert_int_equal(json_length(json_get_array(machine, "macs")), 4);
	close(server);
	close(pipes[0]);
	close(pipes[1]);
}

static void test_nobody_there_is_told(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;
	struct report report;
	struct error *err = NULL;

	(void)state;
	open_report(&f, &report, 1);
	assert_int_equal(deliver_report(f.host, f.answers, &f.secrets, &report, 0, &err),
			 -ECONNREFUSED);
	unit_expect_error(&err, "refuses the connection");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_report_arrives_with_its_machine),
		cmocka_unit_test(test_nobody_there_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
