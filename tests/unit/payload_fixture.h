/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A small signed source in a folder of its own, made with the code that makes real ones: 11 data
 * chunks with a zero chunk and a free gap among them. For tests of payload and execute.
 */
#pragma once

#include <fcntl.h>
#include <sys/stat.h>

#include "tests/unit/unit.h"

#include "common/fsroot.h"
#include "installer/payload/image_pack.h"
#include "installer/payload/manifest.h"
#include "installer/payload/payload.h"

#define FIXTURE_CHUNK_BYTES ((uint64_t)256 << 10)
#define FIXTURE_DATA_CHUNKS 11
#define FIXTURE_CHUNKS      (FIXTURE_DATA_CHUNKS + 1)
#define FIXTURE_ZERO        4 /* index of the zero chunk */
#define FIXTURE_GAP         7 /* this chunk has free space before it */
#define FIXTURE_IMAGE_BYTES ((FIXTURE_CHUNKS + 1) * FIXTURE_CHUNK_BYTES)

struct fixture {
	char *folder; /* holds source/ and root/, the installer's root with its key */
	struct source_chunk chunks[FIXTURE_CHUNKS];
};

/* Any byte of the image; compressible, and different everywhere. */
static inline uint8_t fixture_byte(uint64_t offset)
{
	return (uint8_t)((offset >> 7) * 31 + (offset >> 14) + (offset % 7 == 0));
}

static inline int fixture_fill(const struct source_chunk *chunk, void *buffer, void *data,
			       struct error **err)
{
	(void)data;
	(void)err;
	for (uint64_t i = 0; i < chunk->image_bytes; i++)
		((uint8_t *)buffer)[i] = fixture_byte(chunk->image_offset + i);
	return 0;
}

static inline void fixture_write(const struct fixture *fixture, const char *path, const char *text)
{
	_cleanup_fsroot_ struct fsroot *root = NULL;

	assert_int_equal(fsroot_open(fixture->folder, &root), 0);
	assert_int_equal(fsroot_write_text(root, path, text, 0644), 0);
}

static inline char *fixture_manifest(const struct source *source)
{
	static const char info[] =
		"{\"product\": {\"name\": \"xenhost\", \"brand\": \"xenhost\", \"version\": \"1\","
		" \"build\": \"test\"}, \"platform\": {\"name\": \"xenhost\", \"version\": \"1\"},"
		" \"suite\": \"trixie\", \"created\": \"2026-01-01T00:00:00Z\","
		" \"development\": true, \"secure_boot\": false, \"pool_engines\": [\"none\"],"
		" \"xen\": {\"version\": \"4.20\", \"path\": \"/boot/xen-4.20-amd64.gz\"},"
		" \"kernel\": {\"version\": \"6.12\", \"path\": \"/boot/vmlinuz-6.12\","
		" \"initrd_path\": \"/boot/initrd.img-6.12\"},"
		" \"smallest_root_bytes\": 1073741824}";
	_cleanup_json_ struct json *manifest = json_new_object(), *members = NULL;

	assert_int_equal(json_parse(info, strlen(info), "info", &members, NULL), 0);
	json_set_string(manifest, "schema", MANIFEST_SCHEMA);
	json_set_members(manifest, members);
	json_set(manifest, "image", manifest_image_to_json(source));
	return json_to_text(manifest);
}

static inline void fixture_sign(const struct fixture *fixture, const char *manifest)
{
	_cleanup_(signature_key_freep) struct signature_key *key = NULL;
	_cleanup_free_ char *pem = NULL, *base64 = NULL, *line = NULL;
	uint8_t signature[SIGNATURE_BYTES];

	assert_int_equal(signature_key_generate(&key), 0);
	pem = signature_key_public_pem(key);
	assert_int_equal(signature_sign(key, manifest, strlen(manifest), signature), 0);
	base64 = base64_encode(signature, sizeof(signature));
	line = xasprintf("%s %s\n", signature_key_id(key), base64);
	fixture_write(fixture, "/source/manifest.json", manifest);
	fixture_write(fixture, "/source/manifest.sig", line);
	fixture_write(fixture, "/root/etc/xenhost/keys/test.pem", pem);
}

