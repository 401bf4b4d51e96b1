/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * How this machine proves to a server who it is: by a client certificate. Judges certificate and
 * key before they are used, and watches a handshake for a server that wants one. For http.c and
 * http_settings.c, and for servers of ours; keeps nothing, and never writes a key anywhere.
 */
#pragma once

#include "common/error.h"

/* What a server said in a handshake. */
struct http_identity {
	bool asked;   /* it wants to see a certificate; holds for the connection */
	bool refused; /* it ended the connection by an alert */
};

/* Both are PEM, the certificate with those of its authorities behind it. ERROR_USER for what cannot
 * be used: no PEM, a key with a passphrase, a key of another certificate. */
int http_identity_check(const char *certificate, const char *key, struct error **err) _must_check_;
/* `ssl_context` is an SSL_CTX, whose connections tell `identity`, which must live as long. */
void http_identity_watch(void *ssl_context, struct http_identity *identity);
