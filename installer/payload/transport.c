/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/payload/transport.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <sys/stat.h>

#include "common/digest.h"
#include "common/http.h"
#include "common/nfs_file.h"
#include "common/str.h"
#include "common/url.h"

#define PIECE_BYTES ((size_t)256 << 10)
/* Read in advance: optical and virtual drives give much for one request, little for many. */
#define AHEAD_BYTES ((uint64_t)4 << 20)

static char held_to[SHA256_HEX]; /* or empty */

void transport_hold_to(const char *certificate_sha256)
{
	(void)snprintf(held_to, sizeof(held_to), "%s", certificate_sha256 ?: "");
}

struct transport {
	char *url;   /* without a slash at its end; NULL for a folder */
	char *where; /* for messages */
	int folder;
	struct nfs_place nfs; /* of such a URL; else its server is NULL */
	atomic_bool broken;
};

void transport_free(struct transport *transport)
{
	if (!transport)
		return;
	if (transport->folder >= 0)
		close(transport->folder);
	nfs_place_done(&transport->nfs);
	free(transport->url);
	free(transport->where);
	free(transport);
}

const char *transport_where(const struct transport *transport)
{
	return transport->where;
}

bool transport_is_remote(const struct transport *transport)
{
	return transport->url != NULL;
}

void transport_break(struct transport *transport)
{
	transport->broken = true;
}

static bool is_nfs(const struct transport *transport)
{
	return transport->nfs.server != NULL;
}

static bool is_remote(const char *where)
{
	return str_starts(where, "http://") || str_starts(where, "https://") ||
	       str_starts(where, "ftp://") || str_starts(where, "nfs://");
}

static const char *local_path(const char *where)
{
	if (str_starts(where, "file://"))
		return where + strlen("file://");
	return str_starts(where, "file:") ? where + strlen("file:") : where;
}

static int open_folder(struct transport *transport, struct error **err)
{
	int r;

	if (url_has_scheme(transport->where)) {
		_cleanup_free_ char *masked = url_masked(transport->where);

		error_set(err, ERROR_MEDIA, "cannot install from %s", masked);
		return error_hint(err, "Offer its folder over http://, https://, ftp:// or "
				       "nfs://.");
	}
	transport->folder = open(transport->where, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (transport->folder >= 0)
		return 0;
	r = error_errno(err, ERROR_MEDIA, errno, "cannot open the source %s", transport->where);
	error_hint(err, "Name a folder or URL that holds an xenhost source.");
	return r;
}

static int take_nfs(struct transport *transport, const char *where, struct error **err)
{
	const char *url = transport->url;

	if (!str_starts(where, "nfs://"))
		return 0;
	/* Without its last slashes it may be none any longer. */
	if (str_starts(url, "nfs://") && nfs_parse(url, &transport->nfs) == 0)
		return 0;
	error_set(err, ERROR_MEDIA, "%s names no folder of an NFS server", transport->where);
	return error_hint(err, "Write nfs://server/folder or nfs://server:port/folder.");
}

int transport_open(const char *where, struct transport **ret, struct error **err)
{
	_cleanup_(transport_freep) struct transport *transport = xcalloc(1, sizeof(*transport));
	int r = 0;

	transport->folder = -1;
	if (is_remote(where)) {
		size_t length = strlen(where);

		while (length > 0 && where[length - 1] == '/')
			length--;
		transport->url = xstrndup(where, length);
		transport->where = url_masked(transport->url);
		r = take_nfs(transport, where, err);
	} else {
		transport->where = xstrdup(local_path(where));
		r = open_folder(transport, err);
	}
	if (r < 0)
		return r;
	*ret = TAKE_PTR(transport);
	return 0;
}

int transport_again(const struct transport *transport, struct transport **ret, struct error **err)
{
	return transport_open(transport->url ?: transport->where, ret, err);
}

static int open_file(const struct transport *transport, const char *file, struct error **err)
{
	int fd = openat(transport->folder, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);

	if (fd >= 0)
		return fd;
	return error_errno(err, ERROR_MEDIA, errno, "cannot open %s/%s", transport->where, file);
}

static int read_error(const struct transport *transport, const char *file, int errnum,
		      struct error **err)
{
	int r = error_errno(err, ERROR_MEDIA, errnum, "cannot read %s/%s", transport->where, file);

	error_hint(err, "The medium or its drive is damaged: use another one.");
	return r;
}

static int get_local(const struct transport *transport, const char *file, uint64_t max, char **ret,
		     size_t *ret_length, struct error **err)
{
	_cleanup_close_ int fd = open_file(transport, file, err);
	_cleanup_free_ char *text = NULL;
	size_t done = 0;
	struct stat st;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) < 0)
		return read_error(transport, file, errno, err);
	if (!S_ISREG(st.st_mode) || (uint64_t)st.st_size > max)
		return error_errno(err, ERROR_MEDIA, EFBIG, "cannot use %s/%s", transport->where,
				   file);
	text = xmalloc((size_t)st.st_size + 1);
	while (done < (size_t)st.st_size) {
		ssize_t n = read(fd, text + done, (size_t)st.st_size - done);

		if (n < 0 && errno != EINTR)
			return read_error(transport, file, errno, err);
		if (n == 0)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	text[done] = '\0';
	*ret = TAKE_PTR(text);
	*ret_length = done;
	return 0;
}

static bool is_broken(void *data)
{
	const struct transport *transport = data;

	return transport->broken;
}

