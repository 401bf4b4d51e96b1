/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/unattended/discover.h"

#include <ctype.h>

#include "common/bootline.h"
#include "common/str.h"
#include "common/url.h"
#include "installer/network/network.h"

void discover_done(struct discover *discover)
{
	strv_free(discover->tried);
	discover->tried = NULL;
}

int discover_failed(const struct discover *discover, struct error **err)
{
	_cleanup_free_ char *tried = strv_join(discover->tried, "; ");

	error_set(err, ERROR_USAGE, "no answer file was found");
	return error_hint(err, "Looked for: %s.", tried);
}

int discover_by_label(struct discover *discover, struct request *request,
		      struct error **err _unused_)
{
	const char *label = label_written(discover->host, DISCOVER_LABEL);

	if (!label) {
		strv_addf(&discover->tried, "a file system with the label %s: there is none",
			  DISCOVER_LABEL);
		return 0;
	}
	request->url = xasprintf("label://%s/%s", label, DISCOVER_FILE);
	request->found_by = xasprintf("the label %s", label);
	return 1;
}

char *discover_option_text(const char *hex)
{
	size_t length = strlen(hex);
	_cleanup_free_ char *text = xcalloc(length / 2 + 1, 1);

	if (length % 2 || hex[strspn(hex, "0123456789abcdefABCDEF")])
		return NULL;
	for (size_t i = 0; i < length / 2; i++) {
		unsigned byte = 0;

		if (sscanf(hex + 2 * i, "%2x", &byte) != 1)
			return NULL;
		text[i] = (char)byte;
	}
	/* Some servers end texts with NULs, which no option needs. */
	length /= 2;
	while (length && !text[length - 1])
		length--;
	for (size_t i = 0; i < length; i++)
		if (!isgraph((unsigned char)text[i]))
			return NULL;
	return length ? TAKE_PTR(text) : NULL;
}

static int contradiction(const char *what, const char *first, const char *second,
			 struct error **err)
{
	error_set(err, ERROR_USER, "%s names two answer files: %s and %s", what, first, second);
	return error_hint(err, "Let the network name one, or name it with answerfile=.");
}

/* A fingerprint that cannot be one would leave the server unchecked. */
static int take_fingerprint(const char *text, struct request *request, const char *from,
			    struct error **err)
{
	char hex[SHA256_HEX];

	if (digest_parse_sha256(text, hex) < 0) {
		error_set(err, ERROR_USER, "%s: the fingerprint \"%s\" is no SHA-256", from, text);
		return error_hint(err, "Give the 64 hex digits of openssl x509 -noout "
				       "-fingerprint -sha256.");
	}
	/* What the boot line pins stays pinned. */
	if (!request->fingerprint)
		request->fingerprint = xstrdup(hex);
	return 1;
}

static char *lease_text(const struct discover *discover, const char *link, unsigned option)
{
	_cleanup_free_ char *key = xasprintf("opt%u", option);
	_cleanup_free_ char *hex = network_lease_value(discover->root, link, key);

	return hex ? discover_option_text(hex) : NULL;
}

int discover_by_dhcp(struct discover *discover, struct request *request, struct error **err)
{
	_cleanup_strv_ char **links = network_leases(discover->root);
	_cleanup_free_ char *fingerprint = NULL;

	for (char **link = links; link && *link; link++) {
		_cleanup_free_ char *url = lease_text(discover, *link, NETWORK_OPTION_ANSWERS);

		if (!url)
			continue;
		if (request->url && !str_eq(request->url, url))
			return contradiction("DHCP", request->url, url, err);
		if (request->url)
			continue;
		request->url = TAKE_PTR(url);
		request->found_by =
			xasprintf("DHCP option %u on %s", NETWORK_OPTION_ANSWERS, *link);
		fingerprint = lease_text(discover, *link, NETWORK_OPTION_FINGERPRINT);
	}
	if (!request->url) {
		strv_addf(&discover->tried, "DHCP option %u: in no lease", NETWORK_OPTION_ANSWERS);
		return 0;
	}
	return fingerprint ? take_fingerprint(fingerprint, request, request->found_by, err) : 1;
}

bool discover_take_record(const char *text, struct request *request)
{
	_cleanup_free_ char *url = bootline_get(text, "answerfile"),
			    *fingerprint = bootline_get(text, "fingerprint");

	if (!url || !url_has_scheme(url))
		return false;
	free(request->url);
	request->url = TAKE_PTR(url);
	if (fingerprint && !request->fingerprint)
		request->fingerprint = TAKE_PTR(fingerprint);
	return true;
}

static char **domains_of(const struct fsroot *root)
{
	_cleanup_free_ char *text = NULL;
	_cleanup_strv_ char **lines = NULL;
	char **domains = NULL;

	if (fsroot_read_text(root, "/etc/resolv.conf", &text) < 0)
		return NULL;
	lines = strv_split(text, "\n");
	for (char **line = lines; line && *line; line++) {
		_cleanup_strv_ char **words = strv_split(*line, " \t");

		if (!words || (!str_eq(words[0], "search") && !str_eq(words[0], "domain")))
			continue;
		for (char **word = words + 1; *word; word++)
			if (!strv_contains(domains, *word))
				strv_add(&domains, *word);
	}
	return domains;
}

/* The one record of `name` that is about answers. */
static int ask_dns(const struct discover *discover, const char *name, struct request *request,
		   struct error **err)
{
	_cleanup_strv_ char **texts = NULL;
	_cleanup_request_ struct request *found = xcalloc(1, sizeof(*found));
	_cleanup_free_ char *from = xasprintf("DNS record %s", name);
	size_t count = 0;
	int r = dns_txt(name, discover->server, &texts, err);

	if (r < 0)
		return r;
	for (char **text = texts; text && *text; text++) {
		_cleanup_free_ char *before = xstrdup(found->url);

		if (discover_take_record(*text, found) && count++)
			return contradiction(from, before, found->url, err);
	}
	if (!count)
		return 0;
	request->url = TAKE_PTR(found->url);
	request->found_by = TAKE_PTR(from);
	return found->fingerprint
		       ? take_fingerprint(found->fingerprint, request, request->found_by, err)
		       : 1;
}

int discover_by_dns(struct discover *discover, struct request *request, struct error **err)
{
	_cleanup_strv_ char **domains = domains_of(discover->root);

	for (char **domain = domains; domain && *domain; domain++) {
		_cleanup_free_ char *name = xasprintf("%s.%s", DISCOVER_RECORD, *domain);
		int r = ask_dns(discover, name, request, err);

		if (r != 0)
			return r;
		strv_addf(&discover->tried, "DNS record %s (TXT): it says nothing of answers",
			  name);
	}
	if (!domains)
		strv_addf(&discover->tried, "DNS record %s: no server named a domain",
			  DISCOVER_RECORD);
	return 0;
}
