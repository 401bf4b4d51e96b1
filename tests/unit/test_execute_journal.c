/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The journal tells a later boot how an installation ended, and survives torn and foreign bytes. */
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>
#include <sys/mman.h>

#include <cmocka.h>

#include "common/str.h"
#include "installer/execute/journal.h"

#define OFFSET   (3 * MIB)
#define PLAN     "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
#define OTHER    "ffeeddccbbaa99887766554433221100ffeeddccbbaa99887766554433221100"
#define MANIFEST "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

/* A disk of 8 MiB full of garbage. */
static int setup(void **state)
{
	_cleanup_free_ uint8_t *garbage = xmalloc(8 * MIB);
	int fd = memfd_create("disk", MFD_CLOEXEC);

	memset(garbage, 0xa5, 8 * MIB);
	assert_int_equal(write(fd, garbage, 8 * MIB), 8 * MIB);
	*state = (void *)(intptr_t)fd;
	return 0;
}

static int teardown(void **state)
{
	return close((int)(intptr_t)*state);
}

static struct journal *start(int fd, const char *plan, const char *install_id)
{
	struct journal *journal = NULL;

	assert_int_equal(journal_start(fd, OFFSET, plan, MANIFEST, install_id, &journal), 0);
	return journal;
}

static void test_no_journal_on_a_foreign_disk(void **state)
{
	struct journal_state found;

	assert_int_equal(journal_read((int)(intptr_t)*state, OFFSET, &found), -ENODATA);
	assert_int_equal(journal_read((int)(intptr_t)*state, 100 * MIB, &found), -ENODATA);
}

static void test_completed_installation(void **state)
{
	int fd = (int)(intptr_t)*state;
	_cleanup_(journal_freep) struct journal *journal = start(fd, PLAN, "rack7-host3");
	_cleanup_(journal_state_done) struct journal_state found = {0};

	assert_int_equal(journal_add(journal, JOURNAL_STEP_BEGIN, "unmount", NULL), 0);
	assert_int_equal(journal_add(journal, JOURNAL_STEP_END, "unmount", NULL), 0);
	assert_int_equal(journal_add(journal, JOURNAL_DONE, NULL, NULL), 0);
	assert_int_equal(journal_read(fd, OFFSET, &found), 0);
	assert_true(found.done);
	assert_false(found.failed);
	assert_string_equal(found.install_id, "rack7-host3");
	assert_string_equal(found.plan_digest, PLAN);
	assert_string_equal(found.manifest_digest, MANIFEST);
	assert_int_equal(found.records, 4);
	assert_true(found.begun > 0 && found.last >= found.begun);
}

static void test_cut_short_in_a_step(void **state)
{
	int fd = (int)(intptr_t)*state;
	_cleanup_(journal_freep) struct journal *journal = start(fd, PLAN, NULL);
	_cleanup_(journal_state_done) struct journal_state found = {0};

	assert_int_equal(journal_add(journal, JOURNAL_STEP_BEGIN, "write-image:root", NULL), 0);
	assert_int_equal(journal_read(fd, OFFSET, &found), 0);
	assert_false(found.done || found.failed || found.last_step_ended);
	assert_string_equal(found.last_step, "write-image:root");
	assert_null(found.install_id);
}

static void test_failure_keeps_its_reason(void **state)
{
	int fd = (int)(intptr_t)*state;
	_cleanup_(journal_freep) struct journal *journal = start(fd, PLAN, NULL);
	_cleanup_(journal_state_done) struct journal_state found = {0};
	char reason[3000];

	memset(reason, 'x', sizeof(reason) - 1);
	reason[sizeof(reason) - 1] = '\0';
	assert_int_equal(journal_add(journal, JOURNAL_FAILED, "grow:root", reason), 0);
	assert_int_equal(journal_read(fd, OFFSET, &found), 0);
	assert_true(found.failed);
	assert_int_equal(strlen(found.message), 1023);
}

static void test_torn_record_hides_only_itself(void **state)
{
	int fd = (int)(intptr_t)*state;
	_cleanup_(journal_freep) struct journal *journal = start(fd, PLAN, NULL);
	_cleanup_(journal_state_done) struct journal_state found = {0};

	assert_int_equal(journal_add(journal, JOURNAL_STEP_BEGIN, "mount", NULL), 0);
	assert_int_equal(journal_add(journal, JOURNAL_DONE, NULL, NULL), 0);
	assert_int_equal(pwrite(fd, "torn", 4, (off_t)(OFFSET + 2 * JOURNAL_RECORD_BYTES + 700)),
			 4);
	assert_int_equal(journal_read(fd, OFFSET, &found), 0);
	assert_false(found.done);
	assert_int_equal(found.records, 2);
	assert_string_equal(found.last_step, "mount");
}

static void test_second_installation_forgets_the_first(void **state)
{
	int fd = (int)(intptr_t)*state;
	struct journal *first = start(fd, OTHER, "old");
	_cleanup_(journal_freep) struct journal *second = NULL;
	_cleanup_(journal_state_done) struct journal_state found = {0};

	for (unsigned i = 0; i < 20; i++)
		assert_int_equal(journal_add(first, JOURNAL_STEP_END, "old-step", NULL), 0);
	assert_int_equal(journal_add(first, JOURNAL_DONE, NULL, NULL), 0);
	journal_free(first);
	second = start(fd, PLAN, NULL);
	assert_non_null(second);
	assert_int_equal(journal_read(fd, OFFSET, &found), 0);
	assert_false(found.done);
	assert_int_equal(found.records, 1);
	assert_string_equal(found.plan_digest, PLAN);
	assert_null(found.last_step);
}

static void test_full_journal_says_so(void **state)
{
	int fd = (int)(intptr_t)*state;
	_cleanup_(journal_freep) struct journal *journal = start(fd, PLAN, NULL);
	uint8_t after;
	int r = 0;

	for (unsigned i = 0; i < 300 && r == 0; i++)
		r = journal_add(journal, JOURNAL_STEP_END, "step", NULL);
	assert_int_equal(r, -ENOSPC);
	assert_int_equal(pread(fd, &after, 1, (off_t)(OFFSET + JOURNAL_BYTES)), 1);
	assert_int_equal(after, 0xa5);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_no_journal_on_a_foreign_disk, setup, teardown),
		cmocka_unit_test_setup_teardown(test_completed_installation, setup, teardown),
		cmocka_unit_test_setup_teardown(test_cut_short_in_a_step, setup, teardown),
		cmocka_unit_test_setup_teardown(test_failure_keeps_its_reason, setup, teardown),
		cmocka_unit_test_setup_teardown(test_torn_record_hides_only_itself, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_second_installation_forgets_the_first, setup,
						teardown),
		cmocka_unit_test_setup_teardown(test_full_journal_says_so, setup, teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
