/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/network/network.h"

#include <arpa/inet.h>

#include "common/bootline.h"
#include "common/str.h"

#define VLAN_MAX 4094

void network_config_free(struct network_config *config)
{
	if (!config)
		return;
	free(config->device);
	free(config->ip);
	free(config->gateway);
	free(config->domain);
	strv_free(config->dns);
	strv_free(config->bond);
	free(config);
}

bool network_config_requested(const char *command_line)
{
	return bootline_has(command_line, "network_device") ||
	       bootline_has(command_line, "answerfile_device") ||
	       bootline_has(command_line, "network_config");
}

static int bad_config(struct error **err, const char *part, const char *why)
{
	error_set(err, ERROR_USER, "boot line: network_config: \"%s\" %s", part, why);
	return error_hint(err, "Write network_config=dhcp, dhcp:vlan=N, or "
			       "static:ip=192.0.2.7;netmask=255.255.255.0;gateway=192.0.2.1;"
			       "dns=192.0.2.1[;domain=D][;vlan=N], with bond=eth0,eth1 if need be; "
			       "in GRUB and iPXE put quotes around it.");
}

static bool is_address(const char *text)
{
	struct in6_addr address;

	return inet_pton(AF_INET, text, &address) == 1 || inet_pton(AF_INET6, text, &address) == 1;
}

/* "255.255.255.0", "24", or IPv6's "64"; false for a mask with holes. */
static bool mask_to_prefix(const char *text, unsigned *ret)
{
	struct in_addr address;
	uint32_t mask;

	if (inet_pton(AF_INET, text, &address) != 1)
		return str_to_uint(text, 1, 128, ret) == 0;
	mask = ntohl(address.s_addr);
	if (!mask || (~mask & (~mask + 1)))
		return false;
	*ret = (unsigned)__builtin_popcount(mask);
	return true;
}

static int parse_address(const char *part, const char *value, char **ret, struct error **err)
{
	if (!is_address(value))
		return bad_config(err, part, "is not an IP address");
	free(*ret);
	*ret = xstrdup(value);
	return 0;
}

static const struct {
	const char *word, *mode; /* as ip(8) has it */
} bond_modes[] = {
	{"lacp", "802.3ad"},
	{"802.3ad", "802.3ad"},
	{"active-backup", "active-backup"},
};

const char *network_bond_mode(const char *word)
{
	for (size_t i = 0; i < ARRAY_SIZE(bond_modes); i++)
		if (str_eq(word, bond_modes[i].word))
			return bond_modes[i].mode;
	return NULL;
}

static int parse_bond_mode(struct network_config *config, const char *part, const char *value,
			   struct error **err)
{
	config->bond_mode = network_bond_mode(value);
	return config->bond_mode ? 0 : bad_config(err, part, "is neither lacp nor active-backup");
}

static int parse_dns(struct network_config *config, const char *part, const char *value,
		     struct error **err)
{
	strv_free(config->dns);
	config->dns = strv_split(value, ",");
	for (char **server = config->dns; server && *server; server++)
		if (!is_address(*server))
			return bad_config(err, part, "names no IP addresses");
	return 0;
}

/* One "key=value" of the configuration. */
static int parse_part(struct network_config *config, const char *part, struct error **err)
{
	const char *equals = strchr(part, '=');
	_cleanup_free_ char *key = equals ? xstrndup(part, (size_t)(equals - part)) : NULL;
	const char *value = equals ? equals + 1 : "";

	if (str_eq(key, "vlan")) {
		if (str_to_uint(value, 1, VLAN_MAX, &config->vlan) < 0)
			return bad_config(err, part, "is not a VLAN from 1 to 4094");
		return 0;
	}
	if (str_eq(key, "bond")) {
		strv_free(config->bond);
		config->bond = strv_split(value, ",");
		return config->bond ? 0 : bad_config(err, part, "names no ports");
	}
	if (str_eq(key, "bond-mode"))
		return parse_bond_mode(config, part, value, err);
	if (!config->is_static)
		return bad_config(err, part, "does not belong to dhcp");
	if (str_eq(key, "ip"))
		return parse_address(part, value, &config->ip, err);
	if (str_eq(key, "gateway"))
		return parse_address(part, value, &config->gateway, err);
	if (str_eq(key, "netmask"))
		return mask_to_prefix(value, &config->prefix)
			       ? 0
			       : bad_config(err, part, "is not a netmask");
	if (str_eq(key, "domain")) {
		free(config->domain);
		config->domain = xstrdup(value);
		return 0;
	}
	if (str_eq(key, "dns"))
		return parse_dns(config, part, value, err);
	return bad_config(err, part, "is unknown");
}

static int parse_config(struct network_config *config, const char *text, struct error **err)
{
	_cleanup_free_ char *lower = str_lower(text);
	char *colon = strchr(lower, ':');
	_cleanup_strv_ char **parts = NULL;
	int r;

	if (colon) {
		*colon = '\0';
		parts = strv_split(colon + 1, ";");
	}
	if (!str_eq(lower, "dhcp") && !str_eq(lower, "static"))
		return bad_config(err, lower, "is neither dhcp nor static");
	config->is_static = str_eq(lower, "static");
	for (char **part = parts; part && *part; part++) {
		r = parse_part(config, *part, err);
		if (r < 0)
			return r;
	}
	if (config->is_static && (!config->ip || !config->prefix))
		return bad_config(err, text, "lacks ip= or netmask=");
	if (config->is_static && config->prefix > 32 && !strchr(config->ip, ':'))
		return bad_config(err, text, "has a netmask that IPv4 does not know");
	if (config->bond_mode && !config->bond)
		return bad_config(err, text, "has a bond-mode=, but no bond=");
	if (config->bond && !config->bond_mode)
		config->bond_mode = bond_modes[0].mode;
	return 0;
}

int network_config_parse(const char *command_line, struct network_config **ret, struct error **err)
{
	_cleanup_network_config_ struct network_config *config = xcalloc(1, sizeof(*config));
	_cleanup_free_ char *device = bootline_get(command_line, "network_device");
	_cleanup_free_ char *text = bootline_get(command_line, "network_config");
	int r;

	if (!device)
		device = bootline_get(command_line, "answerfile_device");
	config->device = device ? str_lower(device) : xstrdup("all");
	if (text) {
		r = parse_config(config, text, err);
		if (r < 0)
			return r;
	}
	if (config->is_static && !config->bond && str_eq(config->device, "all")) {
		error_set(err, ERROR_USER, "boot line: a static address needs one NIC");
		return error_hint(err, "Add network_device=ethN or network_device=MAC.");
	}
	*ret = TAKE_PTR(config);
	return 0;
}
