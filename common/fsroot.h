/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The root handle: files below a folder that plays "/". hwdb reads /sys, /proc, /dev and /run/udev
 * through it, so that another machine can be a folder; execute writes the new system through it.
 * Symbolic links, absolute ones included, are resolved inside the root (openat2 RESOLVE_IN_ROOT).
 * Paths are given as on the machine itself ("/sys/block"). Reading never writes anything.
 */
#pragma once

#include <sys/types.h>

#include "common/macro.h"

struct fsroot;

/* -ENOSYS or -EPERM, for a folder that is not the process's own root: the kernel has no openat2(2)
 * (before 5.6), or a sandbox forbids it. */
int fsroot_open(const char *path, struct fsroot **ret) _must_check_;
void fsroot_free(struct fsroot *root);
DEFINE_CLEANUP(struct fsroot *, fsroot_free)
#define _cleanup_fsroot_ _cleanup_(fsroot_freep)

/* True when the handle is the running machine's own "/": only then devices may be opened. */
bool fsroot_is_live(const struct fsroot *root);
/* The path as seen from outside the root, for libraries that want one. Newly allocated. */
char *fsroot_outer_path(const struct fsroot *root, const char *path);

/* Calls `fn` with the path and the open flags of every access from now on; NULL ends it. */
void fsroot_set_trace(struct fsroot *root, void (*fn)(const char *path, int flags, void *data),
		      void *data);

/* 0 or -errno throughout. */
int fsroot_open_fd(const struct fsroot *root, const char *path, int flags) _must_check_;
bool fsroot_exists(const struct fsroot *root, const char *path);
bool fsroot_existsf(const struct fsroot *root, const char *format, ...) _printf_(2, 3);
/* At most `max` bytes; a NUL follows the content and is not counted. -EFBIG when larger. */
int fsroot_read(const struct fsroot *root, const char *path, size_t max, char **ret,
		size_t *ret_length) _must_check_;
/* A small text file (64 KiB), white space at its end cut off. */
int fsroot_read_text(const struct fsroot *root, const char *path, char **ret) _must_check_;
int fsroot_read_textf(const struct fsroot *root, char **ret, const char *format, ...)
	_printf_(3, 4) _must_check_;
int fsroot_read_u64f(const struct fsroot *root, int base, uint64_t *ret, const char *format, ...)
	_printf_(4, 5) _must_check_;
/* The link's text, not resolved. */
int fsroot_readlink(const struct fsroot *root, const char *path, char **ret) _must_check_;
int fsroot_readlinkf(const struct fsroot *root, char **ret, const char *format, ...)
	_printf_(3, 4) _must_check_;
/* Resolves every link; the result is a path inside the root. */
int fsroot_realpath(const struct fsroot *root, const char *path, char **ret) _must_check_;
/* Names in a folder, sorted bytewise, without "." and ".."; free with strv_free(). */
int fsroot_list(const struct fsroot *root, const char *path, char ***ret) _must_check_;
int fsroot_stat_mode(const struct fsroot *root, const char *path, mode_t *ret) _must_check_;

/*
 * Writing: creates missing parent folders (0755), writes beside the file, syncs, renames. A link
 * standing at `path` is replaced, not followed.
 */
int fsroot_write(const struct fsroot *root, const char *path, const void *bytes, size_t length,
		 mode_t mode) _must_check_;
int fsroot_write_text(const struct fsroot *root, const char *path, const char *text,
		      mode_t mode) _must_check_;
/* 0 when the folder stands already, whose mode is then left alone. */
int fsroot_mkdir(const struct fsroot *root, const char *path, mode_t mode) _must_check_;
int fsroot_symlink(const struct fsroot *root, const char *text, const char *path) _must_check_;
int fsroot_unlink(const struct fsroot *root, const char *path) _must_check_;
/*
 * As fsroot_unlink() for a file with a secret: overwrites its bytes first, so that they are not
 * left in a free block of a file system that writes in place (ext4, FAT; not a copy-on-write one).
 * -EINVAL for what is no regular file.
 */
int fsroot_wipe(const struct fsroot *root, const char *path) _must_check_;
