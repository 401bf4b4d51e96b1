/* SPDX-License-Identifier: GPL-3.0-or-later */
/* One file of an NFS server. For fetch.c alone. */
#pragma once

#include "common/fetch.h"
#include "common/nfs.h"

/* "nfs://server[:port]/folder/file" or "nfs://server:/folder/file". */
struct fetch_nfs_place {
	struct nfs_place place; /* the folder that the file is in */
	char *file;
};

void fetch_nfs_place_done(struct fetch_nfs_place *place);
/* ERROR_USAGE for what names no server, folder and file. */
int fetch_nfs_parse(const char *where, struct fetch_nfs_place *ret,
		    struct error **err) _must_check_;
int fetch_nfs_read(const struct fetch *fetch, const char *where, char **ret, size_t *ret_length,
		   struct error **err) _must_check_;
