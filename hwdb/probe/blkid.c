/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What stands on a disk and its partitions, through libblkid's low-level probing on a descriptor
 * opened O_RDONLY: the only file that includes it. Nothing is mounted, assembled or activated.
 */
#include <blkid/blkid.h>
#include <errno.h>

#include "common/str.h"
#include "hwdb/probe/bytes.h"
#include "hwdb/probe/content.h"
#include "hwdb/probe/disk.h"
#include "hwdb/probe/lvm.h"

static char *value_of(blkid_probe pr, const char *name)
{
	const char *value;

	return blkid_probe_lookup_value(pr, name, &value, NULL) == 0 && *value ? xstrdup(value)
									       : NULL;
}

/* The inodes in use of an ext2, 3 or 4 file system, or 0; a fresh one has 11. */
static unsigned ext_inodes_used(const struct lvm_source *source, uint64_t offset)
{
	uint8_t super[96];

	/* Offsets as in the kernel's Documentation/filesystems/ext4/super.rst. */
	if (source->read(source, offset + 1024, super, sizeof(super)) < 0 ||
	    le16(super + 56) != 0xef53 || le32(super) < le32(super + 16))
		return 0;
	return le32(super) - le32(super + 16);
}

static void read_lvm(int fd, struct host_content *content)
{
	const struct lvm_source source = {.read = lvm_read_fd,
					  .fd = fd,
					  .start = content->start_bytes,
					  .size = content->size_bytes};
	_cleanup_lvm_summary_ struct lvm_summary summary = {0};

	if (lvm_read_summary(&source, &summary) < 0)
		return;
	content->date = content_date(summary.newest);
	if (summary.has_first) {
		content->inodes_used = ext_inodes_used(&source, summary.first_offset);
		content->has_inodes_used = content->inodes_used > 0;
	}
	content->volume_group = TAKE_PTR(summary.volume_group);
	content->volumes = TAKE_PTR(summary.volumes);
}

static void take_superblock(blkid_probe pr, int fd, struct host_content *content)
{
	content->type = value_of(pr, "TYPE");
	content->label = value_of(pr, "LABEL");
	content->uuid = value_of(pr, "UUID");
	if (str_eq(content->type, "LVM2_member"))
		read_lvm(fd, content);
	else if (str_eq(content->type, "linux_raid_member"))
		content_read_md(fd, content);
	else if (content->type && str_glob("ext[234]", content->type))
		content_read_system(fd, content);
}

static struct host_content *add_content(struct host_disk *disk, unsigned partition, uint64_t start,
					uint64_t size)
{
	struct host_content *content = ARRAY_APPEND(disk->contents, disk->n_contents);

	content->partition = partition;
	content->start_bytes = start;
	content->size_bytes = size;
	return content;
}

/* Several signatures in one place: all are listed, none is preferred. Returns how many, or -1. */
static int add_ambivalent(blkid_probe pr, int fd, const struct host_content *place,
			  struct host_disk *disk)
{
	const struct host_content first = *place; /* the array moves as it grows */
	int r, found = 0;

	blkid_reset_probe(pr);
	while ((r = blkid_do_probe(pr)) == 0) {
		struct host_content *content = &disk->contents[disk->n_contents - 1];

		if (!blkid_probe_has_value(pr, "TYPE"))
			continue;
		if (found++ > 0) {
			content = add_content(disk, first.partition, first.start_bytes,
					      first.size_bytes);
			content->partition_type = xstrdup(first.partition_type);
			content->partition_name = xstrdup(first.partition_name);
		}
		take_superblock(pr, fd, content);
	}
	return r < 0 ? -1 : found;
}

