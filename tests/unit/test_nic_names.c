/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The names of an installed host's cards: a folder says what cards there are and what rules, links
 * of a namespace of our own bear the names. Skipped where the kernel gives us no namespace.
 */
#include <net/if.h>

#include "firstboot/nic_names.h"
#include "hwdb/host.h"
#include "tests/unit/network.h"

struct fixture {
	char *folder;
	struct fsroot *root;
	unsigned index[4]; /* of the links first called eth0 to eth3 */
};

static int set_up(void **state)
{
	struct fixture *f = xcalloc(1, sizeof(*f));

	f->folder = unit_folder_make();
	assert_int_equal(fsroot_open(f->folder, &f->root), 0);
	*state = f;
	if (!unit_network_make())
		return 0;
	for (unsigned i = 0; i < 4; i++)
		f->index[i] = if_nametoindex((const char *[]){"eth0", "eth1", "eth2", "eth3"}[i]);
	return 0;
}

static int tear_down(void **state)
{
	struct fixture *f = *state;

	fsroot_free(f->root);
	unit_folder_remove(f->folder);
	free(f);
	return 0;
}

static void write_text(struct fixture *f, const char *path, const char *text)
{
	assert_int_equal(fsroot_write_text(f->root, path, text, 0644), 0);
}

/* A card at 00:0N.0, as sysfs shows it below the link that has this index. */
static void add_card(struct fixture *f, unsigned place, unsigned index)
{
	char name[IF_NAMESIZE];
	_cleanup_free_ char *device = NULL, *address = NULL, *mac = NULL;
	_cleanup_free_ char *type = NULL, *link = NULL, *target = NULL;

	assert_non_null(if_indextoname(index, name));
	device = xasprintf("/sys/devices/pci0000:00/0000:00:0%u.0/net/%s/device", place, name);
	address = xasprintf("/sys/devices/pci0000:00/0000:00:0%u.0/net/%s/address", place, name);
	type = xasprintf("/sys/devices/pci0000:00/0000:00:0%u.0/net/%s/type", place, name);
	mac = xasprintf("aa:00:00:00:00:0%u", place);
	link = xasprintf("/sys/class/net/%s", name);
	target = xasprintf("../../devices/pci0000:00/0000:00:0%u.0/net/%s", place, name);
	write_text(f, address, mac);
	write_text(f, type, "1");
	assert_int_equal(fsroot_symlink(f->root, "../..", device), 0);
	assert_int_equal(fsroot_mkdir(f->root, "/sys/class/net", 0755), 0);
	assert_int_equal(fsroot_symlink(f->root, target, link), 0);
}

/* sysfs of this moment: links 0 and 1 are cards 1 and 2, link 2 is card 3. */
static void write_sysfs(struct fixture *f)
{
	for (unsigned i = 0; i < 3; i++)
		add_card(f, i + 1, f->index[i]);
}

static void forget_sysfs(struct fixture *f)
{
	for (unsigned i = 0; i < 8; i++) {
		_cleanup_free_ char *link = xasprintf("/sys/class/net/eth%u", i);

		(void)!fsroot_unlink(f->root, link);
	}
}

static void test_swapped_added_and_removed(void **state)
{
	struct fixture *f = *state;
	_cleanup_nic_names_ struct nic_names names = {0}, again = {0};
	_cleanup_error_ struct error *error = NULL;
	_cleanup_free_ char *joined = NULL, *later = NULL, *unchanged = NULL;

	if (!f->index[0])
		skip();
	write_sysfs(f);
	/* The kernel has found the two in the other order; eth2 and eth3 were taken out. */
	write_text(f, HOST_NIC_RULES,
		   "0:mac=\"aa:00:00:00:00:02\"\n1:mac=\"aa:00:00:00:00:01\"\n"
		   "2:mac=\"aa:00:00:00:00:08\"\n3:mac=\"aa:00:00:00:00:09\"\n");
	assert_int_equal(nic_names_apply(f->root, &names, &error), 0);
	joined = strv_join(names.names, " ");
	assert_string_equal(joined, "eth0 eth1 eth4");
	assert_int_equal(names.absent, 2);
	assert_int_equal(if_nametoindex("eth0"), f->index[1]);
	assert_int_equal(if_nametoindex("eth1"), f->index[0]);
	assert_int_equal(if_nametoindex("eth4"), f->index[2]);
	assert_int_equal(fsroot_read_text(f->root, HOST_NIC_RULES_LATER, &later), 0);
	assert_non_null(strstr(later, "\n4:mac=\"aa:00:00:00:00:03\""));
	assert_null(strstr(later, "aa:00:00:00:00:01"));
	/* At the next card's event nothing is left to do. */
	forget_sysfs(f);
	write_sysfs(f);
	assert_int_equal(nic_names_apply(f->root, &again, &error), 0);
	assert_int_equal(if_nametoindex("eth0"), f->index[1]);
	assert_int_equal(if_nametoindex("eth4"), f->index[2]);
	assert_int_equal(fsroot_read_text(f->root, HOST_NIC_RULES_LATER, &unchanged), 0);
	assert_string_equal(later, unchanged);
}

/* A card that came later keeps its name when another comes into a place before it. */
static void test_later_cards_stay(void **state)
{
	struct fixture *f = *state;
	_cleanup_nic_names_ struct nic_names names = {0}, again = {0};
	_cleanup_free_ char *later = NULL;

	if (!f->index[0])
		skip();
	write_text(f, HOST_NIC_RULES, "0:mac=\"aa:00:00:00:00:09\"\n");
	add_card(f, 9, f->index[0]);
	add_card(f, 5, f->index[3]);
	assert_int_equal(nic_names_apply(f->root, &names, NULL), 0);
	assert_int_equal(if_nametoindex("eth1"), f->index[3]);
	forget_sysfs(f);
	add_card(f, 9, f->index[0]);
	add_card(f, 5, f->index[3]);
	add_card(f, 1, f->index[2]);
	assert_int_equal(nic_names_apply(f->root, &again, NULL), 0);
	assert_int_equal(if_nametoindex("eth1"), f->index[3]);
	assert_int_equal(if_nametoindex("eth2"), f->index[2]);
	assert_int_equal(fsroot_read_text(f->root, HOST_NIC_RULES_LATER, &later), 0);
	assert_non_null(
		strstr(later, "\n1:mac=\"aa:00:00:00:00:05\"\n2:mac=\"aa:00:00:00:00:01\""));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(test_swapped_added_and_removed, set_up, tear_down),
		cmocka_unit_test_setup_teardown(test_later_cards_stay, set_up, tear_down),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
