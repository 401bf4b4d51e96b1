/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "common/fsroot.h"

struct fixture {
	char *folder;
	struct fsroot *root;
};

static int set_up(void **state)
{
	struct fixture *fixture = xcalloc(1, sizeof(*fixture));

	fixture->folder = unit_folder_make();
	assert_int_equal(fsroot_open(fixture->folder, &fixture->root), 0);
	*state = fixture;
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *fixture = *state;

	fsroot_free(fixture->root);
	unit_folder_remove(fixture->folder);
	free(fixture);
	return 0;
}

static void expect_text(const struct fsroot *root, const char *path, const char *expected)
{
	_cleanup_free_ char *text = NULL;

	assert_int_equal(fsroot_read_text(root, path, &text), 0);
	assert_string_equal(text, expected);
}

static void test_links_stay_inside(void **state)
{
	const struct fsroot *root = ((struct fixture *)*state)->root;
	_cleanup_free_ char *path = NULL, *link = NULL, *top = NULL;
	char *text = NULL;

	assert_int_equal(fsroot_write_text(root, "/etc/hostname", "inside\n", 0644), 0);
	assert_int_equal(fsroot_symlink(root, "/etc/hostname", "/absolute"), 0);
	assert_int_equal(fsroot_symlink(root, "../../../../etc/hostname", "/up"), 0);
	assert_int_equal(fsroot_symlink(root, "/etc", "/var/folder"), 0);
	expect_text(root, "/absolute", "inside");
	expect_text(root, "/up", "inside");
	expect_text(root, "/var/folder/hostname", "inside");
	assert_int_equal(fsroot_realpath(root, "/var/folder/../up", &path), 0);
	assert_string_equal(path, "/etc/hostname");
	assert_int_equal(fsroot_realpath(root, "/../..", &top), 0);
	assert_string_equal(top, "/");
	assert_int_equal(fsroot_readlink(root, "/absolute", &link), 0);
	assert_string_equal(link, "/etc/hostname");
	assert_int_equal(fsroot_readlink(root, "/etc/hostname", &text), -EINVAL);
	assert_int_equal(fsroot_readlink(root, "/none", &text), -ENOENT);
	/* There on the machine, but not in the folder. */
	assert_int_equal(fsroot_symlink(root, "/proc/version", "/escape"), 0);
	assert_int_equal(fsroot_read_text(root, "/escape", &text), -ENOENT);
}

