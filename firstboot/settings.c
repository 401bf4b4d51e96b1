/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/settings.h"

#include "common/str.h"
#include "firstboot/firstboot.h"
#include "firstboot/pool/engine.h"
#include "firstboot/pool_wish.h"

#define MANAGEMENT "management.conf"
#define NETWORKS   "/etc/systemd/network"
#define SOURCES    "/etc/chrony/sources.d/xenhost.sources"

/* Keys of data files, and the questions whose value they are. */
static const struct {
	const char *file, *key, *question;
} keys[] = {
	{MANAGEMENT, "LABEL", "admin-interface@name"},
	{MANAGEMENT, "MODE", "admin-interface@proto"},
	{MANAGEMENT, "IP", "admin-interface/ip"},
	{MANAGEMENT, "NETMASK", "admin-interface/subnet-mask"},
	{MANAGEMENT, "GATEWAY", "admin-interface/gateway"},
	{MANAGEMENT, "MODEV6", "admin-interface@protov6"},
	{MANAGEMENT, "IPv6", "admin-interface/ipv6"},
	{MANAGEMENT, "IPv6_GATEWAY", "admin-interface/gatewayv6"},
	{MANAGEMENT, "VLAN", "admin-interface@vlan"},
	{"xenhost-bond.conf", "MODE", "bond@mode"},
	{"xenhost-bond.conf", "PORTS", "bond-port@name"},
	/* What the installation named, for whoever has to join by hand. */
	{POOL_WISH, "COORDINATOR", "pool@coordinator"},
	{POOL_WISH, "CERTIFICATE", "pool@certificate-sha256"},
	{POOL_WISH, "USER", "pool@user"},
	{POOL_WISH, "NAME", "pool@name"},
};

static void set(struct wizard_values *values, const char *name, const char *text)
{
	if (!str_empty(text))
		wizard_set(values, wizard_name(name), text);
}

static void read_name_servers(const struct fsroot *root, struct wizard_values *values)
{
	_cleanup_free_ char *text = data_get(root, MANAGEMENT, "DNS");

	for (char *at = text; at && *at; at++)
		if (*at == ',')
			*at = ' ';
	set(values, "name-server", text);
}

static void read_line(const struct fsroot *root, const char *path, struct wizard_values *values,
		      const char *name)
{
	_cleanup_free_ char *text = NULL;

	if (fsroot_read_text(root, path, &text) == 0)
		set(values, name, str_trim(text));
}

/* "server NAME iburst" lines. */
static char *servers_of(const char *text)
{
	_cleanup_strv_ char **lines = strv_split(text, "\n");
	_cleanup_strbuf_ struct strbuf buf = {0};

	for (char **line = lines; line && *line; line++) {
		_cleanup_strv_ char **words = strv_split(*line, " \t");

		if (strv_length(words) > 1 && str_eq(words[0], "server"))
			strbuf_addf(&buf, "%s%s", buf.length ? " " : "", words[1]);
	}
	return strbuf_take(&buf);
}

static bool names_source(const char *text)
{
	_cleanup_strv_ char **lines = strv_split(text, "\n");

	for (char **line = lines; line && *line; line++)
		if (str_starts(*line, "pool ") || str_starts(*line, "server "))
			return true;
	return false;
}

static void read_time(const struct fsroot *root, struct wizard_values *values)
{
	_cleanup_free_ char *sources = NULL, *chrony = NULL;

	read_line(root, "/etc/timezone", values, "timezone");
	if (fsroot_exists(root, "/etc/systemd/system/xenhost-dhcp-time.path")) {
		set(values, "ntp@source", "dhcp");
	} else if (fsroot_read_text(root, SOURCES, &sources) == 0) {
		_cleanup_free_ char *servers = servers_of(sources);

		set(values, "ntp@source", "manual");
		set(values, "ntp-server", servers);
	} else if (fsroot_read_text(root, "/etc/chrony/chrony.conf", &chrony) == 0 &&
		   !names_source(chrony)) {
		set(values, "ntp@source", "none");
	} else {
		set(values, "ntp@source", "default");
	}
}

void settings_read(const struct fsroot *root, struct wizard_values *ret)
{
	*ret = (struct wizard_values){0};
	wizard_set(ret, wizard_name("admin-interface@protov6"), "none");
	wizard_set(ret, wizard_name("bond@mode"), "lacp");
	wizard_set(ret, wizard_name("pool"), "alone");
	wizard_set(ret, wizard_name("installation@sr-type"), "lvm");
	for (size_t i = 0; i < ARRAY_SIZE(keys); i++) {
		_cleanup_free_ char *text = data_get(root, keys[i].file, keys[i].key);

		set(ret, keys[i].question, text);
	}
	read_name_servers(root, ret);
	read_line(root, "/etc/xensource/network.conf", ret, "network-backend");
	read_line(root, "/etc/hostname", ret, "hostname");
	read_time(root, ret);
}

/* "30-NAME.network" is the planner's name for it. */
char *settings_device(const struct fsroot *root)
{
	_cleanup_strv_ char **names = NULL;

	if (fsroot_list(root, NETWORKS, &names) < 0)
		return NULL;
	for (char **name = names; name && *name; name++)
		if (str_starts(*name, "30-") && str_ends(*name, ".network"))
			return xstrndup(*name + 3, strlen(*name) - 3 - strlen(".network"));
	return NULL;
}

char *settings_root_hash(const struct fsroot *root)
{
	char *shadow = NULL, *hash = NULL, *at;

	if (fsroot_read_text(root, "/etc/shadow", &shadow) < 0)
		return NULL;
	at = str_starts(shadow, "root:") ? shadow : strstr(shadow, "\nroot:");
	if (at) {
		at = strchr(at, ':') + 1;
		if (*at == '$')
			hash = xstrndup(at, strcspn(at, ":\n"));
	}
	explicit_bzero(shadow, strlen(shadow));
	free(shadow);
	return hash;
}

bool settings_has_login(const struct fsroot *root)
{
	_cleanup_free_ char *hash = settings_root_hash(root);

	return hash || fsroot_exists(root, "/root/.ssh/authorized_keys");
}

const char *settings_network_owner(const struct fsroot *root)
{
	return join_engine_find("xapi")->is_carried(root)
		       ? "The toolstack of this host manages its network: xsconsole, or xe "
			 "pif-reconfigure-ip and xe host-management-reconfigure."
		       : NULL;
}
