/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * One file of an NFS server. For fetch.c alone: the kernel's own client mounts its folder
 * read-only for as long as the file is read, without helpers and without daemons.
 */
#pragma once

#include "common/fetch.h"

/* "nfs://server[:port]/folder/file" or, as XenServer's installer has it, "nfs://server:/...". */
struct fetch_nfs_place {
	char *server; /* name or address; IPv6 without brackets */
	unsigned port;
	char *folder; /* "/export/folder" */
	char *file;
};

void fetch_nfs_place_done(struct fetch_nfs_place *place);
/* ERROR_USAGE for what names no server, folder and file. */
int fetch_nfs_parse(const char *where, struct fetch_nfs_place *ret,
		    struct error **err) _must_check_;
int fetch_nfs_read(const struct fetch *fetch, const char *where, char **ret, size_t *ret_length,
		   struct error **err) _must_check_;
