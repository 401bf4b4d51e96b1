/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/syslog_send.h"

#include <errno.h>
#include <netdb.h>
#include <poll.h>
#include <sys/socket.h>

#include "common/str.h"

#define PORT      "514"
#define PROGRAM   "xenhost"
#define TIMEOUT_S 10
/* What every receiver takes whole (RFC 5424, 6.1), less room for the header. */
#define TEXT_MAX 1900
/* system daemons (RFC 5424, 6.2.1) */
#define FACILITY 3

static const struct {
	const char *word;
	unsigned severity;
} levels[] = {{"debug", 7}, {"info", 6}, {"warning", 4}, {"error", 3}};

int syslog_open(const char *server, bool tcp, const char *hostname, struct syslog_peer *ret)
{
	const char *end = *server == '[' ? strchr(server, ']') : NULL;
	const char *host = end ? server + 1 : server, *port = NULL;
	size_t length;

	if (end) {
		length = (size_t)(end - host);
		port = end[1] == ':' ? end + 2 : NULL;
		if (end[1] && !port)
			return -EINVAL;
	} else {
		length = strcspn(server, ":");
		port = server[length] ? server + length + 1 : NULL;
		/* An address of IPv6 without brackets. */
		if (port && strchr(port, ':')) {
			length = strlen(server);
			port = NULL;
		}
	}
	if (length == 0 || (port && !*port))
		return -EINVAL;
	*ret = (struct syslog_peer){.host = xstrndup(host, length),
				    .port = xstrdup(port ?: PORT),
				    .tcp = tcp,
				    .hostname = xstrdup(hostname),
				    .fd = -1};
	return 0;
}

static void disconnect(struct syslog_peer *peer)
{
	if (peer->fd >= 0)
		close(peer->fd);
	peer->fd = -1;
}

void syslog_done(struct syslog_peer *peer)
{
	disconnect(peer);
	free(peer->host);
	free(peer->port);
	free(peer->hostname);
	*peer = (struct syslog_peer){.fd = -1};
}

static unsigned severity_of(const char *word, size_t length)
{
	for (size_t i = 0; i < ARRAY_SIZE(levels); i++)
		if (strlen(levels[i].word) == length && memcmp(word, levels[i].word, length) == 0)
			return levels[i].severity;
	return 5; /* notice */
}

/* Printable ASCII without blanks, "-" for nothing (RFC 5424, 6). */
static char *header_word(const char *text)
{
	char *word = xstrdup(str_empty(text) ? "-" : text);

	for (char *c = word; *c; c++)
		if (*c <= ' ' || *c > '~')
			*c = '_';
	return word;
}

char *syslog_message(const char *hostname, const char *line)
{
	_cleanup_free_ char *host = header_word(hostname), *time = NULL;
	size_t stamp = strcspn(line, " ");
	const char *level = line + stamp + (line[stamp] ? 1 : 0);
	size_t word = strcspn(level, " ");
	const char *text = level + word + (level[word] ? 1 : 0);

	time = xstrndup(line, stamp);
	return xasprintf("<%u>1 %s %.255s %s - - - %.*s", FACILITY * 8 + severity_of(level, word),
			 *time ? time : "-", host, PROGRAM, TEXT_MAX, text);
}

static int connect_to(const struct addrinfo *address)
{
	_cleanup_close_ int fd =
		socket(address->ai_family, address->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
		       address->ai_protocol);
	struct pollfd ready = {.fd = fd, .events = POLLOUT};
	int failure = 0;
	socklen_t size = sizeof(failure);

	if (fd < 0)
		return -errno;
	if (connect(fd, address->ai_addr, address->ai_addrlen) < 0) {
		if (errno != EINPROGRESS)
			return -errno;
		if (poll(&ready, 1, TIMEOUT_S * 1000) != 1)
			return -ETIMEDOUT;
		if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &failure, &size) < 0)
			return -errno;
		if (failure)
			return -failure;
	}
	return TAKE_FD(fd);
}

static int connect_peer(struct syslog_peer *peer)
{
	const struct addrinfo wanted = {.ai_socktype = peer->tcp ? SOCK_STREAM : SOCK_DGRAM};
	struct addrinfo *found = NULL;
	int fd = -EHOSTUNREACH;

	if (getaddrinfo(peer->host, peer->port, &wanted, &found) != 0)
		return -EHOSTUNREACH;
	for (const struct addrinfo *at = found; at && fd < 0; at = at->ai_next)
		fd = connect_to(at);
	freeaddrinfo(found);
	if (fd >= 0)
		peer->fd = fd;
	return fd < 0 ? fd : 0;
}

static int send_whole(int fd, const char *text)
{
	size_t length = strlen(text), done = 0;
	struct pollfd ready = {.fd = fd, .events = POLLOUT};

	while (done < length) {
		ssize_t sent = send(fd, text + done, length - done, MSG_NOSIGNAL);

		if (sent > 0)
			done += (size_t)sent;
		else if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return -errno;
		else if (poll(&ready, 1, TIMEOUT_S * 1000) != 1)
			return -ETIMEDOUT;
	}
	return 0;
}

int syslog_send(struct syslog_peer *peer, const char *line)
{
	_cleanup_free_ char *message = syslog_message(peer->hostname, line), *framed = NULL;
	char ended;
	int r;

	/* A server that closed its end says so before anything is lost. */
	if (peer->tcp && peer->fd >= 0 && recv(peer->fd, &ended, 1, MSG_DONTWAIT) == 0)
		disconnect(peer);
	r = peer->fd >= 0 ? 0 : connect_peer(peer);
	if (r < 0)
		return r;
	if (peer->tcp)
		framed = xasprintf("%zu %s", strlen(message), message);
	r = send_whole(peer->fd, framed ?: message);
	if (r < 0)
		disconnect(peer);
	return r;
}
