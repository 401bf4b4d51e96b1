/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <arpa/inet.h>
#include <ctype.h>

#include "answerfiles/types.h"
#include "common/i18n.h"

/* Value types of the network: addresses, masks, names of hosts and interfaces. */

bool ipv4_parse(const char *text, uint32_t *ret)
{
	struct in_addr address;

	if (!text || inet_pton(AF_INET, text, &address) != 1)
		return false;
	*ret = ntohl(address.s_addr);
	return true;
}

/* An address that one host can have: not this-network, loopback, multicast or broadcast. */
static bool is_unicast4(uint32_t address)
{
	unsigned first = address >> 24;

	return first != 0 && first != 127 && first < 224;
}

static bool parse_ipv4(const struct field *field _unused_, const char *text, void *member,
		       const struct reading *reading)
{
	uint32_t address;

	if (strchr(text, '/'))
		return value_refuse(reading, text,
				    "the address alone; the mask is in <subnet-mask>");
	if (!ipv4_parse(text, &address))
		return value_refuse(reading, text,
				    "four numbers from 0 to 255 with dots between: 192.0.2.10");
	if (!is_unicast4(address))
		return value_refuse(reading, text, "the address of a host, such as 192.0.2.10");
	return value_set_text(member, text);
}

static bool parse_netmask(const struct field *field _unused_, const char *text, void *member,
			  const struct reading *reading)
{
	const char *digits = *text == '/' ? text + 1 : text;
	_cleanup_free_ char *hint = NULL;
	unsigned bits;
	uint32_t mask;

	if (str_to_uint(digits, 1, 32, &bits) == 0) {
		mask = ~(uint32_t)0 << (32 - bits);
		hint = xasprintf(N_("as four numbers: %u.%u.%u.%u"), mask >> 24, (mask >> 16) & 255,
				 (mask >> 8) & 255, mask & 255);
		return value_refuse(reading, text, hint);
	}
	if (!ipv4_parse(text, &mask))
		return value_refuse(reading, text, "a mask such as 255.255.255.0");
	if (mask == 0 || (~mask & (~mask + 1)) != 0)
		return value_refuse(reading, text,
				    "in binary a mask is ones followed by zeros: 255.255.255.0");
	return value_set_text(member, text);
}

static bool parse_ipv6(const struct field *field _unused_, const char *text, void *member,
		       const struct reading *reading)
{
	struct in6_addr address;

	if (inet_pton(AF_INET6, text, &address) != 1)
		return value_refuse(reading, text, "an IPv6 address such as 2001:db8::1");
	if (IN6_IS_ADDR_UNSPECIFIED(&address) || IN6_IS_ADDR_LOOPBACK(&address) ||
	    IN6_IS_ADDR_MULTICAST(&address))
		return value_refuse(reading, text, "the address of a host, such as 2001:db8::1");
	return value_set_text(member, text);
}

static bool parse_ipv6_prefix(const struct field *field, const char *text, void *member,
			      const struct reading *reading)
{
	const char *slash = strchr(text, '/');
	_cleanup_free_ char *address = NULL, *checked = NULL;
	unsigned bits;

	if (!slash || str_to_uint(slash + 1, 1, 128, &bits) < 0)
		return value_refuse(reading, text,
				    "an IPv6 address and its prefix: 2001:db8::10/64");
	address = xstrndup(text, (size_t)(slash - text));
	return parse_ipv6(field, address, &checked, reading) && value_set_text(member, text);
}

static bool parse_mac(const struct field *field _unused_, const char *text, void *member,
		      const struct reading *reading)
{
	_cleanup_free_ char *lower = str_lower(text);
	bool good = strlen(lower) == 17;

	for (size_t i = 0; good && i < 17; i++) {
		if (i % 3 == 2)
			good = lower[i] == ':' || lower[i] == '-';
		else
			good = isxdigit((unsigned char)lower[i]) != 0;
	}
	if (!good)
		return value_refuse(reading, text, "six bytes in hex: 52:54:00:12:34:56");
	for (size_t i = 2; i < 17; i += 3)
		lower[i] = ':';
	return value_set_text(member, lower);
}

static bool parse_nic_name(const struct field *field _unused_, const char *text, void *member,
			   const struct reading *reading)
{
	size_t length = strlen(text);
	unsigned number;

	/* 15 characters are what the kernel keeps (IFNAMSIZ). */
	if (length > 15 || strpbrk(text, " \t\r\n/:"))
		return value_refuse(reading, text,
				    "the name of an interface such as eth0, "
				    "or hwaddr with its MAC address");
	if (!str_starts(text, "eth") || str_to_uint(text + 3, 0, 9999, &number) < 0)
		finding_set_hint(reading_complain(reading, SEVERITY_WARNING,
						  "%s \"%s\": a host names its NICs eth0, eth1 ...",
						  reading->where, text),
				 "xenhost-hwinfo shows which one is which; or use hwaddr");
	return value_set_text(member, text);
}

const char *hostname_fault(const char *text)
{
	size_t label = 0;

	if (strlen(text) > 253)
		return N_("at most 253 characters");
	for (const char *c = text;; c++) {
		if (*c && *c != '.') {
			if (!isalnum((unsigned char)*c) && *c != '-')
				return *c == '_' ? N_("an underscore may not stand in a host name; "
						      "use a hyphen")
						 : N_("letters, digits, hyphens and dots only");
			label++;
			continue;
		}
		if (label == 0)
			return N_("no part between dots may be empty");
		if (label > 63)
			return N_("each part between dots has at most 63 characters");
		if (c[-1] == '-' || c[-(ptrdiff_t)label] == '-')
			return N_("no part may begin or end with a hyphen");
		if (!*c)
			return NULL;
		label = 0;
	}
}

