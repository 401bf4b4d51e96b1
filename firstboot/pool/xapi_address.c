/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <ctype.h>
#include <errno.h>

#include "common/str.h"
#include "firstboot/pool/xapi_connection.h"

int xapi_fingerprint_parse(const char *text, char ret[SHA256_HEX])
{
	char digits[SHA256_HEX];
	size_t n = 0;

	for (const char *c = text; *c; c++) {
		if (*c == ':' && n > 0 && n % 2 == 0 && c[1])
			continue;
		if (!isxdigit((unsigned char)*c) || n == sizeof(digits) - 1)
			return -EINVAL;
		digits[n++] = (char)tolower((unsigned char)*c);
	}
	if (n != sizeof(digits) - 1)
		return -EINVAL;
	digits[n] = '\0';
	memcpy(ret, digits, sizeof(digits));
	return 0;
}

char *xapi_fingerprint_text(const char *sha256)
{
	struct strbuf buf = {0};

	for (const char *c = sha256; *c; c++) {
		char digit = (char)toupper((unsigned char)*c);

		if (c != sha256 && (c - sha256) % 2 == 0)
			strbuf_add(&buf, ":");
		strbuf_add_bytes(&buf, &digit, 1);
	}
	return strbuf_take(&buf);
}

/* Without TLS nothing proves who listens, and everybody between reads along. */
static bool is_this_machine(const char *address)
{
	static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};

	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		size_t length = strlen(names[i]);

		if (strncmp(address, names[i], length) == 0 &&
		    (address[length] == ':' || !address[length]))
			return true;
	}
	return false;
}

static bool is_port(const char *text)
{
	unsigned port;

	return str_to_uint(text, 1, 65535, &port) == 0;
}

/* "name", "name:port", "[v6]", "[v6]:port". */
static bool is_address(const char *address)
{
	static const char host[] =
		"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-_";
	size_t length;

	if (*address == '[') {
		length = strspn(address + 1, "0123456789abcdefABCDEF:.%");
		if (length == 0 || address[1 + length] != ']')
			return false;
		length += 2;
	} else {
		length = strspn(address, host);
	}
	return length > 0 &&
	       (!address[length] || (address[length] == ':' && is_port(address + length + 1)));
}

int xapi_set_address(struct xapi *xapi, const char *address, struct error **err)
{
	bool plain = str_starts(address, "http://");
	const char *host = plain ? address + strlen("http://") : address;
	_cleanup_free_ char *bare = NULL;

	if (str_starts(host, "https://"))
		host += strlen("https://");
	bare = xstrdup(host);
	if (str_ends(bare, "/"))
		bare[strlen(bare) - 1] = '\0';
	if (!is_address(bare)) {
		error_set(err, ERROR_USER, "\"%s\" is not the address of a host", address);
		error_hint(err, "Write a name or an IPv4 address, or an IPv6 address in brackets; "
				"with \":port\" where it is not 443.");
		return -EINVAL;
	}
	if (plain && !is_this_machine(bare)) {
		error_set(err, ERROR_USER, "%s: nothing secret is sent without TLS", address);
		error_hint(err, "Leave \"http://\" out.");
		return -EINVAL;
	}
	http_connection_free(xapi->connection);
	xapi->connection = http_connection_new();
	free(xapi->address);
	free(xapi->base);
	xapi->plain = plain;
	xapi->base = xasprintf("%s://%s", plain ? "http" : "https", bare);
	xapi->address = TAKE_PTR(bare);
	return 0;
}

char *xapi_host_name(const struct xapi *xapi)
{
	const char *address = xapi->address;

	if (*address == '[')
		return xstrndup(address + 1, strcspn(address + 1, "]"));
	return xstrndup(address, strcspn(address, ":"));
}

int xapi_get_certificate(const struct xapi_target *target, struct http_certificate *ret,
			 struct error **err)
{
	_cleanup_xapi_ struct xapi *xapi = NULL;
	int r = xapi_connect(target, &xapi, err);

	return r < 0 ? r : http_get_certificate(xapi->base, XAPI_CONNECT_S, ret, err);
}