static inline void fixture_make(struct fixture *fixture)
{
	static char file[] = MANIFEST_IMAGE, uuid[] = "0b1c2d3e-4f50-4162-8394-a5b6c7d8e9f0";
	struct source source = {.image_file = file,
				.image_uuid = uuid,
				.image_bytes = FIXTURE_IMAGE_BYTES,
				.block_bytes = MANIFEST_BLOCK_BYTES,
				.chunks = fixture->chunks,
				.n_chunks = FIXTURE_CHUNKS};
	struct image_pack pack = {.chunks = fixture->chunks,
				  .n_chunks = FIXTURE_CHUNKS,
				  .level = 1,
				  .threads = 2,
				  .fill = fixture_fill};
	_cleanup_free_ char *path = NULL, *manifest = NULL;
	_cleanup_close_ int fd = -1;

	memset(fixture, 0, sizeof(*fixture));
	fixture->folder = unit_folder_make();
	for (size_t i = 0; i < FIXTURE_CHUNKS; i++)
		fixture->chunks[i] = (struct source_chunk){
			.kind = i == FIXTURE_ZERO ? CHUNK_ZERO : CHUNK_DATA,
			.image_offset = (i + (i >= FIXTURE_GAP)) * FIXTURE_CHUNK_BYTES,
			.image_bytes = FIXTURE_CHUNK_BYTES};
	fixture_write(fixture, "/source/" MANIFEST_IMAGE, "");
	path = xasprintf("%s/source/%s", fixture->folder, MANIFEST_IMAGE);
	fd = open(path, O_WRONLY);
	assert_true(fd >= 0);
	assert_int_equal(
		image_pack_write(&pack, fd, &source.data_bytes, &source.transfer_bytes, NULL), 0);
	manifest = fixture_manifest(&source);
	fixture_sign(fixture, manifest);
}

static inline void fixture_remove(const struct fixture *fixture)
{
	unit_folder_remove(fixture->folder);
}

/* cmocka's set-up and tear-down of a test whose state is the fixture. */
static inline int fixture_setup(void **state)
{
	*state = xcalloc(1, sizeof(struct fixture));
	fixture_make(*state);
	return 0;
}

static inline int fixture_teardown(void **state)
{
	fixture_remove(*state);
	free(*state);
	return 0;
}

#define FIXTURE_TEST(name) cmocka_unit_test_setup_teardown(name, fixture_setup, fixture_teardown)

/* What arrived of an image, compared with what was packed; the data of fixture_take(). */
struct arrival {
	size_t count, waits;
	bool wrong;
};

static inline int fixture_take(const struct source_chunk *chunk, const void *bytes, void *data,
			       struct error **err)
{
	struct arrival *arrival = data;

	(void)err;
	for (uint64_t i = 0; i < chunk->image_bytes; i++)
		if (((const uint8_t *)bytes)[i] != fixture_byte(chunk->image_offset + i))
			arrival->wrong = true;
	arrival->count++;
	return 0;
}

static inline int fixture_open(const struct fixture *fixture, struct payload **ret,
			       struct error **err)
{
	_cleanup_free_ char *where = xasprintf("%s/source", fixture->folder);
	_cleanup_free_ char *outer = xasprintf("%s/root", fixture->folder);
	_cleanup_fsroot_ struct fsroot *root = NULL;

	assert_int_equal(fsroot_open(outer, &root), 0);
	return payload_open(where, root, ret, err);
}

/* Turns one bit of a file over. */
static inline void fixture_damage(const struct fixture *fixture, const char *file, uint64_t offset)
{
	_cleanup_free_ char *path = xasprintf("%s/source/%s", fixture->folder, file);
	_cleanup_close_ int fd = open(path, O_RDWR);
	uint8_t byte;

	assert_int_equal(pread(fd, &byte, 1, (off_t)offset), 1);
	byte ^= 0x10;
	assert_int_equal(pwrite(fd, &byte, 1, (off_t)offset), 1);
}