/* What superblocks say of one area; `content` is the last of the disk's and is filled in. */
static int probe_area(int fd, struct host_content *content, struct host_disk *disk)
{
	blkid_probe pr = blkid_new_probe();
	int r;

	if (!pr)
		return -ENOMEM;
	errno = 0;
	if (blkid_probe_set_device(pr, fd, (blkid_loff_t)content->start_bytes,
				   (blkid_loff_t)content->size_bytes) < 0) {
		r = errno ? -errno : -EINVAL;
		goto out;
	}
	blkid_probe_enable_superblocks(pr, 1);
	blkid_probe_set_superblocks_flags(pr, BLKID_SUBLKS_LABEL | BLKID_SUBLKS_UUID |
						      BLKID_SUBLKS_TYPE);
	r = blkid_do_safeprobe(pr);
	if (r == 0)
		take_superblock(pr, fd, content);
	/* -2 says ambivalent, but since util-linux 2.41 that is -1 like a read that failed. */
	else if (r < 0 && (add_ambivalent(pr, fd, content, disk) > 1 || r == -2))
		r = 0;
	r = r < 0 ? (errno ? -errno : -EIO) : 0;
out:
	blkid_free_probe(pr);
	return r;
}

static char *partition_type(blkid_partition partition)
{
	const char *text = blkid_partition_get_type_string(partition);

	if (text)
		return str_lower(text);
	return xasprintf("0x%02x", (unsigned)blkid_partition_get_type(partition));
}

static int probe_partition(int fd, blkid_partition partition, struct host_disk *disk)
{
	uint64_t start = (uint64_t)blkid_partition_get_start(partition) * 512;
	uint64_t size = (uint64_t)blkid_partition_get_size(partition) * 512;
	unsigned number = (unsigned)blkid_partition_get_partno(partition);
	struct host_content *content = add_content(disk, number, start, size);

	content->partition_type = partition_type(partition);
	content->partition_name = xstrdup(blkid_partition_get_name(partition));
	/* An extended partition holds others, and a table may claim more than there is. */
	if (blkid_partition_is_extended(partition) || size == 0 || start >= disk->size_bytes ||
	    size > disk->size_bytes - start)
		return 0;
	return probe_area(fd, content, disk);
}

static int probe_partitions(int fd, blkid_probe pr, struct host_disk *disk)
{
	blkid_partlist list;
	blkid_parttable table;
	struct host_content *content;
	int r = 0;

	list = blkid_probe_get_partitions(pr);
	table = list ? blkid_partlist_get_table(list) : NULL;
	if (!table)
		return 0;
	content = add_content(disk, 0, 0, disk->size_bytes);
	content->type = xstrdup(blkid_parttable_get_type(table));
	content->uuid = xstrdup(blkid_parttable_get_id(table));
	for (int i = 0; r == 0 && i < blkid_partlist_numof_partitions(list); i++)
		r = probe_partition(fd, blkid_partlist_get_partition(list, i), disk);
	return r;
}

static int probe_table(int fd, struct host_disk *disk)
{
	blkid_probe pr = blkid_new_probe();
	int r;

	if (!pr)
		return -ENOMEM;
	errno = 0;
	if (blkid_probe_set_device(pr, fd, 0, (blkid_loff_t)disk->size_bytes) < 0) {
		r = errno ? -errno : -EINVAL;
	} else {
		blkid_probe_enable_superblocks(pr, 0);
		blkid_probe_enable_partitions(pr, 1);
		r = probe_partitions(fd, pr, disk);
	}
	blkid_free_probe(pr);
	return r;
}

static void drop_content(struct host_disk *disk, size_t index)
{
	struct host_content *content = &disk->contents[index];

	free(content->type);
	free(content->label);
	free(content->uuid);
	memmove(content, content + 1, (disk->n_contents - index - 1) * sizeof(*content));
	disk->n_contents--;
}

static int compare(const void *a, const void *b)
{
	const struct host_content *x = a, *y = b;

	if (x->partition != y->partition)
		return x->partition < y->partition ? -1 : 1;
	return strcmp(x->type ?: "", y->type ?: "");
}

int disk_probe_contents(int fd, struct host_disk *disk)
{
	size_t whole;
	int r = probe_table(fd, disk);

	if (r < 0)
		return r;
	whole = disk->n_contents;
	r = probe_area(fd, add_content(disk, 0, 0, disk->size_bytes), disk);
	if (r == 0 && !disk->contents[whole].type)
		drop_content(disk, whole);
	if (disk->n_contents)
		qsort(disk->contents, disk->n_contents, sizeof(*disk->contents), compare);
	return r;
}
