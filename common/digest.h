/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * SHA-256, SHA-512/256, Ed25519 and password hashes, over libcrypto and libcrypt. No I/O but
 * getrandom() for salts (password.c), which is a file of its own so that the planner can use the
 * digests.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

#define SHA256_BYTES 32
#define SHA256_HEX   (2 * SHA256_BYTES + 1)

/*
 * SHA-512/256 (FIPS 180-4, 5.3.6.2): as strong as SHA-256 and as short, for much data. On a 64-bit
 * processor without instructions for SHA-256 it takes two thirds of the time, emulated a third.
 */
#define SHA512_256_BYTES 32
#define SHA512_256_HEX   (2 * SHA512_256_BYTES + 1)

struct digest; /* a SHA-256 being computed */
struct digest *digest_new(void);
void digest_add(struct digest *digest, const void *bytes, size_t length);
void digest_finish(struct digest *digest, uint8_t ret[SHA256_BYTES]); /* frees it */
void digest_free(struct digest *digest);
DEFINE_CLEANUP(struct digest *, digest_free)

void digest_sha256(const void *bytes, size_t length, uint8_t ret[SHA256_BYTES]);
/* Lower-case hexadecimal, NUL-terminated. */
void digest_sha256_hex(const void *bytes, size_t length, char ret[SHA256_HEX]);
void digest_sha512_256(const void *bytes, size_t length, uint8_t ret[SHA512_256_BYTES]);
void digest_to_hex(const uint8_t *bytes, size_t length, char *ret);
/* HMAC-SHA256 (RFC 2104). */
void digest_hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
			uint8_t ret[SHA256_BYTES]);
/* Whether both are the same, in a time that does not tell where they differ: for secrets. */
bool digest_equal(const void *a, const void *b, size_t length);

/* 64 hex digits, upper or lower case, with or without colons, as openssl prints fingerprints. Gives
 * them in lower case; -EINVAL for anything else. */
int digest_parse_sha256(const char *text, char ret[SHA256_HEX]) _must_check_;
/* Key id: the first 16 hex digits of SHA-256 over the raw 32-byte public key. */
#define SIGNATURE_KEYID 17
#define SIGNATURE_BYTES 64
struct signature_key; /* an Ed25519 key, public or private */
/* From PEM text. -EINVAL when it is not an Ed25519 key. */
int signature_key_parse(const char *pem, size_t length, struct signature_key **ret,
			struct error **err) _must_check_;
int signature_key_generate(struct signature_key **ret) _must_check_;
void signature_key_free(struct signature_key *key);
DEFINE_CLEANUP(struct signature_key *, signature_key_free)
const char *signature_key_id(const struct signature_key *key);
char *signature_key_public_pem(const struct signature_key *key);
char *signature_key_private_pem(const struct signature_key *key); /* NULL for a public key */
int signature_sign(const struct signature_key *key, const void *bytes, size_t length,
		   uint8_t ret[SIGNATURE_BYTES]) _must_check_;
bool signature_verify(const struct signature_key *key, const void *bytes, size_t length,
		      const uint8_t signature[SIGNATURE_BYTES]);
char *base64_encode(const void *bytes, size_t length);
int base64_decode(const char *text, uint8_t **ret, size_t *ret_length) _must_check_;
