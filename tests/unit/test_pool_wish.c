/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/unit.h"

#include "firstboot/firstboot.h"
#include "firstboot/pool/engine.h"
#include "firstboot/pool_wish.h"

struct wished {
	char *folder;
	struct fsroot *root;
};

static struct wished host_with(const char *wish)
{
	struct wished host = {.folder = unit_folder_make()};

	assert_int_equal(fsroot_open(host.folder, &host.root), 0);
	if (wish)
		assert_int_equal(
			fsroot_write_text(host.root, FIRSTBOOT_DATA "/" POOL_WISH, wish, 0644), 0);
	return host;
}

static void host_done(struct wished *host)
{
	fsroot_free(host->root);
	unit_folder_remove(host->folder);
}

static void test_whole(void **state)
{
	struct wished host = host_with("ENGINE='xapi'\nCOORDINATOR='10.0.0.5'\nUSER='joiner'\n"
				       "CERTIFICATE='ab12'\nFORCE='true'\nWAIT='60'\nRETRY='5'\n"
				       "NAME='Rack 4'\nDEFAULT_SR='nfs 1'\n");
	struct pool_wish wish = {0};

	(void)state;
	assert_int_equal(pool_wish_load(host.root, &wish, NULL), 0);
	assert_string_equal(wish.engine, "xapi");
	assert_string_equal(wish.coordinator, "10.0.0.5");
	assert_string_equal(wish.user, "joiner");
	assert_string_equal(wish.certificate, "ab12");
	assert_true(wish.force);
	assert_string_equal(wish.name, "Rack 4");
	assert_string_equal(wish.default_sr, "nfs 1");
	assert_int_equal(wish.wait_s, 60);
	assert_int_equal(wish.retry_s, 5);
	pool_wish_done(&wish);
	host_done(&host);
}

static void test_none(void **state)
{
	struct wished host = host_with(NULL);
	struct pool_wish wish = {0};

	(void)state;
	assert_int_equal(pool_wish_load(host.root, &wish, NULL), -ENOENT);
	host_done(&host);
}

static void test_wrong(void **state)
{
	static const struct {
		const char *text, *words;
	} rows[] = {
		{"FORCE='perhaps'\n", "FORCE='perhaps' is not understood"},
		{"WAIT='soon'\n", "WAIT='soon' is not understood"},
		{"RETRY='-1'\n", "RETRY='-1' is not understood"},
	};

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct wished host = host_with(rows[i].text);
		struct pool_wish wish = {0};
		struct error *error = NULL;

		assert_true(pool_wish_load(host.root, &wish, &error) < 0);
		assert_int_equal(error->kind, ERROR_USER);
		unit_expect_error(&error, rows[i].words);
		host_done(&host);
	}
}

static void test_password(void **state)
{
	struct wished host = host_with("COORDINATOR='10.0.0.5'\n");
	struct pool_wish wish = {0};
	struct error *error = NULL;

	(void)state;
	assert_true(pool_wish_fetch_password(host.root, &wish, &error) < 0);
	unit_expect_error(&error, POOL_WISH_PASSWORD);
	assert_int_equal(fsroot_write_text(host.root, POOL_WISH_PASSWORD, "a b \n", 0600), 0);
	assert_int_equal(pool_wish_fetch_password(host.root, &wish, NULL), 0);
	assert_string_equal(wish.password, "a b");
	assert_int_equal(pool_wish_forget_password(host.root, NULL), 0);
	assert_false(fsroot_exists(host.root, POOL_WISH_PASSWORD));
	/* Nothing is left to be done the second time. */
	assert_int_equal(pool_wish_forget_password(host.root, NULL), 0);
	pool_wish_done(&wish);
	host_done(&host);
}

static void test_password_in_clear(void **state)
{
	struct wished host = host_with(NULL);
	struct pool_wish wish = {.password_from = xstrdup("http://me:secret@example.org/p")};
	struct error *error = NULL;

	(void)state;
	assert_true(pool_wish_fetch_password(host.root, &wish, &error) < 0);
	assert_null(strstr(error->message, "secret"));
	unit_expect_error(&error, "over https alone");
	pool_wish_done(&wish);
	host_done(&host);
}

static void test_engines(void **state)
{
	struct wished host = host_with(NULL);
	const struct join_engine *engine = NULL;
	struct error *error = NULL;

	(void)state;
	assert_int_equal(join_engine_choose("none", host.root, &engine, NULL), 0);
	assert_null(engine->join);
	assert_true(join_engine_choose("xapi", host.root, &engine, &error) < 0);
	assert_int_equal(error->kind, ERROR_USER);
	unit_expect_error(&error, "does not carry it");
	assert_true(join_engine_choose("swarm", host.root, &engine, &error) < 0);
	unit_expect_error(&error, "no kind of pool called \"swarm\"");
	assert_int_equal(fsroot_write_text(host.root, "/opt/xensource/bin/xapi", "", 0755), 0);
	assert_int_equal(join_engine_choose("xapi", host.root, &engine, NULL), 0);
	assert_non_null(engine->join);
	host_done(&host);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_whole),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_wrong),
		cmocka_unit_test(test_password),
		cmocka_unit_test(test_password_in_clear),
		cmocka_unit_test(test_engines),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