static void test_writing_makes_folders_and_replaces(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_strv_ char **names = NULL;
	_cleanup_free_ char *outer = fsroot_outer_path(fixture->root, "/a/b/file");
	struct stat st;
	mode_t mode;

	umask(077);
	assert_int_equal(fsroot_write_text(fixture->root, "/a/b/file", "one", 0640), 0);
	assert_int_equal(fsroot_write(fixture->root, "/a/b/file", "two\n", 4, 0644), 0);
	umask(022);
	expect_text(fixture->root, "/a/b/file", "two");
	assert_int_equal(stat(outer, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0644);
	assert_int_equal(fsroot_stat_mode(fixture->root, "/a", &mode), 0);
	assert_int_equal(mode & 07777, 0755);
	/* No temporary file is left. */
	assert_int_equal(fsroot_list(fixture->root, "/a/b", &names), 0);
	assert_int_equal(strv_length(names), 1);
	/* A link is replaced, what it points to is left alone. */
	assert_int_equal(fsroot_symlink(fixture->root, "/a/b/file", "/link"), 0);
	assert_int_equal(fsroot_write_text(fixture->root, "/link", "three", 0644), 0);
	expect_text(fixture->root, "/a/b/file", "two");
	expect_text(fixture->root, "/link", "three");
}

static void test_writing_goes_through_linked_folders(void **state)
{
	const struct fsroot *root = ((struct fixture *)*state)->root;

	assert_int_equal(fsroot_mkdir(root, "/run", 0755), 0);
	assert_int_equal(fsroot_symlink(root, "/run", "/var/run"), 0);
	assert_int_equal(fsroot_write_text(root, "/var/run/sub/pid", "1", 0644), 0);
	expect_text(root, "/run/sub/pid", "1");
}

static void test_folders(void **state)
{
	const struct fsroot *root = ((struct fixture *)*state)->root;
	_cleanup_strv_ char **names = NULL;
	mode_t mode;

	assert_int_equal(fsroot_mkdir(root, "/root/.ssh", 0700), 0);
	assert_int_equal(fsroot_stat_mode(root, "/root/.ssh", &mode), 0);
	assert_true(S_ISDIR(mode));
	assert_int_equal(mode & 07777, 0700);
	assert_int_equal(fsroot_mkdir(root, "/root/.ssh", 0755), 0);
	assert_int_equal(fsroot_write_text(root, "/file", "", 0644), 0);
	assert_int_equal(fsroot_mkdir(root, "/file", 0755), -ENOTDIR);
	assert_int_equal(fsroot_write_text(root, "/file/below", "", 0644), -ENOTDIR);
	assert_int_equal(fsroot_write_text(root, "/b", "", 0644), 0);
	assert_int_equal(fsroot_write_text(root, "/B", "", 0644), 0);
	assert_int_equal(fsroot_list(root, "/", &names), 0);
	assert_string_equal(names[0], "B");
	assert_string_equal(names[1], "b");
	assert_int_equal(strv_length(names), 4);
	assert_int_equal(fsroot_unlink(root, "/b"), 0);
	assert_int_equal(fsroot_unlink(root, "/b"), -ENOENT);
	assert_int_equal(fsroot_write_text(root, "/x/..", "", 0644), -EINVAL);
}

/* Another name of the file shows what is left in its blocks. */
static void test_wiped_bytes_are_gone(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_free_ char *file = xasprintf("%s/secret", fixture->folder),
			    *other = xasprintf("%s/other", fixture->folder),
			    *text = xcalloc(5001, 1), *left = NULL;
	size_t length = 0;

	memset(text, 's', 5000);
	assert_int_equal(fsroot_write_text(fixture->root, "/secret", text, 0600), 0);
	assert_int_equal(link(file, other), 0);
	assert_int_equal(fsroot_symlink(fixture->root, "other", "/link"), 0);
	assert_int_equal(fsroot_wipe(fixture->root, "/link"), -ELOOP);
	assert_int_equal(fsroot_wipe(fixture->root, "/secret"), 0);
	assert_false(fsroot_exists(fixture->root, "/secret"));
	assert_int_equal(fsroot_read(fixture->root, "/other", 10000, &left, &length), 0);
	assert_int_equal(length, 5000);
	for (size_t i = 0; i < length; i++)
		assert_int_equal(left[i], 0);
	assert_int_equal(fsroot_wipe(fixture->root, "/secret"), -ENOENT);
	assert_int_equal(fsroot_mkdir(fixture->root, "/folder", 0700), 0);
	assert_int_equal(fsroot_wipe(fixture->root, "/folder"), -EISDIR);
}

static void test_reading_has_limits(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_free_ char *big = xcalloc(10001, 1), *read = NULL, *pipe = NULL;
	char *text = NULL;
	size_t length = 0;
	uint64_t number = 0;

	memset(big, 'x', 10000);
	assert_int_equal(fsroot_write_text(fixture->root, "/big", big, 0644), 0);
	assert_int_equal(fsroot_read(fixture->root, "/big", 9999, &text, NULL), -EFBIG);
	assert_int_equal(fsroot_read(fixture->root, "/big", 10000, &read, &length), 0);
	assert_int_equal(length, 10000);
	assert_string_equal(read, big);
	assert_int_equal(fsroot_read_text(fixture->root, "/", &text), -EISDIR);
	assert_int_equal(fsroot_read_text(fixture->root, "/none", &text), -ENOENT);
	pipe = fsroot_outer_path(fixture->root, "/pipe");
	assert_int_equal(mkfifo(pipe, 0600), 0);
	assert_int_equal(fsroot_read_text(fixture->root, "/pipe", &text), -EINVAL);
	assert_int_equal(fsroot_write_text(fixture->root, "/sda/size", " \n", 0644), 0);
	assert_int_equal(fsroot_read_u64f(fixture->root, 10, &number, "/%s/size", "sda"), -EINVAL);
	assert_int_equal(fsroot_write_text(fixture->root, "/sda/size", "0x1f\n", 0644), 0);
	assert_int_equal(fsroot_read_u64f(fixture->root, 16, &number, "/%s/size", "sda"), 0);
	assert_int_equal(number, 31);
}

static void test_the_running_machine_is_known(void **state)
{
	const struct fixture *fixture = *state;
	_cleanup_fsroot_ struct fsroot *live = NULL;
	_cleanup_free_ char *path = NULL, *outer = NULL;
	struct fsroot *none = NULL;

	assert_int_equal(fsroot_open("/", &live), 0);
	assert_true(fsroot_is_live(live));
	assert_false(fsroot_is_live(fixture->root));
	assert_true(fsroot_exists(live, "/proc/self/stat"));
	assert_true(fsroot_existsf(live, "/proc/%d", (int)getpid()));
	assert_int_equal(fsroot_realpath(live, "/proc/self/../self", &path), 0);
	assert_true(str_starts(path, "/proc/"));
	outer = fsroot_outer_path(live, "/sys/block");
	assert_string_equal(outer, "/sys/block");
	assert_int_equal(fsroot_open("/none/such", &none), -ENOENT);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_links_stay_inside, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_writing_makes_folders_and_replaces, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_writing_goes_through_linked_folders, set_up,
						tear_down),
		cmocka_unit_test_setup_teardown(test_folders, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_wiped_bytes_are_gone, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_reading_has_limits, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_the_running_machine_is_known, set_up,
						tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
