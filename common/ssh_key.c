/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/ssh_key.h"

#include <errno.h>

#include "common/digest.h"
#include "common/str.h"

static const struct {
	const char *prefix, *name;
} types[] = {{"ssh-ed25519", "ED25519"},
	     {"ssh-rsa", "RSA"},
	     {"ecdsa-sha2-", "ECDSA"},
	     {"ssh-dss", "DSA"}};

int ssh_key_fingerprint(const char *line, char **ret)
{
	_cleanup_strv_ char **words = strv_split(line, " \t\n");
	_cleanup_free_ char *text = NULL;
	_cleanup_free_ uint8_t *key = NULL;
	uint8_t digest[SHA256_BYTES];
	size_t length;

	if (strv_length(words) < 2 || base64_decode(words[1], &key, &length) < 0 || !length)
		return -EINVAL;
	digest_sha256(key, length, digest);
	text = base64_encode(digest, sizeof(digest));
	text[strcspn(text, "=")] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(types); i++) {
		if (!str_starts(words[0], types[i].prefix))
			continue;
		*ret = xasprintf("%s SHA256:%s", types[i].name, text);
		return 0;
	}
	return -EINVAL;
}
