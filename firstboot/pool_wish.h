/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The pool that the answers of the installation named, as the installer left it for the first boot:
 * a file of KEY='value' that anybody may read, and the password apart from it, for root alone.
 * "join" without an address takes it, and takes the password away when the host is a member.
 */
#pragma once

#include "common/fsroot.h"
#include "firstboot/pool/xapi.h"
#include "installer/plan/plan.h"

/* Below FIRSTBOOT_DATA: ENGINE, COORDINATOR, USER, CERTIFICATE, FORCE, WAIT, RETRY, PASSWORD_FROM,
 * NAME, DEFAULT_SR. */
#define POOL_WISH          "xenhost-pool.conf"
#define POOL_WISH_PASSWORD PLAN_POOL_PASSWORD

struct pool_wish {
	char *engine;        /* of pool/engine.h */
	char *coordinator;   /* NULL: the host begins a pool */
	char *user;          /* NULL: root */
	char *certificate;   /* SHA-256, or NULL */
	char *password_from; /* file or URL, where the password is not here; or NULL */
	char *password;      /* or NULL */
	char *name;          /* of the pool that the host begins, or NULL */
	char *default_sr;    /* name or UUID of a storage repository, or NULL */
	bool force;
	unsigned wait_s;  /* for a coordinator that does not answer */
	unsigned retry_s; /* between two tries */
};
void pool_wish_done(struct pool_wish *wish); /* wipes the password */

/* -ENOENT without an error where the installer left none; else ERROR_USER for what is wrong. */
int pool_wish_load(const struct fsroot *root, struct pool_wish *ret,
		   struct error **err) _must_check_;
/* Gets the password from where the wish says it is, if it is not here. */
int pool_wish_fetch_password(const struct fsroot *root, struct pool_wish *wish,
			     struct error **err) _must_check_;
/* Takes the password from the disk: it has served. */
int pool_wish_forget_password(const struct fsroot *root, struct error **err) _must_check_;
