/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/payload/manifest.h"

#include <ctype.h>
#include <errno.h>

#include "common/str.h"

#define HINT "The source is damaged or was made for another version: build or copy it again."

static const char *const chunk_kinds[] = {
	[CHUNK_DATA] = "data",
	[CHUNK_ZERO] = "zero",
};

const char *chunk_kind_to_string(enum chunk_kind kind)
{
	return chunk_kinds[kind];
}

void source_free(struct source *source)
{
	if (!source)
		return;
	free(source->product_name);
	free(source->product_brand);
	free(source->product_version);
	free(source->product_build);
	free(source->platform_name);
	free(source->platform_version);
	free(source->suite);
	free(source->created);
	free(source->xen_version);
	free(source->xen_path);
	free(source->kernel_version);
	free(source->kernel_path);
	free(source->initrd_path);
	strv_free(source->pool_engines);
	free(source->licence);
	free(source->image_file);
	free(source->image_uuid);
	free(source->chunks);
	free(source->key_id);
	free(source);
}

/* What one reading of a manifest carries around. */
struct reader {
	const char *name;
	struct error **err;
};

static int wrong(const struct reader *reader, const char *what, const char *problem)
{
	error_set(reader->err, ERROR_MEDIA, "%s: %s %s", reader->name, what, problem);
	return error_hint(reader->err, HINT);
}

static int read_string(const struct reader *reader, const struct json *object, const char *key,
		       const char *what, char **ret)
{
	const char *value = json_get_string(object, key);

	if (str_empty(value))
		return wrong(reader, what, "is missing");
	*ret = xstrdup(value);
	return 0;
}

/* A path inside the image: it ends up in the boot menu, so only plain characters. */
static int read_path(const struct reader *reader, const struct json *object, const char *key,
		     const char *what, char **ret)
{
	_cleanup_free_ char *path = NULL;
	int r;

	r = read_string(reader, object, key, what, &path);
	if (r < 0)
		return r;
	if (path[0] != '/' || strstr(path, ".."))
		return wrong(reader, what, "is not a path of the image");
	for (const char *c = path; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr("/.+-_~", *c))
			return wrong(reader, what, "holds characters that no path of ours has");
	*ret = TAKE_PTR(path);
	return 0;
}

static int read_u64(const struct reader *reader, const struct json *object, const char *key,
		    const char *what, uint64_t *ret)
{
	if (!json_get_u64(object, key, ret))
		return wrong(reader, what, "is missing or no number");
	return 0;
}

static bool is_uuid(const char *text)
{
	for (size_t i = 0; i < 36; i++) {
		bool dash = i == 8 || i == 13 || i == 18 || i == 23;

		if (dash ? text[i] != '-' : !isxdigit((unsigned char)text[i]))
			return false;
	}
	return text[36] == '\0';
}

static int hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool digest_from_hex(const char *text, uint8_t ret[SHA512_256_BYTES])
{
	if (!text || strlen(text) != SHA512_256_HEX - 1)
		return false;
	for (size_t i = 0; i < SHA512_256_BYTES; i++) {
		int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		ret[i] = (uint8_t)(high << 4 | low);
	}
	return true;
}

static int read_product(const struct reader *reader, const struct json *root, struct source *source)
{
	const struct json *product = json_get_object(root, "product");
	const struct json *platform = json_get_object(root, "platform");
	int r;

	r = read_string(reader, product, "name", "product.name", &source->product_name);
	if (r == 0)
		r = read_string(reader, product, "brand", "product.brand", &source->product_brand);
	if (r == 0)
		r = read_string(reader, product, "version", "product.version",
				&source->product_version);
	if (r == 0)
		r = read_string(reader, product, "build", "product.build", &source->product_build);
	if (r == 0)
		r = read_string(reader, platform, "name", "platform.name", &source->platform_name);
	if (r == 0)
		r = read_string(reader, platform, "version", "platform.version",
				&source->platform_version);
	if (r == 0)
		r = read_string(reader, root, "suite", "suite", &source->suite);
	if (r == 0)
		r = read_string(reader, root, "created", "created", &source->created);
	return r;
}

static int read_boot(const struct reader *reader, const struct json *root, struct source *source)
{
	const struct json *xen = json_get_object(root, "xen");
	const struct json *kernel = json_get_object(root, "kernel");
	int r;

	r = read_string(reader, xen, "version", "xen.version", &source->xen_version);
	if (r == 0)
		r = read_path(reader, xen, "path", "xen.path", &source->xen_path);
	if (r == 0)
		r = read_string(reader, kernel, "version", "kernel.version",
				&source->kernel_version);
	if (r == 0)
		r = read_path(reader, kernel, "path", "kernel.path", &source->kernel_path);
	if (r == 0)
		r = read_path(reader, kernel, "initrd_path", "kernel.initrd_path",
			      &source->initrd_path);
	return r;
}

