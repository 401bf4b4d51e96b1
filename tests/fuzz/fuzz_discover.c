/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Any bytes as a name server's answer, an option of a lease, a record, and a URL with variables. */
#include "common/dns.h"
#include "common/str.h"
#include "common/url.h"
#include "installer/unattended/discover.h"
#include "installer/unattended/identity.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length)
{
	static const struct identity identity = {.mac = "52:54:00:12:34:56", .serial = "a b"};
	_cleanup_free_ char *text = xstrndup((const char *)bytes, length), *expanded = NULL,
			    *escaped = url_escape(text), *plain = url_unescape(escaped),
			    *option = discover_option_text(text);
	_cleanup_request_ struct request *request = xcalloc(1, sizeof(*request));
	_cleanup_strv_ char **texts = NULL;

	if (dns_txt_parse(bytes, length, &texts) == 0)
		for (char **record = texts; record && *record; record++)
			if (discover_take_record(*record, request) && !request->url)
				abort();
	if (!str_eq(plain, text) || (option && str_empty(option)))
		abort();
	if (identity_expand(&identity, text, &expanded, NULL) == 0 && !expanded)
		abort();
	return 0;
}
