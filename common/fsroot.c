/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/fsroot.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/openat2.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "common/str.h"

#define TEXT_MAX 65536
#define SMALL    4096
#define NAMES    8192 /* bytes of a folder's entries at a time */

struct fsroot {
	int fd;
	char *path; /* as given, without slashes at its end; "" for "/" */
	char *real; /* the folder as the kernel names it; NULL when live */
	bool live;
	void (*trace)(const char *path, int flags, void *data);
	void *trace_data;
};

static int openat2_in_root(int dirfd, const char *path, int flags)
{
	struct open_how how = {
		.flags = (uint64_t)(unsigned)(flags | O_CLOEXEC),
		.mode = flags & O_CREAT ? 0600 : 0,
		.resolve = RESOLVE_IN_ROOT,
	};

	/* EAGAIN: something was renamed during the walk (see openat2(2)); it passes. */
	for (unsigned tries = 0; tries < 64; tries++) {
		long fd = syscall(SYS_openat2, dirfd, path, &how, sizeof(how));

		if (fd >= 0)
			return (int)fd;
		if (errno != EAGAIN && errno != EINTR)
			return -errno;
	}
	return -EAGAIN;
}

/*
 * The process's own root holds everything in by itself. openat2(2) would fail there for nothing
 * below services that may set no set-user-ID bits, whose filters cannot look into its arguments.
 */
static int open_in_root(const struct fsroot *root, const char *path, int flags)
{
	int fd;

	if (!root->live)
		return openat2_in_root(root->fd, path, flags);
	do
		fd = openat(root->fd, path, flags | O_CLOEXEC, 0600);
	while (fd < 0 && errno == EINTR);
	return fd < 0 ? -errno : fd;
}

/* The resolved name of an open file, as /proc knows it. */
static int fd_path(int fd, char **ret)
{
	char link[40], target[PATH_MAX];
	ssize_t n;

	(void)snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, target, sizeof(target));
	if (n < 0)
		return -errno;
	if ((size_t)n == sizeof(target))
		return -ENAMETOOLONG;
	*ret = xstrndup(target, (size_t)n);
	return 0;
}

int fsroot_open(const char *path, struct fsroot **ret)
{
	_cleanup_fsroot_ struct fsroot *root = xcalloc(1, sizeof(*root));
	struct stat ours, live;
	size_t length;
	int fd, r;

	root->fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (root->fd < 0)
		return -errno;
	if (fstat(root->fd, &ours) < 0 || stat("/", &live) < 0)
		return -errno;
	root->live = ours.st_dev == live.st_dev && ours.st_ino == live.st_ino;
	length = strlen(path);
	while (length > 0 && path[length - 1] == '/')
		length--;
	root->path = xstrndup(path, root->live ? 0 : length);

	/* A kernel before 5.6, or a sandbox, says ENOSYS or EPERM here and not in mid-work. */
	fd = open_in_root(root, "/", O_PATH | O_DIRECTORY);
	if (fd < 0)
		return fd;
	close(fd);
	r = root->live ? 0 : fd_path(root->fd, &root->real);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(root);
	return 0;
}

void fsroot_free(struct fsroot *root)
{
	if (!root)
		return;
	if (root->fd >= 0)
		close(root->fd);
	free(root->path);
	free(root->real);
	free(root);
}

bool fsroot_is_live(const struct fsroot *root)
{
	return root->live;
}

char *fsroot_outer_path(const struct fsroot *root, const char *path)
{
	return xasprintf("%s%s%s", root->path, *path == '/' ? "" : "/", path);
}

void fsroot_set_trace(struct fsroot *root, void (*fn)(const char *path, int flags, void *data),
		      void *data)
{
	root->trace = fn;
	root->trace_data = data;
}

int fsroot_open_fd(const struct fsroot *root, const char *path, int flags)
{
	if (root->trace)
		root->trace(path, flags, root->trace_data);
	return open_in_root(root, path, flags);
}

bool fsroot_exists(const struct fsroot *root, const char *path)
{
	_cleanup_close_ int fd = fsroot_open_fd(root, path, O_PATH);

	return fd >= 0;
}

bool fsroot_existsf(const struct fsroot *root, const char *format, ...)
{
	_cleanup_free_ char *path = NULL;
	va_list args;

	va_start(args, format);
	path = xvasprintf(format, args);
	va_end(args);
	return fsroot_exists(root, path);
}

/*
 * Most files are small, and thousands are read: they go through the stack, since malloc() tidies
 * up before it gives a large block. `size` is what the file's size is said to be, 0 when unknown;
 * a file of just that size needs no second read to tell its end.
 */
static int read_all(int fd, size_t max, size_t size, char **ret, size_t *ret_length)
{
	_cleanup_free_ char *content = NULL;
	char small[SMALL];
	/* One byte more than allowed tells a file that is too large. */
	size_t length = 0, allocated = max < SMALL ? max + 1 : SMALL;

	for (;;) {
		ssize_t n;

		if (length == allocated) {
			if (allocated > max)
				return -EFBIG;
			allocated = 2 * allocated > max ? max + 1 : 2 * allocated;
			if (content) {
				content = xrealloc(content, allocated + 1, 1);
			} else {
				content = xmalloc(allocated + 1);
				memcpy(content, small, length);
			}
		}
		n = read(fd, (content ?: small) + length, allocated - length);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		length += (size_t)n;
		if (n == 0 || length == size)
			break;
	}
	if (length > max)
		return -EFBIG;
	if (!content) {
		content = xmalloc(length + 1);
		memcpy(content, small, length);
	}
	content[length] = '\0';
	*ret = TAKE_PTR(content);
	if (ret_length)
		*ret_length = length;
	return 0;
}

