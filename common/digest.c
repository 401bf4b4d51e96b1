/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/digest.h"

#include <errno.h>
#include <openssl/evp.h>

#include "common/str.h"

struct digest {
	EVP_MD_CTX *context;
};

struct digest *digest_new(void)
{
	struct digest *digest = xcalloc(1, sizeof(*digest));

	digest->context = EVP_MD_CTX_new();
	/* SHA-256 can only fail for want of memory. */
	if (!digest->context || EVP_DigestInit_ex(digest->context, EVP_sha256(), NULL) != 1)
		abort();
	return digest;
}

void digest_add(struct digest *digest, const void *bytes, size_t length)
{
	if (EVP_DigestUpdate(digest->context, bytes, length) != 1)
		abort();
}

void digest_finish(struct digest *digest, uint8_t ret[SHA256_BYTES])
{
	if (EVP_DigestFinal_ex(digest->context, ret, NULL) != 1)
		abort();
	digest_free(digest);
}

void digest_free(struct digest *digest)
{
	if (!digest)
		return;
	EVP_MD_CTX_free(digest->context);
	free(digest);
}

void digest_sha256(const void *bytes, size_t length, uint8_t ret[SHA256_BYTES])
{
	struct digest *digest = digest_new();

	digest_add(digest, bytes, length);
	digest_finish(digest, ret);
}

void digest_sha256_hex(const void *bytes, size_t length, char ret[SHA256_HEX])
{
	uint8_t digest[SHA256_BYTES];

	digest_sha256(bytes, length, digest);
	digest_to_hex(digest, sizeof(digest), ret);
}

void digest_sha512_256(const void *bytes, size_t length, uint8_t ret[SHA512_256_BYTES])
{
	if (EVP_Digest(bytes, length, ret, NULL, EVP_sha512_256(), NULL) != 1)
		abort();
}

void digest_to_hex(const uint8_t *bytes, size_t length, char *ret)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		*ret++ = digits[bytes[i] >> 4];
		*ret++ = digits[bytes[i] & 15];
	}
	*ret = '\0';
}

int digest_parse_sha256(const char *text, char ret[SHA256_HEX])
{
	static const char digits[] = "0123456789abcdef";
	char hex[SHA256_HEX];
	size_t count = 0;

	for (; *text; text++) {
		const char *digit =
			strchr(digits, *text >= 'A' && *text <= 'F' ? *text + 32 : *text);

		/* Between two digits of bytes only. */
		if (*text == ':' && count % 2 == 0 && count && text[-1] != ':')
			continue;
		if (!digit || count == SHA256_HEX - 1)
			return -EINVAL;
		hex[count++] = *digit;
	}
	if (count != SHA256_HEX - 1 || text[-1] == ':')
		return -EINVAL;
	hex[count] = '\0';
	memcpy(ret, hex, sizeof(hex));
	return 0;
}
