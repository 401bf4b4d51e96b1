/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Fingerprints of ssh keys are those that `ssh-keygen -l` prints. */
#include "tests/unit/unit.h"

#include <errno.h>

#include "common/ssh_key.h"
#include "common/str.h"

static const struct {
	const char *line, *fingerprint;
} known[] = {
	{"ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMFDKz9KYBmDEb1UMz+9wzKISx3+Ve4vGzlCrx+JXn6L x y\n",
	 "ED25519 SHA256:fsRtMaqZWZwoMhhWHfc8NRHO2ulgm4nlfe85uUc/0kE"},
	{"ecdsa-sha2-nistp256 "
	 "AAAAE2VjZHNhLXNoYTItbmlzdHAyNTYAAAAIbmlzdHAyNTYAAABBBEmoDvG0HMptV3HS6qZQ/"
	 "vGuBJRk0Tk7T4Po/GhlIedM7dMb/CteeA149V502GTr3c1bc5r5hvQlKxrQ7nSwN9g=",
	 "ECDSA SHA256:WekWlMKJ2RFj/6npBRZCNObHhgR2Oa0Y1RIvU5lKIUM"},
};

static void test_as_ssh_keygen_prints_them(void **state)
{
	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(known); i++) {
		_cleanup_free_ char *fingerprint = NULL;

		assert_int_equal(ssh_key_fingerprint(known[i].line, &fingerprint), 0);
		assert_string_equal(fingerprint, known[i].fingerprint);
	}
}

static void test_what_is_no_key(void **state)
{
	static const char *const bad[] = {"",
					  "ssh-ed25519",
					  "ssh-ed25519 ====",
					  "ssh-ed25519 a b",
					  "elgamal AAAAC3Nz",
					  "-----BEGIN OPENSSH PRIVATE KEY-----"};
	char *fingerprint;

	(void)state;
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		assert_int_equal(ssh_key_fingerprint(bad[i], &fingerprint), -EINVAL);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_as_ssh_keygen_prints_them),
		cmocka_unit_test(test_what_is_no_key),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
