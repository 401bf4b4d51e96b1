/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/unit/unit.h"

#include "common/digest.h"

/* The key of RFC 8032, 7.1, test 2, as PKCS #8. */
static const char rfc_key[] = "-----BEGIN PRIVATE KEY-----\n"
			      "MC4CAQAwBQYDK2VwBCIEIEzNCJso/5banbbDRuwRTg9bijGfNaumJNqM9u1PuKb7\n"
			      "-----END PRIVATE KEY-----\n";
static const char rsa_public[] =
	"-----BEGIN PUBLIC KEY-----\n"
	"MFwwDQYJKoZIhvcNAQEBBQADSwAwSAJBALtBvLxB7lYcVhCVUZQFhPCgaSOFJHqW\n"
	"-----END PUBLIC KEY-----\n";

static void test_sha256_of_known_texts(void **state)
{
	/* FIPS 180-4 examples. */
	char hex[SHA256_HEX];
	uint8_t sum[SHA256_BYTES], whole[SHA256_BYTES];
	struct digest *digest = digest_new();

	(void)state;
	digest_sha256_hex("abc", 3, hex);
	assert_string_equal(hex,
			    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	digest_sha256_hex("", 0, hex);
	assert_string_equal(hex,
			    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	digest_add(digest, "a", 1);
	digest_add(digest, "", 0);
	digest_add(digest, "bc", 2);
	digest_finish(digest, sum);
	digest_sha256("abc", 3, whole);
	assert_memory_equal(sum, whole, sizeof(sum));
	digest_free(digest_new());
}

static void test_sha512_256_of_known_text(void **state)
{
	/* FIPS 180-4 example. */
	char hex[SHA512_256_HEX];
	uint8_t sum[SHA512_256_BYTES];

	(void)state;
	digest_sha512_256("abc", 3, sum);
	digest_to_hex(sum, sizeof(sum), hex);
	assert_string_equal(hex,
			    "53048e2681941ef99b2e29b76b4c7dabe4c2d0c634fc6d46e0e2f13107e7af23");
}

static void test_signature_is_the_one_of_the_standard(void **state)
{
	_cleanup_(signature_key_freep) struct signature_key *key = NULL;
	uint8_t signature[SIGNATURE_BYTES];
	char hex[2 * SIGNATURE_BYTES + 1];

	(void)state;
	assert_int_equal(signature_key_parse(rfc_key, strlen(rfc_key), &key, NULL), 0);
	assert_int_equal(signature_sign(key, "\x72", 1, signature), 0);
	digest_to_hex(signature, sizeof(signature), hex);
	assert_string_equal(hex,
			    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
			    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
}

static void test_public_half_verifies_and_nothing_else(void **state)
{
	_cleanup_(signature_key_freep) struct signature_key *key = NULL, *other = NULL,
							    *public = NULL, *again = NULL;
	_cleanup_free_ char *pem = NULL, *secret = NULL;
	uint8_t signature[SIGNATURE_BYTES];

	(void)state;
	assert_int_equal(signature_key_generate(&key), 0);
	assert_int_equal(signature_key_generate(&other), 0);
	pem = signature_key_public_pem(key);
	secret = signature_key_private_pem(key);
	assert_int_equal(signature_key_parse(pem, strlen(pem), &public, NULL), 0);
	assert_int_equal(signature_key_parse(secret, strlen(secret), &again, NULL), 0);
	assert_int_equal(strlen(signature_key_id(key)), SIGNATURE_KEYID - 1);
	assert_string_equal(signature_key_id(key), signature_key_id(public));
	assert_string_not_equal(signature_key_id(key), signature_key_id(other));

	assert_int_equal(signature_sign(again, "manifest", 8, signature), 0);
	assert_true(signature_verify(public, "manifest", 8, signature));
	assert_false(signature_verify(public, "manifesT", 8, signature));
	assert_false(signature_verify(public, "manifest", 7, signature));
	assert_false(signature_verify(other, "manifest", 8, signature));
	signature[10] ^= 1;
	assert_false(signature_verify(public, "manifest", 8, signature));

	assert_null(signature_key_private_pem(public));
	assert_int_equal(signature_sign(public, "manifest", 8, signature), -EINVAL);
}

static void test_other_keys_are_refused(void **state)
{
	struct signature_key *key = NULL;
	struct error *err = NULL;

	(void)state;
	assert_int_equal(signature_key_parse("", 0, &key, &err), -EINVAL);
	unit_expect_error(&err, "not readable as PEM");
	assert_int_equal(signature_key_parse(rsa_public, strlen(rsa_public), &key, &err), -EINVAL);
	unit_expect_error(&err, "the key is not");
	assert_int_equal(signature_key_parse(rfc_key, 40, &key, NULL), -EINVAL);
	assert_null(key);
}

static void test_base64_of_the_standard(void **state)
{
	/* RFC 4648, 10. */
	static const struct {
		const char *plain, *text;
	} rows[] = {
		{"", ""},
		{"f", "Zg=="},
		{"fo", "Zm8="},
		{"foo", "Zm9v"},
		{"foob", "Zm9vYg=="},
		{"fooba", "Zm9vYmE="},
		{"foobar", "Zm9vYmFy"},
	};
	static const char *const bad[] = {
		"Zg", "Zg=", "Zh==", "Z===", "====", "Zg==Zg==", "Zm9 ", "Zm9v\n", "Zm-_", "Z=9v"};
	uint8_t *bytes = NULL;
	size_t length = 0;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = base64_encode(rows[i].plain, strlen(rows[i].plain));
		_cleanup_free_ uint8_t *plain = NULL;

		assert_string_equal(text, rows[i].text);
		assert_int_equal(base64_decode(text, &plain, &length), 0);
		assert_int_equal(length, strlen(rows[i].plain));
		assert_memory_equal(plain, rows[i].plain, length);
	}
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(base64_decode(bad[i], &bytes, &length), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sha256_of_known_texts),
		cmocka_unit_test(test_sha512_256_of_known_text),
		cmocka_unit_test(test_signature_is_the_one_of_the_standard),
		cmocka_unit_test(test_public_half_verifies_and_nothing_else),
		cmocka_unit_test(test_other_keys_are_refused),
		cmocka_unit_test(test_base64_of_the_standard),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
