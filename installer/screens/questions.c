/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fields are asked for. Names, help and what is right come from the field table. */
#include "common/str.h"
#include "installer/screens/flow.h"

#define STATIC  "admin-interface@proto", "static"
#define STATIC6 "admin-interface@protov6", "static"
#define OWN     OWN_LINK "admin-interface@proto", "static"
#define JOIN    "pool", "join"
#define BONDED  "bond-port@name", "*"

#define IP          "An address is needed, such as 192.0.2.10"
#define MASK        "A mask is needed, such as 255.255.255.0"
#define GATEWAY     "A gateway is needed, such as 192.0.2.1"
#define IP6         "An address is needed, such as 2001:db8::10/64"
#define GATE6       "A gateway is needed, such as 2001:db8::1"
#define ADDRESS     "The address is needed, such as http://192.0.2.1/xenhost/"
#define NOBODY      "Without a password nobody can log in"
#define USER        "The user is needed, such as root"
#define PASSWORD    "The user's password is needed"
#define COORDINATOR "The coordinator's address is needed, such as 192.0.2.20"
#define SERVER      "At least one server is needed"

/* clang-format off */
const struct question questions[] = {
	{"keymap", TUI_LIST, NULL, NULL, NULL, NULL},
	{"layout", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{"installation@sr-type", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{"source@type", TUI_CHOICE, NULL, NULL, NULL, NULL},
	{"source", TUI_ENTRY, "source@type", "url", ADDRESS, NULL},
	{OWN_LINK "admin-interface@name", TUI_CHOICE, NULL, NULL, NULL, NULL},
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
	{"layout", "xenserver", "XenServer's: room for logs, upgrades and a backup (46 GiB)"},
	{"layout", "small", "small: for disks from 16 GiB"},
	{"installation@sr-type", "lvm", "LVM: whole disks for virtual machines are set aside"},
	{"installation@sr-type", "ext", "ext: files, which take room as they fill (thin)"},
	{"source@type", "local", "this install medium"},
	{"source@type", "url", "a web or FTP server"},
	{"bond@mode", "lacp", "LACP: the switch knows of it; all cables at once"},
	{"bond@mode", "active-backup", "active-backup: one cable, the others for when it fails"},
	{"bond@mode", "balance-slb", "balance-slb: all cables, without the switch (Open vSwitch)"},
	{"admin-interface@proto", "dhcp", "from the network, by DHCP"},
	{"admin-interface@proto", "static", "a fixed address"},
	{"admin-interface@proto", "none", "no IPv4 address"},
	{OWN_LINK "admin-interface@proto", "dhcp", "from the network, by DHCP"},
	{OWN_LINK "admin-interface@proto", "static", "a fixed address"},
	{"admin-interface@protov6", "none", "no IPv6 address"},
	{"admin-interface@protov6", "autoconf", "as routers announce it (SLAAC)"},
	{"admin-interface@protov6", "dhcp", "from the network, by DHCPv6"},
	{"admin-interface@protov6", "static", "a fixed address"},
	{"pool", "none", "none: the host is on its own"},
	{"pool", "new", "a new one, which this host begins"},
	{"pool", "join", "one that is there, which this host joins at first boot"},
	{"ntp@source", "dhcp", "servers that DHCP names"},
	{"ntp@source", "default", "the distribution's servers"},
	{"ntp@source", "manual", "servers of your own"},
	{"ntp@source", "none", "the clock of this machine alone"},
};

/* Where the table's own sentence speaks of how a file is written. */
static const struct {
	const char *name, *help;
} helps[] = {
	{"root-password", "Six characters or more. It can be changed later with passwd."},
	{"source", "Its address begins with http://, https:// or ftp://."},
	{OWN_LINK "admin-interface@name", "The cable to the source's network is in this one."},
	{OWN_LINK "admin-interface@vlan", "Empty, or the VLAN of the source's network, 1 to 4094."},
	{"admin-interface@name", "Space marks, Left and Right change the column."},
	{"admin-interface/ip", "Four numbers with dots between, such as 192.0.2.10."},
	{"admin-interface/subnet-mask", "Such as 255.255.255.0."},
	{"admin-interface/gateway", "A router in the same subnet."},
	{"admin-interface@protov6", "How the host gets its IPv6 address."},
	{"admin-interface/ipv6", "With the length of its prefix, such as 2001:db8::10/64."},
	{"admin-interface/gatewayv6", "A router of that network, such as 2001:db8::1."},
	{"admin-interface@vlan", "Empty, or the VLAN of the management network, 1 to 4094."},
	{"bond-port@name", "Further cables of the management network, as one link."},
	{"name-server", "Addresses of DNS servers, with blanks between."},
	{"ssh-key", "A line as in id_ed25519.pub, or https://... where such lines stand."},
	{"pool", "Hosts of a pool share networks and storage, and guests move between them."},
	{"pool@coordinator", "The host that speaks for the pool: name or address."},
	{"pool@certificate-sha256",
	 "Empty: it is shown, to be compared. No other may answer then."},
	{"ntp@source", "Hosts of a pool need the same time."},
	{"ntp-server", "Names or addresses, with blanks between."},
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
