/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/network/links.h"

#include <errno.h>

#include "common/proc.h"
#include "common/str.h"

#define TAG              "network"
#define DHCP_SCRIPT      "/usr/lib/xenhost/dhcp.sh"
#define IFA_SCOPE_GLOBAL 0x00 /* fourth column of /proc/net/if_inet6 */

int link_set_up(const char *name, struct error **err)
{
	return proc_runl(err, TAG, "ip", "link", "set", "dev", name, "up", NULL);
}

bool link_has_carrier(const struct fsroot *root, const char *name)
{
	uint64_t carrier = 0;

	return fsroot_read_u64f(root, 10, &carrier, "/sys/class/net/%s/carrier", name) == 0 &&
	       carrier;
}

int link_add_vlan(const char *name, unsigned vlan, char **ret, struct error **err)
{
	_cleanup_free_ char *id = xasprintf("%u", vlan);
	_cleanup_free_ char *link = xasprintf("%s.%u", name, vlan);
	int r = proc_runl(err, TAG, "ip", "link", "add", "link", name, "name", link, "type", "vlan",
			  "id", id, NULL);

	if (r == 0)
		r = link_set_up(link, err);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(link);
	return 0;
}

static int write_resolv_conf(const struct fsroot *root, const struct network_config *config,
			     struct error **err)
{
	_cleanup_strbuf_ struct strbuf text = {0};
	int r;

	if (config->domain)
		strbuf_addf(&text, "search %s\n", config->domain);
	for (char **server = config->dns; server && *server; server++)
		strbuf_addf(&text, "nameserver %s\n", *server);
	r = fsroot_write_text(root, "/etc/resolv.conf", text.text ? text.text : "", 0644);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write /etc/resolv.conf");
	return 0;
}

int link_set_static(const struct fsroot *root, const char *name,
		    const struct network_config *config, struct error **err)
{
	_cleanup_free_ char *address = xasprintf("%s/%u", config->ip, config->prefix);
	int r = proc_runl(err, TAG, "ip", "addr", "replace", address, "dev", name, NULL);

	if (r == 0 && config->gateway)
		r = proc_runl(err, TAG, "ip", "route", "replace", "default", "via", config->gateway,
			      "dev", name, NULL);
	if (r == 0)
		r = write_resolv_conf(root, config, err);
	return r;
}

/*
 * -b with one short try: the client goes to the background at once and goes on asking there, so
 * that all NICs are asked at the same time and leases are renewed during long installations.
 */
int link_start_dhcp(const char *name, struct error **err)
{
	_cleanup_free_ char *pid_file = xasprintf("/run/xenhost/network/%s.pid", name),
			    *answers = xasprintf("%u", NETWORK_OPTION_ANSWERS),
			    *fingerprint = xasprintf("%u", NETWORK_OPTION_FINGERPRINT);

	return proc_runl(err, TAG, "udhcpc", "-i", name, "-b", "-t", "1", "-T", "1", "-A", "2",
			 "-O", "ntpsrv", "-O", "staticroutes", "-O", "search", "-O", answers, "-O",
			 fingerprint, "-s", DHCP_SCRIPT, "-p", pid_file, NULL);
}

int link_start_dhcp6(const char *name, struct error **err)
{
	_cleanup_free_ char *pid_file = xasprintf("/run/xenhost/network/%s.pid6", name);

	return proc_runl(err, TAG, "udhcpc6", "-i", name, "-b", "-t", "1", "-T", "1", "-A", "2",
			 "-s", DHCP_SCRIPT, "-p", pid_file, NULL);
}

char *link_lease_value(const struct fsroot *root, const char *name, const char *key)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ char *prefix = xasprintf("%s=", key);
	_cleanup_strv_ char **lines = NULL;

	if (fsroot_read_textf(root, &text, NETWORK_STATE_FOLDER "/%s.lease", name) < 0)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++)
		if (str_starts(*line, prefix) && (*line)[strlen(prefix)])
			return xstrdup(*line + strlen(prefix));
	return NULL;
}

char *link_lease_address(const struct fsroot *root, const char *name)
{
	return link_lease_value(root, name, "address");
}

bool link_has_global_v6(const struct fsroot *root, const char *name)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;

	if (fsroot_read_text(root, "/proc/net/if_inet6", &text) < 0)
		return false;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++) {
		char device[32];
		unsigned scope;

		if (sscanf(*line, "%*32s %*x %*x %x %*x %31s", &scope, device) == 2 &&
		    scope == IFA_SCOPE_GLOBAL && str_eq(device, name))
			return true;
	}
	return false;
}
