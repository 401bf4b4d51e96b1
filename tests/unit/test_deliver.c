/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The report of an installation on its way to the URL that the answers name. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "tests/unit/plan_fixture.h"

#include "common/file.h"
#include "common/str.h"
#include "installer/deliver.h"

#define TOKEN "open+sesame"

/* One request of a connection; false at its end. */
static bool read_request(int fd, char *request, size_t size)
{
	size_t length = 0, wanted;
	const char *head;
	ssize_t got;

	while ((got = read(fd, request + length, size - 1 - length)) > 0) {
		length += (size_t)got;
		request[length] = '\0';
		head = strstr(request, "\r\n\r\n");
		if (head &&
		    sscanf(strstr(request, "Content-Length:"), "Content-Length: %zu", &wanted) ==
			    1 &&
		    length == (size_t)(head + 4 - request) + wanted)
			return true;
	}
	return false;
}

/* Takes what comes over one connection and hands all of it on through the pipe, a line each of the
 * body; the first request as it is. */
static pid_t serve(int server, int out)
{
	static char request[65536];
	pid_t pid = fork();
	int fd;

	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	fd = accept(server, NULL, NULL);
	while (read_request(fd, request, sizeof(request))) {
		dprintf(out, "%s\n",
			strstr(request, "Authorization: Bearer " TOKEN "\r\n")
				? strstr(request, "\r\n\r\n") + 4
				: "no token");
		if (write(fd, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 38) != 38)
			_exit(1);
	}
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

/* The pipe's lines as documents; what is no JSON fails. */
static size_t read_documents(int in, struct json **ret, size_t room)
{
	_cleanup_fclose_ FILE *file = fdopen(in, "r");
	_cleanup_free_ char *line = NULL;
	size_t size = 0, count = 0;
	ssize_t length;

	while (count < room && (length = getline(&line, &size, file)) > 0)
		assert_int_equal(json_parse(line, (size_t)length, "document", &ret[count++], NULL),
				 0);
	return count;
}

/* The process tries on for an hour, or says for ever that this program died. */
static void end_process(char *folder)
{
	_cleanup_free_ char *path = xasprintf("%s/events.pid", folder), *text = NULL;
	unsigned pid = 0;

	for (unsigned i = 0; i < 200 && file_read(path, 64, &text, NULL) < 0; i++)
		(void)usleep(20000);
	if (text && str_to_uint(str_trim(text), 2, INT32_MAX, &pid) == 0)
		kill((pid_t)pid, SIGKILL);
	unit_folder_remove(folder);
}

static void tell_story(struct plan_fixture *f, struct deliver *deliver, const struct report *report,
		       int expected)
{
	char *folder = unit_folder_make();
	const struct plan_step step = {.id = xstrdup("wipe:x"), .title = xstrdup("wipe sdc")};
	struct event event = {.kind = EVENT_BEGIN, .step = &step, .permille = 10};

	deliver_start(deliver, f->host, f->answers, &f->secrets, folder);
	deliver_phase(deliver, "source", "read and verify the source");
	deliver_event(deliver, &event);
	event.kind = EVENT_END;
	deliver_event(deliver, &event);
	event = (struct event){.kind = EVENT_WARNING, .permille = 20, .text = "no EFI variable"};
	deliver_event(deliver, &event);
	assert_int_equal(deliver_end(deliver, f->host, f->answers, NULL, report, NULL), expected);
	free(step.id);
	free(step.title);
	unit_folder_remove(folder);
}

static void test_events_and_report_arrive(void **state)
{
	static const char *const kinds[] = {"start", "phase", "phase", "warning", "done"};
	_cleanup_fixture_ struct plan_fixture f;
	_cleanup_(deliver_done) struct deliver deliver = {0};
	const struct remote remote = {.fingerprint = (char[]){"ED25519 SHA256:x"}};
	struct json *documents[16] = {0};
	struct report report;
	unsigned port;
	int server = listen_anywhere(&port), pipes[2];
	const struct json *machine;
	size_t count;
	pid_t pid;

	(void)state;
	open_report(&f, &report, port);
	deliver.remote = &remote;
	assert_int_equal(pipe(pipes), 0);
	pid = serve(server, pipes[1]);
	close(pipes[1]);
	tell_story(&f, &deliver, &report, 0);
	count = read_documents(pipes[0], documents, ARRAY_SIZE(documents));
	assert_int_equal(count, ARRAY_SIZE(kinds) + 1);
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		struct notice notice;

		assert_int_equal(notice_check(documents[i], &notice, NULL), 0);
		assert_string_equal(notice_kind_to_string(notice.kind), kinds[i]);
		assert_int_equal(notice.sequence, i + 1);
	}
	for (size_t i = 0; i < count; i += count - 1)
		assert_string_equal(
			json_get_string(json_get_object(documents[i], "ssh"), "fingerprint"),
			"ED25519 SHA256:x");
	assert_string_equal(json_get_string(documents[2], "step"), "wipe:x");
	assert_string_equal(json_get_string(documents[count - 1], "schema"), "xenhost.report/1");
	machine = json_get_object(documents[count - 1], "machine");
	assert_string_equal(json_get_string(machine, "hostname"), "xen1");
	assert_string_equal(json_get_string(machine, "install_id"), "fleet-7");
	assert_string_equal(json_get_string(machine, "serial"), f.host->firmware.product_serial);
	assert_int_equal(json_length(json_get_array(machine, "macs")), 4);
	for (size_t i = 0; i < count; i++)
		json_free(documents[i]);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	close(server);
}

/* The first boot learns where to report, with numbers of its own, when there is a pool to join. */
static void test_first_boot_is_left_word(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;
	_cleanup_(deliver_done) struct deliver deliver = {0};
	_cleanup_json_ struct json *config = NULL;
	char *folder = unit_folder_make();
	struct report report;
	uint64_t sequence;

	(void)state;
	open_report(&f, &report, 1);
	f.answers->has_pool = true;
	f.answers->pool.coordinator = xstrdup("xen0");
	deliver_start(&deliver, f.host, f.answers, &f.secrets, folder);
	assert_non_null(f.secrets.firstboot_report);
	assert_int_equal(json_parse(f.secrets.firstboot_report, strlen(f.secrets.firstboot_report),
				    "word", &config, NULL),
			 0);
	assert_string_equal(json_get_string(config, "run"), deliver.run);
	assert_string_equal(json_get_string(config, "token"), TOKEN);
	assert_true(json_get_u64(config, "sequence", &sequence) && sequence == 1000000);
	assert_true(json_is_null(config, "repeat_s"));
	(void)notifier_finish(deliver.notifier, 0);
	end_process(folder);
}

static void test_nobody_is_named(void **state)
{
	_cleanup_fixture_ struct plan_fixture f;
	_cleanup_(deliver_done) struct deliver deliver = {0};
	const struct report report = {.success = true};

	(void)state;
	fixture_open(&f, "uefi-3disks", "<primary-disk>sdc</primary-disk>");
	tell_story(&f, &deliver, &report, -ENOENT);
	assert_null(deliver.notifier);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_events_and_report_arrive),
		cmocka_unit_test(test_first_boot_is_left_word),
		cmocka_unit_test(test_nobody_is_named),
	};

	if (argc == 2 && str_eq(argv[1], NOTIFIER_COMMAND))
		return notifier_main();
	return cmocka_run_group_tests(tests, NULL, NULL);
}
