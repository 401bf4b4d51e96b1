/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file of an NFS server, over a mount of its own. A thread of its own waits for the server,
 * since the kernel does that without end; whoever reads does not. For fetch_nfs.c and the transport
 * of sources.
 */
#pragma once

#include "common/nfs.h"

struct nfs_file;

struct nfs_wish {
	const struct nfs_place *place;
	const char *name; /* in the folder of the place; links stay inside that */
	/* Asked several times a second: true ends what is waited for, as if the connection had been
	 * lost. Or NULL. */
	bool (*is_broken_off)(void *data);
	void *data;
};

/*
 * Kind ERROR_NETWORK; -ENOENT when the folder has no such file. -ETIMEDOUT, of reading too, when
 * the server did not answer for half a minute; for a minute where it had to be found and mounted.
 * Who tries again after a failure opens it anew.
 */
int nfs_file_open(const struct nfs_wish *wish, struct nfs_file **ret,
		  struct error **err) _must_check_;
/* Never waits. */
void nfs_file_close(struct nfs_file *file);
DEFINE_CLEANUP(struct nfs_file *, nfs_file_close)
/* Up to `length` bytes from `offset` on: their number in *ret, 0 at the file's end. */
int nfs_file_read(struct nfs_file *file, uint64_t offset, void *buffer, size_t length, size_t *ret,
		  struct error **err) _must_check_;
/* All of it, NUL-terminated; -EFBIG beyond `max` bytes. */
int nfs_file_read_all(struct nfs_file *file, uint64_t max, char **ret, size_t *ret_length,
		      struct error **err) _must_check_;
