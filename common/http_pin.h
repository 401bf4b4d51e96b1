/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A server that is known by its certificate's fingerprint and by nothing else. For http.c alone;
 * by OpenSSL, which curl uses on every system we ship for.
 */
#pragma once

#include "common/http.h"

struct http_pin {
	const char *sha256;    /* 64 hex digits, upper or lower case */
	char seen[SHA256_HEX]; /* of the certificate that was refused, else empty */
	struct http_certificate *ret_certificate; /* filled from what is refused, or NULL */
};

/* `ssl_context` is an SSL_CTX. Connections made with it end unless the server's certificate has
 * that fingerprint. The pin must live as long as the context. */
void http_pin_set(void *ssl_context, struct http_pin *pin);
