/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * LVM2 metadata read straight from a physical volume: label, metadata area, text. Used by the disk
 * probe, its test and its fuzz target. Activates nothing, locks nothing, never writes.
 */
#pragma once

#include "common/macro.h"

/* Where the bytes of the volume are; offsets count from its start. */
struct lvm_source {
	/* 0, or -errno when not all `length` bytes could be read. */
	int (*read)(const struct lvm_source *source, uint64_t offset, void *buf, size_t length);
	const void *data;
	size_t length; /* of data, for lvm_read_memory() */
	int fd;        /* for lvm_read_fd() */
	uint64_t start, size;
};

int lvm_read_memory(const struct lvm_source *source, uint64_t offset, void *buf, size_t length);
int lvm_read_fd(const struct lvm_source *source, uint64_t offset, void *buf, size_t length);

struct lvm_summary {
	char *volume_group; /* NULL when this volume holds no metadata */
	char **volumes;     /* names of the logical volumes, sorted */
	uint64_t
		newest; /* latest creation_time of any, seconds since 1970; 0 when none states it */
	/* Where the first segment of the only volume begins on this physical volume, in bytes; for
	 * a look at its file system. False when there is not exactly one, or it lies elsewhere. */
	bool has_first;
	uint64_t first_offset;
};

/* -ENOENT when there is no label, -EBADMSG when the metadata is damaged. */
int lvm_read_summary(const struct lvm_source *source, struct lvm_summary *ret) _must_check_;
void lvm_summary_done(struct lvm_summary *summary);
#define _cleanup_lvm_summary_ _cleanup_(lvm_summary_done)

/* The text alone, as vgcfgbackup writes it too. */
int lvm_parse_text(const char *text, size_t length, struct lvm_summary *ret) _must_check_;
