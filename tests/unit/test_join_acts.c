/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a host does for its pool at first boot, in which order, and how often: the engine only takes
 * down what it was asked for. Joins themselves run against the test pool (tests/pool).
 */
#include "firstboot/join_acts.h"
#include "firstboot/join_command.h"
#include "firstboot/pool_wish.h"
#include "tests/unit/unit.h"

#define SCRIPT "/var/lib/xenhost/firstboot/scripts/0"

struct boots {
	char *folder;
	struct fsroot *root;
};

static struct strbuf asked;
static bool refuses;

static int note_join(const struct join_request *request, struct join_result *ret,
		     struct error **err)
{
	strbuf_addf(&asked, "join %s with %s\n", request->pool.address, request->password);
	*ret = (struct join_result){.state = refuses ? JOIN_UNTOUCHED : JOIN_MEMBER,
				    .pool_uuid = xstrdup("f0"),
				    .pool_name = xstrdup("rack"),
				    .coordinator = xstrdup(request->pool.address)};
	if (!refuses)
		return 0;
	error_set(err, ERROR_POOL, "no");
	return error_hint(err, "ask");
}

static int note_settings(const struct join_request *request _unused_,
			 const struct pool_settings *settings, char **ret_said, struct error **err)
{
	strbuf_addf(&asked, "settle %s: %s, %s\n",
		    settings->joined_uuid ? settings->joined_uuid : "own",
		    settings->name ? settings->name : "-",
		    settings->default_sr ? settings->default_sr : "-");
	if (refuses) {
		error_set(err, ERROR_POOL, "no");
		return error_hint(err, "ask");
	}
	*ret_said = xstrdup("done");
	return 0;
}

static int set_up(void **state)
{
	struct boots *boots = xcalloc(1, sizeof(*boots));

	boots->folder = unit_folder_make();
	assert_int_equal(fsroot_open(boots->folder, &boots->root), 0);
	refuses = false;
	*state = boots;
	return 0;
}

static int tear_down(void **state)
{
	struct boots *boots = *state;

	strbuf_done(&asked);
	fsroot_free(boots->root);
	unit_folder_remove(boots->folder);
	free(boots);
	return 0;
}

static void write_file(const struct boots *boots, const char *path, const char *text)
{
	assert_int_equal(fsroot_write_text(boots->root, path, text, 0700), 0);
}

/* A script for the moment "joined", which tells that it ran, and fails or not. */
static void write_script(const struct boots *boots, bool fails)
{
	_cleanup_free_ char *text = xasprintf("#!/bin/sh\nprintf x >>'%s/ran'\nexit %d\n",
					      boots->folder, fails ? 1 : 0);

	write_file(boots, SCRIPT, text);
	write_file(boots, FIRSTBOOT_DATA "/xenhost-scripts.json",
		   "{\"scripts\": [{\"moment\": \"joined\", \"path\": \"" SCRIPT
		   "\", \"source\": \"x\", \"timeout_s\": 60, \"on_failure\": \"stop\"}]}");
}

static unsigned times_run(const struct boots *boots)
{
	_cleanup_free_ char *text = NULL;

	return fsroot_read_text(boots->root, "/ran", &text) < 0 ? 0 : (unsigned)strlen(text);
}

static const struct join_engine engine = {
	.name = "note", .join = note_join, .settle = note_settings};

/* One boot; what the engine was asked for in it. */
static int boot(const struct boots *boots, struct error **err)
{
	struct join_request request = {.root = boots->root};
	const struct join_acts acts = {
		.engine = &engine, .request = &request, .is_noted = true, .folder = boots->folder};

	strbuf_done(&asked);
	strbuf_add(&asked, "");
	return join_act_wish(&acts, err);
}

static void expect_state(const struct boots *boots, const char *text)
{
	_cleanup_free_ char *state = NULL;

	assert_int_equal(fsroot_read_text(boots->root, FIRSTBOOT_STATE, &state), 0);
	if (!strstr(state, text))
		fail_msg("\"%s\" lacks %s", state, text);
}

