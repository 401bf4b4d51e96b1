/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A manifest is believed only when every range in it is possible; what is wrong is named. */
#include "tests/unit/payload_fixture.h"

static char *read_manifest(const struct fixture *fixture)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;
	char *text = NULL;
	size_t length;

	assert_int_equal(fsroot_open(fixture->folder, &root), 0);
	assert_int_equal(fsroot_read(root, "/source/manifest.json", MIB, &text, &length), 0);
	return text;
}

/* The manifest with the first `from` replaced. */
static char *changed(const char *manifest, const char *from, const char *to)
{
	const char *at = strstr(manifest, from);

	if (!at)
		fail_msg("the manifest does not hold %s", from);
	return xasprintf("%.*s%s%s", (int)(at - manifest), manifest, to, at + strlen(from));
}

static void refused(const char *manifest, const char *words)
{
	_cleanup_source_ struct source *source = NULL;
	_cleanup_error_ struct error *err = NULL;

	assert_true(source_from_manifest(manifest, strlen(manifest), "m", &source, &err) < 0);
	assert_null(source);
	if (!strstr(err->message, words))
		fail_msg("\"%s\" does not say \"%s\"", err->message, words);
	assert_int_equal(err->kind, ERROR_MEDIA);
	assert_non_null(error_get_hint(err));
}

static void test_good_manifest_is_read_whole(void **state)
{
	_cleanup_free_ char *manifest = read_manifest(*state);
	_cleanup_source_ struct source *source = NULL;
	char digest[SHA256_HEX];

	assert_int_equal(source_from_manifest(manifest, strlen(manifest), "m", &source, NULL), 0);
	digest_sha256_hex(manifest, strlen(manifest), digest);
	assert_string_equal(source->manifest_sha256, digest);
	assert_string_equal(source->product_name, "xenhost");
	assert_string_equal(source->suite, "trixie");
	assert_string_equal(source->xen_path, "/boot/xen-4.20-amd64.gz");
	assert_string_equal(source->pool_engines[0], "none");
	assert_true(source->development);
	assert_false(source->secure_boot);
	assert_int_equal(source->n_chunks, FIXTURE_CHUNKS);
	assert_int_equal(source->data_bytes, FIXTURE_DATA_CHUNKS * FIXTURE_CHUNK_BYTES);
	assert_null(source->key_id);
}

static void test_each_wrong_value_is_named(void **state)
{
	static const struct {
		const char *from, *to, *says;
	} rows[] = {
		{"xenhost.manifest/1", "xenhost.manifest/2", "schema is not"},
		{"\"suite\": \"trixie\"", "\"suite\": 7", "suite is missing"},
		{"\"development\": true", "\"development\": \"yes\"", "development is missing"},
		{"/boot/xen-4.20-amd64.gz", "boot/xen.gz", "xen.path is not a path"},
		{"/boot/xen-4.20-amd64.gz", "/boot/../etc/shadow", "xen.path is not a path"},
		{"/boot/vmlinuz-6.12", "/boot/a b;c", "kernel.path holds characters"},
		{"\"suite\": \"trixie\"", "\"licence\": 7, \"suite\": \"trixie\"",
		 "licence is no text"},
		{"\"suite\": \"trixie\"", "\"licence\": \"\", \"suite\": \"trixie\"",
		 "licence is no text"},
		{"ext4-chunks/1", "ext4-chunks/9", "image.format is not"},
		{"root.img.chunks", "../../etc/passwd", "image.file is not the plain name"},
		{"root.img.chunks", ".hidden", "image.file is not the plain name"},
		{"0b1c2d3e-4f50", "0b1c2d3e-4f5", "image.uuid is no UUID"},
		{"\"block_bytes\": 4096", "\"block_bytes\": 1000", "image.block_bytes is not 4096"},
		{"\"bytes\": 3407872", "\"bytes\": 3407873", "image.bytes is not a whole number"},
		{"\"bytes\": 3407872", "\"bytes\": -4096", "image.bytes is missing"},
		{"\"bytes\": 3407872", "\"bytes\": 262144", "chunks[1] lies beyond the image"},
		{"1073741824", "4096", "smallest_root_bytes is smaller"},
		{"\"kind\": \"data\"", "\"kind\": \"dat\"", "chunks[0] is neither"},
		{"\"image_offset\": 262144", "\"image_offset\": 262143",
		 "chunks[1] is not a range"},
		{"\"image_offset\": 262144", "\"image_offset\": 4096", "chunks[1] overlaps"},
		{"\"image_offset\": 262144", "\"image_offset\": 18446744073709547520",
		 "chunks[1] lies beyond"},
		{"\"image_bytes\": 262144", "\"image_bytes\": 0", "chunks[0] is not a range"},
		{"\"file_offset\": 0", "\"file_offset\": 1", "chunks[0] does not follow"},
		{"\"file_bytes\": ", "\"file_bytes\": 99999999", "chunks[0] has no possible place"},
		{"\"sha512_256\": \"", "\"sha512_256\": \"zz", "chunks[0] has no SHA-512/256"},
		{"\"transfer_bytes\": ", "\"transfer_bytes\": 9", "image.transfer_bytes is not"},
		{"\"data_bytes\": ", "\"data_bytes\": 1", "image.data_bytes is not"},
	};
	_cleanup_free_ char *manifest = read_manifest(*state);

	for (size_t i = 0; i < ARRAY_SIZE(rows); i++) {
		_cleanup_free_ char *text = changed(manifest, rows[i].from, rows[i].to);

		refused(text, rows[i].says);
	}
}

static void test_what_is_no_json_is_a_damaged_source(void **state)
{
	_cleanup_free_ char *manifest = read_manifest(*state);

	manifest[strlen(manifest) / 2] = '\0';
	refused(manifest, "not valid JSON");
	refused("[]", "schema is not");
	refused("", "not valid JSON");
}

static void test_a_plan_needs_no_keys_but_uses_them(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_free_ char *where = xasprintf("%s/source/manifest.json", fixture->folder);
	_cleanup_free_ char *with_keys = xasprintf("%s/root", fixture->folder);
	_cleanup_fsroot_ struct fsroot *keys = NULL, *none = NULL;
	_cleanup_source_ struct source *verified = NULL, *unverified = NULL, *third = NULL;
	_cleanup_error_ struct error *err = NULL;

	assert_int_equal(fsroot_open(with_keys, &keys), 0);
	assert_int_equal(fsroot_open(fixture->folder, &none), 0);
	assert_int_equal(payload_load_source(where, keys, &verified, NULL), 0);
	assert_non_null(verified->key_id);
	assert_int_equal(payload_load_source(where, none, &unverified, NULL), 0);
	assert_null(unverified->key_id);
	fixture_write(fixture, "/source/manifest.sig", "0123456789abcdef AAAA\n");
	assert_true(payload_load_source(where, keys, &third, &err) < 0);
	assert_int_equal(err->kind, ERROR_MEDIA);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_good_manifest_is_read_whole),
		FIXTURE_TEST(test_each_wrong_value_is_named),
		FIXTURE_TEST(test_what_is_no_json_is_a_damaged_source),
		FIXTURE_TEST(test_a_plan_needs_no_keys_but_uses_them),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
