/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/network/lookup.h"

#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <errno.h>
#include <net/if.h>
#include <netdb.h>
#include <poll.h>
#include <resolv.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/str.h"
#include "installer/network/links.h"

#define ANSWER_MAX 4096
#define QUERY_MAX  512
/* One server's time for both questions; whoever asked tries again. */
#define TIMEOUT_S 2.0

static void add_address(struct lookup *lookup, int family, const void *address, unsigned port)
{
	struct sockaddr_storage *slot = &lookup->addresses[lookup->count];
	struct sockaddr_in *v4 = (struct sockaddr_in *)slot;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)slot;

	if (lookup->count == LOOKUP_ADDRESSES)
		return;
	*slot = (struct sockaddr_storage){.ss_family = (sa_family_t)family};
	if (family == AF_INET) {
		v4->sin_port = htons((uint16_t)port);
		memcpy(&v4->sin_addr, address, sizeof(v4->sin_addr));
	} else {
		v6->sin6_port = htons((uint16_t)port);
		memcpy(&v6->sin6_addr, address, sizeof(v6->sin6_addr));
	}
	lookup->count++;
}

static bool add_literal(struct lookup *lookup, const char *text, const char *link, unsigned port)
{
	_cleanup_free_ char *plain = xstrndup(text, strcspn(text, "%"));
	uint8_t address[sizeof(struct in6_addr)];
	size_t at = lookup->count;

	if (inet_pton(AF_INET, plain, address) == 1) {
		add_address(lookup, AF_INET, address, port);
		return true;
	}
	if (inet_pton(AF_INET6, plain, address) != 1)
		return false;
	add_address(lookup, AF_INET6, address, port);
	/* Of the link alone: fe80::1 is another one on each. */
	if (link && at < lookup->count &&
	    IN6_IS_ADDR_LINKLOCAL(&((struct sockaddr_in6 *)&lookup->addresses[at])->sin6_addr))
		((struct sockaddr_in6 *)&lookup->addresses[at])->sin6_scope_id =
			if_nametoindex(link);
	return true;
}

int lookup_parse(const uint8_t *bytes, size_t length, unsigned port, struct lookup *lookup)
{
	ns_msg message;

	if (length > ANSWER_MAX || ns_initparse(bytes, (int)length, &message) < 0)
		return -EBADMSG;
	if (ns_msg_getflag(message, ns_f_rcode) == ns_r_nxdomain)
		return -ENOENT;
	if (ns_msg_getflag(message, ns_f_rcode) != ns_r_noerror)
		return -EAGAIN;
	for (int i = 0; i < ns_msg_count(message, ns_s_an); i++) {
		ns_rr record;

		if (ns_parserr(&message, ns_s_an, i, &record) < 0)
			return -EBADMSG;
		if (ns_rr_type(record) == ns_t_a && ns_rr_rdlen(record) == NS_INADDRSZ)
			add_address(lookup, AF_INET, ns_rr_rdata(record), port);
		if (ns_rr_type(record) == ns_t_aaaa && ns_rr_rdlen(record) == NS_IN6ADDRSZ)
			add_address(lookup, AF_INET6, ns_rr_rdata(record), port);
	}
	return 0;
}

static int open_socket(const struct sockaddr_storage *server, const char *link)
{
	socklen_t size = server->ss_family == AF_INET ? sizeof(struct sockaddr_in)
						      : sizeof(struct sockaddr_in6);
	_cleanup_close_ int fd =
		socket(server->ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 ||
	    setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, link, (socklen_t)strlen(link)) < 0 ||
	    connect(fd, (const struct sockaddr *)server, size) < 0)
		return -errno;
	return TAKE_FD(fd);
}

static int send_question(int fd, struct __res_state *state, const char *name, ns_type type,
			 uint16_t *ret_id)
{
	uint8_t query[QUERY_MAX];
	int length = res_nmkquery(state, ns_o_query, name, ns_c_in, type, NULL, 0, NULL, query,
				  sizeof(query));

	if (length < NS_HFIXEDSZ)
		return -EINVAL;
	memcpy(ret_id, query, sizeof(*ret_id));
	return send(fd, query, (size_t)length, 0) < 0 ? -errno : 0;
}

