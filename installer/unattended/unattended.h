/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The answers of an installation that nobody watches: found by what the boot line says, asked for
 * in the name of this machine, made by a script if need be. Called by `xenhost-install run`. Never
 * writes to a disk.
 */
#pragma once

#include "answerfiles/answers.h"
#include "common/dns.h"
#include "common/fetch.h"
#include "common/fsroot.h"
#include "hwdb/host.h"

/* Where authorities lie that whoever made the boot medium trusts: PEM, one *.pem each or more. */
#define UNATTENDED_CA_FOLDER "/etc/xenhost/ca"

struct unattended {
	const struct fsroot *root; /* the running installer's "/" */
	const struct host *host;
	const char *command_line;            /* with its secrets */
	const char *option;                  /* --answers, or NULL */
	const char *medium;                  /* the folder of the install medium, or NULL */
	const struct dns_server *dns_server; /* NULL: those of the network */
	/* Brings links up, if they are not; called when the first thing needs them. */
	int (*need_network)(void *data, struct error **err);
	/* The same for the server of this URL; NULL: need_network will do. */
	int (*need_way)(const char *url, void *data, struct error **err);
	void *data;
};

/*
 * How fetch_read() finds labelled file systems of this machine and the medium below the folder
 * `medium` (as seen from outside the root, or NULL). Borrows both.
 */
struct fetch unattended_places(const struct host *host, const char *medium);

/* From here on HTTP trusts the authorities of the boot medium and of the boot line's xenhost.ca=,
 * goes through its xenhost.proxy=, and shows its xenhost.client-certificate=; for what fetches no
 * answers. Needs no network, but for a certificate or key at an https: URL. */
int unattended_trust(const struct unattended *unattended, struct error **err) _must_check_;

/*
 * From here on HTTP shows this certificate to servers that ask for one; both are places, `key` may
 * be NULL where it stands in the certificate's file. Read from this machine, or over https, which
 * brings links up; the key never reaches a log.
 */
int unattended_present(const struct unattended *unattended, const char *certificate,
		       const char *key, struct error **err) _must_check_;

/*
 * Reads and checks the answers of the file alone; answers->found_by tells how a file was found that
 * nobody named. Authorities of the boot medium are trusted from here on, and handed over as
 * `ret_authorities` (PEM) for whoever configures HTTP anew.
 */
int unattended_answers(const struct unattended *unattended, struct answers **ret,
		       struct secrets *ret_secrets, struct findings *findings,
		       char ***ret_authorities, struct error **err) _must_check_;

/*
 * The same for a machine that is elsewhere, known by its record: `where` is asked in its name, with
 * the variables and headers of its identity, over the network that there is, and held to the
 * fingerprint of its boot line. Labels and media are the machine's own and cannot be read.
 */
int unattended_rehearse(const struct host *host, const char *where, struct answers **ret,
			struct secrets *ret_secrets, struct findings *findings,
			struct error **err) _must_check_;
