/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One socket hears all links; joining the groups is all that is done to a network interface. */
#include <arpa/inet.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sys/socket.h>

#include "common/clock.h"
#include "common/proc.h"
#include "common/str.h"
#include "hwdb/probe/lldp.h"

/* The groups of 802.1AB, table 7-1: nearest bridge, nearest non-TPMR bridge, nearest customer
 * bridge. */
static const uint8_t groups[][ETH_ALEN] = {
	{0x01, 0x80, 0xc2, 0x00, 0x00, 0x0e},
	{0x01, 0x80, 0xc2, 0x00, 0x00, 0x03},
	{0x01, 0x80, 0xc2, 0x00, 0x00, 0x00},
};

/* A hostile cable may say ever new things. */
#define NEIGHBOURS_MAX 16
#define FRAME_MAX      9216

/*
 * Bound to all protocols and filtered: where Open vSwitch or a bond has taken an interface over,
 * a socket for one protocol hears nothing. The filter stands before the socket is bound, so that
 * nothing else is ever queued.
 */
static int open_socket(void)
{
	struct sock_filter code[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, (uint32_t)(SKF_AD_OFF + SKF_AD_PROTOCOL)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, LLDP_ETHERTYPE, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, FRAME_MAX),
		BPF_STMT(BPF_RET | BPF_K, 0),
	};
	const struct sock_fprog program = {.len = ARRAY_SIZE(code), .filter = code};
	const struct sockaddr_ll all = {.sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_ALL)};
	_cleanup_close_ int fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program)) < 0 ||
	    bind(fd, (const struct sockaddr *)&all, sizeof(all)) < 0)
		return -errno;
	return TAKE_FD(fd);
}

int lldp_may_listen(struct error **err)
{
	_cleanup_close_ int fd = open_socket();

	if (fd >= 0)
		return 0;
	error_errno(err, ERROR_USAGE, fd, "Cannot listen for neighbours (LLDP)");
	return error_hint(err, "Run as root, or without --lldp");
}

/* Gives the interface's index, or 0 when it is not there or nothing can be heard on it. */
static int join(int fd, const char *kernel_name)
{
	unsigned index = kernel_name ? if_nametoindex(kernel_name) : 0;
	struct packet_mreq request = {
		.mr_ifindex = (int)index, .mr_type = PACKET_MR_MULTICAST, .mr_alen = ETH_ALEN};

	if (index == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(groups); i++) {
		memcpy(request.mr_address, groups[i], ETH_ALEN);
		if (setsockopt(fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &request, sizeof(request)) <
		    0)
			return 0;
	}
	return (int)index;
}

static void add_neighbour(struct host_nic *nic, struct host_lldp *lldp)
{
	for (size_t i = 0; i < nic->n_lldp; i++)
		if (str_eq(nic->lldp[i].chassis_id, lldp->chassis_id) &&
		    str_eq(nic->lldp[i].port_id, lldp->port_id)) {
			lldp_neighbour_done(lldp);
			return;
		}
	if (nic->n_lldp == NEIGHBOURS_MAX)
		lldp_neighbour_done(lldp);
	else
		*ARRAY_APPEND(nic->lldp, nic->n_lldp) = *lldp;
}

/* Takes everything that is queued. */
static int receive(int fd, struct host_nic *nics, const int *indexes, size_t n)
{
	uint8_t frame[FRAME_MAX];

	for (;;) {
		struct sockaddr_ll from = {0};
		socklen_t from_length = sizeof(from);
		struct host_lldp lldp;
		ssize_t length = recvfrom(fd, frame, sizeof(frame), 0, (struct sockaddr *)&from,
					  &from_length);

		if (length < 0 && errno == EINTR)
			continue;
		/* A link that went down is told by an error once; the others go on. */
		if (length < 0)
			return errno == EAGAIN || errno == ENETDOWN ? 0 : -errno;
		/* An LLDP daemon of this machine talks too. */
		if (from.sll_pkttype == PACKET_OUTGOING ||
		    lldp_parse(frame, (size_t)length, &lldp) < 0)
			continue;
		for (size_t i = 0; i <= n; i++)
			if (i == n)
				lldp_neighbour_done(&lldp);
			else if (indexes[i] == from.sll_ifindex) {
				add_neighbour(&nics[i], &lldp);
				break;
			}
	}
}

static bool all_heard(const struct host_nic *nics, const int *indexes, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (indexes[i] && nics[i].has_link && nics[i].link && nics[i].n_lldp == 0)
			return false;
	return true;
}

int lldp_listen(struct host_nic *nics, size_t n, unsigned seconds)
{
	_cleanup_close_ int fd = open_socket();
	_cleanup_free_ int *indexes = xcalloc(n + 1, sizeof(*indexes));
	double end = clock_seconds() + seconds;
	int r = 0;

	if (fd < 0)
		return fd;
	for (size_t i = 0; i < n; i++) {
		indexes[i] = join(fd, nics[i].kernel_name);
		nics[i].has_lldp_seconds = indexes[i] && nics[i].has_link;
		nics[i].lldp_seconds = nics[i].has_lldp_seconds ? seconds : 0;
	}
	while (r == 0 && !all_heard(nics, indexes, n) && !proc_cancelled()) {
		struct pollfd poll_fd = {.fd = fd, .events = POLLIN};
		double left = end - clock_seconds();

		if (left <= 0)
			break;
		if (poll(&poll_fd, 1, (int)(left * 1000) + 1) > 0)
			r = receive(fd, nics, indexes, n);
	}
	return r;
}
