/* SPDX-License-Identifier: GPL-3.0-or-later */
/* New names for network links: every permutation as a plan, and real links of a namespace. */
#include "tests/unit/unit.h"

#include <net/if.h>

#include "common/netdev.h"
#include "common/proc.h"
#include "tests/unit/network.h"

#define MAX 5

struct links {
	char *now[MAX];
	struct netdev_name names[MAX];
	size_t n;
	char **all;
};

static void links_done(struct links *links)
{
	for (size_t i = 0; i < links->n; i++)
		free(links->now[i]);
	strv_free(links->all);
}

/* "eth0>eth1 eth1>eth0 lo": two that want other names, one that is just there. */
static void parse(const char *text, struct links *ret)
{
	static char wanted[MAX][IFNAMSIZ];
	_cleanup_strv_ char **words = strv_split(text, " ");

	*ret = (struct links){0};
	for (char **word = words; word && *word; word++) {
		char *arrow = strchr(*word, '>');

		if (arrow) {
			*arrow = '\0';
			assert_int_equal(str_copy(wanted[ret->n], IFNAMSIZ, arrow + 1), 0);
			ret->now[ret->n] = xstrdup(*word);
			ret->names[ret->n] =
				(struct netdev_name){&ret->now[ret->n], wanted[ret->n]};
			ret->n++;
		}
		if (**word != '-')
			strv_add(&ret->all, *word);
	}
}

static void expect(const char *text, const char *expected)
{
	_cleanup_(links_done) struct links links;
	_cleanup_netdev_plan_ struct netdev_plan plan = {0};
	struct strbuf buf = {0};
	_cleanup_free_ char *got = NULL;

	parse(text, &links);
	assert_int_equal(netdev_plan(links.names, links.n, links.all, &plan), 0);
	for (size_t i = 0; i < plan.n; i++)
		strbuf_addf(&buf, "%s%s>%s", i ? " " : "", plan.steps[i].from, plan.steps[i].to);
	got = strbuf_take(&buf);
	assert_string_equal(got, expected);
}

static void test_plans(void **state _unused_)
{
	expect("lo", "");
	expect("eth0>eth0 eth1>eth1 lo", "");
	expect("enp3s0>eth0 lo", "enp3s0>eth0");
	/* In a row nothing has to step aside, whatever the order in which they are named. */
	expect("eth0>eth1 eth1>eth2", "eth1>eth2 eth0>eth1");
	expect("eth1>eth2 eth0>eth1", "eth1>eth2 eth0>eth1");
	/* In a circle one has to. */
	expect("eth0>eth1 eth1>eth0", "eth0>side0 eth1>eth0 side0>eth1");
	/* Who is none of ours makes room, and stays where it is then. */
	expect("eth0>eth1 eth1", "eth1>side0 eth0>eth1");
	expect("eth0>eth1 eth1 side0", "eth1>side1 eth0>eth1");
	/* What an interrupted run left behind is a name like others. */
	expect("side0>eth1 eth1>eth0", "eth1>eth0 side0>eth1");
	/* A card that went away meanwhile. */
	expect("-gone>eth0 eth1>eth0x", "eth1>eth0x");
}

static void test_one_name_for_two(void **state _unused_)
{
	_cleanup_(links_done) struct links links;
	struct netdev_plan plan;

	parse("eth0>eth2 eth1>eth2", &links);
	assert_int_equal(netdev_plan(links.names, links.n, links.all, &plan), -EINVAL);
}

/* Plays a plan as the kernel would, which refuses a name that is taken. */
static void play(const struct netdev_plan *plan, char names[][IFNAMSIZ], size_t n)
{
	for (size_t i = 0; i < plan->n; i++) {
		size_t who = n;

		for (size_t j = 0; j < n; j++) {
			assert_string_not_equal(names[j], plan->steps[i].to);
			if (str_eq(names[j], plan->steps[i].from))
				who = j;
		}
		assert_true(who < n);
		assert_int_equal(str_copy(names[who], sizeof(names[who]), plan->steps[i].to), 0);
	}
}

static void check_permutation(const unsigned *order)
{
	struct links links = {.n = MAX};
	_cleanup_netdev_plan_ struct netdev_plan plan = {0};
	char names[MAX][IFNAMSIZ], wanted[MAX][IFNAMSIZ];

	for (unsigned i = 0; i < MAX; i++) {
		snprintf(names[i], sizeof(names[i]), "eth%u", i);
		snprintf(wanted[i], sizeof(wanted[i]), "eth%u", order[i]);
		links.now[i] = xstrdup(names[i]);
		links.names[i] = (struct netdev_name){&links.now[i], wanted[i]};
		strv_add(&links.all, names[i]);
	}
	assert_int_equal(netdev_plan(links.names, MAX, links.all, &plan), 0);
	play(&plan, names, MAX);
	for (size_t i = 0; i < MAX; i++)
		assert_string_equal(names[i], wanted[i]);
	links_done(&links);
}

static unsigned permute(unsigned *order, unsigned at)
{
	unsigned count = 0;

	if (at == MAX) {
		check_permutation(order);
		return 1;
	}
	for (unsigned i = at; i < MAX; i++) {
		unsigned kept = order[at];

		order[at] = order[i];
		order[i] = kept;
		count += permute(order, at + 1);
		order[i] = order[at];
		order[at] = kept;
	}
	return count;
}

static void test_every_permutation(void **state _unused_)
{
	unsigned order[MAX] = {0, 1, 2, 3, 4};

	assert_int_equal(permute(order, 0), 120);
}

/* Skipped where the kernel gives us no network of our own. */
static void test_real_links(void **state _unused_)
{
	_cleanup_(links_done) struct links links;
	_cleanup_error_ struct error *error = NULL;
	unsigned index[3];

	if (!unit_network_make() ||
	    proc_runl(NULL, "test", "ip", "link", "set", "eth1", "up", NULL) < 0)
		skip();
	for (unsigned i = 0; i < 3; i++)
		index[i] = if_nametoindex((const char *[]){"eth0", "eth1", "eth2"}[i]);
	parse("eth0>eth1 eth1>eth2 eth2>eth0", &links);
	assert_int_equal(netdev_rename(links.names, links.n, &error), 0);
	assert_int_equal(if_nametoindex("eth1"), index[0]);
	assert_int_equal(if_nametoindex("eth2"), index[1]);
	assert_int_equal(if_nametoindex("eth0"), index[2]);
	assert_string_equal(links.now[0], "eth1");
	/* The fourth is none of ours, but in the way. */
	links_done(&links);
	parse("eth2>eth3", &links);
	assert_int_equal(netdev_rename(links.names, links.n, &error), 0);
	assert_int_equal(if_nametoindex("eth3"), index[1]);
	assert_true(if_nametoindex("side0") > 0);
	/* And again, with nothing left to do. */
	assert_int_equal(netdev_rename(links.names, links.n, &error), 0);
	/* A name that the kernel refuses. */
	links_done(&links);
	parse("eth0>a/b", &links);
	assert_true(netdev_rename(links.names, links.n, &error) < 0);
	assert_non_null(strstr(error->message, "cannot rename the network link eth0 to a/b"));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_plans),
		cmocka_unit_test(test_one_name_for_two),
		cmocka_unit_test(test_every_permutation),
		cmocka_unit_test(test_real_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
