/* SPDX-License-Identifier: GPL-3.0-or-later */
/* A source is verified before a byte of it is used: what fits arrives whole, damage is named. */
#include "tests/unit/payload_fixture.h"

static int read_all(struct payload *payload, struct arrival *arrival, struct error **err)
{
	struct payload_stream stream = {.on_chunk = fixture_take, .data = arrival};

	return payload_read(payload, &stream, err);
}

static void assert_says(const struct error *err, const char *words)
{
	_cleanup_free_ char *text = error_text(err);

	if (!strstr(text, words))
		fail_msg("\"%s\" does not say \"%s\"", text, words);
	assert_int_equal(err->kind, ERROR_MEDIA);
	assert_non_null(error_get_hint(err));
}

static void test_all_chunks_arrive(void **state)
{
	_cleanup_payload_ struct payload *payload = NULL;
	struct arrival arrival = {0};

	assert_int_equal(fixture_open(*state, &payload, NULL), 0);
	assert_int_equal(payload_probe(payload, NULL), 0);
	assert_int_equal(read_all(payload, &arrival, NULL), 0);
	assert_int_equal(arrival.count, FIXTURE_DATA_CHUNKS);
	assert_false(arrival.wrong);
	assert_int_equal(payload_source(payload)->image_bytes, FIXTURE_IMAGE_BYTES);
	assert_int_equal(strlen(payload_source(payload)->key_id), SIGNATURE_KEYID - 1);
}

/* Damages the data chunk `ordinal` (from 1): it is named, and nothing of it or after it arrives. */
static void damage_chunk(struct fixture *fixture, size_t ordinal)
{
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_error_ struct error *err = NULL;
	_cleanup_free_ char *words = xasprintf("chunk %zu of %d", ordinal, FIXTURE_DATA_CHUNKS);
	size_t index = ordinal - 1 + (ordinal > FIXTURE_ZERO);
	const struct source_chunk *chunk = &fixture->chunks[index];
	struct arrival arrival = {0};

	fixture_damage(fixture, MANIFEST_IMAGE, chunk->file_offset + chunk->file_bytes / 2);
	assert_int_equal(fixture_open(fixture, &payload, NULL), 0);
	assert_true(read_all(payload, &arrival, &err) < 0);
	assert_says(err, words);
	assert_says(err, "does not match the manifest");
	assert_int_equal(arrival.count, ordinal - 1);
	assert_false(arrival.wrong);
}

static void test_damage_in_first_chunk(void **state)
{
	damage_chunk(*state, 1);
}

static void test_damage_in_middle_chunk(void **state)
{
	damage_chunk(*state, 6);
}

static void test_damage_in_last_chunk(void **state)
{
	damage_chunk(*state, FIXTURE_DATA_CHUNKS);
}

static void test_probe_finds_damaged_end_and_missing_tail(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_error_ struct error *damage = NULL, *tail = NULL;
	_cleanup_free_ char *path = xasprintf("%s/source/%s", fixture->folder, MANIFEST_IMAGE);
	const struct source_chunk *last = &fixture->chunks[FIXTURE_CHUNKS - 1];
	struct arrival arrival = {0};

	assert_int_equal(fixture_open(fixture, &payload, NULL), 0);
	fixture_damage(fixture, MANIFEST_IMAGE, last->file_offset);
	assert_true(payload_probe(payload, &damage) < 0);
	assert_says(damage, "chunk 11 of 11");
	assert_int_equal(truncate(path, (off_t)last->file_offset + 10), 0);
	assert_true(read_all(payload, &arrival, &tail) < 0);
	assert_says(tail, "chunk 11 of 11");
	assert_says(tail, "is not all there");
	assert_int_equal(arrival.count, FIXTURE_DATA_CHUNKS - 1);
}

static void open_fails(const struct fixture *fixture, const char *words)
{
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_error_ struct error *err = NULL;

	assert_true(fixture_open(fixture, &payload, &err) < 0);
	assert_says(err, words);
}

