/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What "check" and "join" are told of a pool on the command line: where it is, what proves it, who
 * asks. A password comes from a file, from standard input or from somebody at a terminal, never
 * from the command line or the environment.
 */
#pragma once

#include <getopt.h>

#include "firstboot/pool/xapi.h"

struct pool_options {
	/* The coordinator; the agent of the host that joins, which is this host's own without an
	 * address. */
	struct xapi_target pool, host;
	const char *user, *password_file;
	const char *host_password_file; /* root's, on the host of that address */
};

/* Rows for getopt_long(); the letters are out of the way of those of a command. */
#define POOL_LONG_OPTIONS                                                                          \
	{"pool", required_argument, NULL, 'p'}, {"fingerprint", required_argument, NULL, 's'},     \
		{"ca-file", required_argument, NULL, 'c'}, {"user", required_argument, NULL, 'u'}, \
		{"password-file", required_argument, NULL, 'w'},                                   \
		{"socket", required_argument, NULL, 'k'}, {"host", required_argument, NULL, 'h'},  \
		{"host-fingerprint", required_argument, NULL, 'x'},                                \
		{"host-password-file", required_argument, NULL, 'y'},                              \
	{                                                                                          \
		"transport", required_argument, NULL, 't'                                          \
	}

/* Takes one of those options; false when it is none of them, or its value is none. */
bool pool_options_take(int option, const char *value, struct pool_options *options);
/* ERROR_USAGE: the sentence, and the word it is about ("" for none); returns the error's code. */
int pool_options_misused(struct error **err, const char *sentence, const char *value);
/*
 * Where nothing on the command line proves who the coordinator is and somebody sits at a terminal:
 * shows the certificate and asks. Then *ret_pin is its fingerprint, to be set in the target; it
 * stays empty where an authority has to vouch. ERROR_CANCELLED when the answer is no.
 */
int pool_options_confirm(const struct pool_options *options, char ret_pin[SHA256_HEX],
			 struct error **err) _must_check_;
/* The first line of --password-file ("-": of standard input), or asked for at a terminal. */
int pool_options_password(const struct pool_options *options, char **ret,
			  struct error **err) _must_check_;
/* The same of --host-password-file; NULL without --host: the own agent's socket wants none. */
int pool_options_host_password(const struct pool_options *options, char **ret,
			       struct error **err) _must_check_;