static void test_a_host_begins_its_pool(void **state)
{
	const struct boots *boots = *state;

	write_file(boots, FIRSTBOOT_DATA "/" POOL_WISH,
		   "ENGINE='xapi'\nNAME='Rack 4'\nDEFAULT_SR='nfs 1'\n");
	write_script(boots, false);
	assert_int_equal(boot(boots, NULL), 0);
	assert_string_equal(asked.text, "settle own: Rack 4, -\nsettle own: -, nfs 1\n");
	assert_int_equal(times_run(boots), 1);
	expect_state(boots, NAME_TASK);
	expect_state(boots, STORAGE_TASK);
	/* What an administrator changes later stays. */
	assert_int_equal(boot(boots, NULL), 0);
	assert_string_equal(asked.text, "");
	assert_int_equal(times_run(boots), 1);
}

static void test_a_host_joins(void **state)
{
	const struct boots *boots = *state;

	write_file(boots, FIRSTBOOT_DATA "/" POOL_WISH,
		   "ENGINE='xapi'\nCOORDINATOR='xen1'\nDEFAULT_SR='nfs 1'\n");
	write_file(boots, POOL_WISH_PASSWORD, "secret\n");
	assert_int_equal(boot(boots, NULL), 0);
	assert_string_equal(asked.text, "join xen1 with secret\nsettle f0: -, nfs 1\n");
	assert_false(fsroot_exists(boots->root, POOL_WISH_PASSWORD));
	assert_int_equal(boot(boots, NULL), 0);
	assert_string_equal(asked.text, "");
}

/* Whoever joins it, and to which pool: the password that the installation left has served. */
static void test_a_host_that_was_joined_by_hand(void **state)
{
	const struct boots *boots = *state;
	struct join_request request = {
		.root = boots->root, .pool.address = "xen2", .password = "typed"};
	const struct join_acts acts = {
		.engine = &engine, .request = &request, .is_noted = true, .folder = boots->folder};
	_cleanup_free_ char *pool_uuid = NULL;

	write_file(boots, FIRSTBOOT_DATA "/" POOL_WISH, "ENGINE='xapi'\nCOORDINATOR='xen1'\n");
	write_file(boots, POOL_WISH_PASSWORD, "secret\n");
	refuses = true;
	assert_true(boot(boots, NULL) < 0);
	assert_true(fsroot_exists(boots->root, POOL_WISH_PASSWORD));
	refuses = false;
	assert_int_equal(join_act(&acts, &pool_uuid, NULL), 0);
	assert_false(fsroot_exists(boots->root, POOL_WISH_PASSWORD));
	/* Should something have kept it, the next boot does not. */
	write_file(boots, POOL_WISH_PASSWORD, "secret\n");
	assert_int_equal(boot(boots, NULL), 0);
	assert_string_equal(asked.text, "");
	assert_false(fsroot_exists(boots->root, POOL_WISH_PASSWORD));
}

/* What did not work is tried again at the next boot, what worked is not. */
static void test_failures_are_tried_again(void **state)
{
	const struct boots *boots = *state;
	struct error *err = NULL;

	write_file(boots, FIRSTBOOT_DATA "/" POOL_WISH,
		   "ENGINE='xapi'\nCOORDINATOR='xen1'\nDEFAULT_SR='nfs 1'\n");
	write_file(boots, POOL_WISH_PASSWORD, "secret\n");
	write_script(boots, true);
	refuses = true;
	assert_true(boot(boots, &err) < 0);
	unit_expect_error(&err, "no");
	assert_true(fsroot_exists(boots->root, POOL_WISH_PASSWORD));
	assert_int_equal(times_run(boots), 0);

	refuses = false;
	assert_true(boot(boots, &err) < 0);
	unit_expect_error(&err, "script");
	assert_string_equal(asked.text, "join xen1 with secret\n");
	assert_int_equal(times_run(boots), 1);

	write_script(boots, false);
	assert_int_equal(boot(boots, NULL), 0);
	assert_string_equal(asked.text, "settle f0: -, nfs 1\n");
	assert_int_equal(times_run(boots), 2);
}

static void test_nothing_is_wished(void **state)
{
	const struct boots *boots = *state;
	struct error *err = NULL;

	assert_true(boot(boots, &err) < 0);
	unit_expect_error(&err, "the installation named no pool");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_a_host_begins_its_pool, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_host_joins, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_a_host_that_was_joined_by_hand, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_failures_are_tried_again, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_nothing_is_wished, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
