/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/http_pin.h"

#include <openssl/ssl.h>

#include "common/str.h"

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
	X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_REJECTED);
	return 0;
}

void http_pin_set(void *ssl_context, struct http_pin *pin)
{
	SSL_CTX_set_cert_verify_callback(ssl_context, verify, pin);
}
