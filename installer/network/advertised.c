/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/network/advertised.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/icmp6.h>
#include <poll.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "installer/network/links.h"

/* RFC 8106, section 5. */
#define OPTION_SERVERS 25
#define OPTION_DOMAINS 31
#define MESSAGE_MAX    2048
#define NAME_MAX_BYTES 253
/* RFC 4861, 6.1: whoever is no neighbour cannot send with this many hops left. */
#define HOPS        255
#define ALL_ROUTERS "ff02::2"
#define AGAIN_S     1.0
#define LOOK_MS     200

void advertised_done(struct advertised *advertised)
{
	strv_free(advertised->servers);
	strv_free(advertised->domains);
	*advertised = (struct advertised){0};
}

static void add_once(char ***list, const char *text)
{
	if (!strv_contains(*list, text))
		strv_add(list, text);
}

static void take_servers(const uint8_t *option, size_t length, char ***servers)
{
	char text[INET6_ADDRSTRLEN];

	for (size_t at = 8; at + sizeof(struct in6_addr) <= length; at += sizeof(struct in6_addr))
		if (inet_ntop(AF_INET6, option + at, text, sizeof(text)))
			add_once(servers, text);
}

static bool is_name(const char *text)
{
	for (const char *c = text; *c; c++)
		if (!isalnum((unsigned char)*c) && *c != '-' && *c != '.' && *c != '_')
			return false;
	return isalnum((unsigned char)*text) && strlen(text) <= NAME_MAX_BYTES;
}

/* Labels with their length before them, a zero behind each name; the rest is filled with zeros. */
static void take_domains(const uint8_t *option, size_t length, char ***domains)
{
	_cleanup_strbuf_ struct strbuf name = {0};

	for (size_t at = 8; at < length;) {
		size_t label = option[at++];

		if (label > length - at)
			return;
		if (label > 0) {
			strbuf_addf(&name, "%s", name.length ? "." : "");
			strbuf_add_bytes(&name, (const char *)option + at, label);
			at += label;
			continue;
		}
		/* A zero among its bytes would end the text early. */
		if (name.length && strlen(name.text) == name.length && is_name(name.text))
			add_once(domains, name.text);
		strbuf_done(&name);
		name = (struct strbuf){0};
	}
}

static bool is_withdrawn(const uint8_t *option)
{
	return !(option[4] | option[5] | option[6] | option[7]);
}

static void take(const uint8_t *option, size_t length, struct advertised *advertised)
{
	if (length < 16 || is_withdrawn(option))
		return;
	if (option[0] == OPTION_SERVERS)
		take_servers(option, length, &advertised->servers);
	if (option[0] == OPTION_DOMAINS)
		take_domains(option, length, &advertised->domains);
}

int advertised_parse(const uint8_t *bytes, size_t length, struct advertised *advertised)
{
	size_t first = sizeof(struct nd_router_advert);

	if (length < first || bytes[0] != ND_ROUTER_ADVERT || bytes[1] != 0)
		return -EBADMSG;
	/* All of them are whole, or none counts. */
	for (size_t at = first; at < length; at += 8 * (size_t)bytes[at + 1])
		if (length - at < 8 || !bytes[at + 1] || 8 * (size_t)bytes[at + 1] > length - at)
			return -EBADMSG;
	for (size_t at = first; at < length; at += 8 * (size_t)bytes[at + 1])
		take(bytes + at, 8 * (size_t)bytes[at + 1], advertised);
	return 0;
}

static int open_socket(const char *link)
{
	_cleanup_close_ int fd =
		socket(AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_ICMPV6);
	struct icmp6_filter filter;
	int hops = HOPS, on = 1;

	ICMP6_FILTER_SETBLOCKALL(&filter);
	ICMP6_FILTER_SETPASS(ND_ROUTER_ADVERT, &filter);
	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, link, (socklen_t)strlen(link)) < 0 ||
	    setsockopt(fd, IPPROTO_ICMPV6, ICMP6_FILTER, &filter, sizeof(filter)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, &hops, sizeof(hops)) < 0 ||
	    setsockopt(fd, IPPROTO_IPV6, IPV6_RECVHOPLIMIT, &on, sizeof(on)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

/* One that is lost is asked again. */
static void solicit(int fd, const char *link)
{
	const struct nd_router_solicit question = {.nd_rs_type = ND_ROUTER_SOLICIT};
	struct sockaddr_in6 routers = {.sin6_family = AF_INET6,
				       .sin6_scope_id = if_nametoindex(link)};
	ssize_t sent;

	inet_pton(AF_INET6, ALL_ROUTERS, &routers.sin6_addr);
	sent = sendto(fd, &question, sizeof(question), 0, (const struct sockaddr *)&routers,
		      sizeof(routers));
	(void)sent;
}

static bool came_from_beside(struct msghdr *message)
{
	int hops = 0;

	for (struct cmsghdr *part = CMSG_FIRSTHDR(message); part; part = CMSG_NXTHDR(message, part))
		if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_HOPLIMIT)
			memcpy(&hops, CMSG_DATA(part), sizeof(hops));
	return hops == HOPS;
}

static void receive(int fd, struct advertised *advertised)
{
	char control[CMSG_SPACE(sizeof(int)) * 4];
	uint8_t bytes[MESSAGE_MAX];
	struct iovec iovec = {.iov_base = bytes, .iov_len = sizeof(bytes)};
	struct msghdr message = {.msg_iov = &iovec,
				 .msg_iovlen = 1,
				 .msg_control = control,
				 .msg_controllen = sizeof(control)};
	ssize_t length = recvmsg(fd, &message, 0);

	/* What is no advertisement is as good as none. */
	if (length > 0 && came_from_beside(&message) &&
	    advertised_parse(bytes, (size_t)length, advertised) < 0)
		return;
}

static int keep(const struct fsroot *root, const char *link, const struct advertised *advertised)
{
	_cleanup_free_ char *path = xasprintf(NETWORK_STATE_FOLDER "/%s.dnsra", link);
	_cleanup_strbuf_ struct strbuf text = {0};

	for (char **name = advertised->domains; name && *name; name++)
		strbuf_addf(&text, "%s%s%s", name == advertised->domains ? "search " : " ", *name,
			    name[1] ? "" : "\n");
	for (char **server = advertised->servers; *server; server++) {
		struct in6_addr address;
		bool is_local = inet_pton(AF_INET6, *server, &address) == 1 &&
				IN6_IS_ADDR_LINKLOCAL(&address);

		/* Another one on each link. */
		strbuf_addf(&text, "nameserver %s%s%s\n", *server, is_local ? "%" : "",
			    is_local ? link : "");
	}
	return fsroot_write_text(root, path, text.text, 0644);
}

int advertised_find(const struct fsroot *root, const char *link, unsigned seconds,
		    bool (*stopped)(void *data), void *data)
{
	_cleanup_advertised_ struct advertised advertised = {0};
	_cleanup_close_ int fd = open_socket(link);
	double end = clock_seconds() + seconds, asked = 0;

	if (fd < 0)
		return fd;
	while (!advertised.servers && clock_seconds() < end && !stopped(data)) {
		struct pollfd pollfd = {.fd = fd, .events = POLLIN};

		if (clock_seconds() > asked + AGAIN_S) {
			solicit(fd, link);
			asked = clock_seconds();
		}
		if (poll(&pollfd, 1, LOOK_MS) > 0)
			receive(fd, &advertised);
	}
	return advertised.servers ? keep(root, link, &advertised) : -ENOENT;
}
