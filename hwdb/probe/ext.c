/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Files of ext2, 3 and 4 through libext2fs, which e2fsck trusts with damaged ones; opened without
 * its write flag, so that nothing is replayed or marked.
 */
#include <errno.h>
#include <ext2fs/ext2fs.h>

#include "common/str.h"
#include "hwdb/probe/content.h"

struct ext {
	ext2_filsys fs;
};

int ext_open(int fd, uint64_t offset, struct ext **ret)
{
	_cleanup_free_ char *name = xasprintf("/proc/self/fd/%d", fd);
	_cleanup_free_ char *options = xasprintf("offset=%llu", (unsigned long long)offset);
	ext2_filsys fs;

	if (ext2fs_open2(name, options, EXT2_FLAG_64BITS | EXT2_FLAG_SOFTSUPP_FEATURES, 0, 0,
			 unix_io_manager, &fs) != 0)
		return -EBADMSG;
	*ret = xcalloc(1, sizeof(**ret));
	(*ret)->fs = fs;
	return 0;
}

void ext_close(struct ext *ext)
{
	if (!ext)
		return;
	(void)ext2fs_close_free(&ext->fs);
	free(ext);
}

static int read_content(struct ext *ext, ext2_ino_t inode, size_t max, char **ret)
{
	_cleanup_free_ char *bytes = xcalloc(1, max + 1);
	unsigned done = 0;
	ext2_file_t file;
	errcode_t r;

	if (ext2fs_file_open(ext->fs, inode, 0, &file) != 0)
		return -EBADMSG;
	r = ext2fs_file_read(file, bytes, (unsigned)max, &done);
	(void)ext2fs_file_close(file);
	if (r != 0)
		return -EIO;
	bytes[done] = '\0';
	*ret = TAKE_PTR(bytes);
	return 0;
}

int ext_read(struct ext *ext, const char *path, size_t max, char **ret, uint64_t *ret_mtime)
{
	struct ext2_inode inode;
	ext2_ino_t number;
	int r = 0;

	/* Symbolic links are followed inside the file system, a bounded number of times. */
	if (ext2fs_namei_follow(ext->fs, EXT2_ROOT_INO, EXT2_ROOT_INO, path, &number) != 0)
		return -ENOENT;
	if (ext2fs_read_inode(ext->fs, number, &inode) != 0)
		return -EBADMSG;
	if (!LINUX_S_ISREG(inode.i_mode))
		return -ENOENT;
	if (ret)
		r = read_content(ext, number, max, ret);
	if (r == 0 && ret_mtime)
		*ret_mtime = inode.i_mtime;
	return r;
}
