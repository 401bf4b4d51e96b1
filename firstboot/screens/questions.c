/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fields are asked for at first boot. Labels and what is right come from the field table. */
#include "common/str.h"
#include "firstboot/screens/values.h"

#define STATIC  "admin-interface@proto", "static"
#define JOIN    "pool", "join"
#define STATIC6 "admin-interface@protov6", "static"

/* clang-format off */
const struct wizard_question wizard_questions[] = {
	{"admin-interface@name", TUI_CHOICE, NULL, NULL, "Choose the interface", NULL,
	 "The cable of the management network is in this one."},
	{"admin-interface@proto", TUI_CHOICE, NULL, NULL, NULL, NULL, "How the host gets its address."},
	{"admin-interface/ip", TUI_ADDRESS, STATIC, "An address is needed, such as 192.0.2.10", NULL,
	 "Four numbers with dots between, such as 192.0.2.10."},
	{"admin-interface/subnet-mask", TUI_ADDRESS, STATIC, "A mask is needed, such as 255.255.255.0",
	 NULL, "Such as 255.255.255.0."},
	{"admin-interface/gateway", TUI_ADDRESS, STATIC, "A gateway is needed, such as 192.0.2.1", NULL,
	 "A router in the same subnet."},
	{"name-server", TUI_ENTRY, NULL, NULL, NULL, NULL,
	 "Addresses of DNS servers, with blanks between. Empty: those that DHCP names."},
	{"admin-interface@vlan", TUI_NUMBER, NULL, NULL, NULL, NULL,
	 "Empty, or the VLAN of the management network, 1 to 4094."},
	{"admin-interface@protov6", TUI_CHOICE, NULL, NULL, NULL, NULL,
	 "Beside IPv4, or instead of it."},
	{"admin-interface/ipv6", TUI_ADDRESS, STATIC6, "An address is needed, such as 2001:db8::10/64",
	 NULL, "With its prefix, such as 2001:db8::10/64."},
	{"admin-interface/gatewayv6", TUI_ADDRESS, STATIC6, "A gateway is needed, such as 2001:db8::1",
	 NULL, "A router in the same subnet, or its fe80: address."},
	{"bond-port@name", TUI_TABLE, NULL, NULL, NULL, "Bond",
	 "Space marks further interfaces that carry the same network. None: no bond."},
	{"bond@mode", TUI_CHOICE, NULL, NULL, NULL, NULL,
	 "LACP wants the switch to do the same."},
	{"hostname", TUI_ENTRY, NULL, NULL, NULL, NULL,
	 "May hold a domain: node3.example.org. Empty: the DHCP server gives it."},
	{"root-password", TUI_PASSWORD, NULL, NULL, "Without a password nobody can log in", NULL,
	 "Six characters or more. It can be changed later with passwd."},
	{"timezone", TUI_LIST, NULL, NULL, NULL, NULL, "Region/City."},
	{"ntp@source", TUI_CHOICE, NULL, NULL, NULL, NULL, "Hosts of a pool need the same time."},
	{"ntp-server", TUI_ENTRY, "ntp@source", "manual", "At least one server is needed", NULL,
	 "Names or addresses, with blanks between."},
	{"guest-disk", TUI_TABLE, NULL, NULL, NULL, "Disks",
	 "Space marks disks for virtual machines. None: no local storage is made."},
	{"installation@sr-type", TUI_CHOICE, NULL, NULL, NULL, NULL, "What the storage is made of."},
	{"pool", TUI_CHOICE, NULL, NULL, NULL, NULL, "Hosts of a pool share storage, networks and guests."},
	{"pool@name", TUI_ENTRY, "pool", "create", "A name is needed", NULL,
	 "What the pool is called; other hosts can join it then."},
	{"pool@coordinator", TUI_ENTRY, JOIN, "The coordinator is needed, by its name or address", NULL,
	 "The pool's coordinator: a name or an address, with :port where it is not 443."},
	{"pool@user", TUI_ENTRY, JOIN, NULL, NULL, "Who may let hosts join; empty: root."},
	{"pool/password", TUI_PASSWORD, JOIN, "The pool wants a password", NULL,
	 "That user's, in the pool. It is sent when the certificate was confirmed."},
	{"pool@certificate-sha256", TUI_TEXT, JOIN, NULL, NULL, NULL},
	{"pool@force", TUI_TEXT, JOIN, NULL, NULL, NULL},
	/* Not asked, but part of what the host is. */
	{"network-backend", TUI_TEXT, NULL, NULL, NULL, NULL, NULL},
	/* Those of guest-disk that are not empty, once their loss was confirmed. */
	{"destroy-existing", TUI_TEXT, NULL, NULL, NULL, NULL, NULL},
	{0},
};
/* clang-format on */

static const struct {
	const char *name, *word, *label;
} words[] = {
	{"admin-interface@proto", "dhcp", "from the network, by DHCP"},
	{"admin-interface@proto", "static", "a fixed address"},
	{"admin-interface@proto", "none", "none"},
	{"admin-interface@protov6", "none", "none"},
	{"admin-interface@protov6", "autoconf", "from the router"},
	{"admin-interface@protov6", "dhcp", "from the network, by DHCPv6"},
	{"admin-interface@protov6", "static", "a fixed address"},
	{"bond@mode", "lacp", "LACP: all of them at once"},
	{"bond@mode", "active-backup", "one works, the others stand by"},
	{"bond@mode", "balance-slb", "spread by address (Open vSwitch alone)"},
	{"pool", "alone", "the host stays alone"},
	{"pool", "create", "the host begins a pool that others can join"},
	{"pool", "join", "the host joins a pool"},
	{"installation@sr-type", "lvm", "LVM: whole disks for virtual machines are set aside"},
	{"installation@sr-type", "ext", "ext: files, which take room as they fill (thin)"},
	{"ntp@source", "dhcp", "servers that DHCP names"},
	{"ntp@source", "default", "the distribution's servers"},
	{"ntp@source", "manual", "servers of your own"},
	{"ntp@source", "none", "the clock of this machine alone"},
};

const struct wizard_question *wizard_question(const char *name)
{
	for (const struct wizard_question *question = wizard_questions; question->name; question++)
		if (str_eq(question->name, name))
			return question;
	return NULL;
}

const char *wizard_name(const char *name)
{
	const struct wizard_question *question = wizard_question(name);

	return question ? question->name : NULL;
}

const char *wizard_word(const char *name, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		if (str_eq(words[i].name, name) && str_eq(words[i].word, word))
			return words[i].label;
	return NULL;
}
