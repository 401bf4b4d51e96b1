/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Systems and RAIDs on disks: file systems that mke2fs made, superblocks, and broken ones of both.
 */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>

#include "common/fsroot.h"
#include "common/proc.h"
#include "hwdb/host_fields.h"
#include "hwdb/probe/content.h"
#include "hwdb/probe/disk.h"

#define IMAGE_BYTES (24 * MIB)

struct image {
	char *folder; /* holds the image and a tree to make a file system of */
	char *path;
	struct fsroot *root;
	struct host_disk disk;
};

static int setup(void **state)
{
	struct image *image = xcalloc(1, sizeof(*image));

	image->folder = unit_folder_make();
	image->path = xasprintf("%s/image", image->folder);
	assert_int_equal(fsroot_open(image->folder, &image->root), 0);
	assert_int_equal(fsroot_mkdir(image->root, "/tree/etc", 0755), 0);
	*state = image;
	return 0;
}

static int teardown(void **state)
{
	struct image *image = *state;

	host_fields_done(host_disk_fields, &image->disk);
	fsroot_free(image->root);
	unit_folder_remove(image->folder);
	free(image->path);
	free(image);
	return 0;
}

static void put(struct image *image, const char *path, const char *text)
{
	_cleanup_free_ char *below = xasprintf("/tree%s", path);

	assert_int_equal(fsroot_write_text(image->root, below, text, 0644), 0);
}

/* A file system of the tree, from 1 MiB on in a disk with one MBR partition. */
static bool make(struct image *image, const char *type, const char *label)
{
	static const uint8_t table[] = {0, 0, 0, 0, 0x83, 0, 0, 0, 0, 8, 0x00, 0, 0x00, 0xb0, 0, 0};
	_cleanup_free_ char *tree = xasprintf("%s/tree", image->folder);
	_cleanup_close_ int fd = open(image->path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);

	assert_true(fd >= 0);
	assert_int_equal(ftruncate(fd, IMAGE_BYTES), 0);
	if (!proc_exists("mke2fs", NULL))
		return false;
	assert_int_equal(proc_runl(NULL, "test", "mke2fs", "-q", "-t", type, "-L", label, "-E",
				   "offset=1048576", "-d", tree, image->path, "22m", NULL),
			 0);
	assert_int_equal(pwrite(fd, table, sizeof(table), 446), sizeof(table));
	assert_int_equal(pwrite(fd, "\x55\xaa", 2, 510), 2);
	return true;
}

static const struct host_content *probe(struct image *image)
{
	_cleanup_close_ int fd = open(image->path, O_RDONLY | O_CLOEXEC);

	image->disk.size_bytes = IMAGE_BYTES;
	image->disk.logical_block_bytes = 512;
	assert_int_equal(disk_probe_contents(fd, &image->disk), 0);
	disk_classify_contents(&image->disk);
	assert_int_equal(image->disk.n_contents, 2);
	return &image->disk.contents[1];
}

#define INVENTORY                                                                                  \
	"PRODUCT_BRAND='XCP-ng'\nPRODUCT_NAME='xenenterprise'\nPRODUCT_VERSION='8.3.0'\n"          \
	"BUILD_NUMBER='cloud'\nINSTALLATION_DATE='2025-11-02 10:22:33.123456'\n"

static void test_installation(void **state)
{
	struct image *image = *state;
	const struct host_content *content;

	put(image, "/etc/xensource-inventory", INVENTORY);
	put(image, "/etc/os-release", "PRETTY_NAME=\"CentOS Linux 7\"\n");
	if (!make(image, "ext4", "root-qhvxpw"))
		skip();
	content = probe(image);
	assert_string_equal(content->system, "XCP-ng 8.3.0");
	assert_true(content->xenserver);
	assert_false(content->backup);
	assert_string_equal(content->date, "2025-11-02");
	assert_string_equal(content->description, "XCP-ng 8.3.0 installation");
	assert_int_equal(content->kind, CONTENT_FILESYSTEM);
}

