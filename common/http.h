/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Fetching over HTTP, HTTPS, FTP and TFTP, and posting: the only file that includes curl.
 * Certificates are verified; credentials in URLs never reach messages. A stalled transfer is an
 * error, a lost connection is for the caller to resume with `offset`.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

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
	/* More of the request's header, "Name: value" each, NULL-terminated; or NULL. HTTP only. */
	char *const *headers;
	/* Receives the body; a negative errno ends the transfer. NULL: http_get() collects it. */
	int (*on_data)(const void *bytes, size_t length, void *data);
	void *data;
};

/*
 * What holds for every request from here on, for programs that were told so by their user; called
 * before other threads fetch. `proxy` is a URL, `ca_certificates` certificates in PEM to trust
 * beside the system's, a NULL-terminated list; either may be NULL. Copies both.
 */
void http_configure(const char *proxy, char *const *ca_certificates);
/* Kind is ERROR_NETWORK, with the server's answer (404 ...), host name and a hint in the error. */
int http_fetch(const struct http_request *request, struct error **err) _must_check_;
/* The whole body, NUL-terminated; max_bytes 0 means 16 MiB. */
int http_get(const struct http_request *request, char **ret, size_t *ret_length,
	     struct error **err) _must_check_;
/* True for a failure that may pass (no route, refused, stalled, 5xx), false for 404, TLS, ... */
bool http_error_is_transient(const struct error *error);
/* The URL with user and password replaced by "***", for messages. Newly allocated. */
char *http_url_masked(const char *url);
