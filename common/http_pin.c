/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/http_pin.h"

#include <openssl/ssl.h>
#include <time.h>

#include "common/str.h"

static int64_t seconds_of(const ASN1_TIME *time)
{
	struct tm tm;

	return ASN1_TIME_to_tm(time, &tm) ? timegm(&tm) : 0;
}

static char *name_of(const X509_NAME *name)
{
	char *line = X509_NAME_oneline(name, NULL, 0);
	char *copy = xstrdup(line ? line : "");

	OPENSSL_free(line);
	return copy;
}

static void describe(X509 *certificate, const char *sha256, struct http_certificate *ret)
{
	http_certificate_done(ret);
	memcpy(ret->sha256, sha256, sizeof(ret->sha256));
	ret->subject = name_of(X509_get_subject_name(certificate));
	ret->issuer = name_of(X509_get_issuer_name(certificate));
	ret->not_before = seconds_of(X509_get0_notBefore(certificate));
	ret->not_after = seconds_of(X509_get0_notAfter(certificate));
}

static int verify(X509_STORE_CTX *context, void *data)
{
	struct http_pin *pin = data;
	X509 *certificate = X509_STORE_CTX_get0_cert(context);
	unsigned char *der = NULL;
	int length = certificate ? i2d_X509(certificate, &der) : -1;

	if (length > 0)
		digest_sha256_hex(der, (size_t)length, pin->seen);
	OPENSSL_free(der);
	if (length > 0 && str_eq_nocase(pin->seen, pin->sha256)) {
		*pin->seen = '\0';
		X509_STORE_CTX_set_error(context, X509_V_OK);
		return 1;
	}
	if (length > 0 && pin->ret_certificate)
		describe(certificate, pin->seen, pin->ret_certificate);
	X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_REJECTED);
	return 0;
}

void http_pin_set(void *ssl_context, struct http_pin *pin)
{
	SSL_CTX_set_cert_verify_callback(ssl_context, verify, pin);
}