static void test_backup(void **state)
{
	struct image *image = *state;
	const struct timespec when[2] = {{.tv_sec = 1762078953}, {.tv_sec = 1762078953}};
	_cleanup_free_ char *marker = xasprintf("%s/tree/.xen-backup-partition", image->folder);
	const struct host_content *content;

	put(image, "/etc/xensource-inventory", INVENTORY);
	put(image, "/.xen-backup-partition", "");
	assert_int_equal(utimensat(AT_FDCWD, marker, when, 0), 0);
	if (!make(image, "ext3", ""))
		skip();
	content = probe(image);
	assert_true(content->backup);
	assert_string_equal(content->date, "2025-11-02");
	assert_string_equal(content->description, "backup of XCP-ng 8.3.0");
}

/* os-release is a link on most systems; one that leads out of the file system leads nowhere. */
static void test_other_systems(void **state)
{
	struct image *image = *state;
	const struct host_content *content;

	put(image, "/usr/lib/os-release",
	    "ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 13 (trixie)\"\n");
	assert_int_equal(
		fsroot_symlink(image->root, "../usr/lib/os-release", "/tree/etc/os-release"), 0);
	assert_int_equal(fsroot_symlink(image->root, "../../../../../../../etc/passwd",
					"/tree/etc/xensource-inventory"),
			 0);
	if (!make(image, "ext4", "root"))
		skip();
	content = probe(image);
	assert_string_equal(content->system, "Debian GNU/Linux 13 (trixie)");
	assert_false(content->xenserver);
	assert_string_equal(content->description, "Debian GNU/Linux 13 (trixie), on ext4");
}

/* Looking leaves every byte as it was, also when the journal is dirty. */
static void test_nothing_is_written(void **state)
{
	struct image *image = *state;
	_cleanup_free_ char *before = NULL, *after = NULL;
	_cleanup_close_ int fd = -1;
	size_t n, m;

	put(image, "/etc/xensource-inventory", INVENTORY);
	if (!make(image, "ext4", "root-qhvxpw"))
		skip();
	fd = open(image->path, O_RDWR | O_CLOEXEC);
	/* s_feature_incompat at 96: 4 is "needs recovery". */
	assert_int_equal(pread(fd, &n, 1, MIB + 1024 + 96), 1);
	n = (n & 0xff) | 4;
	assert_int_equal(pwrite(fd, &n, 1, MIB + 1024 + 96), 1);
	assert_int_equal(fsroot_read(image->root, "/image", IMAGE_BYTES, &before, &n), 0);
	assert_string_equal(probe(image)->type, "ext4");
	assert_int_equal(fsroot_read(image->root, "/image", IMAGE_BYTES, &after, &m), 0);
	assert_int_equal(n, m);
	assert_memory_equal(before, after, n);
}

/* Damage at every place of the first blocks: no answer may come, a crash must not. */
static void test_damaged(void **state)
{
	struct image *image = *state;
	_cleanup_close_ int fd = -1;
	unsigned seed = 1;

	put(image, "/etc/xensource-inventory", INVENTORY);
	if (!make(image, "ext4", "root-qhvxpw"))
		skip();
	fd = open(image->path, O_RDWR | O_CLOEXEC);
	for (unsigned i = 0; i < 300; i++) {
		struct host_content content = {.start_bytes = MIB, .size_bytes = 22 * MIB};
		off_t at = (off_t)(MIB + 1024 + (seed = seed * 1103515245 + 12345) % 100000);
		uint64_t old, noise = (uint64_t)seed << 32 | ~seed;

		assert_int_equal(pread(fd, &old, sizeof(old), at), sizeof(old));
		assert_int_equal(pwrite(fd, &noise, sizeof(noise), at), sizeof(noise));
		content_read_system(fd, &content);
		host_fields_done(host_content_fields, &content);
		assert_int_equal(pwrite(fd, &old, sizeof(old), at), sizeof(old));
	}
}

