/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One document to the receiver that the answers named: where it is, by what it is known, and how
 * the sender proves itself. Used by the process that sends; never tries twice by itself.
 */
#pragma once

#include "common/http.h"
#include "common/json.h"

/* With `sign` the token is never sent: it is the key of a signature over the body. */
#define NOTICE_SIGNATURE "X-Xenhost-Signature"

struct notice_target {
	const char *url;
	const char *token;              /* or NULL */
	bool sign;                      /* prove that it is known instead of sending it */
	const char *certificate_sha256; /* the only one to talk to, or NULL */
	struct http_connection *connection;
};

/* "sha256=" and 64 hex digits of HMAC-SHA256 (RFC 2104) over the body. Newly allocated. */
char *notice_signature(const char *token, const void *body, size_t length);
/* POSTs the document; any answer of 2xx means that it was taken. ERROR_NETWORK. */
int notice_send(const struct notice_target *target, const struct json *document,
		struct error **err) _must_check_;
/* True for a failure of this very document, which no further try makes better. */
bool notice_is_refused(const struct error *error);
/* Seconds to wait before the next try: `pause` with up to half of it taken off by chance, so that
 * machines that failed together do not come back together. */
double notice_jitter(double pause);
