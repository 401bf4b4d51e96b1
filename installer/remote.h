/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Remote hands: the ssh server of the running installer, for the keys that the boot line
 * (xenhost.sshkey=) and the answers (<ssh-key>, unless <ssh-mode> is off) name. Called by run.c and
 * by the command "remote", which can make a password too. Unasked nothing is started; brings no
 * link up itself. The server outlives its caller, so that a machine whose installation failed can
 * be entered.
 */
#pragma once

#include "answerfiles/answers.h"
#include "common/fsroot.h"
#include "common/json.h"

/* The password of this boot, below /run/xenhost. */
#define REMOTE_PASSWORD "ssh/password"

struct remote {
	char **keys;        /* lines of authorized_keys */
	bool with_password; /* made for this boot alone; FOLDER/password has it */
	char *fingerprint;  /* of the server's key, "ED25519 SHA256:..."; NULL: no server runs */
};
void remote_done(struct remote *remote);

/* Adds the keys of the boot line, those of the answers too unless they are NULL, and starts the
 * server or tells a running one. Keys that are wrong are left out: whoever judges the boot line
 * says which. 0 without any key. Kind ERROR_INTERNAL. */
int remote_start(struct remote *remote, const struct fsroot *root, const char *command_line,
		 const struct answers *answers, struct error **err) _must_check_;

/* Makes root's password of this boot, before remote_start(), unless there is one already. It stands
 * in /run/xenhost/ssh/password, for init to show on the consoles, and nowhere else. */
int remote_make_password(struct remote *remote, const struct fsroot *root,
			 struct error **err) _must_check_;

/* The addresses that this machine can be reached by, IPv4 first, blanks between; "" without any. */
char *remote_addresses(void);
/* How to log in, a line for people; NULL while no server runs. */
char *remote_text(const struct remote *remote);
/* The same for programs: "fingerprint" and the list "addresses". NULL while no server runs. */
struct json *remote_to_json(const struct remote *remote);

/* The command "remote": the boot line's keys and network, and with its xenhost.ssh a password, for
 * an installer that waits at its screens or in a shell. Returns the exit code. */
int remote_main(void);
