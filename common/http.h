/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fetching over HTTP, HTTPS, FTP and TFTP, and posting: the only file that includes curl.
 * Certificates are verified; credentials in URLs never reach messages. A stalled transfer is an
 * error, a lost connection is for the caller to resume with `offset`.
 */
#pragma once

#include "common/digest.h"
#include "common/error.h"
#include "common/macro.h"

/* One server's connection, kept open between requests; for one thread. */
struct http_connection;
struct http_connection *http_connection_new(void);
void http_connection_free(struct http_connection *connection);
DEFINE_CLEANUP(struct http_connection *, http_connection_free)

struct http_request {
	const char *url;
	uint64_t offset;            /* first byte wanted (Range); the server must honour it */
	uint64_t length;            /* bytes wanted, 0 for all */
	uint64_t max_bytes;         /* give up beyond this, 0 for no limit */
	unsigned connect_timeout_s; /* 0 means 20 */
	unsigned stall_timeout_s;   /* give up after so long without a byte; 0 means 30 */
	const char *ca_file;        /* PEM bundle instead of the system's, or NULL */
	/* 64 hex digits: the one certificate that the server must have, whoever signed it and
	 * whatever name it bears; or NULL. For https only. */
	const char *certificate_sha256;
	const void *body; /* sent with POST; NULL: GET */
	size_t body_length;
	const char *content_type; /* of the body */
	bool put;                 /* the body is sent with PUT */
	/* More of the request's header, "Name: value" each, NULL-terminated; or NULL. HTTP only. */
	char *const *headers;
	const char *unix_socket; /* spoken to in place of the URL's host and port; or NULL */
	/* Used and kept, or NULL. All its requests go to one server and have the same pin. */
	struct http_connection *connection;
	bool fresh;       /* over a new connection: curl repeats a request on one that died */
	bool no_redirect; /* a redirection is an answer like 404 */
	bool no_page;     /* so is a page for people, http_get() only */
	/* Name of a header of the answer and where its value goes (newly allocated), or NULL. */
	const char *wanted_header;
	char **ret_header;
	/* Receives the body; a negative errno ends the transfer. NULL: http_get() collects it. */
	int (*on_data)(const void *bytes, size_t length, void *data);
	/* Asked once a second at least: true ends the transfer as if the connection had been
	 * lost. Or NULL. */
	bool (*is_broken_off)(void *data);
	void *data;
};

/*
 * What holds for every request from here on, for programs that were told so by their user; called
 * before other threads fetch. `proxy` is a URL, `ca_certificates` certificates in PEM to trust
 * beside the system's, a NULL-terminated list; either may be NULL. Copies both.
 */
void http_configure(const char *proxy, char *const *ca_certificates);
/* The proxy of http_configure(), newly allocated, or NULL. */
char *http_get_proxy(void);
/* The authorities that were added, for a process that is to fetch likewise. Borrowed, or NULL. */
char *const *http_configured_authorities(void);
/*
 * What this machine shows from here on to https servers that ask who it is: a certificate in PEM,
 * those of its authorities behind it, and its key. Copies both; NULL and NULL: nothing. ERROR_USER
 * for what cannot be used (see http_identity.h), and what was shown before is kept then.
 */
int http_present(const char *certificate, const char *key, struct error **err) _must_check_;
/* Both, for a process that is to fetch likewise. Borrowed, or NULL. */
const char *http_presented_certificate(void);
const char *http_presented_key(void);
/* Kind is ERROR_NETWORK, with the server's answer (404 ...), host name and a hint in the error. */
int http_fetch(const struct http_request *request, struct error **err) _must_check_;
/* The whole body, NUL-terminated; max_bytes 0 means 16 MiB. */
int http_get(const struct http_request *request, char **ret, size_t *ret_length,
	     struct error **err) _must_check_;
/* What a server shows of itself before anything is asked of it. Texts are without line breaks. */
struct http_certificate {
	char sha256[SHA256_HEX];       /* over the whole certificate, lower case */
	char *subject, *issuer;        /* "/CN=...", what is not ASCII as \xNN */
	int64_t not_before, not_after; /* seconds since 1970, 0 when it cannot be read */
};
void http_certificate_done(struct http_certificate *certificate);
/*
 * The certificate of an https server, whoever signed it, for showing it to somebody: the handshake
 * is broken off, no request is sent. connect_timeout_s as above.
 */
int http_get_certificate(const char *url, unsigned connect_timeout_s, struct http_certificate *ret,
			 struct error **err) _must_check_;
/* How often something is tried whose failure may pass. */
struct http_patience {
	unsigned tries;
	unsigned pause_s; /* before the second try; twice as long before each further one */
	void (*say)(const char *line, void *data); /* hears of each failure but the last; or NULL */
	void *data;
};
/* As http_get(), again and again until it works, cannot work, or was tried often enough. */
int http_get_patiently(const struct http_request *request, const struct http_patience *patience,
		       char **ret, size_t *ret_length, struct error **err) _must_check_;
/* True for a failure that may pass (no route, refused, stalled, 5xx), false for 404, TLS, ... */
bool http_error_is_transient(const struct error *error);