#define LICENCE_MAX (64U << 10)

static int read_flags(const struct reader *reader, const struct json *root, struct source *source)
{
	const struct json *engines = json_get_array(root, "pool_engines");

	if (!json_get_bool(root, "development", &source->development))
		return wrong(reader, "development", "is missing");
	if (!json_get_bool(root, "secure_boot", &source->secure_boot))
		return wrong(reader, "secure_boot", "is missing");
	if (!engines)
		return wrong(reader, "pool_engines", "is missing");
	for (size_t i = 0; i < json_length(engines); i++) {
		const char *engine = json_at_string(engines, i);

		if (str_empty(engine))
			return wrong(reader, "pool_engines", "holds something that is no name");
		strv_add(&source->pool_engines, engine);
	}
	if (json_get(root, "licence")) {
		const char *licence = json_get_string(root, "licence");

		if (str_empty(licence) || strlen(licence) > LICENCE_MAX)
			return wrong(reader, "licence", "is no text, or longer than 64 KiB");
		source->licence = xstrdup(licence);
	}
	return read_u64(reader, root, "smallest_root_bytes", "smallest_root_bytes",
			&source->smallest_root_bytes);
}

/* The file lies beside the manifest, whatever a manifest says. */
static bool is_plain_name(const char *name)
{
	for (const char *c = name; *c; c++)
		if (!isalnum((unsigned char)*c) && !strchr(".-_", *c))
			return false;
	return name[0] != '.';
}

static int read_image(const struct reader *reader, const struct json *image, struct source *source)
{
	uint64_t block_bytes;
	int r;

	if (!str_eq(json_get_string(image, "format"), MANIFEST_IMAGE_FORMAT))
		return wrong(reader, "image.format", "is not " MANIFEST_IMAGE_FORMAT);
	r = read_string(reader, image, "file", "image.file", &source->image_file);
	if (r == 0 && !is_plain_name(source->image_file))
		r = wrong(reader, "image.file", "is not the plain name of a file");
	if (r == 0)
		r = read_string(reader, image, "uuid", "image.uuid", &source->image_uuid);
	if (r == 0 && !is_uuid(source->image_uuid))
		r = wrong(reader, "image.uuid", "is no UUID");
	if (r == 0)
		r = read_u64(reader, image, "bytes", "image.bytes", &source->image_bytes);
	if (r == 0)
		r = read_u64(reader, image, "block_bytes", "image.block_bytes", &block_bytes);
	if (r == 0)
		r = read_u64(reader, image, "data_bytes", "image.data_bytes", &source->data_bytes);
	if (r == 0)
		r = read_u64(reader, image, "transfer_bytes", "image.transfer_bytes",
			     &source->transfer_bytes);
	if (r < 0)
		return r;
	if (block_bytes != MANIFEST_BLOCK_BYTES)
		return wrong(reader, "image.block_bytes", "is not 4096");
	source->block_bytes = (unsigned)block_bytes;
	if (source->image_bytes == 0 || source->image_bytes % block_bytes != 0)
		return wrong(reader, "image.bytes", "is not a whole number of blocks");
	if (source->smallest_root_bytes < source->image_bytes)
		return wrong(reader, "smallest_root_bytes", "is smaller than the image");
	return 0;
}

static int read_chunk(const struct reader *reader, const struct json *json,
		      const struct source *source, const char *what, struct source_chunk *chunk)
{
	const char *kind = json_get_string(json, "kind");

	if (str_eq(kind, chunk_kinds[CHUNK_DATA]))
		chunk->kind = CHUNK_DATA;
	else if (str_eq(kind, chunk_kinds[CHUNK_ZERO]))
		chunk->kind = CHUNK_ZERO;
	else
		return wrong(reader, what, "is neither data nor zero");
	if (!json_get_u64(json, "image_offset", &chunk->image_offset) ||
	    !json_get_u64(json, "image_bytes", &chunk->image_bytes) || chunk->image_bytes == 0 ||
	    chunk->image_offset % source->block_bytes != 0 ||
	    chunk->image_bytes % source->block_bytes != 0)
		return wrong(reader, what, "is not a range of whole blocks");
	if (chunk->image_offset > source->image_bytes ||
	    chunk->image_bytes > source->image_bytes - chunk->image_offset)
		return wrong(reader, what, "lies beyond the image");
	if (chunk->kind == CHUNK_ZERO)
		return 0;
	if (chunk->image_bytes > CHUNK_MAX_BYTES)
		return wrong(reader, what, "is larger than 4 MiB");
	if (!json_get_u64(json, "file_offset", &chunk->file_offset) ||
	    !json_get_u64(json, "file_bytes", &chunk->file_bytes) || chunk->file_bytes == 0 ||
	    chunk->file_bytes > CHUNK_MAX_FILE_BYTES)
		return wrong(reader, what, "has no possible place in the file");
	if (!digest_from_hex(json_get_string(json, "sha512_256"), chunk->digest))
		return wrong(reader, what, "has no SHA-512/256");
	return 0;
}

