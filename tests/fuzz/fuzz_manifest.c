/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Manifests come from media and servers: whatever they hold, only possible ranges come out. */
#include "common/str.h"
#include "installer/payload/manifest.h"
#include "installer/payload/treeinfo.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	_cleanup_source_ struct source *source = NULL;
	_cleanup_free_ char *text = xstrndup((const char *)data, size);
	_cleanup_free_ char *product _unused_ = treeinfo_product(text);
	uint64_t end = 0;

	if (source_from_manifest((const char *)data, size, "fuzz", &source, NULL) < 0)
		return 0;
	for (size_t i = 0; i < source->n_chunks; i++) {
		const struct source_chunk *chunk = &source->chunks[i];

		if (chunk->image_offset < end || chunk->image_bytes == 0 ||
		    chunk->image_offset + chunk->image_bytes > source->image_bytes ||
		    (chunk->kind == CHUNK_DATA && chunk->image_bytes > CHUNK_MAX_BYTES))
			abort();
		end = chunk->image_offset + chunk->image_bytes;
	}
	return 0;
}