/* Mounted anew for each read, so that trying again does not meet what failed before. */
static int open_nfs(const struct transport *transport, const char *file, struct nfs_file **ret,
		    struct error **err)
{
	const struct nfs_wish wish = {.place = &transport->nfs,
				      .name = file,
				      .is_broken_off = is_broken,
				      .data = (void *)(uintptr_t)transport};

	return nfs_file_open(&wish, ret, err);
}

static int get_nfs(const struct transport *transport, const char *file, uint64_t max, char **ret,
		   size_t *ret_length, struct error **err)
{
	_cleanup_(nfs_file_closep) struct nfs_file *opened = NULL;
	int r = open_nfs(transport, file, &opened, err);

	return r < 0 ? r : nfs_file_read_all(opened, max, ret, ret_length, err);
}

static const char *pin_of(const struct transport *transport)
{
	return *held_to && str_starts(transport->url, "https://") ? held_to : NULL;
}

int transport_get(const struct transport *transport, const char *file, uint64_t max, char **ret,
		  size_t *ret_length, struct error **err)
{
	_cleanup_free_ char *url = NULL;
	struct http_request request = {.max_bytes = max, .no_page = true};

	if (is_nfs(transport))
		return get_nfs(transport, file, max, ret, ret_length, err);
	if (!transport->url)
		return get_local(transport, file, max, ret, ret_length, err);
	url = xasprintf("%s/%s", transport->url, file);
	request.url = url;
	request.certificate_sha256 = pin_of(transport);
	return http_get(&request, ret, ret_length, err);
}

/* Asks for the next window while the one before is being read; *asked is where that one ends. */
static void read_ahead(int fd, uint64_t offset, uint64_t *asked)
{
	if (offset + AHEAD_BYTES <= *asked)
		return;
	posix_fadvise(fd, (off_t)*asked, (off_t)AHEAD_BYTES, POSIX_FADV_WILLNEED);
	*asked += AHEAD_BYTES;
}

static int read_local(const struct transport *transport, const char *file, uint64_t offset,
		      uint64_t length, int (*on_data)(const void *bytes, size_t length, void *data),
		      void *data, struct error **err)
{
	_cleanup_close_ int fd = open_file(transport, file, err);
	_cleanup_free_ char *piece = NULL;
	uint64_t asked = offset;

	if (fd < 0)
		return fd;
	posix_fadvise(fd, (off_t)offset, (off_t)length, POSIX_FADV_SEQUENTIAL);
	piece = xmalloc(PIECE_BYTES);
	while (length > 0) {
		size_t wanted = length < PIECE_BYTES ? (size_t)length : PIECE_BYTES;
		ssize_t n;
		int r;

		if (transport->broken)
			return read_error(transport, file, ECONNRESET, err);
		read_ahead(fd, offset, &asked);
		n = pread(fd, piece, wanted, (off_t)offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return read_error(transport, file, errno, err);
		if (n == 0)
			return 0;
		r = on_data(piece, (size_t)n, data);
		if (r < 0)
			return r;
		offset += (uint64_t)n;
		length -= (uint64_t)n;
	}
	return 0;
}

static int read_nfs(const struct transport *transport, const char *file, uint64_t offset,
		    uint64_t length, int (*on_data)(const void *bytes, size_t length, void *data),
		    void *data, struct error **err)
{
	_cleanup_(nfs_file_closep) struct nfs_file *opened = NULL;
	_cleanup_free_ char *piece = xmalloc(PIECE_BYTES);
	int r = open_nfs(transport, file, &opened, err);

	while (r >= 0 && length > 0) {
		size_t got;

		r = nfs_file_read(opened, offset, piece,
				  length < PIECE_BYTES ? (size_t)length : PIECE_BYTES, &got, err);
		if (r < 0 || got == 0)
			break;
		r = on_data(piece, got, data);
		offset += got;
		length -= got;
	}
	return r < 0 ? r : 0;
}

/* One read over HTTP. */
struct reading {
	const struct transport *transport;
	int (*on_data)(const void *bytes, size_t length, void *data);
	void *data;
};

static int pass_on(const void *bytes, size_t length, void *data)
{
	const struct reading *reading = data;

	return reading->on_data(bytes, length, reading->data);
}

static bool is_reading_broken(void *data)
{
	const struct reading *reading = data;

	return reading->transport->broken;
}

int transport_read(const struct transport *transport, const char *file, uint64_t offset,
		   uint64_t length, int (*on_data)(const void *bytes, size_t length, void *data),
		   void *data, struct error **err)
{
	struct reading reading = {.transport = transport, .on_data = on_data, .data = data};
	_cleanup_free_ char *url = NULL;
	struct http_request request = {.offset = offset,
				       .length = length,
				       .on_data = pass_on,
				       .is_broken_off = is_reading_broken,
				       .data = &reading};

	if (is_nfs(transport))
		return read_nfs(transport, file, offset, length, on_data, data, err);
	if (!transport->url)
		return read_local(transport, file, offset, length, on_data, data, err);
	url = xasprintf("%s/%s", transport->url, file);
	request.url = url;
	request.certificate_sha256 = pin_of(transport);
	return http_fetch(&request, err);
}

bool transport_error_is_transient(const struct transport *transport, const struct error *error)
{
	if (is_nfs(transport))
		return error && error->kind == ERROR_NETWORK &&
		       nfs_errnum_is_transient(error->errnum);
	return transport->url && http_error_is_transient(error);
}
