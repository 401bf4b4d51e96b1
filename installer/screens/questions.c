/* SPDX-License-Identifier: GPL-3.0-or-later */
/* How fields are asked for. Names, help and what is right come from the field table. */
#include "common/str.h"
#include "installer/screens/flow.h"

#define STATIC "admin-interface@proto", "static"

/* clang-format off */
const struct question questions[] = {
	{"keymap", TUI_LIST, NULL, NULL, NULL},
	{"layout", TUI_CHOICE, NULL, NULL, NULL},
	{"installation@sr-type", TUI_CHOICE, NULL, NULL, NULL},
	{"source@type", TUI_CHOICE, NULL, NULL, NULL},
	{"source", TUI_ENTRY, "source@type", "url", "The address is needed, such as http://192.0.2.1/xenhost/"},
	{"root-password", TUI_PASSWORD, NULL, NULL, "Without a password nobody can log in"},
	{"admin-interface@name", TUI_CHOICE, NULL, NULL, NULL},
	{"admin-interface@proto", TUI_CHOICE, NULL, NULL, NULL},
	{"admin-interface/ip", TUI_ADDRESS, STATIC, "An address is needed, such as 192.0.2.10"},
	{"admin-interface/subnet-mask", TUI_ADDRESS, STATIC, "A mask is needed, such as 255.255.255.0"},
	{"admin-interface/gateway", TUI_ADDRESS, STATIC, "A gateway is needed, such as 192.0.2.1"},
	{"admin-interface@vlan", TUI_NUMBER, NULL, NULL, NULL},
	{"hostname", TUI_ENTRY, NULL, NULL, NULL},
	{"name-server", TUI_ENTRY, NULL, NULL, NULL},
	{"timezone", TUI_LIST, NULL, NULL, NULL},
	{"ntp@source", TUI_CHOICE, NULL, NULL, NULL},
	{"ntp-server", TUI_ENTRY, "ntp@source", "manual", "At least one server is needed"},
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
	{"admin-interface@proto", "dhcp", "from the network, by DHCP"},
	{"admin-interface@proto", "static", "a fixed address"},
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
	{"admin-interface@name", "The cable of the management network is in this one."},
	{"admin-interface/ip", "Four numbers with dots between, such as 192.0.2.10."},
	{"admin-interface/subnet-mask", "Such as 255.255.255.0."},
	{"admin-interface/gateway", "A router in the same subnet."},
	{"admin-interface@vlan", "Empty, or the VLAN of the management network, 1 to 4094."},
	{"name-server", "Addresses of DNS servers, with blanks between."},
	{"ntp@source", "Hosts of a pool need the same time."},
	{"ntp-server", "Names or addresses, with blanks between."},
};

const char *question_help(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(helps); i++)
		if (str_eq(helps[i].name, name))
			return helps[i].help;
	return field_find(name)->help;
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
