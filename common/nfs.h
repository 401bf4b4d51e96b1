/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * A folder of an NFS server, mounted read-only by the kernel's own client, without helpers and
 * without daemons. It stands nowhere in the tree: whoever has its descriptor can read it. For
 * nfs_file.c, which knows how to wait for it. Only root can mount, where the kernel has NFS.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

/* "nfs://server[:port]/folder" or, as XenServer's installer has it, "nfs://server:/folder". */
struct nfs_place {
	char *server; /* name or address; IPv6 without brackets */
	unsigned port;
	char *folder; /* "/export/folder"; "/" where the URL names none */
};

void nfs_place_done(struct nfs_place *place);
/* -EINVAL for what names no server. Who reads is nobody there, so a user before it is refused. */
int nfs_parse(const char *url, struct nfs_place *ret) _must_check_;
/*
 * A descriptor (O_PATH) of the folder, which is unmounted when that and all files opened below it
 * are closed. ERROR_NETWORK, and never -ENOENT, which is for files. A server that is gone is an
 * error within half a minute. One that takes connections and does not answer is none: mounting,
 * reading and closing then wait for ever, and nothing but the end of the process ends that.
 */
int nfs_mount(const struct nfs_place *place, int *ret, struct error **err) _must_check_;
/* True for a failure of a server, or of the way to it, that may pass. */
bool nfs_errnum_is_transient(int errnum);
