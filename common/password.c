/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/password.h"

#include <crypt.h>
#include <errno.h>

#include "common/str.h"

#define ITOA64 "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"

int password_hash(const char *plain, char **ret, struct error **err)
{
	_cleanup_free_ char *setting = NULL;
	struct crypt_data *data;
	char *hash;

	/* Cost 0 is the library's default; NULL makes it ask the kernel for the salt. */
	setting = crypt_gensalt_ra("$y$", 0, NULL, 0);
	if (!setting)
		return error_errno(err, ERROR_INTERNAL, errno, "no salt for the password");
	data = xcalloc(1, sizeof(*data));
	hash = crypt_r(plain, setting, data);
	if (!hash || *hash == '*') {
		error_errno(err, ERROR_USER, errno, "the password cannot be hashed");
		error_hint(err, "Choose a password of at most %d bytes.",
			   CRYPT_MAX_PASSPHRASE_SIZE);
		hash = NULL;
	} else {
		*ret = xstrdup(hash);
	}
	explicit_bzero(data, sizeof(*data));
	free(data);
	return hash ? 0 : -EINVAL;
}

/*
 * crypt_checksalt() looks at the beginning alone, and takes any plain word for a DES hash; so the
 * length and alphabet of the last part are checked here. Lengths: crypt(5).
 */
static bool has_shape(const char *hash)
{
	static const struct {
		const char *prefix;
		size_t length; /* of what follows the last "$" */
	} shapes[] = {
		{"$y$", 43},  {"$gy$", 43}, {"$7$", 43},  {"$6$", 86},  {"$5$", 43},
		{"$2a$", 53}, {"$2b$", 53}, {"$2x$", 53}, {"$2y$", 53}, {"$1$", 22},
	};
	const char *last = strrchr(hash, '$');

	if (!last)
		return strlen(hash) == 13 && strspn(hash, ITOA64) == 13;
	if (strspn(hash, ITOA64 "$=,") != strlen(hash))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(shapes); i++) {
		if (str_starts(hash, shapes[i].prefix))
			return strlen(last + 1) == shapes[i].length &&
			       last >= hash + strlen(shapes[i].prefix);
	}
	return false;
}

bool password_hash_is_valid(const char *hash)
{
	if (str_empty(hash))
		return false;
	if (str_eq(hash, "!!") || str_eq(hash, "!") || str_eq(hash, "*"))
		return true;
	switch (crypt_checksalt(hash)) {
	case CRYPT_SALT_OK:
	case CRYPT_SALT_METHOD_LEGACY:
	case CRYPT_SALT_TOO_CHEAP:
		return has_shape(hash);
	default:
		return false;
	}
}

bool password_fits(const char *plain, const char *hash)
{
	struct crypt_data *data = xcalloc(1, sizeof(*data));
	const char *made = crypt_r(plain, hash, data);
	/* libcrypt tells of a hash that it cannot check by one that begins with "*". */
	bool fits = made && *made != '*' && str_eq(made, hash);

	explicit_bzero(data, sizeof(*data));
	free(data);
	return fits;
}
