/* SPDX-License-Identifier: GPL-3.0-or-later */
#include <errno.h>
#include <limits.h>
#include <openssl/pem.h>

#include "common/digest.h"
#include "common/str.h"

#define ED25519_PUBLIC_BYTES 32

struct signature_key {
	EVP_PKEY *key;
	bool private;
	char id[SIGNATURE_KEYID];
};

void signature_key_free(struct signature_key *key)
{
	if (!key)
		return;
	EVP_PKEY_free(key->key);
	free(key);
}

const char *signature_key_id(const struct signature_key *key)
{
	return key->id;
}

/* Takes the key over, also when it fails. */
static int wrap(EVP_PKEY *native, bool private, struct signature_key **ret)
{
	_cleanup_(signature_key_freep) struct signature_key *key = xcalloc(1, sizeof(*key));
	uint8_t public[ED25519_PUBLIC_BYTES];
	size_t length = sizeof(public);
	char hex[SHA256_HEX];

	key->key = native;
	key->private = private;
	if (EVP_PKEY_get_id(native) != EVP_PKEY_ED25519 ||
	    EVP_PKEY_get_raw_public_key(native, public, &length) != 1 || length != sizeof(public))
		return -EINVAL;
	digest_sha256_hex(public, sizeof(public), hex);
	memcpy(key->id, hex, SIGNATURE_KEYID - 1);
	*ret = TAKE_PTR(key);
	return 0;
}

/* Without it libcrypto would ask for the passphrase of an encrypted key on the terminal. */
static int no_passphrase(char *buf, int size, int writing, void *data)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)data;
	return -1;
}

int signature_key_parse(const char *pem, size_t length, struct signature_key **ret,
			struct error **err)
{
	bool private = memmem(pem, length, "PRIVATE KEY", strlen("PRIVATE KEY")) != NULL;
	const char *problem = "the key is not readable as PEM";
	EVP_PKEY *key = NULL;
	BIO *bio;

	if (length < INT_MAX) {
		bio = BIO_new_mem_buf(pem, (int)length);
		if (!bio)
			abort();
		key = private ? PEM_read_bio_PrivateKey(bio, NULL, no_passphrase, NULL)
			      : PEM_read_bio_PUBKEY(bio, NULL, no_passphrase, NULL);
		BIO_free(bio);
	}
	if (key) {
		if (wrap(key, private, ret) == 0)
			return 0;
		problem = "the key is not an Ed25519 key";
	}
	error_set(err, ERROR_USER, "%s", problem);
	error_hint(err, "Give an unencrypted Ed25519 key in PEM, as `openssl genpkey -algorithm "
			"ed25519` makes it.");
	return error_code(err, EINVAL);
}

int signature_key_generate(struct signature_key **ret)
{
	EVP_PKEY *key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");

	return key ? wrap(key, true, ret) : -EIO;
}

/* The text a memory BIO holds; frees the BIO. */
static char *bio_take(BIO *bio, int written)
{
	char *bytes, *text = NULL;
	long length;

	length = BIO_get_mem_data(bio, &bytes);
	if (written == 1 && length > 0)
		text = xstrndup(bytes, (size_t)length);
	BIO_free(bio);
	return text;
}

char *signature_key_public_pem(const struct signature_key *key)
{
	BIO *bio = BIO_new(BIO_s_mem());

	if (!bio)
		abort();
	return bio_take(bio, PEM_write_bio_PUBKEY(bio, key->key));
}

char *signature_key_private_pem(const struct signature_key *key)
{
	BIO *bio;
	int written;

	if (!key->private)
		return NULL;
	bio = BIO_new(BIO_s_mem());
	if (!bio)
		abort();
	written = PEM_write_bio_PKCS8PrivateKey(bio, key->key, NULL, NULL, 0, NULL, NULL);
	return bio_take(bio, written);
}

int signature_sign(const struct signature_key *key, const void *bytes, size_t length,
		   uint8_t ret[SIGNATURE_BYTES])
{
	uint8_t signature[SIGNATURE_BYTES];
	size_t signature_length = sizeof(signature);
	EVP_MD_CTX *context;
	bool done;

	if (!key->private)
		return -EINVAL;
	context = EVP_MD_CTX_new();
	if (!context)
		abort();
	done = EVP_DigestSignInit(context, NULL, NULL, NULL, key->key) == 1 &&
	       EVP_DigestSign(context, signature, &signature_length, bytes, length) == 1 &&
	       signature_length == sizeof(signature);
	EVP_MD_CTX_free(context);
	if (!done)
		return -EIO;
	memcpy(ret, signature, sizeof(signature));
	return 0;
}

bool signature_verify(const struct signature_key *key, const void *bytes, size_t length,
		      const uint8_t signature[SIGNATURE_BYTES])
{
	EVP_MD_CTX *context = EVP_MD_CTX_new();
	bool good;

	if (!context)
		abort();
	good = EVP_DigestVerifyInit(context, NULL, NULL, NULL, key->key) == 1 &&
	       EVP_DigestVerify(context, signature, SIGNATURE_BYTES, bytes, length) == 1;
	EVP_MD_CTX_free(context);
	return good;
}
