/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/http_settings.h"

#include <stdatomic.h>

#include "common/http.h"
#include "common/http_identity.h"
#include "common/str.h"

/* The system's certificates, as Debian's ca-certificates puts them together. */
#define SYSTEM_CAS "/etc/ssl/certs/ca-certificates.crt"

/* What is left of the 1280 bytes that every link must carry (RFC 8200, 5) behind the headers of
 * IPv6 and TCP. */
#define SEGMENT_SMALL 1220

/* Transfers run in several threads. */
static atomic_bool suspected;

static struct {
	char *proxy;
	struct strbuf cas; /* the system's and those added, or empty */
	char **added;
	char *certificate, *key; /* of this machine, or NULL */
} settings;

static void read_system_cas(struct strbuf *buf)
{
	_cleanup_fclose_ FILE *file = fopen(SYSTEM_CAS, "re");
	char part[4096];
	size_t length;

	while (file && (length = fread(part, 1, sizeof(part), file)) > 0)
		strbuf_add_bytes(buf, part, length);
}

void http_configure(const char *proxy, char *const *ca_certificates)
{
	free(settings.proxy);
	settings.proxy = xstrdup(proxy);
	strbuf_done(&settings.cas);
	settings.cas = (struct strbuf){0};
	strv_free(settings.added);
	settings.added = NULL;
	if (!strv_length(ca_certificates))
		return;
	/* curl takes these instead of the system's, not beside them. */
	read_system_cas(&settings.cas);
	for (size_t i = 0; i < strv_length(ca_certificates); i++) {
		strbuf_addf(&settings.cas, "\n%s\n", ca_certificates[i]);
		strv_add(&settings.added, ca_certificates[i]);
	}
}

char *const *http_configured_authorities(void)
{
	return settings.added;
}

int http_present(const char *certificate, const char *key, struct error **err)
{
	int r = certificate ? http_identity_check(certificate, key, err) : 0;

	if (r < 0)
		return r;
	if (settings.key)
		explicit_bzero(settings.key, strlen(settings.key));
	free(settings.key);
	free(settings.certificate);
	settings.certificate = xstrdup(certificate);
	settings.key = xstrdup(key);
	return 0;
}

const char *http_presented_certificate(void)
{
	return settings.certificate;
}

const char *http_presented_key(void)
{
	return settings.key;
}

char *http_get_proxy(void)
{
	return xstrdup(settings.proxy);
}

const struct strbuf *http_settings_authorities(void)
{
	return &settings.cas;
}

void http_settings_suspect_way(void)
{
	atomic_store(&suspected, true);
}

int http_settings_segment(void)
{
	return atomic_load(&suspected) ? SEGMENT_SMALL : 0;
}

const char *http_settings_proxy(void)
{
	return settings.proxy;
}
