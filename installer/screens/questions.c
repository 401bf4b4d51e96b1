/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fields are asked for. Names, help and what is right come from the field table. */
#include "common/i18n.h"
#include "common/str.h"
#include "installer/screens/flow.h"

#define STATIC     "admin-interface@proto", "static"
#define STATIC6    "admin-interface@protov6", "static"
#define OWN        OWN_LINK "admin-interface@proto", "static"
#define JOIN       "pool", "join"
#define BONDED     "bond-port@name", "*"
#define OWN_BONDED OWN_LINK "bond-port@name", "*"

#define IP          N_("An address is needed, such as 192.0.2.10")
#define MASK        N_("A mask is needed, such as 255.255.255.0")
#define GATEWAY     N_("A gateway is needed, such as 192.0.2.1")
#define IP6         N_("An address is needed, such as 2001:db8::10/64")
#define GATE6       N_("A gateway is needed, such as 2001:db8::1")
#define ADDRESS     N_("The address is needed, such as http://192.0.2.1/xenhost/")
#define NOBODY      N_("Without a password nobody can log in")
#define USER        N_("The user is needed, such as root")
#define PASSWORD    N_("The user's password is needed")
#define COORDINATOR N_("The coordinator's address is needed, such as 192.0.2.20")
#define SERVER      N_("At least one server is needed")