static int read_chunks(const struct reader *reader, const struct json *array, struct source *source)
{
	uint64_t image_end = 0, file_end = 0, data_bytes = 0;
	char what[64];

	if (json_length(array) == 0)
		return wrong(reader, "image.chunks", "is empty");
	source->n_chunks = json_length(array);
	source->chunks = xcalloc(source->n_chunks, sizeof(*source->chunks));
	for (size_t i = 0; i < source->n_chunks; i++) {
		struct source_chunk *chunk = &source->chunks[i];
		int r;

		snprintf(what, sizeof(what), "image.chunks[%zu]", i);
		r = read_chunk(reader, json_at(array, i), source, what, chunk);
		if (r < 0)
			return r;
		if (chunk->image_offset < image_end)
			return wrong(reader, what, "overlaps the chunk before it");
		image_end = chunk->image_offset + chunk->image_bytes;
		if (chunk->kind == CHUNK_ZERO)
			continue;
		if (chunk->file_offset != file_end)
			return wrong(reader, what, "does not follow the chunk before it");
		file_end += chunk->file_bytes;
		data_bytes += chunk->image_bytes;
	}
	if (data_bytes != source->data_bytes || data_bytes == 0)
		return wrong(reader, "image.data_bytes", "is not the sum of its chunks");
	if (file_end != source->transfer_bytes)
		return wrong(reader, "image.transfer_bytes", "is not the sum of its chunks");
	return 0;
}

int source_from_manifest(const char *text, size_t length, const char *name, struct source **ret,
			 struct error **err)
{
	_cleanup_source_ struct source *source = xcalloc(1, sizeof(*source));
	_cleanup_json_ struct json *root = NULL;
	const struct reader reader = {.name = name, .err = err};
	const struct json *image;
	int r;

	if (length > MANIFEST_MAX_BYTES)
		return wrong(&reader, "the manifest", "is larger than any of ours");
	r = json_parse(text, length, name, &root, err);
	if (r < 0) {
		if (err && *err)
			(*err)->kind = ERROR_MEDIA;
		error_hint(err, HINT);
		return r;
	}
	if (!str_eq(json_get_string(root, "schema"), MANIFEST_SCHEMA))
		return wrong(&reader, "schema", "is not " MANIFEST_SCHEMA);
	r = read_product(&reader, root, source);
	if (r == 0)
		r = read_boot(&reader, root, source);
	if (r == 0)
		r = read_flags(&reader, root, source);
	if (r < 0)
		return r;
	image = json_get_object(root, "image");
	r = read_image(&reader, image, source);
	if (r == 0)
		r = read_chunks(&reader, json_get_array(image, "chunks"), source);
	if (r < 0)
		return r;
	digest_sha256_hex(text, length, source->manifest_sha256);
	*ret = TAKE_PTR(source);
	return 0;
}

static void chunk_to_json(const struct source_chunk *chunk, struct json *json)
{
	char hex[SHA512_256_HEX];

	json_set_string(json, "kind", chunk_kind_to_string(chunk->kind));
	json_set_u64(json, "image_offset", chunk->image_offset);
	json_set_u64(json, "image_bytes", chunk->image_bytes);
	if (chunk->kind == CHUNK_ZERO)
		return;
	json_set_u64(json, "file_offset", chunk->file_offset);
	json_set_u64(json, "file_bytes", chunk->file_bytes);
	digest_to_hex(chunk->digest, sizeof(chunk->digest), hex);
	json_set_string(json, "sha512_256", hex);
}

struct json *manifest_image_to_json(const struct source *source)
{
	struct json *image = json_new_object();
	struct json *chunks;

	json_set_string(image, "format", MANIFEST_IMAGE_FORMAT);
	json_set_string(image, "file", source->image_file);
	json_set_u64(image, "bytes", source->image_bytes);
	json_set_u64(image, "block_bytes", source->block_bytes);
	json_set_string(image, "uuid", source->image_uuid);
	json_set_u64(image, "data_bytes", source->data_bytes);
	json_set_u64(image, "transfer_bytes", source->transfer_bytes);
	chunks = json_set_array(image, "chunks");
	for (size_t i = 0; i < source->n_chunks; i++)
		chunk_to_json(&source->chunks[i], json_append_object(chunks));
	return image;
}
