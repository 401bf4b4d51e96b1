/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/fetch.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>

#include "common/fetch_mount.h"
#include "common/fetch_nfs.h"
#include "common/fsroot.h"
#include "common/http.h"
#include "common/str.h"
#include "common/url.h"

#define MAX_BYTES    (16 * MIB)
#define PIPE_WAIT_MS 60000 /* what writes into a pipe may have to ask somebody else first */

typedef int (*fetch_fn)(const struct fetch *fetch, const char *where, char **ret,
			size_t *ret_length, struct error **err);

static size_t limit(const struct fetch *fetch)
{
	return fetch->max_bytes ? fetch->max_bytes : MAX_BYTES;
}

static int too_large(const struct fetch *fetch, const char *where, struct error **err)
{
	error_set(err, ERROR_USAGE, "%s is larger than %zu KiB", where, limit(fetch) / 1024);
	error_hint(err, "Check that this is the right file.");
	return error_code(err, EFBIG);
}

static int read_all(const struct fetch *fetch, int fd, const char *name, char **ret,
		    size_t *ret_length, struct error **err)
{
	size_t max = limit(fetch), allocated = 0, length = 0;
	_cleanup_free_ char *text = NULL;

	for (;;) {
		ssize_t got;

		/* Sizes of pipes and of /proc's files are not known before. */
		if (length + 1 >= allocated) {
			allocated = allocated ? 2 * allocated : 65536;
			text = xrealloc(text, allocated, 1);
		}
		got = read(fd, text + length, allocated - length - 1);
		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0 && errno == EAGAIN) {
			struct pollfd pipe = {.fd = fd, .events = POLLIN};

			if (poll(&pipe, 1, PIPE_WAIT_MS) != 0)
				continue;
			errno = ETIMEDOUT;
		}
		if (got < 0)
			return error_errno(err, ERROR_USAGE, errno, "%s cannot be read", name);
		if (got == 0)
			break;
		length += (size_t)got;
		if (length > max)
			return too_large(fetch, name, err);
	}
	text[length] = '\0';
	*ret = TAKE_PTR(text);
	*ret_length = length;
	return 0;
}

static int read_path(const struct fetch *fetch, const char *path, char **ret, size_t *ret_length,
		     struct error **err)
{
	_cleanup_close_ int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0) {
		error_errno(err, ERROR_USAGE, errno, "%s cannot be opened", path);
		return error_hint(err, "Check the path of the file.");
	}
	if (fstat(fd, &st) == 0 && S_ISDIR(st.st_mode)) {
		error_set(err, ERROR_USAGE, "%s is a folder", path);
		return error_hint(err, "Name the file in it.");
	}
	return read_all(fetch, fd, path, ret, ret_length, err);
}

static const char *behind_scheme(const char *where)
{
	return strstr(where, "://") + strlen("://");
}

static int read_file_url(const struct fetch *fetch, const char *where, char **ret,
			 size_t *ret_length, struct error **err)
{
	_cleanup_free_ char *path = url_unescape(behind_scheme(where));

	if (*path == '/')
		return read_path(fetch, path, ret, ret_length, err);
	error_set(err, ERROR_USAGE, "%s names a server, but files are of this machine", where);
	return error_hint(err, "Write three strokes before the path: file:///folder/file.");
}

static int read_medium(const struct fetch *fetch, const char *where, char **ret, size_t *ret_length,
		       struct error **err)
{
	_cleanup_free_ char *inside = url_unescape(behind_scheme(where));
	_cleanup_fsroot_ struct fsroot *medium = NULL;
	int r;

	if (!fetch->medium || fsroot_open(fetch->medium, &medium) < 0) {
		error_set(err, ERROR_USAGE, "%s: there is no install medium", where);
		return error_hint(err, "Start the installer from its ISO or stick; a server or a "
				       "labelled stick can hold the file as well.");
	}
	r = fsroot_read(medium, inside, limit(fetch), ret, ret_length);
	if (r == -EFBIG)
		return too_large(fetch, where, err);
	if (r == 0)
		return 0;
	error_errno(err, ERROR_USAGE, r, "%s cannot be read from the install medium", where);
	return error_hint(err, "Check its path on the medium: medium:///folder/file.");
}

