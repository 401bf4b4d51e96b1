/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/nfs.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/mount.h>
#include <sys/socket.h>

#include "common/str.h"
#include "common/url.h"

#define NFS_PORT          2049 /* RFC 7530, 3.1 */
#define CONNECT_TIMEOUT_S 20

void nfs_place_done(struct nfs_place *place)
{
	free(place->server);
	free(place->folder);
	*place = (struct nfs_place){0};
}

static bool take_server(const char *text, struct nfs_place *place)
{
	const char *end = *text == '[' ? strchr(text, ']') : text + strcspn(text, ":");

	if (!end || end == text || strchr(text, '@'))
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

int nfs_parse(const char *url, struct nfs_place *ret)
{
	const char *rest = strstr(url, "://") + strlen("://");
	_cleanup_free_ char *host = xstrndup(rest, strcspn(rest, "/"));
	struct nfs_place place = {0};

	if (!take_server(host, &place)) {
		nfs_place_done(&place);
		return -EINVAL;
	}
	rest += strlen(host);
	place.folder = url_unescape(*rest ? rest : "/");
	*ret = place;
	return 0;
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
static int find_address(const struct nfs_place *place, char ret[NI_MAXHOST], struct error **err)
{
	const struct addrinfo wanted = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	char port[8];
	int r;

	(void)snprintf(port, sizeof(port), "%u", place->port);
	r = getaddrinfo(place->server, port, &wanted, &list);
	if (r != 0) {
		error_set(err, ERROR_NETWORK, "NFS server %s: its name cannot be resolved",
			  place->server);
		error_hint(err, "Check the name's spelling, and the name servers of this machine.");
		return error_code(err, EHOSTUNREACH);
	}
	r = -EHOSTUNREACH;
	for (struct addrinfo *address = list; address && r < 0; address = address->ai_next) {
		r = try_connect(address);
		if (r == 0 && getnameinfo(address->ai_addr, address->ai_addrlen, ret, NI_MAXHOST,
					  NULL, 0, NI_NUMERICHOST) != 0)
			r = -EAFNOSUPPORT;
	}
	freeaddrinfo(list);
	if (r < 0) {
		error_errno(err, ERROR_NETWORK, r, "NFS server %s: it does not answer",
			    place->server);
		error_hint(err, "Check that an NFS server runs there and answers by TCP, and "
				"whether a firewall lies between.");
	}
	return r;
}

/* nfs(5) says what they mean. */
static int set_options(int context, const struct nfs_place *place, const char *address,
		       const char *version)
{
	bool v6 = strchr(address, ':') != NULL;
	_cleanup_free_ char *port = xasprintf("%u", place->port),
			    *source = xasprintf(v6 ? "[%s]:%s" : "%s:%s", address, place->folder);
	/* Two tries of five seconds: a server that is gone is an error then. */
	const char *const options[][2] = {{"source", source}, {"addr", address},
					  {"port", port},     {"proto", v6 ? "tcp6" : "tcp"},
					  {"vers", version},  {"retrans", "2"},
					  {"timeo", "50"}};
	/* What one mount still waits for the next one does not have to. */
	static const char *const flags[] = {"ro", "soft", "nosharecache"};

	for (size_t i = 0; i < ARRAY_SIZE(options); i++)
		if (fsconfig(context, FSCONFIG_SET_STRING, options[i][0], options[i][1], 0) < 0)
			return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(flags); i++)
		if (fsconfig(context, FSCONFIG_SET_FLAG, flags[i], NULL, 0) < 0)
			return -errno;
	return 0;
}

static int mount_version(int context, const struct nfs_place *place, const char *address,
			 const char *version)
{
	const unsigned attributes =
		MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	int r = set_options(context, place, address, version), fd;

	if (r < 0)
		return r;
	if (fsconfig(context, FSCONFIG_CMD_CREATE, NULL, NULL, 0) < 0)
		return -errno;
	fd = fsmount(context, FSMOUNT_CLOEXEC, attributes);
	return fd < 0 ? -errno : fd;
}

static int cannot_mount(const struct nfs_place *place, int errnum, struct error **err)
{
	int r = error_errno(err, ERROR_NETWORK, errnum, "NFS server %s: %s cannot be mounted",
			    place->server, place->folder);

	if (nfs_errnum_is_transient(-r))
		error_hint(err, "Check that the server runs, and the network between.");
	else
		error_hint(err, "Check that the folder is exported to this machine, for reading.");
	/* A folder that is not there is another thing than a file that a source lacks. */
	return r == -ENOENT ? error_code(err, ENOTDIR) : r;
}

int nfs_mount(const struct nfs_place *place, int *ret, struct error **err)
{
	/*
	 * Not 4.2: its READ_PLUS gives zeros where client and server read the standard differently
	 * (Linux 6.12 with NFS-Ganesha 4.3), and nothing else of it is of use for reading.
	 */
	static const char *const versions[] = {"4.1", "4.0"};
	char address[NI_MAXHOST];
	int r = find_address(place, address, err);

	if (r < 0)
		return r;
	r = -EPROTONOSUPPORT;
	/* The older one only where the newer is not spoken: what else is wrong takes its time. */
	for (size_t i = 0; i < ARRAY_SIZE(versions) && (r == -EPROTONOSUPPORT || r == -EINVAL);
	     i++) {
		_cleanup_close_ int context = fsopen("nfs", FSOPEN_CLOEXEC);

		if (context < 0) {
			r = error_errno(err, ERROR_NETWORK, errno, "this system cannot mount NFS");
			error_hint(err, "Only the installer can; elsewhere mount the folder "
					"yourself, and name where.");
			return r;
		}
		r = mount_version(context, place, address, versions[i]);
	}
	if (r < 0)
		return cannot_mount(place, r, err);
	*ret = r;
	return 0;
}

bool nfs_errnum_is_transient(int errnum)
{
	/* EIO is what the kernel says when a server did not answer in time. */
	static const int passing[] = {
		EIO,   ETIMEDOUT,    ESTALE,      EAGAIN,    ECONNREFUSED, ECONNRESET, ECONNABORTED,
		EPIPE, EHOSTUNREACH, ENETUNREACH, EHOSTDOWN, ENETDOWN,     ENOTCONN,   EREMOTEIO};

	for (size_t i = 0; i < ARRAY_SIZE(passing); i++)
		if (passing[i] == errnum)
			return true;
	return false;
}
