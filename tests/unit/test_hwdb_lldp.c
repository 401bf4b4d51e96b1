/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What neighbours announce: frames of switches, frames that are broken, and a cable to listen on.
 */
#include <arpa/inet.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "common/clock.h"
#include "hwdb/probe/lldp.h"
#include "tests/unit/network.h"

/* A frame is put together element by element. */
struct frame {
	uint8_t bytes[1500];
	size_t length;
};

static void add(struct frame *frame, unsigned type, const char *value, size_t length)
{
	uint8_t *at = frame->bytes + frame->length;

	assert_true(frame->length + 2 + length <= sizeof(frame->bytes));
	at[0] = (uint8_t)(type << 1 | length >> 8);
	at[1] = (uint8_t)length;
	memcpy(at + 2, value, length);
	frame->length += 2 + length;
}

#define ADD(frame, type, text) add(frame, type, text, sizeof(text) - 1)

static void add_head(struct frame *frame, const char *port)
{
	_cleanup_free_ char *id = xasprintf("\x05%s", port);

	ADD(frame, 1, "\x04\x00\x1b\x21\xaa\xbb\xcc");
	add(frame, 2, id, strlen(id));
	ADD(frame, 3, "\x00\x78");
}

static void test_switch(void **state _unused_)
{
	_cleanup_lldp_neighbour_ struct host_lldp lldp = {0};
	struct frame frame = {0};

	add_head(&frame, "Ethernet1/7");
	ADD(&frame, 4, "host 3, left");
	ADD(&frame, 5, "leaf-12");
	ADD(&frame, 6, "Switch OS 4.2\r\n(c) Somebody\x1b[2J\n");
	ADD(&frame, 7, "\x00\x14\x00\x14");
	ADD(&frame, 8, "\x05\x01\xc0\x00\x02\x0a\x02\x00\x00\x00\x01\x00");
	ADD(&frame, 8, "\x05\x01\xc0\x00\x02\x0b\x02\x00\x00\x00\x01\x00");
	ADD(&frame, 127, "\x00\x80\xc2\x01\x00\x14");
	ADD(&frame, 127, "\x00\x80\xc2\x03\x00\x14\x04mgmt");
	ADD(&frame, 127, "\x00\x80\xc2\x03\x0f\xa0\x00");
	ADD(&frame, 127, "\x00\x80\xc2\x07\x03\x00\x00\x00\x09");
	ADD(&frame, 127, "\x00\x12\x0f\x01\x03\x6c\x01\x00\x36");
	ADD(&frame, 127, "\x00\x12\x0f\x04\x24\x00");
	ADD(&frame, 127, "\xaa\xbb\xcc\x01who knows");
	ADD(&frame, 99, "a type of tomorrow");
	ADD(&frame, 0, "");
	/* What pads a frame to 60 bytes is no part of it. */
	memset(frame.bytes + frame.length, 0xff, 20);
	frame.length += 20;
	assert_int_equal(lldp_parse(frame.bytes, frame.length, &lldp), 0);
	assert_string_equal(lldp.chassis_id, "00:1b:21:aa:bb:cc");
	assert_string_equal(lldp.port_id, "Ethernet1/7");
	assert_string_equal(lldp.port_description, "host 3, left");
	assert_string_equal(lldp.system_name, "leaf-12");
	assert_string_equal(lldp.system_description, "Switch OS 4.2  (c) Somebody [2J");
	assert_int_equal(strv_length(lldp.capabilities), 2);
	assert_string_equal(lldp.capabilities[0], "bridge");
	assert_string_equal(lldp.capabilities[1], "router");
	assert_string_equal(lldp.management_address, "192.0.2.10");
	assert_true(lldp.has_port_vlan);
	assert_int_equal(lldp.port_vlan, 20);
	assert_int_equal(lldp.n_vlans, 2);
	assert_int_equal(lldp.vlans[0].id, 20);
	assert_string_equal(lldp.vlans[0].name, "mgmt");
	assert_int_equal(lldp.vlans[1].id, 4000);
	assert_null(lldp.vlans[1].name);
	assert_true(lldp.has_aggregation && lldp.aggregation_capable && lldp.aggregated);
	assert_int_equal(lldp.frame_max_bytes, 9216);
	assert_true(lldp.has_autoneg && lldp.autoneg);
	assert_int_equal(lldp.speed_mbps, 10000);
}