static void test_changed_manifest_is_refused(void **state)
{
	fixture_damage(*state, MANIFEST_NAME, 300);
	open_fails(*state, "was changed after it was signed");
}

static void test_foreign_or_missing_signature_is_refused(void **state)
{
	fixture_write(*state, "/source/manifest.sig", "0123456789abcdef AAAA\n");
	open_fails(*state, "key 0123456789abcdef, which this installer does not trust");
	fixture_write(*state, "/source/manifest.sig", "\n");
	open_fails(*state, "holds no signature");
	fixture_write(*state, "/source/manifest.sig", "");
	open_fails(*state, "holds no signature");
}

static void test_installer_without_keys_refuses(void **state)
{
	_cleanup_free_ char *key =
		xasprintf("%s/root/etc/xenhost/keys/test.pem", ((struct fixture *)*state)->folder);

	assert_int_equal(unlink(key), 0);
	open_fails(*state, "carries no keys");
}

static void test_other_repositories_are_called_by_name(void **state)
{
	struct fixture *fixture = *state;
	_cleanup_free_ char *manifest = xasprintf("%s/source/%s", fixture->folder, MANIFEST_NAME);

	assert_int_equal(unlink(manifest), 0);
	open_fails(fixture, "there is no manifest.json");
	fixture_write(fixture, "/source/.treeinfo",
		      "[platform]\nname = XCP\n[system-v1]\nproduct_name = XCP-ng\n"
		      "product_version = 8.3.0\n");
	open_fails(fixture, "package repository of XCP-ng 8.3.0");
}

static int refuse_chunk(const struct source_chunk *chunk, const void *bytes, void *data,
			struct error **err)
{
	(void)bytes;
	(void)data;
	if (chunk->image_offset < 3 * FIXTURE_CHUNK_BYTES)
		return 0;
	return error_set(err, ERROR_INTERNAL, "the disk is full");
}

static void test_urls_that_nothing_comes_from(void **state)
{
	static const char *const urls[] = {"smb://u:geheim@192.0.2.1/x", "tftp://192.0.2.1/x"};
	const struct fixture *fixture = *state;
	_cleanup_free_ char *outer = xasprintf("%s/root", fixture->folder);
	_cleanup_fsroot_ struct fsroot *root = NULL;

	assert_int_equal(fsroot_open(outer, &root), 0);
	for (size_t i = 0; i < ARRAY_SIZE(urls); i++) {
		_cleanup_payload_ struct payload *payload = NULL;
		struct error *err = NULL;

		assert_true(payload_open(urls[i], root, &payload, &err) < 0);
		assert_null(strstr(err->message, "geheim"));
		assert_non_null(strstr(error_get_hint(err), "http://, https://, ftp:// or nfs://"));
		unit_expect_error(&err, "cannot install from");
	}
}

static void test_a_failing_writer_ends_the_stream(void **state)
{
	_cleanup_payload_ struct payload *payload = NULL;
	_cleanup_error_ struct error *err = NULL;
	struct payload_stream stream = {.on_chunk = refuse_chunk};

	assert_int_equal(fixture_open(*state, &payload, NULL), 0);
	assert_true(payload_read(payload, &stream, &err) < 0);
	assert_string_equal(err->message, "the disk is full");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		FIXTURE_TEST(test_all_chunks_arrive),
		FIXTURE_TEST(test_damage_in_first_chunk),
		FIXTURE_TEST(test_damage_in_middle_chunk),
		FIXTURE_TEST(test_damage_in_last_chunk),
		FIXTURE_TEST(test_probe_finds_damaged_end_and_missing_tail),
		FIXTURE_TEST(test_changed_manifest_is_refused),
		FIXTURE_TEST(test_foreign_or_missing_signature_is_refused),
		FIXTURE_TEST(test_installer_without_keys_refuses),
		FIXTURE_TEST(test_other_repositories_are_called_by_name),
		FIXTURE_TEST(test_urls_that_nothing_comes_from),
		FIXTURE_TEST(test_a_failing_writer_ends_the_stream),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
