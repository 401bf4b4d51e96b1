/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a connection is made of, for the files of the client alone (xapi.c, xapi_address.c,
 * xapi_explain.c, xapi_session.c); everybody else has xapi.h.
 */
#pragma once

#include "firstboot/pool/xapi.h"
#include "firstboot/pool/xapi_wire.h"

/* What a XAPI takes and what we take of it. A pool of 64 hosts answers below 4 MiB. */
#define XAPI_REQUEST_MAX ((size_t)300 * 1024)
#define XAPI_ANSWER_MAX  (16 * MIB)
/* Makes a member tell its coordinator's fingerprint beside HOST_IS_SLAVE. */
#define XAPI_PIN_TOLD  "x-xenapi-response-host-certificate-thumbprint"
#define XAPI_PIN_ASKED "x-xenapi-request-host-certificate-thumbprint: sha-256:master"

struct xapi {
	const struct xapi_wire *wire;
	struct http_connection *connection;
	char *address;        /* as people write it */
	char *base;           /* URL without a path */
	char *socket;         /* or NULL */
	bool plain;           /* neither TLS nor the local socket */
	char pin[SHA256_HEX]; /* or empty */
	char *ca_file;
	unsigned timeout_s;
	char *session; /* NULL: none */
	struct xapi_failure failure;
	bool wants_coordinator_pin;
	char *coordinator_pin; /* as a member told it, or NULL */
	char *member;          /* that was asked first and named its coordinator, or NULL */
};

/* Replaces the address; ERROR_USER when it is none. The connection of before is closed. */
int xapi_set_address(struct xapi *xapi, const char *address, struct error **err) _must_check_;
/* Why no answer came (`r`), for somebody who gave the address of a XAPI: replaces the hint. */
void xapi_explain(const struct xapi *xapi, int r, struct error **err);
