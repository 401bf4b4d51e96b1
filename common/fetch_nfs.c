/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/fetch_nfs.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "common/fetch_mount.h"
#include "common/str.h"
#include "common/url.h"

#define NFS_PORT          2049 /* RFC 7530, 3.1 */
#define CONNECT_TIMEOUT_S 20
/* Two tries of five seconds, then an error instead of a process that cannot be ended. */
#define OPTIONS "soft,timeo=50,retrans=2,proto=tcp"

void fetch_nfs_place_done(struct fetch_nfs_place *place)
{
	free(place->server);
	free(place->folder);
	free(place->file);
	*place = (struct fetch_nfs_place){0};
}

static bool take_server(const char *text, struct fetch_nfs_place *place)
{
	const char *end = *text == '[' ? strchr(text, ']') : text + strcspn(text, ":");

	if (!end || end == text)
		return false;
	place->server = *text == '[' ? xstrndup(text + 1, (size_t)(end - text - 1))
				     : xstrndup(text, (size_t)(end - text));
	end += *end == ']';
	place->port = NFS_PORT;
	/* A colon alone stands there as in "server:/folder". */
	if (*end == ':' && end[1])
		return str_to_uint(end + 1, 1, UINT16_MAX, &place->port) == 0;
	return !*end || *end == ':';
}

int fetch_nfs_parse(const char *where, struct fetch_nfs_place *ret, struct error **err)
{
	const char *rest = strstr(where, "://") + strlen("://");
	_cleanup_free_ char *host = xstrndup(rest, strcspn(rest, "/")),
			    *path = url_unescape(rest + strlen(host));
	char *slash = strrchr(path, '/');
	struct fetch_nfs_place place = {0};

	if (take_server(host, &place) && slash && slash[1]) {
		place.file = xstrdup(slash + 1);
		*slash = '\0';
		place.folder = xstrdup(*path ? path : "/");
		*ret = place;
		return 0;
	}
	fetch_nfs_place_done(&place);
	error_set(err, ERROR_USAGE, "%s names no file of an NFS server", where);
	return error_hint(err, "Write nfs://server/folder/file or nfs://server:port/folder/file.");
}

static int fail(const struct fetch_nfs_place *place, int errnum, const char *what, const char *hint,
		struct error **err)
{
	error_errno(err, ERROR_NETWORK, errnum, "NFS server %s: %s", place->server, what);
	return error_hint(err, "%s", hint);
}

/*
 * The kernel's client cannot be ended while it waits for a server, so it is only sent to one that
 * answers.
 */
static int try_connect(const struct addrinfo *address)
{
	_cleanup_close_ int fd =
		socket(address->ai_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	struct pollfd wait = {.fd = fd, .events = POLLOUT};
	socklen_t length = sizeof(int);
	int problem = 0;

	if (fd < 0)
		return -errno;
	if (connect(fd, address->ai_addr, address->ai_addrlen) == 0)
		return 0;
	if (errno != EINPROGRESS)
		return -errno;
	if (poll(&wait, 1, CONNECT_TIMEOUT_S * 1000) <= 0)
		return -ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &problem, &length) < 0)
		return -errno;
	return -problem;
}

/* The first address that takes a connection. */
static int find_address(const struct fetch_nfs_place *place, char ret[NI_MAXHOST],
			struct error **err)
{
	const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	char port[8];
	int r;

	(void)snprintf(port, sizeof(port), "%u", place->port);
	r = getaddrinfo(place->server, port, &wanted, &list);
	if (r != 0)
		return fail(place, EHOSTUNREACH, "its name cannot be resolved",
			    "Check the name's spelling, and the name servers of this machine.",
			    err);
	r = -EHOSTUNREACH;
	for (struct addrinfo *address = list; address && r < 0; address = address->ai_next) {
		r = try_connect(address);
		if (r == 0 && getnameinfo(address->ai_addr, address->ai_addrlen, ret, NI_MAXHOST,
					  NULL, 0, NI_NUMERICHOST) != 0)
			r = -EAFNOSUPPORT;
	}
	freeaddrinfo(list);
	if (r < 0)
		return fail(place, r, "it does not answer",
			    "Check that an NFS server runs there and answers by TCP, and whether a "
			    "firewall lies between.",
			    err);
	return 0;
}

static int mount_folder(const struct fetch *fetch, const struct fetch_nfs_place *place,
			const char *address, struct error **err)
{
	/*
	 * Not 4.2: its READ_PLUS gives zeros where client and server read the standard differently
	 * (Linux 6.12 with NFS-Ganesha 4.3), and nothing else of it is of use for one file.
	 */
	static const char *const versions[] = {"vers=4.1", "vers=4.0"};
	const unsigned long flags = MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC;
	_cleanup_free_ char *source =
		xasprintf(strchr(address, ':') ? "[%s]:%s" : "%s:%s", address, place->folder);
	int problem = EPROTONOSUPPORT;

	for (size_t i = 0; i < ARRAY_SIZE(versions); i++) {
		_cleanup_free_ char *options =
			xasprintf("%s,addr=%s,port=%u," OPTIONS, versions[i], address, place->port);

		if (mount(source, fetch->mount_point, "nfs", flags, options) == 0)
			return 0;
		/* What a version that both speak says, says more. */
		if (problem == EPROTONOSUPPORT || problem == EINVAL)
			problem = errno;
	}
	if (problem == ENODEV || problem == EPERM)
		return fail(place, problem, "this system cannot mount NFS",
			    "Only the installer can; elsewhere mount it yourself.", err);
	return fail(place, problem, "its folder cannot be mounted",
		    "Check that the folder is exported to this machine, for reading.", err);
}

int fetch_nfs_read(const struct fetch *fetch, const char *where, char **ret, size_t *ret_length,
		   struct error **err)
{
	_cleanup_(fetch_nfs_place_done) struct fetch_nfs_place place = {0};
	char address[NI_MAXHOST];
	int r = fetch_nfs_parse(where, &place, err);

	if (r == 0 && !fetch->mount_point) {
		error_set(err, ERROR_USAGE, "%s can only be read by the installer", where);
		return error_hint(err, "Here, give the path of the file.");
	}
	if (r == 0)
		r = find_address(&place, address, err);
	if (r == 0)
		r = mount_folder(fetch, &place, address, err);
	return r < 0 ? r
		     : fetch_read_mounted(fetch, place.file, place.server, ret, ret_length, err);
}
