/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/payload/trust.h"

#include "common/str.h"
#include "installer/payload/manifest.h"

#define KEY_MAX_BYTES ((uint64_t)16 << 10)

struct trust {
	struct signature_key **keys;
	size_t n_keys;
};

void trust_free(struct trust *trust)
{
	if (!trust)
		return;
	for (size_t i = 0; i < trust->n_keys; i++)
		signature_key_free(trust->keys[i]);
	free(trust->keys);
	free(trust);
}

bool trust_is_empty(const struct trust *trust)
{
	return trust->n_keys == 0;
}

static int load_key(struct trust *trust, const struct fsroot *root, const char *file,
		    struct error **err)
{
	_cleanup_free_ char *path = xasprintf("%s/%s", TRUST_FOLDER, file), *pem = NULL;
	struct signature_key *key = NULL;
	size_t length;
	int r;

	r = fsroot_read(root, path, KEY_MAX_BYTES, &pem, &length);
	if (r < 0)
		error_errno(err, ERROR_MEDIA, r, "cannot read the key %s", path);
	else
		r = signature_key_parse(pem, length, &key, err);
	if (r < 0) {
		error_prefix(err, "this installer's keys are damaged (%s)", path);
		if (err && *err)
			(*err)->kind = ERROR_MEDIA;
		error_hint(err, "Make the boot medium again.");
		return r;
	}
	*ARRAY_APPEND(trust->keys, trust->n_keys) = key;
	return 0;
}

int trust_load(const struct fsroot *root, struct trust **ret, struct error **err)
{
	_cleanup_(trust_freep) struct trust *trust = xcalloc(1, sizeof(*trust));
	_cleanup_strv_ char **files = NULL;

	/* No such folder is the same as no keys: a laptop has none. */
	if (fsroot_list(root, TRUST_FOLDER, &files) == 0)
		for (char **file = files; file && *file; file++) {
			int r = str_ends(*file, ".pem") ? load_key(trust, root, *file, err) : 0;

			if (r < 0)
				return r;
		}
	*ret = TAKE_PTR(trust);
	return 0;
}

static const struct signature_key *find_key(const struct trust *trust, const char *id)
{
	for (size_t i = 0; i < trust->n_keys; i++)
		if (str_eq(signature_key_id(trust->keys[i]), id))
			return trust->keys[i];
	return NULL;
}

static char *list_ids(const struct trust *trust)
{
	_cleanup_strv_ char **ids = NULL;

	for (size_t i = 0; i < trust->n_keys; i++)
		strv_add(&ids, signature_key_id(trust->keys[i]));
	return strv_join(ids, ", ");
}

/* One line of manifest.sig: "<keyid> <base64>". */
static bool line_is_good(const struct signature_key *key, const char *base64, const char *manifest,
			 size_t length)
{
	_cleanup_free_ uint8_t *signature = NULL;
	size_t signature_length;

	if (base64_decode(base64, &signature, &signature_length) < 0 ||
	    signature_length != SIGNATURE_BYTES)
		return false;
	return signature_verify(key, manifest, length, signature);
}

static int refuse_unknown(const struct trust *trust, const char *name, char *const *seen,
			  struct error **err)
{
	_cleanup_free_ char *ids = list_ids(trust), *signers = strv_join(seen, ", ");

	if (!seen) {
		error_set(err, ERROR_MEDIA, "%s: %s holds no signature", name, MANIFEST_SIGNATURE);
		return error_hint(err, "Copy the source again, or sign it.");
	}
	error_set(err, ERROR_MEDIA,
		  "%s is signed by key %s, which this installer does not trust (it trusts %s)",
		  name, signers, ids);
	return error_hint(err, "Use the boot medium that belongs to this source, or put its public "
			       "key into the initrd.");
}

int trust_verify(const struct trust *trust, const char *name, const char *manifest, size_t length,
		 const char *signatures, char **ret_key_id, struct error **err)
{
	_cleanup_strv_ char **lines = strv_split(signatures, "\n"), **seen = NULL;

	if (trust_is_empty(trust)) {
		error_set(err, ERROR_MEDIA, "this installer carries no keys to verify %s", name);
		return error_hint(err,
				  "The initrd lacks its last part, %s: make the boot medium "
				  "again.",
				  TRUST_FOLDER);
	}
	for (char **line = lines; line && *line; line++) {
		_cleanup_strv_ char **words = strv_split(*line, " \t\r");
		const struct signature_key *key;

		if (strv_length(words) != 2)
			continue;
		strv_add(&seen, words[0]);
		key = find_key(trust, words[0]);
		if (!key)
			continue;
		if (!line_is_good(key, words[1], manifest, length)) {
			error_set(err, ERROR_MEDIA,
				  "%s: the signature by key %s is wrong: %s was changed after it "
				  "was signed",
				  name, words[0], MANIFEST_NAME);
			return error_hint(err, "Copy the source again from where it was made.");
		}
		*ret_key_id = xstrdup(words[0]);
		return 0;
	}
	return refuse_unknown(trust, name, seen, err);
}