int fsroot_read(const struct fsroot *root, const char *path, size_t max, char **ret,
		size_t *ret_length)
{
	/* O_NONBLOCK: a pipe in a folder from elsewhere must not hang the reader. */
	_cleanup_close_ int fd = fsroot_open_fd(root, path, O_RDONLY | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -EINVAL;
	return read_all(fd, max < SSIZE_MAX / 2 ? max : SSIZE_MAX / 2, (size_t)st.st_size, ret,
			ret_length);
}

int fsroot_read_text(const struct fsroot *root, const char *path, char **ret)
{
	char *text;
	size_t length;
	int r;

	r = fsroot_read(root, path, TEXT_MAX, &text, &length);
	if (r < 0)
		return r;
	length = strlen(text);
	while (length > 0 && strchr(" \t\r\n\v\f", text[length - 1]))
		length--;
	text[length] = '\0';
	*ret = text;
	return 0;
}

int fsroot_read_textf(const struct fsroot *root, char **ret, const char *format, ...)
{
	_cleanup_free_ char *path = NULL;
	va_list args;

	va_start(args, format);
	path = xvasprintf(format, args);
	va_end(args);
	return fsroot_read_text(root, path, ret);
}

int fsroot_read_u64f(const struct fsroot *root, int base, uint64_t *ret, const char *format, ...)
{
	_cleanup_free_ char *path = NULL, *text = NULL;
	va_list args;
	int r;

	va_start(args, format);
	path = xvasprintf(format, args);
	va_end(args);
	r = fsroot_read_text(root, path, &text);
	if (r < 0)
		return r;
	return str_to_u64(text, base, ret);
}

int fsroot_readlink(const struct fsroot *root, const char *path, char **ret)
{
	_cleanup_close_ int fd = fsroot_open_fd(root, path, O_PATH | O_NOFOLLOW);
	char target[PATH_MAX];
	ssize_t n;

	if (fd < 0)
		return fd;
	n = readlinkat(fd, "", target, sizeof(target));
	if (n < 0)
		return errno == ENOENT ? -EINVAL : -errno; /* ENOENT: not a link */
	if ((size_t)n == sizeof(target))
		return -ENAMETOOLONG;
	*ret = xstrndup(target, (size_t)n);
	return 0;
}

int fsroot_readlinkf(const struct fsroot *root, char **ret, const char *format, ...)
{
	_cleanup_free_ char *path = NULL;
	va_list args;

	va_start(args, format);
	path = xvasprintf(format, args);
	va_end(args);
	return fsroot_readlink(root, path, ret);
}

int fsroot_realpath(const struct fsroot *root, const char *path, char **ret)
{
	_cleanup_close_ int fd = fsroot_open_fd(root, path, O_PATH);
	_cleanup_free_ char *outer = NULL;
	const char *prefix = root->real ?: "", *inner;
	int r;

	if (fd < 0)
		return fd;
	r = fd_path(fd, &outer);
	if (r < 0)
		return r;
	if (!str_starts(outer, prefix))
		return -EXDEV;
	inner = outer + strlen(prefix);
	if (*inner != '/' && *inner != '\0')
		return -EXDEV;
	*ret = xstrdup(*inner ? inner : "/");
	return 0;
}

struct names {
	char **list;
	size_t n, allocated;
};

/* Not strv_add(): /sys has folders with thousands of names. */
static void add_name(struct names *names, const char *name)
{
	if (str_eq(name, ".") || str_eq(name, ".."))
		return;
	if (names->n + 1 == names->allocated) {
		names->allocated = 2 * names->allocated + 16;
		names->list = xrealloc(names->list, names->allocated, sizeof(*names->list));
	}
	names->list[names->n++] = xstrdup(name);
	names->list[names->n] = NULL;
}

static void names_done(struct names *names)
{
	strv_free(names->list);
}

/* Not readdir(): hundreds of folders with a few names each are listed, and it would take and give
 * back a large block for every one. */
int fsroot_list(const struct fsroot *root, const char *path, char ***ret)
{
	_cleanup_close_ int fd = fsroot_open_fd(root, path, O_RDONLY | O_DIRECTORY);
	_cleanup_(names_done) struct names names = {xcalloc(1, sizeof(*names.list)), 0, 1};
	union {
		struct dirent64 first;
		char bytes[NAMES];
	} buffer;
	ssize_t n;

	if (fd < 0)
		return fd;
	while ((n = getdents64(fd, &buffer, sizeof(buffer))) > 0) {
		for (const char *at = buffer.bytes; at < buffer.bytes + n;) {
			const struct dirent64 *entry = (const void *)at;

			add_name(&names, entry->d_name);
			at += entry->d_reclen;
		}
	}
	if (n < 0)
		return -errno;
	strv_sort(names.list);
	*ret = TAKE_PTR(names.list);
	return 0;
}

int fsroot_stat_mode(const struct fsroot *root, const char *path, mode_t *ret)
{
	_cleanup_close_ int fd = fsroot_open_fd(root, path, O_PATH);
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	*ret = st.st_mode;
	return 0;
}