static void test_inventories(void **state _unused_)
{
	static const struct {
		const char *text, *system, *date;
	} rows[] = {
		{"PRODUCT_BRAND='XenServer'\nPRODUCT_VERSION='8.4.0'\n", "XenServer 8.4.0", NULL},
		{"PRODUCT_NAME=\"xenhost\"\nINSTALLATION_DATE='today'\n", "xenhost", NULL},
		{"PRODUCT_BRAND=XCP-ng\nINSTALLATION_DATE=2020-01-02\n", "XCP-ng", "2020-01-02"},
		{"PRODUCT_BRAND='X\x1b[31m'\n", "X [31m", NULL},
		{"XPRODUCT_BRAND='no'\nPRODUCT_BRANDS='no'\nPRODUCT_BRAND=''\n", NULL, NULL},
		{"", NULL, NULL},
		{"PRODUCT_BRAND", NULL, NULL},
		{"PRODUCT_BRAND='", NULL, NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *system = NULL, *date = NULL;
		int r = content_parse_inventory(rows[i].text, &system, &date);

		assert_int_equal(r, rows[i].system ? 0 : -ENODATA);
		assert_true(str_eq(system, rows[i].system));
		assert_true(str_eq(date, rows[i].date));
	}
}

static void put32(uint8_t *at, uint32_t value)
{
	for (unsigned i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> 8 * i);
}

/* Superblocks of each version at its place, and ones that claim what cannot be. */
static void test_raids(void **state _unused_)
{
	static const uint64_t size = 10 * MIB;
	static const struct {
		uint64_t offset;
		uint32_t major, level, disks;
		const char *expected;
		unsigned expected_disks;
	} rows[] = {
		{4096, 1, 1, 2, "raid1", 2},
		{0, 1, 10, 4, "raid10", 4},
		{10 * MIB - 8192, 1, 6, 8, "raid6", 8},
		{10 * MIB - 65536, 0, 5, 3, "raid5", 3},
		{4096, 1, (uint32_t)-1, 2, "linear", 2},
		{4096, 1, 77, 2, NULL, 2},
		{4096, 1, 1, 1000000, "raid1", 0},
		{4096, 2, 1, 2, NULL, 0},
		{8192, 1, 1, 2, NULL, 0},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		struct host_content content = {.start_bytes = MIB, .size_bytes = size};
		_cleanup_close_ int fd = memfd_create("disk", MFD_CLOEXEC);
		uint8_t super[256] = {0};
		bool old = rows[i].major == 0;

		put32(super, 0xa92b4efc);
		put32(super + 4, rows[i].major);
		put32(super + (old ? 24 : 64), 1762078953);
		put32(super + (old ? 28 : 72), rows[i].level);
		put32(super + (old ? 40 : 92), rows[i].disks);
		assert_int_equal(ftruncate(fd, 11 * MIB), 0);
		assert_int_equal(pwrite(fd, super, sizeof(super), (off_t)(MIB + rows[i].offset)),
				 sizeof(super));
		content_read_md(fd, &content);
		assert_true(str_eq(content.raid_level, rows[i].expected));
		assert_int_equal(content.raid_disks, rows[i].expected_disks);
		assert_true(content.has_raid_disks == (rows[i].expected_disks > 0));
		assert_true(!rows[i].expected || str_eq(content.date, "2025-11-02"));
		host_fields_done(host_content_fields, &content);
	}
}

/* What each is called. */
static void test_words(void **state _unused_)
{
	char ntfs[] = "ntfs", vfat[] = "vfat", md[] = "linux_raid_member", raid1[] = "raid1";
	char esp[] = "c12a7328-f81f-11d2-ba4b-00a0c93ec93b", name[] = "host:0";
	char reserved[] = "e3c9e316-0b5c-4db8-817d-f92df00215ae", windows[] = "Windows";
	struct host_content contents[] = {
		{.partition = 1, .type = vfat, .partition_type = esp},
		{.partition = 2, .partition_type = reserved},
		{.partition = 3, .type = ntfs, .label = windows},
		{.partition = 4,
		 .type = md,
		 .label = name,
		 .raid_level = raid1,
		 .has_raid_disks = true,
		 .raid_disks = 2},
	};
	struct host_disk disk = {.contents = contents, .n_contents = ARRAY_SIZE(contents)};

	disk_classify_contents(&disk);
	assert_string_equal(contents[0].description, "EFI system partition");
	assert_string_equal(contents[2].description, "Windows volume \"Windows\"");
	assert_string_equal(contents[3].description,
			    "member of a software raid1 of 2 disks \"host:0\"");
	assert_int_equal(contents[3].kind, CONTENT_RAID);
	for (size_t i = 0; i < ARRAY_SIZE(contents); i++)
		free(contents[i].description);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_installation),      TEST(test_backup),
		TEST(test_other_systems),     TEST(test_nothing_is_written),
		TEST(test_damaged),           cmocka_unit_test(test_inventories),
		cmocka_unit_test(test_raids), cmocka_unit_test(test_words),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
