/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/payload/image_map.h"

#include <errno.h>
#include <ext2fs/ext2fs.h>

#include "common/str.h"
#include "installer/payload/manifest.h"

static void fs_close(ext2_filsys *fs)
{
	if (*fs)
		ext2fs_close_free(fs);
}

void image_map_done(struct image_map *map)
{
	free(map->ranges);
	memset(map, 0, sizeof(*map));
}

static int refuse(struct error **err, const char *path, const char *why, const char *hint)
{
	error_set(err, ERROR_USAGE, "%s %s", path, why);
	return error_hint(err, "%s", hint);
}

static int check_features(ext2_filsys fs, const char *path, struct error **err)
{
	if (fs->blocksize != MANIFEST_BLOCK_BYTES)
		return refuse(err, path, "does not have blocks of 4096 bytes",
			      "Make it with mkfs.ext4 -b 4096.");
	if (!ext2fs_has_feature_csum_seed(fs->super))
		return refuse(err, path, "lacks metadata_csum_seed",
			      "Make it with mkfs.ext4 -O metadata_csum_seed.");
	if (ext2fs_has_feature_journal_needs_recovery(fs->super) ||
	    !(fs->super->s_state & EXT2_VALID_FS) || (fs->super->s_state & EXT2_ERROR_FS))
		return refuse(err, path, "is not clean", "Unmount it, or run e2fsck -f on it.");
	return 0;
}

/* Appends blocks [first, end), together with the gap before them when it is small. */
static void add_used(struct image_map *map, blk64_t first, blk64_t end)
{
	uint64_t offset = first * MANIFEST_BLOCK_BYTES;
	uint64_t bytes = (end - first) * MANIFEST_BLOCK_BYTES;
	struct image_range *range;

	if (map->n_ranges > 0) {
		struct image_range *last = &map->ranges[map->n_ranges - 1];
		uint64_t last_end = last->offset + last->bytes;

		if (offset - last_end <= IMAGE_GAP_BYTES)
			*ARRAY_APPEND(map->ranges, map->n_ranges) = (struct image_range){
				.offset = last_end, .bytes = offset - last_end, .used = false};
	}
	range = ARRAY_APPEND(map->ranges, map->n_ranges);
	*range = (struct image_range){.offset = offset, .bytes = bytes, .used = true};
}

static void collect(ext2_filsys fs, struct image_map *map)
{
	blk64_t blocks = ext2fs_blocks_count(fs->super), next = fs->super->s_first_data_block;

	while (next < blocks) {
		blk64_t first, end;

		if (ext2fs_find_first_set_block_bitmap2(fs->block_map, next, blocks - 1, &first))
			return;
		if (ext2fs_find_first_zero_block_bitmap2(fs->block_map, first, blocks - 1, &end))
			end = blocks;
		add_used(map, first, end);
		next = end;
	}
}

static void format_uuid(const uint8_t *uuid, char ret[37])
{
	char *out = ret;

	for (size_t i = 0; i < 16; i++) {
		if (i == 4 || i == 6 || i == 8 || i == 10)
			*out++ = '-';
		digest_to_hex(&uuid[i], 1, out);
		out += 2;
	}
}

int image_map_read(const char *path, struct image_map *ret, struct error **err)
{
	_cleanup_(fs_close) ext2_filsys fs = NULL;
	struct image_map map = {0};
	errcode_t problem;
	int r;

	problem = ext2fs_open(path, EXT2_FLAG_64BITS, 0, 0, unix_io_manager, &fs);
	if (!problem)
		problem = ext2fs_read_block_bitmap(fs);
	if (problem) {
		error_set(err, ERROR_USAGE, "cannot read the ext4 image %s: %s", path,
			  error_message(problem));
		return error_hint(err, "Give an image made by mkfs.ext4.");
	}
	r = check_features(fs, path, err);
	if (r < 0)
		return r;
	collect(fs, &map);
	map.image_bytes = ext2fs_blocks_count(fs->super) * MANIFEST_BLOCK_BYTES;
	format_uuid(fs->super->s_uuid, map.uuid);
	*ret = map;
	return 0;
}

