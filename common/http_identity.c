/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/http_identity.h"

#include <openssl/ssl.h>
#include <pthread.h>
#include <string.h>

/* Without one, the library would ask for the passphrase on the terminal. */
static int no_passphrase(char *buffer _unused_, int size _unused_, int writing _unused_,
			 void *data _unused_)
{
	return -1;
}

static int refuse_certificate(struct error **err)
{
	error_set(err, ERROR_USER, "the client certificate cannot be read");
	return error_hint(err, "Give it in PEM, and those of its authorities behind it: "
			       "-----BEGIN CERTIFICATE-----.");
}

static int refuse_key(const char *key, struct error **err)
{
	if (strstr(key, "ENCRYPTED")) {
		error_set(err, ERROR_USER,
			  "the key of the client certificate has a passphrase, "
			  "which nobody is there to enter");
		return error_hint(err, "Take it off: openssl pkey -in KEY -out PLAIN-KEY.");
	}
	error_set(err, ERROR_USER, "the key of the client certificate cannot be read");
	return error_hint(err, "Give it in PEM (-----BEGIN PRIVATE KEY-----), in a file of its own "
			       "or in the certificate's.");
}

int http_identity_check(const char *certificate, const char *key, struct error **err)
{
	BIO *certificates = BIO_new_mem_buf(certificate, -1), *keys = BIO_new_mem_buf(key, -1);
	X509 *own = PEM_read_bio_X509(certificates, NULL, no_passphrase, NULL);
	EVP_PKEY *private = PEM_read_bio_PrivateKey(keys, NULL, no_passphrase, NULL);
	int r = 0;

	if (!own) {
		r = refuse_certificate(err);
	} else if (!private) {
		r = refuse_key(key, err);
	} else if (X509_check_private_key(own, private) != 1) {
		error_set(err, ERROR_USER, "the key does not belong to the client certificate");
		r = error_hint(err, "Give the key that the certificate was made with; the "
				    "machine's own certificate stands first in its file.");
	}
	EVP_PKEY_free(private);
	X509_free(own);
	BIO_free(keys);
	BIO_free(certificates);
	return r;
}

/* Called only when the server sent a request for a certificate. */
static int on_request(SSL *ssl _unused_, void *data)
{
	struct http_identity *identity = data;

	identity->asked = true;
	return 1;
}

static int slot = -1;

static void find_slot(void)
{
	slot = SSL_CTX_get_ex_new_index(0, NULL, NULL, NULL, NULL);
}

static void on_info(const SSL *ssl, int where, int value)
{
	struct http_identity *identity = SSL_CTX_get_ex_data(SSL_get_SSL_CTX(ssl), slot);

	/* Each connection ends with a warning that it does. */
	if (identity && (where & SSL_CB_READ_ALERT) == SSL_CB_READ_ALERT &&
	    value >> 8 == SSL3_AL_FATAL)
		identity->refused = true;
}

void http_identity_watch(void *ssl_context, struct http_identity *identity)
{
	static pthread_once_t once = PTHREAD_ONCE_INIT;

	(void)pthread_once(&once, find_slot);
	SSL_CTX_set_cert_cb(ssl_context, on_request, identity);
	if (slot >= 0 && SSL_CTX_set_ex_data(ssl_context, slot, identity) == 1)
		SSL_CTX_set_info_callback(ssl_context, on_info);
}
