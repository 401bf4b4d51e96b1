/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Puts the bytes of a source's image file together to chunks as they arrive in pieces, verifies
 * each chunk's SHA-512/256 over the bytes as transferred, and only then decompresses it. Used by
 * stream.c; does no I/O.
 */
#pragma once

#include "common/error.h"
#include "installer/payload/source.h"

struct assembler;

/* Starts at the data chunk source->chunks[first] and ends after `count` data chunks (0: all). */
struct assembler *assembler_new(const struct source *source, size_t first, size_t count);
void assembler_free(struct assembler *assembler);
DEFINE_CLEANUP(struct assembler *, assembler_free)

/* Where in the file the next byte stands, and how many are still to come. */
uint64_t assembler_position(const struct assembler *assembler);
uint64_t assembler_missing(const struct assembler *assembler);
/* Takes bytes up to the end of the current chunk; the number taken. */
size_t assembler_add(struct assembler *assembler, const void *bytes, size_t length);
/* The chunk whose bytes are all there, or NULL. */
const struct source_chunk *assembler_ready(const struct assembler *assembler);
/* Verifies the ready chunk, decompresses it into `buffer` (NULL: only verifies) and goes on to the
 * next. Kind ERROR_MEDIA, naming the chunk. */
int assembler_take(struct assembler *assembler, void *buffer, struct error **err) _must_check_;
/* The file ended too early, or a read failed: says in which chunk. */
int assembler_broken(const struct assembler *assembler, struct error **err);
