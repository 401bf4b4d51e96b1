/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/payload/chunk.h"

#include <errno.h>
#include <zstd.h>

#include "common/str.h"
#include "installer/payload/manifest.h"

struct assembler {
	const struct source *source;
	size_t at, end;         /* indexes of source->chunks; at is a data chunk or == end */
	size_t ordinal, n_data; /* of data chunks, for messages; ordinal from 1 */
	uint64_t missing;       /* bytes, the current chunk's included */
	size_t filled;          /* bytes of the current chunk */
	char *packed;
	ZSTD_DCtx *context;
};

static void skip_to_data(struct assembler *assembler)
{
	while (assembler->at < assembler->end &&
	       assembler->source->chunks[assembler->at].kind != CHUNK_DATA)
		assembler->at++;
}

struct assembler *assembler_new(const struct source *source, size_t first, size_t count)
{
	struct assembler *assembler = xcalloc(1, sizeof(*assembler));
	size_t taken = 0, largest = 1;

	assembler->source = source;
	assembler->at = first;
	assembler->end = first;
	assembler->ordinal = 1;
	for (size_t i = 0; i < source->n_chunks; i++) {
		const struct source_chunk *chunk = &source->chunks[i];

		if (chunk->kind != CHUNK_DATA)
			continue;
		assembler->n_data++;
		if (i < first)
			assembler->ordinal++;
		if (i < first || (count > 0 && taken == count))
			continue;
		taken++;
		assembler->end = i + 1;
		assembler->missing += chunk->file_bytes;
		if (chunk->file_bytes > largest)
			largest = (size_t)chunk->file_bytes;
	}
	skip_to_data(assembler);
	assembler->packed = xmalloc(largest);
	assembler->context = ZSTD_createDCtx();
	if (!assembler->context)
		abort();
	return assembler;
}

void assembler_free(struct assembler *assembler)
{
	if (!assembler)
		return;
	ZSTD_freeDCtx(assembler->context);
	free(assembler->packed);
	free(assembler);
}

static const struct source_chunk *current(const struct assembler *assembler)
{
	return assembler->at < assembler->end ? &assembler->source->chunks[assembler->at] : NULL;
}

uint64_t assembler_position(const struct assembler *assembler)
{
	const struct source_chunk *chunk = current(assembler);

	return chunk ? chunk->file_offset + assembler->filled : 0;
}

uint64_t assembler_missing(const struct assembler *assembler)
{
	return assembler->missing - assembler->filled;
}

size_t assembler_add(struct assembler *assembler, const void *bytes, size_t length)
{
	const struct source_chunk *chunk = current(assembler);
	size_t room = chunk ? (size_t)chunk->file_bytes - assembler->filled : 0;
	size_t taken = length < room ? length : room;

	if (taken > 0)
		memcpy(assembler->packed + assembler->filled, bytes, taken);
	assembler->filled += taken;
	return taken;
}

const struct source_chunk *assembler_ready(const struct assembler *assembler)
{
	const struct source_chunk *chunk = current(assembler);

	return chunk && assembler->filled == chunk->file_bytes ? chunk : NULL;
}

static int damaged(const struct assembler *assembler, const char *what, struct error **err)
{
	const struct source_chunk *chunk = current(assembler);

	error_set(err, ERROR_MEDIA,
		  "the source is damaged: chunk %zu of %zu (%llu bytes at offset %llu of %s) %s",
		  assembler->ordinal, assembler->n_data, (unsigned long long)chunk->file_bytes,
		  (unsigned long long)chunk->file_offset, assembler->source->image_file, what);
	error_hint(err, "Copy the source or write the medium again; if that does not help, test "
			"this machine's memory.");
	return -EBADMSG;
}

int assembler_broken(const struct assembler *assembler, struct error **err)
{
	return damaged(assembler, "is not all there", err);
}

int assembler_take(struct assembler *assembler, void *buffer, struct error **err)
{
	const struct source_chunk *chunk = assembler_ready(assembler);
	uint8_t digest[SHA512_256_BYTES];

	digest_sha512_256(assembler->packed, assembler->filled, digest);
	if (memcmp(digest, chunk->digest, sizeof(digest)) != 0)
		return damaged(assembler, "does not match the manifest", err);
	if (buffer &&
	    ZSTD_decompressDCtx(assembler->context, buffer, chunk->image_bytes, assembler->packed,
				assembler->filled) != chunk->image_bytes)
		return damaged(assembler, "cannot be decompressed", err);
	assembler->missing -= chunk->file_bytes;
	assembler->filled = 0;
	assembler->ordinal++;
	assembler->at++;
	skip_to_data(assembler);
	return 0;
}