/* Until both questions are answered; -ENOENT when one was answered so, or both with nothing. */
static int collect(int fd, const uint16_t ids[2], unsigned port, struct lookup *lookup)
{
	double end = clock_seconds() + TIMEOUT_S;
	bool seen[2] = {false, false};
	int r = -EAGAIN;

	while (!(seen[0] && seen[1])) {
		struct pollfd pollfd = {.fd = fd, .events = POLLIN};
		double left = end - clock_seconds();
		uint8_t answer[ANSWER_MAX];
		ssize_t length;

		if (left <= 0 || poll(&pollfd, 1, (int)(left * 1000) + 1) <= 0)
			break;
		length = recv(fd, answer, sizeof(answer), 0);
		if (length < 0)
			return -errno;
		for (unsigned i = 0; i < 2; i++)
			if (length >= NS_HFIXEDSZ && !seen[i] &&
			    memcmp(answer, &ids[i], sizeof(ids[i])) == 0) {
				seen[i] = true;
				r = lookup_parse(answer, (size_t)length, port, lookup);
			}
	}
	if (lookup->count)
		return 0;
	if (r == 0)
		r = seen[0] && seen[1] ? -ENOENT : -EAGAIN;
	return r;
}

static int ask_server(const char *server, const char *link, const char *name, unsigned port,
		      struct lookup *lookup)
{
	struct lookup where = {0};
	struct __res_state state = {0};
	uint16_t ids[2];
	_cleanup_close_ int fd = -1;
	int r;

	if (!add_literal(&where, server, link, NS_DEFAULTPORT))
		return -EAGAIN;
	fd = open_socket(&where.addresses[0], link);
	if (fd < 0 || res_ninit(&state) < 0)
		return -EAGAIN;
	r = send_question(fd, &state, name, ns_t_a, &ids[0]);
	if (r == 0)
		r = send_question(fd, &state, name, ns_t_aaaa, &ids[1]);
	res_nclose(&state);
	if (r == 0)
		r = collect(fd, ids, port, lookup);
	return r < 0 && r != -ENOENT ? -EAGAIN : r;
}

/* A name without a dot is one of the network's own domain. */
static char *full_name(const char *host, const char *domain)
{
	return strchr(host, '.') || !domain ? xstrdup(host) : xasprintf("%s.%s", host, domain);
}

static int ask_link(const struct fsroot *root, const char *link, const char *host, unsigned port,
		    struct lookup *lookup, struct error **err)
{
	_cleanup_strv_ char **servers = NULL;
	_cleanup_free_ char *domain = NULL, *name = NULL;
	int r = -EAGAIN;

	link_name_servers(root, link, &servers, &domain);
	if (!servers) {
		error_set(err, ERROR_NETWORK, "DNS: nobody named a name server that knows %s",
			  host);
		return error_code(err, EAGAIN);
	}
	name = full_name(host, domain);
	for (char **server = servers; *server && r == -EAGAIN; server++)
		r = ask_server(*server, link, name, port, lookup);
	if (r == -ENOENT) {
		error_set(err, ERROR_NETWORK, "DNS: there is no %s, says its name server", name);
		return error_code(err, ENOENT);
	}
	if (r == 0)
		return 0;
	error_set(err, ERROR_NETWORK, "DNS: no name server answers for %s (asked %s)", name,
		  servers[0]);
	return error_code(err, EAGAIN);
}

static int ask_libc(const char *host, unsigned port, struct lookup *lookup, struct error **err)
{
	const struct addrinfo hints = {.ai_socktype = SOCK_STREAM};
	struct addrinfo *list = NULL;
	int r = getaddrinfo(host, NULL, &hints, &list);

	if (r != 0) {
		error_set(err, ERROR_NETWORK, "DNS: %s: %s", host, gai_strerror(r));
		return error_code(err, r == EAI_NONAME ? ENOENT : EAGAIN);
	}
	for (struct addrinfo *each = list; each; each = each->ai_next) {
		const struct sockaddr_in *v4 = (struct sockaddr_in *)each->ai_addr;
		const struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)each->ai_addr;

		if (each->ai_family == AF_INET)
			add_address(lookup, AF_INET, &v4->sin_addr, port);
		else if (each->ai_family == AF_INET6)
			add_address(lookup, AF_INET6, &v6->sin6_addr, port);
	}
	freeaddrinfo(list);
	return 0;
}

int lookup_host(const struct fsroot *root, const char *link, const char *host, unsigned port,
		struct lookup *ret, struct error **err)
{
	struct lookup lookup = {0};
	int r = 0;

	if (!add_literal(&lookup, host, link, port))
		r = link ? ask_link(root, link, host, port, &lookup, err)
			 : ask_libc(host, port, &lookup, err);
	if (r == 0)
		*ret = lookup;
	return r;
}
