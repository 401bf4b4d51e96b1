/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Sends a hardware report to a server: one POST with all documents, as a browser sends a form with
 * files (multipart/form-data, RFC 7578). Called by hardware.c when the network is up.
 */
#pragma once

#include "installer/hardware/documents.h"

struct receiver {
	char *url;                /* may hold credentials */
	char *certificate_sha256; /* 64 hex digits, or NULL: the system's authorities count */
	unsigned pause_s;         /* before the second try; twice as long before each further one */
	void (*say)(const char *line, void *data); /* what goes on, or NULL */
	void *data;
};

/* Three further tries when a failure may pass. Kind ERROR_NETWORK. */
int send_documents(const struct receiver *receiver, const struct documents *documents,
		   struct error **err) _must_check_;
/* The body alone; `boundary` as Content-Type names it. Newly allocated. */
char *send_body(const struct documents *documents, char **ret_boundary);
