/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "firstboot/links.h"

#include <arpa/inet.h>
#include <ifaddrs.h>

#include "common/str.h"

char *links_addresses(const char *device)
{
	_cleanup_strbuf_ struct strbuf buf = {0};
	struct ifaddrs *list = NULL;

	if (getifaddrs(&list) < 0)
		return xstrdup("");
	for (const struct ifaddrs *at = list; at; at = at->ifa_next) {
		char text[INET6_ADDRSTRLEN] = "";

		if (!at->ifa_addr || !str_eq(at->ifa_name, device))
			continue;
		if (at->ifa_addr->sa_family == AF_INET) {
			const struct sockaddr_in *in = (const void *)at->ifa_addr;

			inet_ntop(AF_INET, &in->sin_addr, text, sizeof(text));
		} else if (at->ifa_addr->sa_family == AF_INET6) {
			const struct sockaddr_in6 *in = (const void *)at->ifa_addr;

			if (!IN6_IS_ADDR_LINKLOCAL(&in->sin6_addr))
				inet_ntop(AF_INET6, &in->sin6_addr, text, sizeof(text));
		}
		if (*text)
			strbuf_addf(&buf, "%s%s", buf.length ? " " : "", text);
	}
	freeifaddrs(list);
	return strbuf_take(&buf);
}

const char *links_why_down(const struct fsroot *root, const char *nic)
{
	uint64_t carrier = 0;

	if (!fsroot_existsf(root, "/sys/class/net/%s", nic))
		return "The interface is not there: is the card in its place?";
	if (fsroot_read_u64f(root, 10, &carrier, "/sys/class/net/%s/carrier", nic) < 0 || !carrier)
		return "Is the cable in, is the switch port on?";
	return NULL;
}

/* proc_net(5): interface, destination and gateway; numbers are hex in the machine's byte order. */
char *links_gateway(const struct fsroot *root)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;

	if (fsroot_read_text(root, "/proc/net/route", &text) < 0)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++) {
		_cleanup_strv_ char **words = strv_split(*line, " \t");
		struct in_addr address;
		char name[INET_ADDRSTRLEN];
		uint64_t number;

		if (strv_length(words) < 3 || !str_eq(words[1], "00000000") ||
		    str_to_u64(words[2], 16, &number) < 0 || number == 0)
			continue;
		address.s_addr = (in_addr_t)number;
		if (inet_ntop(AF_INET, &address, name, sizeof(name)))
			return xstrdup(name);
	}
	return NULL;
}

/* The second words of lines that begin with `key`. */
static char **second_words(const struct fsroot *root, const char *path, const char *key)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;
	char **list = NULL;

	if (fsroot_read_text(root, path, &text) < 0)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++) {
		_cleanup_strv_ char **words = strv_split(*line, " \t");

		if (strv_length(words) > 1 && str_eq(words[0], key))
			strv_add(&list, words[1]);
	}
	return list;
}

/* systemd-resolved's stub stands for those that a file of its own names, and answers also when it
 * knows nobody to ask. */
char **links_name_servers(const struct fsroot *root)
{
	_cleanup_strv_ char **list = second_words(root, "/etc/resolv.conf", "nameserver");

	if (strv_contains(list, "127.0.0.53"))
		return second_words(root, "/run/systemd/resolve/resolv.conf", "nameserver");
	return TAKE_PTR(list);
}

char **links_time_servers(const struct fsroot *root, const struct wizard_values *values)
{
	const char *source = wizard_get(values, "ntp@source");
	char **list = NULL;

	if (str_eq(source, "manual"))
		return strv_split(wizard_get(values, "ntp-server"), " ,");
	if (str_eq(source, "dhcp"))
		list = second_words(root, "/run/chrony-dhcp/networkd.sources", "server");
	/* chrony keeps the distribution's beside those of DHCP. */
	return list ?: second_words(root, "/etc/chrony/chrony.conf", "pool");
}
