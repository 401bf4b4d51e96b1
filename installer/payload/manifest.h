/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The manifest's form, schema xenhost.manifest/1: its limits, and its writer. The reader is
 * source_from_manifest(). Used by payload and by xenhost-mkpayload; does no I/O.
 */
#pragma once

#include "installer/payload/source.h"

#define MANIFEST_SCHEMA       "xenhost.manifest/1"
#define MANIFEST_IMAGE_FORMAT "ext4-chunks/1"
#define MANIFEST_NAME         "manifest.json"
#define MANIFEST_SIGNATURE    "manifest.sig"
#define MANIFEST_IMAGE        "root.img.chunks"

/* Bytes; far above any real one (about 250 bytes a chunk), so that memory stays bounded. */
#define MANIFEST_MAX_BYTES   (4 * MIB)
#define MANIFEST_BLOCK_BYTES 4096
/* A data chunk before and after compression (zstd's bound for what does not compress). */
#define CHUNK_MAX_BYTES (4 * MIB)
/* What xenhost-mkpayload makes: larger ones pack no better and cost the installer memory. */
#define CHUNK_PACK_BYTES     (2 * MIB)
#define CHUNK_MAX_FILE_BYTES (CHUNK_MAX_BYTES + CHUNK_MAX_BYTES / 128)

/* The `image` member made of the image fields and chunks of `source`. */
struct json *manifest_image_to_json(const struct source *source);

const char *chunk_kind_to_string(enum chunk_kind kind);
