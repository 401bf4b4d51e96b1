/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fields are asked for at first boot. Labels and what is right come from the field table. */
#include "common/i18n.h"
#include "common/str.h"
#include "firstboot/screens/values.h"

#define STATIC  "admin-interface@proto", "static"
#define JOIN    "pool", "join"
#define STATIC6 "admin-interface@protov6", "static"

/* clang-format off */
const struct wizard_question wizard_questions[] = {
	{"admin-interface@name", TUI_CHOICE, NULL, NULL, N_("Choose the interface"), NULL,
	 N_("The cable of the management network is in this one.")},
	{"admin-interface@proto", TUI_CHOICE, NULL, NULL, NULL, NULL, N_("How the host gets its address.")},
	{"admin-interface/ip", TUI_ADDRESS, STATIC, N_("An address is needed, such as 192.0.2.10"), NULL,
	 N_("Four numbers with dots between, such as 192.0.2.10.")},
	{"admin-interface/subnet-mask", TUI_ADDRESS, STATIC, N_("A mask is needed, such as 255.255.255.0"),
	 NULL, N_("Such as 255.255.255.0.")},
	{"admin-interface/gateway", TUI_ADDRESS, STATIC, N_("A gateway is needed, such as 192.0.2.1"), NULL,
	 N_("A router in the same subnet.")},
	{"name-server", TUI_ENTRY, NULL, NULL, NULL, NULL,
	 N_("Addresses of DNS servers, with blanks between. Empty: those that DHCP names.")},
	{"admin-interface@vlan", TUI_NUMBER, NULL, NULL, NULL, NULL,
	 N_("Empty, or the VLAN of the management network, 1 to 4094.")},
	{"admin-interface@protov6", TUI_CHOICE, NULL, NULL, NULL, NULL,
	 N_("Beside IPv4, or instead of it.")},
	{"admin-interface/ipv6", TUI_ADDRESS, STATIC6, N_("An address is needed, such as 2001:db8::10/64"),
	 NULL, N_("With its prefix, such as 2001:db8::10/64.")},
	{"admin-interface/gatewayv6", TUI_ADDRESS, STATIC6, N_("A gateway is needed, such as 2001:db8::1"),
	 NULL, N_("A router in the same subnet, or its fe80: address.")},
	{"bond-port@name", TUI_TABLE, NULL, NULL, NULL, N_("Bond"),
	 N_("Space marks further interfaces that carry the same network. None: no bond.")},
	{"bond@mode", TUI_CHOICE, NULL, NULL, NULL, NULL,
	 N_("LACP wants the switch to do the same.")},
	{"hostname", TUI_ENTRY, NULL, NULL, NULL, NULL,
	 N_("May hold a domain: node3.example.org. Empty: the DHCP server gives it.")},
	{"root-password", TUI_PASSWORD, NULL, NULL, N_("Without a password nobody can log in"), NULL,
	 N_("Six characters or more. It can be changed later with passwd.")},
	{"timezone", TUI_LIST, NULL, NULL, NULL, NULL, N_("Region/City.")},
	{"ntp@source", TUI_CHOICE, NULL, NULL, NULL, NULL, N_("Hosts of a pool need the same time.")},
	{"ntp-server", TUI_ENTRY, "ntp@source", "manual", N_("At least one server is needed"), NULL,
	 N_("Names or addresses, with blanks between.")},
	{"guest-disk", TUI_TABLE, NULL, NULL, NULL, N_("Disks"),
	 N_("Space marks disks for virtual machines. None: no local storage is made.")},
	{"installation@sr-type", TUI_CHOICE, NULL, NULL, NULL, NULL, N_("What the storage is made of.")},
	{"pool", TUI_CHOICE, NULL, NULL, NULL, NULL, N_("Hosts of a pool share storage, networks and guests.")},
	{"pool@name", TUI_ENTRY, "pool", "create", N_("A name is needed"), NULL,
	 N_("What the pool is called; other hosts can join it then.")},
	{"pool@coordinator", TUI_ENTRY, JOIN, N_("The coordinator is needed, by its name or address"), NULL,
	 N_("The pool's coordinator: name or address, with :port where it is not 443.")},
	{"pool@user", TUI_ENTRY, JOIN, NULL, NULL, N_("Who may let hosts join; empty: root.")},
	{"pool/password", TUI_PASSWORD, JOIN, N_("The pool wants a password"), NULL,
	 N_("That user's, in the pool. It is sent when the certificate was confirmed.")},
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
	{"admin-interface@proto", "dhcp", N_("from the network, by DHCP")},
	{"admin-interface@proto", "static", N_("a fixed address")},
	{"admin-interface@proto", "none", "none"},
	{"admin-interface@protov6", "none", "none"},
	{"admin-interface@protov6", "autoconf", N_("from the router")},
	{"admin-interface@protov6", "dhcp", N_("from the network, by DHCPv6")},
	{"admin-interface@protov6", "static", N_("a fixed address")},
	{"bond@mode", "lacp", N_("LACP: all of them at once")},
	{"bond@mode", "active-backup", N_("one works, the others stand by")},
	{"bond@mode", "balance-slb", N_("spread by address (Open vSwitch alone)")},
	{"pool", "alone", N_("the host stays alone")},
	{"pool", "create", N_("the host begins a pool that others can join")},
	{"pool", "join", N_("the host joins a pool")},
	{"installation@sr-type", "lvm", N_("LVM: whole disks for virtual machines are set aside")},
	{"installation@sr-type", "ext", N_("ext: files, which take room as they fill (thin)")},
	{"ntp@source", "dhcp", N_("servers that DHCP names")},
	{"ntp@source", "default", N_("the distribution's servers")},
	{"ntp@source", "manual", N_("servers of your own")},
	{"ntp@source", "none", N_("the clock of this machine alone")},
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
