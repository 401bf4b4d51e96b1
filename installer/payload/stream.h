/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The stream of data chunks: one thread reads, verifies and decompresses while the caller's thread
 * writes. At most STREAM_SLOTS decompressed chunks and one compressed one are in memory. Used by
 * payload.c; hands out no byte of a chunk that did not match the manifest.
 */
#pragma once

#include "installer/payload/line.h"

#define STREAM_SLOTS 2

/* Reads data chunk number `index` of source->chunks alone and verifies it; writes nowhere. */
int stream_verify_chunk(const struct transport *transport, const struct source *source,
			size_t index, struct error **err) _must_check_;
/* payload_read(), see there. */
int stream_read(struct line *line, const struct source *source, const struct payload_stream *stream,
		struct error **err) _must_check_;
