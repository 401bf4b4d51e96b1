/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/vfs.h>

#include "common/fsroot.h"
#include "common/str.h"

/* Splits "/a/b" into "/a" and "b". The last part must be a plain name. */
static int split(const char *path, char **ret_parent, const char **ret_name)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;

	if (str_empty(name) || str_eq(name, ".") || str_eq(name, ".."))
		return -EINVAL;
	*ret_parent = slash && slash > path ? xstrndup(path, (size_t)(slash - path)) : xstrdup("/");
	*ret_name = name;
	return 0;
}

/* fchmod(), since the caller's umask is not the new system's. */
static int set_mode(int fd, mode_t mode)
{
	struct statfs fs;

	if (fchmod(fd, mode) == 0)
		return 0;
	/* FAT keeps no modes, and says so: the ESP's come from its mount options. */
	if (errno == EPERM && fstatfs(fd, &fs) == 0 && fs.f_type == MSDOS_SUPER_MAGIC)
		return 0;
	return -errno;
}

static int make_folder(const struct fsroot *root, const char *path, mode_t mode);

/* The folder `path` opened for *at() calls and fsync(); made when missing. */
static int open_folder(const struct fsroot *root, const char *path)
{
	const int flags = O_RDONLY | O_DIRECTORY;
	int fd, r;

	fd = fsroot_open_fd(root, path, flags);
	if (fd != -ENOENT || str_eq(path, "/"))
		return fd;
	r = make_folder(root, path, 0755);
	if (r < 0)
		return r;
	return fsroot_open_fd(root, path, flags);
}

/* The folder that `path` is in, made when missing; the name stays part of `path`. */
static int open_parent(const struct fsroot *root, const char *path, const char **ret_name)
{
	_cleanup_free_ char *parent = NULL;
	int r = split(path, &parent, ret_name);

	return r < 0 ? r : open_folder(root, parent);
}

static int make_folder(const struct fsroot *root, const char *path, mode_t mode)
{
	const char *name;
	_cleanup_close_ int parent_fd = open_parent(root, path, &name), fd = -1;

	if (parent_fd < 0)
		return parent_fd;
	if (mkdirat(parent_fd, name, 0700) < 0)
		return -errno;
	fd = openat(parent_fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	return set_mode(fd, mode);
}

int fsroot_mkdir(const struct fsroot *root, const char *path, mode_t mode)
{
	mode_t found;
	int r;

	r = make_folder(root, path, mode);
	if (r != -EEXIST)
		return r;
	r = fsroot_stat_mode(root, path, &found);
	if (r < 0)
		return r;
	return S_ISDIR(found) ? 0 : -ENOTDIR;
}

/* A name beside `name` that no program takes for a real one. */
static char *temporary_name(const char *name)
{
	return xasprintf(".%.*s.new", NAME_MAX - 5, name);
}

static int write_all(int fd, const void *bytes, size_t length)
{
	const char *next = bytes;

	while (length > 0) {
		ssize_t n = write(fd, next, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		next += n;
		length -= (size_t)n;
	}
	return 0;
}

/* Makes the temporary name the real one, or takes it away again when `r` tells of a failure. */
static int settle(int folder_fd, const char *temporary, const char *name, int r)
{
	if (r >= 0 && renameat(folder_fd, temporary, folder_fd, name) < 0)
		r = -errno;
	if (r < 0) {
		(void)unlinkat(folder_fd, temporary, 0);
		return r;
	}
	return fsync(folder_fd) < 0 ? -errno : 0;
}

static int fill_file(int folder_fd, const char *name, const void *bytes, size_t length, mode_t mode)
{
	_cleanup_close_ int fd = -1;
	int r;

	fd = openat(folder_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	r = write_all(fd, bytes, length);
	if (r < 0)
		return r;
	r = set_mode(fd, mode);
	if (r < 0)
		return r;
	if (fsync(fd) < 0)
		return -errno;
	return close(TAKE_FD(fd)) < 0 ? -errno : 0;
}

int fsroot_write(const struct fsroot *root, const char *path, const void *bytes, size_t length,
		 mode_t mode)
{
	const char *name;
	_cleanup_close_ int folder_fd = open_parent(root, path, &name);
	_cleanup_free_ char *temporary = NULL;
	int r;

	if (folder_fd < 0)
		return folder_fd;
	temporary = temporary_name(name);
	/* One may be left from a run that was cut off. */
	(void)unlinkat(folder_fd, temporary, 0);
	r = fill_file(folder_fd, temporary, bytes, length, mode);
	return settle(folder_fd, temporary, name, r);
}

int fsroot_write_text(const struct fsroot *root, const char *path, const char *text, mode_t mode)
{
	return fsroot_write(root, path, text, strlen(text), mode);
}

int fsroot_symlink(const struct fsroot *root, const char *text, const char *path)
{
	const char *name;
	_cleanup_close_ int folder_fd = open_parent(root, path, &name);
	_cleanup_free_ char *temporary = NULL;
	int r;

	if (folder_fd < 0)
		return folder_fd;
	temporary = temporary_name(name);
	(void)unlinkat(folder_fd, temporary, 0);
	r = symlinkat(text, folder_fd, temporary) < 0 ? -errno : 0;
	return settle(folder_fd, temporary, name, r);
}

int fsroot_unlink(const struct fsroot *root, const char *path)
{
	_cleanup_free_ char *parent = NULL;
	_cleanup_close_ int folder_fd = -1;
	const char *name;
	int r;

	r = split(path, &parent, &name);
	if (r < 0)
		return r;
	folder_fd = fsroot_open_fd(root, parent, O_PATH | O_DIRECTORY);
	if (folder_fd < 0)
		return folder_fd;
	return unlinkat(folder_fd, name, 0) < 0 ? -errno : 0;
}

static int overwrite(int fd, off_t length)
{
	static const char zeros[4096];
	off_t at = 0;

	while (at < length) {
		size_t left = (size_t)(length - at);
		ssize_t n = pwrite(fd, zeros, left < sizeof(zeros) ? left : sizeof(zeros), at);

		if (n < 0)
			return -errno;
		at += n;
	}
	return fsync(fd) < 0 ? -errno : 0;
}

int fsroot_wipe(const struct fsroot *root, const char *path)
{
	_cleanup_close_ int fd = fsroot_open_fd(root, path, O_WRONLY | O_NOFOLLOW | O_NONBLOCK);
	struct stat st;
	int r;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	r = overwrite(fd, st.st_size);
	return r < 0 ? r : fsroot_unlink(root, path);
}