static int read_http(const struct fetch *fetch, const char *where, char **ret, size_t *ret_length,
		     struct error **err)
{
	const struct http_request request = {
		.url = where,
		.max_bytes = limit(fetch),
		.headers = fetch->headers,
		.body = fetch->body,
		.body_length = fetch->body_length,
		.content_type = fetch->content_type,
		.certificate_sha256 = fetch->certificate_sha256,
		.no_page = true,
	};

	return http_get(&request, ret, ret_length, err);
}

/* Servers of files know no headers, and nothing can be posted to them. */
static int read_ftp(const struct fetch *fetch, const char *where, char **ret, size_t *ret_length,
		    struct error **err)
{
	const struct http_request request = {.url = where, .max_bytes = limit(fetch)};

	return http_get(&request, ret, ret_length, err);
}

static int read_label(const struct fetch *fetch, const char *where, char **ret, size_t *ret_length,
		      struct error **err)
{
	const char *name = behind_scheme(where);
	_cleanup_free_ char *quoted = xstrndup(name, strcspn(name, "/")),
			    *label = url_unescape(quoted),
			    *path = url_unescape(name + strlen(quoted));
	struct fetch_device device = {0};
	int r;

	if (!fetch->find_label) {
		error_set(err, ERROR_USAGE, "%s can only be read by the installer", where);
		return error_hint(err, "Here, give the path of the file.");
	}
	if (!*label || strlen(path) < 2) {
		error_set(err, ERROR_USAGE, "%s names no file", where);
		return error_hint(err, "Write label://LABEL/folder/file.");
	}
	r = fetch->find_label(label, &device, fetch->data, err);
	if (r == 0)
		r = fetch_from_device(fetch, &device, path, ret, ret_length, err);
	free(device.node);
	free(device.type);
	return r;
}

enum { HTTP, HTTPS, FTP, TFTP, NFS, OF_FILE, LABEL, MEDIUM, SCHEMES };

/* THE table of what a URL may begin with. */
static const char *const names[SCHEMES + 1] = {
	[HTTP] = "http", [HTTPS] = "https",  [FTP] = "ftp",     [TFTP] = "tftp",
	[NFS] = "nfs",   [OF_FILE] = "file", [LABEL] = "label", [MEDIUM] = "medium",
};
static const struct scheme {
	bool remote;
	fetch_fn read;
} schemes[SCHEMES] = {
	[HTTP] = {true, read_http},     [HTTPS] = {true, read_http},
	[FTP] = {true, read_ftp},       [TFTP] = {true, read_ftp},
	[NFS] = {true, fetch_nfs_read}, [OF_FILE] = {false, read_file_url},
	[LABEL] = {false, read_label},  [MEDIUM] = {false, read_medium},
};

const char *const *fetch_schemes(void)
{
	return names;
}

static const struct scheme *scheme_of(const char *where)
{
	size_t length = url_has_scheme(where) ? (size_t)(strstr(where, "://") - where) : 0;

	for (size_t i = 0; length && names[i]; i++) {
		_cleanup_free_ char *name = xstrndup(where, length);

		if (str_eq_nocase(name, names[i]))
			return &schemes[i];
	}
	return NULL;
}

bool fetch_is_remote(const char *where)
{
	const struct scheme *scheme = scheme_of(where);

	return scheme && scheme->remote;
}

int fetch_check(const char *where, struct error **err)
{
	_cleanup_strbuf_ struct strbuf known = {0};

	if (!url_has_scheme(where) || scheme_of(where))
		return 0;
	error_set(err, ERROR_USAGE, "nothing can be read from \"%.*s\"",
		  (int)(strstr(where, "://") + 3 - where), where);
	for (size_t i = 0; names[i]; i++)
		strbuf_addf(&known, "%s%s://", i ? ", " : "", names[i]);
	return error_hint(err, "Use one of %s, or give a path.", known.text);
}

int fetch_read(const struct fetch *fetch, const char *where, char **ret, size_t *ret_length,
	       struct error **err)
{
	const struct scheme *scheme = scheme_of(where);
	int r = fetch_check(where, err);

	if (r < 0)
		return r;
	return scheme ? scheme->read(fetch, where, ret, ret_length, err)
		      : read_path(fetch, where, ret, ret_length, err);
}
