/* SPDX-License-Identifier: GPL-3.0-or-later */
/* HMAC (RFC 2104) over our own SHA-256: a file of its own, which the planner has no use for. */
#include <string.h>

#include "common/digest.h"

#define BLOCK_BYTES 64

static void keyed(const uint8_t key[BLOCK_BYTES], uint8_t pad, const void *bytes, size_t length,
		  uint8_t ret[SHA256_BYTES])
{
	struct digest *digest = digest_new();
	uint8_t block[BLOCK_BYTES];

	for (size_t i = 0; i < sizeof(block); i++)
		block[i] = key[i] ^ pad;
	digest_add(digest, block, sizeof(block));
	digest_add(digest, bytes, length);
	digest_finish(digest, ret);
	explicit_bzero(block, sizeof(block));
}

void digest_hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length,
			uint8_t ret[SHA256_BYTES])
{
	uint8_t block[BLOCK_BYTES] = {0}, inner[SHA256_BYTES];

	if (key_length > sizeof(block))
		digest_sha256(key, key_length, block);
	else
		memcpy(block, key, key_length);
	keyed(block, 0x36, bytes, length, inner);
	keyed(block, 0x5c, inner, sizeof(inner), ret);
	explicit_bzero(block, sizeof(block));
}

bool digest_equal(const void *a, const void *b, size_t length)
{
	const volatile uint8_t *x = a, *y = b;
	uint8_t different = 0;

	for (size_t i = 0; i < length; i++)
		different |= x[i] ^ y[i];
	return different == 0;
}