static bool parse_hostname(const struct field *field _unused_, const char *text, void *member,
			   const struct reading *reading)
{
	const char *fault = hostname_fault(text);
	uint32_t address;

	if (!fault && ipv4_parse(text, &address))
		fault = N_("a name, not an address");
	if (fault)
		return value_refuse(reading, text, fault);
	/* The kernel's node name holds 64 bytes; the part before the first dot is what it is. */
	return value_set_text(member, text);
}

static bool is_list(const char *text)
{
	return strpbrk(text, ", \t\r\n;") != NULL;
}

static bool parse_address_list(const struct field *field _unused_, const char *text, void *member,
			       const struct reading *reading)
{
	struct in6_addr address6;
	uint32_t address;

	if (is_list(text))
		return value_refuse(reading, text, "one address; repeat the element for more");
	if (ipv4_parse(text, &address) ? address == 0 || address >> 28 == 14 || !~address
				       : inet_pton(AF_INET6, text, &address6) != 1)
		return value_refuse(reading, text,
				    "the IPv4 or IPv6 address of a name server: 192.0.2.53");
	return value_add_text(member, text, reading);
}

static bool parse_host_list(const struct field *field _unused_, const char *text, void *member,
			    const struct reading *reading)
{
	struct in6_addr address6;

	if (is_list(text))
		return value_refuse(reading, text, "one server; repeat the element for more");
	if (hostname_fault(text) && inet_pton(AF_INET6, text, &address6) != 1)
		return value_refuse(reading, text,
				    "the name or address of a time server: 0.pool.ntp.org");
	return value_add_text(member, text, reading);
}

/* Parts of patterns. IPv6 has too many forms to spell them all. */
#define BYTE      "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
#define UNICAST4  "(22[0-3]|2[01][0-9]|1[3-9][0-9]|12[0-689]|1[01][0-9]|[1-9][0-9]?)"
#define MASK      "(255|254|252|248|240|224|192|128|0)"
#define ADDRESS6  "[0-9A-Fa-f]*:[0-9A-Fa-f:]*(:[0-9.]+)?"
#define LABEL     "[A-Za-z0-9]([A-Za-z0-9\\-]{0,61}[A-Za-z0-9])?"
#define HOST_NAME LABEL "(\\." LABEL ")*"

const struct value_type type_ipv4 = {"IPv4 address", parse_ipv4, value_format_text,
				     UNICAST4 "(\\." BYTE "){3}"};
const struct value_type type_netmask = {"IPv4 mask", parse_netmask, value_format_text,
					"(255\\.){3}" MASK "|(255\\.){2}" MASK "\\.0|255\\." MASK
					"(\\.0){2}|" MASK "(\\.0){3}"};
const struct value_type type_ipv6 = {"IPv6 address", parse_ipv6, value_format_text, ADDRESS6};
const struct value_type type_ipv6_prefix = {"IPv6 address/prefix", parse_ipv6_prefix,
					    value_format_text,
					    ADDRESS6 "/0*([1-9][0-9]?|1[01][0-9]|12[0-8])"};
const struct value_type type_mac = {"MAC address", parse_mac, value_format_text,
				    "[0-9A-Fa-f]{2}([:\\-][0-9A-Fa-f]{2}){5}"};
const struct value_type type_nic_name = {"interface name", parse_nic_name, value_format_text,
					 "[^\\s/:]{1,15}"};
const struct value_type type_hostname = {"host name", parse_hostname, value_format_text, HOST_NAME};
const struct value_type type_address_list = {"IP address", parse_address_list, value_format_list,
					     BYTE "(\\." BYTE "){3}|" ADDRESS6};
const struct value_type type_host_list = {"host", parse_host_list, value_format_list,
					  HOST_NAME "|" ADDRESS6};

static char *list_schemes(const char *const *schemes)
{
	struct strbuf text = {0};

	strbuf_addf(&text, "a URL beginning with %s://", *schemes);
	for (size_t i = 1; schemes[i]; i++)
		strbuf_addf(&text, "%s%s://", schemes[i + 1] ? ", " : " or ", schemes[i]);
	return strbuf_take(&text);
}

/* Behind "://": a server's name, a label and a path, or a path alone. */
static const char *place_fault(const char *scheme, const char *rest)
{
	if (str_starts(scheme, "file:") || str_starts(scheme, "medium:"))
		return *rest == '/' ? NULL : N_("a path after three slashes");
	if (!*rest || *rest == '/')
		return str_starts(scheme, "label:") ? "label://LABEL/folder/file"
						    : N_("a host name after the two slashes");
	if (str_starts(scheme, "label:") && (!strchr(rest, '/') || !strchr(rest, '/')[1]))
		return "label://LABEL/folder/file";
	return NULL;
}

char *url_fault(const char *url, const char *const *schemes)
{
	const char *rest = strstr(url, "://");
	size_t length = rest ? (size_t)(rest - url) : 0;
	bool known = false;

	for (size_t i = 0; schemes[i]; i++)
		known = known ||
			(strlen(schemes[i]) == length && strncmp(url, schemes[i], length) == 0);
	if (!known)
		return list_schemes(schemes);
	if (strpbrk(url, " \t\r\n"))
		return xstrdup("no blanks may stand in a URL; write %20");
	for (const char *c = url; *c; c++) {
		if ((unsigned char)*c < 0x20 || *c == 0x7f)
			return xstrdup("no control characters may stand in a URL");
	}
	return xstrdup(place_fault(url, rest + 3));
}
