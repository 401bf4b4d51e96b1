/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What stands on a disk: signatures in an image, read as a disk is; and what they are called. */
#include "tests/unit/unit.h"

#include <fcntl.h>
#include <sys/mman.h>

#include "common/digest.h"
#include "hwdb/host.h"
#include "hwdb/probe/disk.h"

#define IMAGE_BYTES (40 * MIB)

struct image {
	int fd;
	struct host_disk disk;
};

static int setup(void **state)
{
	struct image *image = xcalloc(1, sizeof(*image));

	image->fd = memfd_create("disk", MFD_CLOEXEC);
	assert_true(image->fd >= 0);
	assert_int_equal(ftruncate(image->fd, IMAGE_BYTES), 0);
	*state = image;
	return 0;
}

static int teardown(void **state)
{
	struct image *image = *state;
	struct host_disk *disk = xcalloc(1, sizeof(*disk));

	*disk = image->disk;
	host_disk_free(disk);
	close(image->fd);
	free(image);
	return 0;
}

static void put(struct image *image, uint64_t offset, const void *bytes, size_t length)
{
	assert_int_equal(pwrite(image->fd, bytes, length, (off_t)offset), (ssize_t)length);
}

static const struct host_disk *probe(struct image *image)
{
	image->disk.size_bytes = IMAGE_BYTES;
	image->disk.logical_block_bytes = 512;
	assert_int_equal(disk_probe_contents(image->fd, &image->disk), 0);
	disk_classify_contents(&image->disk);
	return &image->disk;
}

static void test_empty(void **state)
{
	assert_int_equal(probe(*state)->n_contents, 0);
}

/* An MBR with a swap partition at 1 MiB and an NTFS-typed one, empty, behind it. */
static void put_mbr(struct image *image)
{
	static const uint8_t table[] = {
		0, 0, 0, 0, 0x82, 0, 0, 0, 0x00, 0x08, 0, 0, 0x00, 0x28, 0, 0,
		0, 0, 0, 0, 0x07, 0, 0, 0, 0x00, 0x30, 0, 0, 0x00, 0x28, 0, 0,
	};

	put(image, 446, table, sizeof(table));
	put(image, 510, "\x55\xaa", 2);
}

static void put_swap(struct image *image, uint64_t start)
{
	static const uint32_t header[] = {1, 1279};

	put(image, start + 1024, header, sizeof(header));
	put(image, start + 1052, "spare", 6);
	put(image, start + 4086, "SWAPSPACE2", 10);
}

static void test_partitions(void **state)
{
	const struct host_disk *disk;

	put_mbr(*state);
	put_swap(*state, MIB);
	disk = probe(*state);
	assert_int_equal(disk->n_contents, 3);
	assert_int_equal(disk->contents[0].kind, CONTENT_TABLE);
	assert_string_equal(disk->contents[0].type, "dos");
	assert_int_equal(disk->contents[1].partition, 1);
	assert_int_equal(disk->contents[1].start_bytes, MIB);
	assert_int_equal(disk->contents[1].size_bytes, 5 * MIB);
	assert_int_equal(disk->contents[1].kind, CONTENT_SWAP);
	assert_string_equal(disk->contents[1].partition_type, "0x82");
	assert_string_equal(disk->contents[1].description, "swap space \"spare\"");
	assert_int_equal(disk->contents[2].kind, CONTENT_NONE);
	assert_null(disk->contents[2].type);
}

static void test_encrypted(void **state)
{
	static const char luks[] = "LUKS\xba\xbe\0\x01"
				   "aes";
	const struct host_disk *disk;

	put(*state, 0, luks, sizeof(luks));
	disk = probe(*state);
	assert_int_equal(disk->n_contents, 1);
	assert_int_equal(disk->contents[0].kind, CONTENT_CRYPT);
	assert_false(disk->contents[0].valuable);
}

static void test_vmfs(void **state)
{
	const struct host_disk *disk;

	put(*state, MIB, "\x0d\xd0\x01\xc0", 4);
	disk = probe(*state);
	assert_int_equal(disk->n_contents, 1);
	assert_int_equal(disk->contents[0].kind, CONTENT_VMFS);
	assert_true(disk->contents[0].valuable);
}

/* Two signatures in one place: both are told. */
static void test_ambivalent(void **state)
{
	static const uint16_t squashfs_version = 4;
	const struct host_disk *disk;

	put(*state, 0, "hsqs", 4);
	put(*state, 28, &squashfs_version, sizeof(squashfs_version));
	put_swap(*state, 0);
	disk = probe(*state);
	assert_int_equal(disk->n_contents, 2);
	assert_string_equal(disk->contents[0].type, "squashfs");
	assert_string_equal(disk->contents[1].type, "swap");
	assert_int_equal(disk->contents[1].partition, 0);
}

