/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A look at the pool that shall be joined, beside the screens: the coordinator's certificate, then
 * the pre-flight of both sides. Everything that waits for somebody does so in a thread, which
 * nobody waits for: who leaves earlier leaves the rest to it. For pool_page.c alone.
 */
#pragma once

#include <pthread.h>

#include "firstboot/pool/preflight.h"
#include "firstboot/pool/xapi.h"

enum pool_look_at { LOOK_CERTIFICATE, LOOK_PREFLIGHT };

struct pool_look {
	pthread_mutex_t lock; /* over what follows, until `finished` */
	unsigned holders;
	bool finished;
	const char *words; /* what it is at */
	enum pool_look_at at;
	char *address, *user, *password, *certificate_sha256; /* copies */
	char *socket;                                         /* this host's agent */
	bool force;
	/* What was found. */
	struct error *error;
	struct http_certificate certificate;
	struct preflight preflight;
};

/* `look` holds what to look at, newly allocated; runs it in a thread. */
void pool_look_start(struct pool_look *look);
void pool_look_release(struct pool_look *look);
