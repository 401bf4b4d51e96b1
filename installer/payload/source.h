/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * struct source: the verified manifest as data, all that the planner knows of the system to be
 * installed. Made by payload (manifest.c); never reads or fetches by itself once made.
 */
#pragma once

#include "common/digest.h"
#include "common/error.h"
#include "common/json.h"
#include "common/macro.h"

enum chunk_kind { CHUNK_DATA, CHUNK_ZERO };

/* One range of the image. Ranges are sorted and disjoint; what none covers is free space. */
struct source_chunk {
	enum chunk_kind kind;
	uint64_t image_offset, image_bytes;
	uint64_t file_offset, file_bytes; /* data only: one zstd frame */
	uint8_t digest[SHA512_256_BYTES]; /* of the bytes as transferred */
};

struct source {
	char *product_name, *product_brand, *product_version, *product_build;
	char *platform_name, *platform_version;
	char *suite;
	char *created;    /* "2026-11-21T00:00:00Z" */
	bool development; /* signed with a development key: said on every screen and report */
	char *xen_version, *xen_path;
	char *kernel_version, *kernel_path, *initrd_path;
	bool secure_boot; /* its Xen is signed for Secure Boot */
	char **pool_engines;
	char *licence; /* its text, which who installs at a console accepts; or NULL */
	uint64_t smallest_root_bytes;
	char *image_file, *image_uuid;
	uint64_t image_bytes, data_bytes, transfer_bytes;
	unsigned block_bytes;
	struct source_chunk *chunks;
	size_t n_chunks;
	char manifest_sha256[SHA256_HEX];
	char *key_id; /* of the key that verified it; NULL when read without verification (plan) */
};

void source_free(struct source *source);
DEFINE_CLEANUP(struct source *, source_free)
#define _cleanup_source_ _cleanup_(source_freep)

/* Parses and checks a manifest's bytes (every range, order, limits); kind ERROR_MEDIA. */
int source_from_manifest(const char *text, size_t length, const char *name, struct source **ret,
			 struct error **err) _must_check_;