/* The least that is allowed says nothing beyond; subtypes of addresses and of text. */
static void test_ids(void **state _unused_)
{
	static const struct {
		const char *chassis;
		size_t chassis_length;
		const char *port;
		size_t port_length;
		const char *chassis_id, *port_id;
	} rows[] = {
		{"\x07switch", 7, "\x03\x02\x00\x00\x00\x00\x01", 7, "switch", "02:00:00:00:00:01"},
		{"\x05\x01\xc0\x00\x02\x01", 6, "\x01uplink", 7, "192.0.2.1", "uplink"},
		{"\x05\x02\x20\x01\x0d\xb8\0\0\0\0\0\0\0\0\0\0\0\x01", 18, "\x04\x01\x01\x02", 4,
		 "2001:db8::1", "01:02"},
		{"\x04\x01", 2, "\x05 \n", 3, "01", NULL},
	};

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_lldp_neighbour_ struct host_lldp lldp = {0};
		struct frame frame = {0};

		add(&frame, 1, rows[i].chassis, rows[i].chassis_length);
		add(&frame, 2, rows[i].port, rows[i].port_length);
		ADD(&frame, 3, "\x00\x78");
		assert_int_equal(lldp_parse(frame.bytes, frame.length, &lldp), 0);
		assert_true(str_eq(lldp.chassis_id, rows[i].chassis_id));
		assert_true(str_eq(lldp.port_id, rows[i].port_id));
		assert_false(lldp.has_port_vlan || lldp.has_speed || lldp.has_aggregation);
	}
}

/* Elements that are too short for what they are, or claim more than they hold, say nothing. */
static void test_short_elements(void **state _unused_)
{
	_cleanup_lldp_neighbour_ struct host_lldp lldp = {0};
	struct frame frame = {0};

	add_head(&frame, "1");
	ADD(&frame, 5, "");
	ADD(&frame, 7, "\x00\x04\x00");
	ADD(&frame, 8, "");
	ADD(&frame, 8, "\xff\x01\xc0\x00");
	ADD(&frame, 127, "\x00\x80");
	ADD(&frame, 127, "\x00\x80\xc2\x01\x00");
	ADD(&frame, 127, "\x00\x80\xc2\x01\x00\x00");
	ADD(&frame, 127, "\x00\x80\xc2\x03\x00\x14\x20short");
	ADD(&frame, 127, "\x00\x80\xc2\x07\x03");
	ADD(&frame, 127, "\x00\x12\x0f\x01\x03");
	ADD(&frame, 127, "\x00\x12\x0f\x01\x03\x6c\x01\xff\xff");
	ADD(&frame, 127, "\x00\x12\x0f\x04\x00\x00");
	assert_int_equal(lldp_parse(frame.bytes, frame.length, &lldp), 0);
	assert_null(lldp.system_name);
	assert_null(lldp.capabilities);
	assert_null(lldp.management_address);
	assert_false(lldp.has_port_vlan);
	assert_int_equal(lldp.n_vlans, 0);
	assert_false(lldp.has_aggregation);
	assert_false(lldp.has_speed);
	assert_false(lldp.has_frame_max);
}

static void assert_broken(const struct frame *frame, size_t length, int expected)
{
	struct host_lldp lldp = {0};

	assert_int_equal(lldp_parse(frame->bytes, length, &lldp), expected);
	assert_null(lldp.chassis_id);
}

static void test_broken_frames(void **state _unused_)
{
	struct frame good = {0}, frame;

	add_head(&good, "1");
	frame = good;
	/* Cut off anywhere before its three first elements are whole. */
	for (size_t length = 0; length < good.length; length++)
		assert_broken(&good, length, -EBADMSG);
	ADD(&frame, 5, "name");
	assert_broken(&frame, frame.length - 1, -EBADMSG);
	assert_broken(&frame, good.length + 1, -EBADMSG);
	/* The first three doubled, or in another order. */
	for (unsigned type = 1; type <= 3; type++) {
		frame = good;
		ADD(&frame, type, "\x04\x01");
		assert_broken(&frame, frame.length, -EBADMSG);
	}
	frame = (struct frame){0};
	ADD(&frame, 2,
	    "\x05"
	    "1");
	ADD(&frame, 1, "\x04\x01");
	ADD(&frame, 3, "\x00\x78");
	assert_broken(&frame, frame.length, -EBADMSG);
	/* A neighbour that goes. */
	frame = (struct frame){0};
	ADD(&frame, 1, "\x04\x01");
	ADD(&frame, 2,
	    "\x05"
	    "1");
	ADD(&frame, 3, "\x00\x00");
	assert_broken(&frame, frame.length, -ENODATA);
}