static int read_all(int fd, void *buffer, uint64_t bytes, uint64_t offset, struct error **err)
{
	uint64_t done = 0;

	while (done < bytes) {
		ssize_t n = pread(fd, (char *)buffer + done, bytes - done, (off_t)(offset + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, ERROR_USAGE, errno, "cannot read the image");
		/* A sparse image may end before its last, free blocks. */
		if (n == 0) {
			memset((char *)buffer + done, 0, bytes - done);
			return 0;
		}
		done += (uint64_t)n;
	}
	return 0;
}

/* First range that ends after `offset`. */
static size_t range_at(const struct image_map *map, uint64_t offset)
{
	size_t low = 0, high = map->n_ranges;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (map->ranges[middle].offset + map->ranges[middle].bytes > offset)
			high = middle;
		else
			low = middle + 1;
	}
	return low;
}

int image_map_fill(const struct image_map *map, int fd, const struct source_chunk *chunk,
		   void *buffer, struct error **err)
{
	uint64_t end = chunk->image_offset + chunk->image_bytes;

	memset(buffer, 0, chunk->image_bytes);
	for (size_t i = range_at(map, chunk->image_offset); i < map->n_ranges; i++) {
		const struct image_range *range = &map->ranges[i];
		uint64_t from = range->offset, to = range->offset + range->bytes;
		int r;

		if (from >= end)
			break;
		if (!range->used)
			continue;
		if (from < chunk->image_offset)
			from = chunk->image_offset;
		if (to > end)
			to = end;
		r = read_all(fd, (char *)buffer + (from - chunk->image_offset), to - from, from,
			     err);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Cuts one stretch without gaps into chunks as its blocks are shown to it, in order. */
struct cutter {
	struct source_chunk *chunks;
	size_t count;
	uint64_t data_start, zero_start, at; /* data up to zero_start, zeros from there to at */
};

static void add_chunk(struct cutter *cutter, enum chunk_kind kind, uint64_t offset, uint64_t bytes)
{
	struct source_chunk *chunk = ARRAY_APPEND(cutter->chunks, cutter->count);

	chunk->kind = kind;
	chunk->image_offset = offset;
	chunk->image_bytes = bytes;
}

static void add_data(struct cutter *cutter, uint64_t offset, uint64_t end)
{
	while (offset < end) {
		uint64_t bytes = end - offset < CHUNK_PACK_BYTES ? end - offset : CHUNK_PACK_BYTES;

		add_chunk(cutter, CHUNK_DATA, offset, bytes);
		offset += bytes;
	}
}

/* A run of zeros has ended: long ones stand alone, short ones stay part of the data. */
static void end_zeros(struct cutter *cutter)
{
	if (cutter->at - cutter->zero_start >= IMAGE_ZERO_BYTES) {
		add_data(cutter, cutter->data_start, cutter->zero_start);
		add_chunk(cutter, CHUNK_ZERO, cutter->zero_start, cutter->at - cutter->zero_start);
		cutter->data_start = cutter->at;
	}
}

static void cut_block(struct cutter *cutter, bool zero)
{
	if (!zero)
		end_zeros(cutter);
	cutter->at += MANIFEST_BLOCK_BYTES;
	if (!zero)
		cutter->zero_start = cutter->at;
}

static int cut_stretch(struct cutter *cutter, const struct image_map *map, int fd, uint64_t start,
		       uint64_t end, void *buffer, struct error **err)
{
	static const uint8_t zeros[MANIFEST_BLOCK_BYTES];

	cutter->data_start = cutter->zero_start = cutter->at = start;
	while (cutter->at < end) {
		struct source_chunk window = {.image_offset = cutter->at};
		int r;

		window.image_bytes = end - cutter->at < MIB ? end - cutter->at : MIB;
		r = image_map_fill(map, fd, &window, buffer, err);
		if (r < 0)
			return r;
		for (uint64_t i = 0; i < window.image_bytes; i += MANIFEST_BLOCK_BYTES)
			cut_block(cutter, memcmp((char *)buffer + i, zeros, sizeof(zeros)) == 0);
	}
	end_zeros(cutter);
	add_data(cutter, cutter->data_start, end);
	return 0;
}

int image_map_chunks(const struct image_map *map, int fd, struct source_chunk **ret,
		     size_t *ret_count, struct error **err)
{
	_cleanup_free_ void *buffer = xmalloc(MIB);
	struct cutter cutter = {0};

	for (size_t i = 0; i < map->n_ranges;) {
		uint64_t start = map->ranges[i].offset, end = start;
		int r;

		while (i < map->n_ranges && map->ranges[i].offset == end)
			end += map->ranges[i++].bytes;
		r = cut_stretch(&cutter, map, fd, start, end, buffer, err);
		if (r < 0) {
			free(cutter.chunks);
			return r;
		}
	}
	*ret = cutter.chunks;
	*ret_count = cutter.count;
	return 0;
}
