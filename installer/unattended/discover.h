/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Finds the place of an answer file that nobody named: a labelled file system, what the DHCP server
 * told, a TXT record. For a boot line that allows it (answerfile=discover), and for screens that
 * offer what was found. Fetches nothing but the record.
 */
#pragma once

#include "common/dns.h"
#include "common/fetch.h"
#include "common/fsroot.h"
#include "hwdb/host.h"
#include "installer/unattended/request.h"

/* Of at most 11 letters, as FAT has it; small or capital ones. */
#define DISCOVER_LABEL "xenhost-ans"
#define DISCOVER_FILE  "answers.xml"
/* Before the domain: its record is "answerfile=URL [fingerprint=HEX]". */
#define DISCOVER_RECORD "_xenhost"

struct discover {
	const struct fsroot *root;
	const struct host *host;
	const struct dns_server *server; /* NULL: those of the network */
	/* What was looked at in vain, a sentence each; grows. */
	char **tried;
};

/*
 * Each sets the URL, where it came from and a fingerprint in `request`, and gives 1; 0 when there
 * is nothing. Several that contradict each other are an error. In this order:
 */
int discover_by_label(struct discover *discover, struct request *request,
		      struct error **err) _must_check_;
int discover_by_dhcp(struct discover *discover, struct request *request,
		     struct error **err) _must_check_; /* once links are up */
int discover_by_dns(struct discover *discover, struct request *request,
		    struct error **err) _must_check_; /* likewise */
/* What to say when all of them gave 0. */
int discover_failed(const struct discover *discover, struct error **err);
void discover_done(struct discover *discover);

/* A lease's bytes in hex as text; NULL when that is not printable text without blanks. */
char *discover_option_text(const char *hex);
/* Takes what a TXT record says; false when it is not about answers. */
bool discover_take_record(const char *text, struct request *request);

/*
 * The one file system with that label, for struct fetch: `data` is a const struct host. ERROR_USAGE
 * with every label there is when none or several have it.
 */
int label_find(const char *label, struct fetch_device *ret, void *data, struct error **err);
/* The label as it is written, if it is there whatever its capitals; NULL when it is not. */
const char *label_written(const struct host *host, const char *label);
