/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/nfs_file.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sys/stat.h>
#include <time.h>

#include "common/clock.h"
#include "common/fsroot.h"
#include "common/str.h"

#define OPEN_S      60
#define READ_S      30
#define LOOK_NS     200000000L /* between two looks whether it was broken off */
#define PIECE_BYTES ((size_t)256 << 10)
#define AHEAD_BYTES ((off_t)4 << 20)

struct nfs_file {
	/* The reader's. */
	bool (*is_broken_off)(void *data);
	void *data;

	/* Both know them, and nobody changes them. */
	struct nfs_place place;
	char *name;

	/* The thread's, from what it is asked for until that is done; else the reader's. */
	int folder, fd;
	uint64_t size, offset;
	size_t length;
	ssize_t result; /* bytes or a negative errno */
	struct error *problem;
	char *buffer;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	bool asked, done;
	bool left; /* by its reader: the thread frees it */
};

static void file_free(struct nfs_file *file)
{
	if (file->fd >= 0)
		close(file->fd);
	if (file->folder >= 0)
		close(file->folder);
	nfs_place_done(&file->place);
	free(file->name);
	free(file->buffer);
	error_free(file->problem);
	pthread_cond_destroy(&file->changed);
	pthread_mutex_destroy(&file->lock);
	free(file);
}

static int open_below(int folder, const char *name, uint64_t *ret_size)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	_cleanup_close_ int fd = -1;
	char path[40];
	struct stat st;
	int r;

	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", folder);
	r = fsroot_open(path, &root);
	if (r < 0)
		return r;
	fd = fsroot_open_fd(root, name, O_RDONLY | O_NONBLOCK | O_NOCTTY);
	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	*ret_size = (uint64_t)st.st_size;
	return TAKE_FD(fd);
}

/* What may take for ever. */
static void carry_out(struct nfs_file *file)
{
	if (file->fd < 0) {
		file->result = nfs_mount(&file->place, &file->folder, &file->problem);
		if (file->result == 0)
			file->result = open_below(file->folder, file->name, &file->size);
		if (file->result >= 0)
			file->fd = (int)file->result;
		return;
	}
	posix_fadvise(file->fd, (off_t)file->offset, AHEAD_BYTES, POSIX_FADV_WILLNEED);
	do
		file->result = pread(file->fd, file->buffer, file->length, (off_t)file->offset);
	while (file->result < 0 && errno == EINTR);
	if (file->result < 0)
		file->result = -errno;
}

static void *serve(void *data)
{
	struct nfs_file *file = data;

	pthread_mutex_lock(&file->lock);
	while (!file->left) {
		if (!file->asked) {
			pthread_cond_wait(&file->changed, &file->lock);
			continue;
		}
		file->asked = false;
		pthread_mutex_unlock(&file->lock);
		carry_out(file);
		pthread_mutex_lock(&file->lock);
		file->done = true;
		pthread_cond_broadcast(&file->changed);
	}
	pthread_mutex_unlock(&file->lock);
	file_free(file);
	return NULL;
}

static void look_later(struct nfs_file *file)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += LOOK_NS;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&file->changed, &file->lock, &until);
}

/* Has the thread do its work, and waits for it that long. */
static ssize_t ask(struct nfs_file *file, unsigned seconds)
{
	double until = clock_seconds() + seconds;
	ssize_t r = 0;

	pthread_mutex_lock(&file->lock);
	file->asked = true;
	file->done = false;
	pthread_cond_broadcast(&file->changed);
	while (r == 0 && !file->done) {
		if (file->is_broken_off && file->is_broken_off(file->data))
			r = -ECONNRESET;
		else if (clock_seconds() > until)
			r = -ETIMEDOUT;
		else
			look_later(file);
	}
	if (r == 0)
		r = file->result;
	pthread_mutex_unlock(&file->lock);
	return r;
}

static int fail(const struct nfs_file *file, ssize_t errnum, struct error **err)
{
	const char *folder = file->place.folder;
	_cleanup_free_ char *path =
		xasprintf("%s%s%s", folder, str_ends(folder, "/") ? "" : "/", file->name);
	int r = error_errno(err, ERROR_NETWORK, (int)errnum, "NFS server %s: %s cannot be read",
			    file->place.server, path);

	if (nfs_errnum_is_transient(-r))
		error_hint(err, "Check that the server runs, and the network between.");
	else
		error_hint(err, "Check on the server that the file is there, its name, and that "
				"all may read it.");
	return r;
}

static struct nfs_file *file_new(const struct nfs_wish *wish)
{
	struct nfs_file *file = xcalloc(1, sizeof(*file));
	pthread_condattr_t attributes;

	file->is_broken_off = wish->is_broken_off;
	file->data = wish->data;
	file->place = (struct nfs_place){xstrdup(wish->place->server), wish->place->port,
					 xstrdup(wish->place->folder)};
	file->name = xstrdup(wish->name);
	file->folder = -1;
	file->fd = -1;
	file->buffer = xmalloc(PIECE_BYTES);
	pthread_mutex_init(&file->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&file->changed, &attributes);
	pthread_condattr_destroy(&attributes);
	return file;
}

int nfs_file_open(const struct nfs_wish *wish, struct nfs_file **ret, struct error **err)
{
	struct nfs_file *file = file_new(wish);
	pthread_t thread;
	int r = pthread_create(&thread, NULL, serve, file);

	if (r != 0) {
		file_free(file);
		return error_errno(err, ERROR_INTERNAL, r, "cannot start a thread");
	}
	pthread_detach(thread);
	r = (int)ask(file, OPEN_S);
	if (r >= 0) {
		*ret = file;
		return 0;
	}
	/* The problem is the thread's until that is done, which it may be by now. */
	pthread_mutex_lock(&file->lock);
	if (!file->done || r != file->result || !file->problem)
		fail(file, r, err);
	else if (err)
		*err = TAKE_PTR(file->problem);
	pthread_mutex_unlock(&file->lock);
	nfs_file_close(file);
	return r;
}

void nfs_file_close(struct nfs_file *file)
{
	if (!file)
		return;
	pthread_mutex_lock(&file->lock);
	file->left = true;
	pthread_cond_broadcast(&file->changed);
	pthread_mutex_unlock(&file->lock);
}

int nfs_file_read(struct nfs_file *file, uint64_t offset, void *buffer, size_t length, size_t *ret,
		  struct error **err)
{
	ssize_t got;

	file->offset = offset;
	file->length = length < PIECE_BYTES ? length : PIECE_BYTES;
	got = ask(file, READ_S);
	if (got < 0)
		return fail(file, got, err);
	memcpy(buffer, file->buffer, (size_t)got);
	*ret = (size_t)got;
	return 0;
}

int nfs_file_read_all(struct nfs_file *file, uint64_t max, char **ret, size_t *ret_length,
		      struct error **err)
{
	_cleanup_free_ char *text = NULL;
	size_t done = 0, got = 1;

	if (file->size > max)
		return fail(file, -EFBIG, err);
	text = xmalloc((size_t)file->size + 1);
	while (got > 0 && done < file->size) {
		int r = nfs_file_read(file, done, text + done, (size_t)file->size - done, &got,
				      err);

		if (r < 0)
			return r;
		done += got;
	}
	text[done] = '\0';
	*ret = TAKE_PTR(text);
	*ret_length = done;
	return 0;
}
