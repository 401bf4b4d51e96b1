/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Which ranges of an ext4 image hold data, must be zero, or are free. Used by xenhost-mkpayload
 * alone; the only file that includes libext2fs. Reads the image, never writes it.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"
#include "installer/payload/source.h"

/* Free gaps up to this size are stored as zeros: one more request costs more than these bytes. */
#define IMAGE_GAP_BYTES ((uint64_t)64 << 10)
/* Runs of zeros from this size on become zero chunks, which the disk may fill without a transfer.
 */
#define IMAGE_ZERO_BYTES ((uint64_t)64 << 10)

struct image_range {
	uint64_t offset, bytes;
	bool used; /* holds blocks of the file system; the others are small gaps */
};

struct image_map {
	uint64_t image_bytes;
	char uuid[37];
	struct image_range *ranges; /* sorted and disjoint, whole blocks */
	size_t n_ranges;
};

void image_map_done(struct image_map *map);

/* Kind ERROR_USAGE: the image cannot be read, is not a clean ext4 with 4 KiB blocks, or lacks
 * metadata_csum_seed, without which a new UUID would mean rewriting all its metadata. */
int image_map_read(const char *path, struct image_map *ret, struct error **err) _must_check_;

/* The image cut into chunks: zero runs found, data CHUNK_PACK_BYTES each at most; digests and
 * places in the file are still empty. `fd` is the open image. */
int image_map_chunks(const struct image_map *map, int fd, struct source_chunk **ret,
		     size_t *ret_count, struct error **err) _must_check_;
/* One chunk's bytes; small free gaps inside it read as zeros, whatever the image holds there. */
int image_map_fill(const struct image_map *map, int fd, const struct source_chunk *chunk,
		   void *buffer, struct error **err) _must_check_;