/* What kind and worth each of libblkid's types and LVM's group names has. */
static const struct {
	const char *type, *label, *group, *volume, *partition_type, *transport;
	enum disk_content_kind kind;
	bool valuable;
	const char *description;
} kinds[] = {
	{.type = "ext4",
	 .label = "root-abcdef",
	 .kind = CONTENT_FILESYSTEM,
	 .description = "XenServer or XCP-ng installation"},
	{.type = "ext4",
	 .label = "root-ABCDEF",
	 .kind = CONTENT_FILESYSTEM,
	 .description = "ext4 file system \"root-ABCDEF\""},
	{.type = "xfs", .kind = CONTENT_FILESYSTEM, .description = "xfs file system"},
	{.type = "LVM2_member",
	 .group = "VG_XenStorage-1",
	 .volume = "VHD-1",
	 .kind = CONTENT_SR,
	 .valuable = true,
	 .description = "LVM storage repository, 1 virtual disk"},
	{.type = "LVM2_member",
	 .group = "VG_XenStorage-1",
	 .volume = "MGT",
	 .kind = CONTENT_SR,
	 .description = "empty LVM storage repository"},
	{.type = "LVM2_member",
	 .group = "VG_XenStorage-1",
	 .volume = "MGT",
	 .transport = "fc",
	 .kind = CONTENT_SR,
	 .valuable = true,
	 .description = "empty LVM storage repository"},
	{.type = "LVM2_member",
	 .group = "XSLocalEXT-1",
	 .volume = "1",
	 .kind = CONTENT_SR,
	 .valuable = true,
	 .description = "local storage repository"},
	{.type = "LVM2_member",
	 .group = "debian",
	 .volume = "root",
	 .kind = CONTENT_LVM,
	 .description = "LVM volume group \"debian\", 1 volume"},
	{.type = "LVM2_member",
	 .kind = CONTENT_LVM,
	 .description = "LVM physical volume, its metadata is elsewhere"},
	{.type = "LVM2_member",
	 .group = "linstor_group",
	 .volume = "thin",
	 .kind = CONTENT_CLUSTER,
	 .valuable = true,
	 .description = "LINSTOR storage pool \"linstor_group\""},
	{.type = "VMFS_volume_member",
	 .kind = CONTENT_VMFS,
	 .valuable = true,
	 .description = "VMFS datastore"},
	{.type = "ceph_bluestore",
	 .kind = CONTENT_CEPH,
	 .valuable = true,
	 .description = "Ceph OSD"},
	{.partition_type = "4fbd7e29-9d25-41b8-afd0-062c0ceff05d",
	 .kind = CONTENT_CEPH,
	 .valuable = true,
	 .description = "Ceph OSD"},
	{.type = "zfs_member",
	 .label = "tank",
	 .kind = CONTENT_ZFS,
	 .valuable = true,
	 .description = "ZFS pool member \"tank\""},
	{.type = "drbd", .kind = CONTENT_CLUSTER, .valuable = true, .description = "DRBD replica"},
	{.type = "ocfs2",
	 .kind = CONTENT_CLUSTER,
	 .valuable = true,
	 .description = "OCFS2 cluster file system"},
	{.type = "linux_raid_member",
	 .kind = CONTENT_RAID,
	 .description = "member of a software RAID"},
	{.type = "isw_raid_member",
	 .kind = CONTENT_RAID,
	 .description = "member of a firmware RAID"},
	{.type = "BitLocker", .kind = CONTENT_CRYPT, .description = "BitLocker encrypted volume"},
};

static void test_kinds(void **state _unused_)
{
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		char *volumes[] = {xstrdup(kinds[i].volume), NULL};
		struct host_content content = {
			.type = xstrdup(kinds[i].type),
			.label = xstrdup(kinds[i].label),
			.volume_group = xstrdup(kinds[i].group),
			.volumes = kinds[i].volume ? volumes : NULL,
			.partition_type = xstrdup(kinds[i].partition_type),
		};
		struct host_disk disk = {.contents = &content, .n_contents = 1};

		disk.transport = xstrdup(kinds[i].transport);
		disk_classify_contents(&disk);
		assert_int_equal(content.kind, kinds[i].kind);
		assert_true(content.valuable == kinds[i].valuable);
		assert_string_equal(content.description, kinds[i].description);
		free(content.type);
		free(content.label);
		free(content.volume_group);
		free(content.partition_type);
		free(content.description);
		free(disk.transport);
		free(volumes[0]);
	}
}

/* The digest covers both tables and nothing between them. */
static void test_digest(void **state)
{
	struct image *image = *state;
	_cleanup_free_ char *zeros = xcalloc(2 * 34, 512);
	_cleanup_free_ char *empty = NULL, *middle = NULL, *first = NULL, *last = NULL;
	char expected[SHA256_HEX];

	digest_sha256_hex(zeros, (size_t)2 * 34 * 512, expected);
	assert_int_equal(disk_table_digest(image->fd, IMAGE_BYTES, 512, &empty), 0);
	assert_string_equal(empty, expected);
	put(image, 34 * 512, "x", 1);
	put(image, IMAGE_BYTES - 34 * 512 - 1, "x", 1);
	assert_int_equal(disk_table_digest(image->fd, IMAGE_BYTES, 512, &middle), 0);
	assert_string_equal(middle, expected);
	put(image, 34 * 512 - 1, "x", 1);
	assert_int_equal(disk_table_digest(image->fd, IMAGE_BYTES, 512, &first), 0);
	assert_string_not_equal(first, expected);
	put(image, IMAGE_BYTES - 1, "x", 1);
	assert_int_equal(disk_table_digest(image->fd, IMAGE_BYTES, 512, &last), 0);
	assert_string_not_equal(last, first);
}

static void test_digest_of_disk_that_ends_early(void **state)
{
	struct image *image = *state;
	char *digest = NULL;

	assert_int_equal(disk_table_digest(image->fd, IMAGE_BYTES + 512, 512, &digest), -ENODATA);
	assert_null(digest);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(test_empty),      TEST(test_partitions),
		TEST(test_encrypted),  TEST(test_vmfs),
		TEST(test_ambivalent), cmocka_unit_test(test_kinds),
		TEST(test_digest),     TEST(test_digest_of_disk_that_ends_early),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
