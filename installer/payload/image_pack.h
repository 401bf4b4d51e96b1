/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Compresses the chunks of an image into one file and fills in their places and digests. Used by
 * xenhost-mkpayload and by tests that need a payload. Same input, level and zstd: same bytes.
 */
#pragma once

#include "common/error.h"
#include "installer/payload/source.h"

struct image_pack {
	struct source_chunk *chunks; /* file_offset, file_bytes and digest are filled in */
	size_t n_chunks;
	int level;        /* of zstd, 1 to 22 */
	unsigned threads; /* 0 is one for each processor; does not change the result */
	/* Gives one chunk's bytes; called in order, from one thread. */
	int (*fill)(const struct source_chunk *chunk, void *buffer, void *data, struct error **err);
	/* How far it is, or NULL. */
	void (*on_progress)(uint64_t done, uint64_t total, void *data);
	void *data;
};

/* Writes the data chunks to `fd` one after the other. Kind ERROR_USAGE. */
int image_pack_write(const struct image_pack *pack, int fd, uint64_t *ret_data_bytes,
		     uint64_t *ret_transfer_bytes, struct error **err) _must_check_;