/* clang-format off */
const struct question questions[] = {
	{"keymap", TUI_LIST, NULL, NULL, NULL, NULL},
	{"layout", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{"installation@sr-type", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{"source@type", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{"source", TUI_ENTRY, "source@type", "url", ADDRESS, NULL},
	{OWN_LINK "admin-interface@name", TUI_TABLE, NULL, NULL, NULL, NULL},
	{OWN_LINK "bond-port@name", TUI_TABLE, NULL, NULL, NULL, OWN_LINK "admin-interface@name"},
	{OWN_LINK "bond@mode", TUI_CHOICE, OWN_BONDED, NULL, NULL},
	{OWN_LINK "admin-interface@proto", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{OWN_LINK "admin-interface/ip", TUI_ADDRESS, OWN, IP, NULL},
	{OWN_LINK "admin-interface/subnet-mask", TUI_ADDRESS, OWN, MASK, NULL},
	{OWN_LINK "admin-interface/gateway", TUI_ADDRESS, OWN, GATEWAY, NULL},
	{OWN_LINK "name-server", TUI_ENTRY, OWN, NULL, NULL},
	{OWN_LINK "admin-interface@vlan", TUI_NUMBER, NULL, NULL, NULL, NULL},
	{"root-password", TUI_PASSWORD, NULL, NULL, NOBODY, NULL},
	{"admin-interface@name", TUI_TABLE, NULL, NULL, NULL, NULL},
	{"bond-port@name", TUI_TABLE, NULL, NULL, NULL, "admin-interface@name"},
	{"bond@mode", TUI_CHOICE, BONDED, NULL, NULL},
	{"admin-interface@vlan", TUI_NUMBER, NULL, NULL, NULL, NULL},
	{"admin-interface@proto", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{"admin-interface/ip", TUI_ADDRESS, STATIC, IP, NULL},
	{"admin-interface/subnet-mask", TUI_ADDRESS, STATIC, MASK, NULL},
	{"admin-interface/gateway", TUI_ADDRESS, STATIC, GATEWAY, NULL},
	{"admin-interface@protov6", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{"admin-interface/ipv6", TUI_ADDRESS, STATIC6, IP6, NULL},
	{"admin-interface/gatewayv6", TUI_ADDRESS, STATIC6, GATE6, NULL},
	{"hostname", TUI_ENTRY, NULL, NULL, NULL, NULL},
	{"name-server", TUI_ENTRY, NULL, NULL, NULL, NULL},
	{"ssh-key", TUI_ENTRY, NULL, NULL, NULL, NULL},
	{"ssh-key#2", TUI_ENTRY, "ssh-key", "*", NULL, NULL},
	{"ssh-key#3", TUI_ENTRY, "ssh-key#2", "*", NULL, NULL},
	{"ssh-key#4", TUI_ENTRY, "ssh-key#3", "*", NULL, NULL},
	{"ssh-key#5", TUI_ENTRY, "ssh-key#4", "*", NULL, NULL},
	{"timezone", TUI_LIST, NULL, NULL, NULL, NULL},
	{"ntp@source", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{"ntp-server", TUI_ENTRY, "ntp@source", "manual", SERVER, NULL},
	{"pool", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{"pool@name", TUI_ENTRY, "pool", "new", NULL, NULL},
	{"pool@coordinator", TUI_ENTRY, JOIN, COORDINATOR, NULL},
	{"pool@user", TUI_ENTRY, JOIN, USER, NULL},
	{"pool/password", TUI_PASSWORD, JOIN, PASSWORD, NULL},
	{"pool@certificate-sha256", TUI_ENTRY, JOIN, NULL, NULL},
	{0},
};
/* clang-format on */

static const struct {
	const char *name, *word, *label;
} labels[] = {
	{"layout", "xenserver", N_("XenServer's: room for logs, upgrades and a backup (46 GiB)")},
	{"layout", "small", N_("small: for disks from 16 GiB")},
	{"installation@sr-type", "lvm", N_("LVM: whole disks for virtual machines are set aside")},
	{"installation@sr-type", "ext", N_("ext: files, which take room as they fill (thin)")},
	{"source@type", "local", N_("this install medium")},
	{"source@type", "url", N_("a web, FTP or NFS server")},
	{"bond@mode", "lacp", N_("LACP: the switch knows of it; all cables at once")},
	{"bond@mode", "active-backup",
	 N_("active-backup: one cable, the others for when it fails")},
	{"bond@mode", "balance-slb",
	 N_("balance-slb: all cables, without the switch (Open vSwitch)")},
	{OWN_LINK "bond@mode", "lacp", N_("LACP: the switch knows of it; all cables at once")},
	{OWN_LINK "bond@mode", "active-backup",
	 N_("active-backup: one cable, the others for when it fails")},
	{"admin-interface@proto", "dhcp", N_("from the network, by DHCP")},
	{"admin-interface@proto", "static", N_("a fixed address")},
	{"admin-interface@proto", "none", N_("no IPv4 address")},
	{OWN_LINK "admin-interface@proto", "dhcp", N_("from the network, by DHCP")},
	{OWN_LINK "admin-interface@proto", "static", N_("a fixed address")},
	{"admin-interface@protov6", "none", N_("no IPv6 address")},
	{"admin-interface@protov6", "autoconf", N_("as routers announce it (SLAAC)")},
	{"admin-interface@protov6", "dhcp", N_("from the network, by DHCPv6")},
	{"admin-interface@protov6", "static", N_("a fixed address")},
	{"pool", "none", N_("none: the host is on its own")},
	{"pool", "new", N_("a new one, which this host begins")},
	{"pool", "join", N_("one that is there, which this host joins at first boot")},
	{"ntp@source", "dhcp", N_("servers that DHCP names")},
	{"ntp@source", "default", N_("the distribution's servers")},
	{"ntp@source", "manual", N_("servers of your own")},
	{"ntp@source", "none", N_("the clock of this machine alone")},
};

/* Where the table's own sentence speaks of how a file is written. */
static const struct {
	const char *name, *help;
} helps[] = {
	{"source@type",
	 N_("Both hold the same; a server may be newer, a medium needs no network.")},
	{"root-password", N_("Six characters or more. It can be changed later with passwd.")},
	{"source", N_("Its address begins with http://, https://, ftp:// or nfs://.")},
	{OWN_LINK "admin-interface@name", N_("The cable to the source's network is in this one.")},
	{OWN_LINK "bond@mode", N_("LACP needs a switch that speaks it on these ports.")},
	{OWN_LINK "bond-port@name", N_("Further cables of the source's network, as one link.")},
	{OWN_LINK "admin-interface@vlan",
	 N_("Empty, or the VLAN of the source's network, 1 to 4094.")},
	{"admin-interface@name", N_("Space marks, Left and Right change the column.")},
	{"admin-interface/ip", N_("Four numbers with dots between, such as 192.0.2.10.")},
	{"admin-interface/subnet-mask", N_("Such as 255.255.255.0.")},
	{"admin-interface/gateway", N_("A router in the same subnet.")},
	{"admin-interface@protov6", N_("How the host gets its IPv6 address.")},
	{"admin-interface/ipv6", N_("With the length of its prefix, such as 2001:db8::10/64.")},
	{"admin-interface/gatewayv6", N_("A router of that network, such as 2001:db8::1.")},
	{"admin-interface@vlan", N_("Empty, or the VLAN of the management network, 1 to 4094.")},
	{"bond-port@name", N_("Further cables of the management network, as one link.")},
	{"hostname",
	 N_("May hold a domain, as node3.example.org does. Letters, digits and hyphens.")},
	{"name-server", N_("Addresses of DNS servers, with blanks between.")},
	{"ssh-key", N_("A line as in id_ed25519.pub, or https://... where such lines stand.")},
	{"pool", N_("Hosts of a pool share networks and storage, and guests move between them.")},
	{"pool@coordinator", N_("The host that speaks for the pool: name or address.")},
	{"pool@certificate-sha256",
	 N_("Empty: it is shown, to be compared. No other may answer then.")},
	{"ntp@source", N_("Hosts of a pool need the same time.")},
	{"ntp-server", N_("Names or addresses, with blanks between.")},
};

/* Where a finding's own hint speaks of how a file is written. */
static const struct {
	const char *name, *remedy;
} remedies[] = {
	{"admin-interface@proto", N_("choose another way, for IPv4 or for IPv6")},
};

/* Without what stands before and behind it, for tables that know nothing of either. */
static char *plain_name(const char *name)
{
	if (str_starts(name, OWN_LINK))
		name += strlen(OWN_LINK);
	return xstrndup(name, strcspn(name, "#"));
}

const struct field *question_field(const char *name)
{
	_cleanup_free_ char *plain = plain_name(name);

	return field_find(plain);
}

static const char *find_help(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(helps); i++)
		if (str_eq(helps[i].name, name))
			return helps[i].help;
	return NULL;
}

const char *question_help(const char *name)
{
	_cleanup_free_ char *plain = plain_name(name);

	return find_help(name) ?: find_help(plain) ?: question_field(name)->help;
}

const char *question_remedy(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(remedies); i++)
		if (str_eq(remedies[i].name, name))
			return _(remedies[i].remedy);
	return NULL;
}

bool question_offers(const char *name, size_t index, const char **ret_word)
{
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++) {
		if (!str_eq(labels[i].name, name) || index-- > 0)
			continue;
		*ret_word = labels[i].word;
		return true;
	}
	return false;
}

const struct question *question_in(const char *name)
{
	for (const struct question *question = questions; question->name; question++)
		if (question->in && str_eq(question->in, name))
			return question;
	return NULL;
}

const struct question *question_find(const char *name)
{
	for (const struct question *question = questions; question->name; question++)
		if (str_eq(question->name, name))
			return question;
	return NULL;
}

const char *question_label(const char *name, const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(labels); i++)
		if (str_eq(labels[i].name, name) && str_eq(labels[i].word, word))
			return labels[i].label;
	return NULL;
}
