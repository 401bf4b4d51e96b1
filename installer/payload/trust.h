/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Whom this installer trusts: the public keys it was given, and the check of a manifest's signature
 * against them. Used by payload.c; never takes a key from the source that it verifies.
 */
#pragma once

#include "common/digest.h"
#include "common/error.h"
#include "common/fsroot.h"

#define TRUST_FOLDER "/etc/xenhost/keys"
/* Bytes of a manifest.sig: room for some 100 signatures. */
#define TRUST_MAX_BYTES ((uint64_t)16 << 10)

struct trust;

/* Every *.pem below TRUST_FOLDER; none at all is no error here. Kind ERROR_MEDIA. */
int trust_load(const struct fsroot *root, struct trust **ret, struct error **err) _must_check_;
void trust_free(struct trust *trust);
DEFINE_CLEANUP(struct trust *, trust_free)
bool trust_is_empty(const struct trust *trust);

/* One good signature of a trusted key is enough; its id is returned, newly allocated. `name` is how
 * messages call the source. Kind ERROR_MEDIA. */
int trust_verify(const struct trust *trust, const char *name, const char *manifest, size_t length,
		 const char *signatures, char **ret_key_id, struct error **err) _must_check_;