static void send_on(const char *name, const struct frame *frame)
{
	_cleanup_close_ int fd = socket(AF_PACKET, SOCK_DGRAM, 0);
	const struct sockaddr_ll to = {.sll_family = AF_PACKET,
				       .sll_protocol = htons(LLDP_ETHERTYPE),
				       .sll_ifindex = (int)if_nametoindex(name),
				       .sll_halen = ETH_ALEN,
				       .sll_addr = {0x01, 0x80, 0xc2, 0, 0, 0x0e}};

	assert_int_equal(sendto(fd, frame->bytes, frame->length, 0, (const void *)&to, sizeof(to)),
			 frame->length);
}

static void up(const char *name)
{
	assert_int_equal(proc_runl(NULL, "test", "ip", "link", "set", name, "up", NULL), 0);
}

/* Speaks on the far ends while the test listens at the near ones. */
static pid_t speak(const struct frame *first, const struct frame *second)
{
	pid_t pid = fork();

	if (pid != 0)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	/* Whenever the listener is there: until it has heard enough. */
	for (;;) {
		struct frame broken = {.bytes = "\xff\xff\xff", .length = 3};

		send_on("eth1", &broken);
		send_on("eth1", first);
		if (second)
			send_on("eth3", second);
		usleep(50 * 1000);
	}
}

static void test_live(void **state _unused_)
{
	char near[] = "eth0", also_near[] = "eth2", absent[] = "eth7";
	struct host_nic nics[] = {
		{.kernel_name = near, .has_link = true, .link = true},
		{.kernel_name = also_near, .has_link = true, .link = true},
		/* Without a link it is not waited for, and without being there it is not asked. */
		{.kernel_name = absent},
	};
	struct frame first = {0}, second = {0};
	double before = clock_seconds();
	pid_t pid;

	if (!unit_network_make())
		skip();
	for (unsigned i = 0; i < 4; i++)
		up((const char *[]){"eth0", "eth1", "eth2", "eth3"}[i]);
	add_head(&first, "one");
	add_head(&second, "two");
	assert_int_equal(lldp_may_listen(NULL), 0);
	pid = speak(&first, &second);
	assert_int_equal(lldp_listen(nics, ARRAY_SIZE(nics), 3600), 0);
	assert_true(clock_seconds() - before < 1800);
	assert_int_equal(kill(pid, SIGKILL), 0);
	assert_int_equal(waitpid(pid, NULL, 0), pid);
	/* The same neighbour again and again is one. */
	assert_int_equal(nics[0].n_lldp, 1);
	assert_string_equal(nics[0].lldp[0].port_id, "one");
	assert_int_equal(nics[1].n_lldp, 1);
	assert_string_equal(nics[1].lldp[0].port_id, "two");
	assert_true(nics[0].has_lldp_seconds);
	assert_int_equal(nics[0].lldp_seconds, 3600);
	assert_int_equal(nics[2].n_lldp, 0);
	assert_false(nics[2].has_lldp_seconds);
	for (size_t i = 0; i < ARRAY_SIZE(nics); i++) {
		for (size_t j = 0; j < nics[i].n_lldp; j++)
			lldp_neighbour_done(&nics[i].lldp[j]);
		free(nics[i].lldp);
	}
}

/* Nobody speaks: the time limit ends it. Runs in the network of the test before. */
static void test_silence(void **state _unused_)
{
	char near[] = "eth0";
	struct host_nic nic = {.kernel_name = near, .has_link = true, .link = true};
	double before = clock_seconds();

	if (if_nametoindex("eth3") == 0)
		skip();
	assert_int_equal(lldp_listen(&nic, 1, 1), 0);
	assert_true(clock_seconds() - before >= 1);
	assert_int_equal(nic.n_lldp, 0);
	assert_true(nic.has_lldp_seconds);
	/* No link at all: nothing to wait for. */
	nic.link = false;
	before = clock_seconds();
	assert_int_equal(lldp_listen(&nic, 1, 3600), 0);
	assert_true(clock_seconds() - before < 1800);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_switch),
		cmocka_unit_test(test_ids),
		cmocka_unit_test(test_short_elements),
		cmocka_unit_test(test_broken_frames),
		/* The last ones: the process stays in another network. */
		cmocka_unit_test(test_live),
		cmocka_unit_test(test_silence),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
