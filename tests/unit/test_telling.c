/* SPDX-License-Identifier: GPL-3.0-or-later */
/* An attended installation as its receiver hears of it, over HTTP. */
#include "tests/unit/answer_server.h"
#include "tests/unit/plan_fixture.h"

#include "common/file.h"
#include "installer/telling.h"

struct lab {
	struct answer_server *server;
	struct plan_fixture f;
	struct telling telling;
	char *line; /* a boot line that names the server as the receiver */
	unsigned reached;
	char *url; /* that was reached for */
	bool unreachable;
};

static int reach(const char *where, void *data, struct error **err)
{
	struct lab *lab = data;

	lab->reached++;
	free(lab->url);
	lab->url = xstrdup(where);
	return lab->unreachable ? error_set(err, ERROR_NETWORK, "no link") : 0;
}

static int start(void **state)
{
	struct lab *lab = xcalloc(1, sizeof(*lab));
	void *server = NULL;

	answer_server_start(&server);
	lab->server = server;
	answer_server_put(lab->server, "events", "thanks\n");
	fixture_open(&lab->f, "uefi-3disks", "<primary-disk>sdc</primary-disk>");
	lab->telling = (struct telling){.reach = reach, .data = lab};
	lab->line = xasprintf("quiet xenhost.report=http://127.0.0.1:%u/events", lab->server->http);
	*state = lab;
	return 0;
}

static int stop(void **state)
{
	struct lab *lab = *state;
	void *server = lab->server;

	telling_done(&lab->telling);
	fixture_close(&lab->f);
	answer_server_stop(&server);
	free(lab->line);
	free(lab->url);
	free(lab);
	return 0;
}

/* A whole installation, as attended.c tells it; true when the report arrived. */
static bool install(struct lab *lab, const char *line, bool network_up)
{
	const struct plan_step step = {.id = xstrdup("wipe:x"), .title = xstrdup("wipe sdc")};
	const struct event begin = {.kind = EVENT_BEGIN, .step = &step, .permille = 10};
	const struct report report = {.success = true, .changed = true, .seconds = 93};
	_cleanup_free_ char *path = xasprintf("%s/posted", lab->server->peer.folder),
			    *posted = NULL;
	char *folder = unit_folder_make();

	telling_start(&lab->telling, lab->f.host, lab->f.answers, &lab->f.secrets, line, network_up,
		      folder);
	deliver_event(&lab->telling.deliver, &begin);
	deliver_tell_end(&lab->telling.deliver, lab->f.host, lab->f.answers, NULL, &report, NULL);
	telling_stop(&lab->telling);
	free(step.id);
	free(step.title);
	unit_folder_remove(folder);
	return file_read(path, MIB, &posted, NULL) == 0 && strstr(posted, "xenhost.report/1");
}

static void test_nobody_asked_for_events(void **state)
{
	struct lab *lab = *state;

	assert_false(install(lab, "quiet", false));
	assert_int_equal(lab->reached, 0);
}

static void test_the_receiver_of_the_boot_line(void **state)
{
	struct lab *lab = *state;

	lab->f.secrets.report_token = xstrdup("of-another-receiver");
	assert_true(install(lab, lab->line, false));
	assert_int_equal(lab->reached, 1);
	assert_string_equal(lab->url, strchr(lab->line, '=') + 1);
	assert_null(lab->f.secrets.report_token);
}

static void test_a_network_that_is_up_is_taken(void **state)
{
	struct lab *lab = *state;

	assert_true(install(lab, lab->line, true));
	assert_int_equal(lab->reached, 0);
}

/* That the network could not be brought up for it is no reason not to try. */
static void test_who_cannot_be_reached_for_is_tried(void **state)
{
	struct lab *lab = *state;

	lab->unreachable = true;
	assert_true(install(lab, lab->line, false));
	assert_int_equal(lab->reached, 1);
}

int main(int argc, char **argv)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_nobody_asked_for_events, start, stop),
		cmocka_unit_test_setup_teardown(test_the_receiver_of_the_boot_line, start, stop),
		cmocka_unit_test_setup_teardown(test_a_network_that_is_up_is_taken, start, stop),
		cmocka_unit_test_setup_teardown(test_who_cannot_be_reached_for_is_tried, start,
						stop),
	};

	if (argc == 2 && str_eq(argv[1], NOTIFIER_COMMAND))
		return notifier_main();
	(void)signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
