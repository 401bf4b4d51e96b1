/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the answers of an unattended installation are, as the command and the boot line say it:
 * which place is asked, and how. Pure decisions over text; unattended.c acts on them.
 */
#pragma once

#include "common/digest.h"
#include "common/error.h"

enum request_kind {
	REQUEST_FILE,
	REQUEST_GENERATOR, /* a script whose output is the answer file */
	REQUEST_DISCOVER,  /* the boot line allows to look for it */
};

/* How a web server learns which machine asks. */
enum request_identify { IDENTIFY_HEADERS, IDENTIFY_POST, IDENTIFY_NONE };

struct request {
	enum request_kind kind;
	char *url;         /* path or URL, variables not replaced; NULL to discover */
	char *found_by;    /* "DHCP option 240 on eth0": discovered, by this; else NULL */
	char *fingerprint; /* SHA-256 of the one certificate to trust, or NULL */
	char *ca;          /* where further authorities stand, or NULL */
	char *proxy;       /* or NULL */
	/* Where the certificate stands that is shown to servers, and its key; or NULL. */
	char *client_certificate, *client_key;
	enum request_identify identify;
	unsigned timeout_s; /* of a generator */
};

void request_free(struct request *request);
DEFINE_CLEANUP(struct request *, request_free)
#define _cleanup_request_ _cleanup_(request_freep)

/*
 * `option` is --answers or NULL; it wins over answerfile=, rt_answerfile= and
 * answerfile_generator= of the boot line, of which there must be one kind. ERROR_USAGE when nothing
 * names answers, ERROR_USER for what the boot line has wrong.
 */
int request_parse(const char *command_line, const char *option, struct request **ret,
		  struct error **err) _must_check_;
/* Of these, `ca`, `proxy` and the client certificate alone. */
struct request *request_of_trust(const char *command_line);
const char *request_identify_to_string(enum request_identify identify);
