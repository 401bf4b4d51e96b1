/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/network/links.h"

#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "common/log.h"
#include "common/proc.h"
#include "common/str.h"

#define TAG         "network"
#define DHCP_SCRIPT "/usr/lib/xenhost/dhcp.sh"
/* Fourth and fifth column of /proc/net/if_inet6. */
#define IFA_SCOPE_GLOBAL 0x00
#define IFA_TENTATIVE    0x40
#define IFA_DADFAILED    0x08

static const char *script = DHCP_SCRIPT;

void links_set_script(const char *path)
{
	script = path ? path : DHCP_SCRIPT;
}

int link_set_up(const char *name, struct error **err)
{
	return proc_runl(err, TAG, "ip", "link", "set", "dev", name, "up", NULL);
}

void links_set_up(char *const *names)
{
	_cleanup_close_ int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	for (; fd >= 0 && names && *names; names++) {
		struct ifreq request = {0};

		if (str_copy(request.ifr_name, sizeof(request.ifr_name), *names) < 0 ||
		    ioctl(fd, SIOCGIFFLAGS, &request) < 0)
			continue;
		request.ifr_flags |= IFF_UP;
		if (ioctl(fd, SIOCSIFFLAGS, &request) < 0)
			log_warning(TAG, "%s cannot be brought up: %s", *names, strerror(errno));
	}
}

bool link_has_carrier(const struct fsroot *root, const char *name)
{
	uint64_t carrier = 0;

	return fsroot_read_u64f(root, 10, &carrier, "/sys/class/net/%s/carrier", name) == 0 &&
	       carrier;
}

bool link_exists(const struct fsroot *root, const char *name)
{
	return fsroot_existsf(root, "/sys/class/net/%s", name);
}

int link_add_vlan(const struct fsroot *root, const char *name, unsigned vlan, char **ret,
		  struct error **err)
{
	_cleanup_free_ char *id = xasprintf("%u", vlan);
	_cleanup_free_ char *link = xasprintf("%s.%u", name, vlan);
	int r = 0;

	if (!link_exists(root, link))
		r = proc_runl(err, TAG, "ip", "link", "add", "link", name, "name", link, "type",
			      "vlan", "id", id, NULL);
	if (r == 0)
		r = link_set_up(link, err);
	if (r < 0)
		return r;
	*ret = TAKE_PTR(link);
	return 0;
}

/* DHCP's script, for what it does with every lease. */
static int run_script(const char *event, const char *name, struct error **err)
{
	_cleanup_free_ char *interface = xasprintf("interface=%s", name);
	const char *const argv[] = {script, event, NULL}, *const env[] = {interface, NULL};
	const struct proc proc = {.argv = argv, .env = env, .tag = TAG, .timeout_s = 30};

	return proc_run(&proc, NULL, err);
}

