/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/execute/device.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/stat.h>

#include "common/proc.h"
#include "common/str.h"
#include "installer/execute/engine.h"

#define SETTLE_S 120

void device_partitions_done(struct device_partitions *partitions)
{
	for (size_t i = 0; i < partitions->count; i++)
		free(partitions->list[i].node);
	free(partitions->list);
	*partitions = (struct device_partitions){0};
}

static int compare_numbers(const void *a, const void *b)
{
	const struct device_partition *x = a, *y = b;

	return x->number < y->number ? -1 : x->number > y->number;
}

int device_partitions(const struct fsroot *root, const char *node, struct device_partitions *ret,
		      struct error **err)
{
	const char *name = strrchr(node, '/') ? strrchr(node, '/') + 1 : node;
	_cleanup_free_ char *folder = xasprintf("/sys/class/block/%s", name);
	_cleanup_strv_ char **names = NULL;
	struct device_partitions found = {0};
	int r = fsroot_list(root, folder, &names);

	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot read the partitions of %s",
				   node);
	for (char **each = names; each && *each; each++) {
		struct device_partition *partition;
		uint64_t number;

		if (fsroot_read_u64f(root, 10, &number, "%s/%s/partition", folder, *each) < 0)
			continue;
		partition = ARRAY_APPEND(found.list, found.count);
		partition->number = (unsigned)number;
		partition->node = xasprintf("/dev/%s", *each);
	}
	if (found.count > 0)
		qsort(found.list, found.count, sizeof(*found.list), compare_numbers);
	*ret = found;
	return 0;
}

int device_partition_node(const struct fsroot *root, const char *node, unsigned number, char **ret,
			  struct error **err)
{
	_cleanup_(device_partitions_done) struct device_partitions partitions = {0};
	int r = device_partitions(root, node, &partitions, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < partitions.count; i++)
		if (partitions.list[i].number == number) {
			*ret = TAKE_PTR(partitions.list[i].node);
			return 0;
		}
	error_set(err, ERROR_INTERNAL, "the kernel does not see partition %u of %s", number, node);
	return error_hint(err, "Something else may be using the disk: restart the machine and "
			       "install again.");
}

int device_size(int fd, uint64_t *ret)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISREG(st.st_mode)) {
		*ret = (uint64_t)st.st_size;
		return 0;
	}
	return ioctl(fd, BLKGETSIZE64, ret) < 0 ? -errno : 0;
}

unsigned device_sector_bytes(int fd)
{
	int bytes;

	return ioctl(fd, BLKSSZGET, &bytes) < 0 || bytes < 512 ? 512 : (unsigned)bytes;
}

int device_set_writable(int fd)
{
	int off = 0;

	if (ioctl(fd, BLKROSET, &off) < 0 && errno != ENOTTY)
		return -errno;
	return 0;
}

int device_check_free(const char *node)
{
	/* O_EXCL on a block device without O_CREAT: the kernel's own "is anybody using it". */
	_cleanup_close_ int fd = open(node, O_RDONLY | O_EXCL | O_CLOEXEC);

	return fd < 0 ? -errno : 0;
}

int device_write(int fd, const void *bytes, uint64_t length, uint64_t offset)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t n = pwrite(fd, at, (size_t)length, (off_t)offset);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			return -ENOSPC;
		at += n;
		offset += (uint64_t)n;
		length -= (uint64_t)n;
	}
	return 0;
}

static int write_zeros(int fd, uint64_t offset, uint64_t bytes)
{
	size_t piece = MIB;
	void *zeros;
	int r = 0;

	if (posix_memalign(&zeros, 4096, piece) != 0)
		abort();
	memset(zeros, 0, piece);
	while (r == 0 && bytes > 0) {
		uint64_t length = bytes < piece ? bytes : piece;

		r = device_write(fd, zeros, length, offset);
		offset += length;
		bytes -= length;
	}
	free(zeros);
	return r;
}

int device_zero(int fd, uint64_t offset, uint64_t bytes)
{
	uint64_t range[2] = {offset, bytes};
	unsigned sector = device_sector_bytes(fd);

	/* The ioctl wants whole sectors; it also drops what the page cache holds of the range. */
	if (offset % sector == 0 && bytes % sector == 0 && ioctl(fd, BLKZEROOUT, range) == 0)
		return 0;
	return write_zeros(fd, offset, bytes);
}

int device_reread_table(int fd)
{
	return ioctl(fd, BLKRRPART) < 0 && errno != ENOTTY ? -errno : 0;
}

int device_lock(int fd, bool lock)
{
	return flock(fd, lock ? LOCK_EX : LOCK_UN) < 0 ? -errno : 0;
}

int device_settle(struct error **err)
{
	const char *argv[] = {"udevadm", "settle", "--timeout=120", NULL};
	struct proc proc = {.argv = argv, .tag = EXECUTE_TAG, .timeout_s = SETTLE_S + 30};

	return proc_run(&proc, NULL, err);
}
