/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/file.h"

#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <sys/stat.h>

#include "common/str.h"

#define STEP      ((size_t)64 << 10)
#define OPEN_DIRS 16

static int read_all(int fd, size_t max, char **ret, size_t *ret_length)
{
	_cleanup_free_ char *text = NULL;
	size_t length = 0;

	for (;;) {
		ssize_t got;

		text = xrealloc(text, length + STEP + 1, 1);
		got = read(fd, text + length, STEP);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			return -errno;
		if (got == 0)
			break;
		length += (size_t)got;
		if (length > max)
			return -EFBIG;
	}
	text[length] = '\0';
	*ret = TAKE_PTR(text);
	if (ret_length)
		*ret_length = length;
	return 0;
}

int file_read(const char *path, size_t max, char **ret, size_t *ret_length)
{
	_cleanup_close_ int fd = -1;

	if (str_eq(path, "-"))
		return read_all(STDIN_FILENO, max, ret, ret_length);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0)
		return -errno;
	return read_all(fd, max, ret, ret_length);
}

int file_write_private(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOCTTY, 0600);
	FILE *file = fd < 0 ? NULL : fdopen(fd, "w");
	int r = 0;

	if (!file) {
		r = -errno;
		if (fd >= 0)
			close(fd);
		return r;
	}
	if (fputs(text, file) < 0)
		r = -EIO;
	if (fclose(file) != 0 && r == 0)
		r = -errno;
	return r;
}

/* Never for links, whose targets it would change. A folder that could not be listed is entered
 * again, now that it can be. */
static int open_folder(const char *path, const struct stat *st _unused_, int flag,
		       struct FTW *ftw _unused_)
{
	if (flag != FTW_D && flag != FTW_DNR)
		return 0;
	if (chmod(path, 0700) == 0 && flag == FTW_DNR)
		(void)nftw(path, open_folder, OPEN_DIRS, FTW_PHYS);
	return 0;
}

static int remove_entry(const char *path, const struct stat *st _unused_, int flag _unused_,
			struct FTW *ftw _unused_)
{
	(void)remove(path);
	return 0;
}

void file_remove_tree(const char *path)
{
	(void)nftw(path, open_folder, OPEN_DIRS, FTW_PHYS);
	(void)nftw(path, remove_entry, OPEN_DIRS, FTW_DEPTH | FTW_PHYS);
}

int file_read_tail(const char *path, size_t max, char **ret)
{
	_cleanup_fclose_ FILE *file = fopen(path, "re");
	_cleanup_free_ char *text = NULL;
	char *start;
	size_t length;
	long size;

	if (!file || fseek(file, 0, SEEK_END) < 0 || (size = ftell(file)) < 0 ||
	    fseek(file, size > (long)max ? size - (long)max : 0, SEEK_SET) < 0)
		return -errno;
	text = xcalloc(1, max + 1);
	length = fread(text, 1, max, file);
	for (size_t i = 0; i < length; i++)
		if (!text[i])
			text[i] = '?';
	start = size > (long)max ? strchr(text, '\n') : NULL;
	*ret = xstrdup(start ? start + 1 : text);
	return 0;
}

char *file_line(FILE *file)
{
	_cleanup_free_ char *line = NULL;
	size_t allocated = 0;

	if (getline(&line, &allocated, file) < 0)
		return NULL;
	line[strcspn(line, "\r\n")] = '\0';
	return TAKE_PTR(line);
}