static int write_name_servers(const struct fsroot *root, const char *name,
			      const struct network_config *config, struct error **err)
{
	_cleanup_strbuf_ struct strbuf text = {0};
	_cleanup_free_ char *own = xasprintf(NETWORK_STATE_FOLDER "/%s.dns", name);
	int r;

	if (config->domain)
		strbuf_addf(&text, "search %s\n", config->domain);
	for (char **server = config->dns; server && *server; server++)
		strbuf_addf(&text, "nameserver %s\n", *server);
	r = fsroot_write_text(root, own, text.text ? text.text : "", 0644);
	if (r < 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot write the name servers");
	return link_assemble(name, err);
}

int link_set_static(const struct fsroot *root, const char *name,
		    const struct network_config *config, struct error **err)
{
	_cleanup_free_ char *address = xasprintf("%s/%u", config->ip, config->prefix);
	bool is_v6 = strchr(config->ip, ':') != NULL;
	const char *family = is_v6 ? "-6" : "-4";
	/* Nobody else has what an administrator chose; waiting for that to be sure takes 2 s. */
	int r = proc_runl(err, TAG, "ip", family, "addr", "replace", address, "dev", name,
			  is_v6 ? "nodad" : NULL, NULL);

	if (r == 0 && config->gateway)
		r = proc_runl(err, TAG, "ip", family, "route", "replace", "default", "via",
			      config->gateway, "dev", name, NULL);
	if (r == 0)
		r = write_name_servers(root, name, config, err);
	return r;
}

/* The client's file is there for as long as it runs. */
static bool has_client(const struct fsroot *root, const char *pid_file)
{
	_cleanup_free_ char *text = NULL;
	unsigned pid;

	return fsroot_read_text(root, pid_file, &text) == 0 &&
	       str_to_uint(text, 1, INT32_MAX, &pid) == 0 && fsroot_existsf(root, "/proc/%u", pid);
}

static int start_client(const char *const *argv, const char *const *env, struct error **err)
{
	const struct proc proc = {
		.argv = argv, .env = env, .tag = TAG, .timeout_s = 30, .leaves_daemon = true};

	return proc_run(&proc, NULL, err);
}

/*
 * -b with one short try: the client goes to the background at once and goes on asking there, so
 * that leases are renewed during long installations.
 */
int link_start_dhcp(const struct fsroot *root, const char *name, struct error **err)
{
	_cleanup_free_ char *pid_file = xasprintf(NETWORK_STATE_FOLDER "/%s.pid", name),
			    *answers = xasprintf("%u", NETWORK_OPTION_ANSWERS),
			    *fingerprint = xasprintf("%u", NETWORK_OPTION_FINGERPRINT);

	const char *const argv[] = {"udhcpc", "-i",     name,    "-b",           "-t",
				    "1",      "-T",     "1",     "-A",           "2",
				    "-O",     "ntpsrv", "-O",    "staticroutes", "-O",
				    "search", "-O",     answers, "-O",           fingerprint,
				    "-s",     script,   "-p",    pid_file,       NULL};

	return has_client(root, pid_file) ? 0 : start_client(argv, NULL, err);
}

int link_start_dhcp6(const struct fsroot *root, const char *name, struct error **err)
{
	_cleanup_free_ char *pid_file = xasprintf(NETWORK_STATE_FOLDER "/%s.pid6", name);
	const char *const argv[] = {"udhcpc6", "-i", name, "-b",   "-t", "1",      "-T", "1",
				    "-A",      "2",  "-s", script, "-p", pid_file, NULL};
	/* Handed on to the script, which could not tell otherwise whose address is gone. */
	const char *const env[] = {"family=6", NULL};

	return has_client(root, pid_file) ? 0 : start_client(argv, env, err);
}

int link_assemble(const char *name, struct error **err)
{
	return run_script("assemble", name, err);
}

int link_prefer(const char *name, struct error **err)
{
	return run_script("prefer", name, err);
}

static void take_name_servers(const struct fsroot *root, const char *name, const char *suffix,
			      char ***servers, char **domain)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;

	if (fsroot_read_textf(root, &text, NETWORK_STATE_FOLDER "/%s.%s", name, suffix) < 0)
		return;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++) {
		_cleanup_strv_ char **words = strv_split(*line, " \t");

		if (strv_length(words) < 2)
			continue;
		if (str_eq(words[0], "nameserver"))
			strv_add(servers, words[1]);
		else if (str_eq(words[0], "search") && !*domain)
			*domain = xstrdup(words[1]);
	}
}

void link_name_servers(const struct fsroot *root, const char *name, char ***ret_servers,
		       char **ret_domain)
{
	char **servers = NULL, *domain = NULL;

	take_name_servers(root, name, "dns", &servers, &domain);
	take_name_servers(root, name, "dns6", &servers, &domain);
	take_name_servers(root, name, "dnsra", &servers, &domain);
	*ret_servers = servers;
	*ret_domain = domain;
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

/* "20010db8...", without colons, as the kernel's table has it. */
static char *v6_of_digits(const char *digits)
{
	struct in6_addr address;
	char text[INET6_ADDRSTRLEN];

	for (size_t i = 0; i < sizeof(address.s6_addr); i++) {
		unsigned byte;

		if (sscanf(digits + 2 * i, "%2x", &byte) != 1)
			return NULL;
		address.s6_addr[i] = (uint8_t)byte;
	}
	return xstrdup(inet_ntop(AF_INET6, &address, text, sizeof(text)));
}

char *link_global_v6(const struct fsroot *root, const char *name)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;

	if (fsroot_read_text(root, "/proc/net/if_inet6", &text) < 0)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++) {
		char digits[33], device[32];
		unsigned scope, flags;

		if (sscanf(*line, "%32s %*x %*x %x %x %31s", digits, &scope, &flags, device) == 4 &&
		    strlen(digits) == 32 && scope == IFA_SCOPE_GLOBAL &&
		    !(flags & (IFA_TENTATIVE | IFA_DADFAILED)) && str_eq(device, name))
			return v6_of_digits(digits);
	}
	return NULL;
}
