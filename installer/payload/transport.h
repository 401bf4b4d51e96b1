/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Bytes of a source's files, from a folder, over HTTP or NFS, as they are: unverified. Used by
 * payload.c and stream.c; never waits or tries again by itself.
 */
#pragma once

#include "common/error.h"
#include "common/macro.h"

struct transport;

/* `where` is a folder, a file: or an http(s)/ftp/nfs URL. Opens nothing over the network yet. */
int transport_open(const char *where, struct transport **ret, struct error **err) _must_check_;
/* See payload_hold_to(); to be called before anything is opened. */
void transport_hold_to(const char *certificate_sha256);
/* The same place once more, over a connection of its own. */
int transport_again(const struct transport *transport, struct transport **ret,
		    struct error **err) _must_check_;
void transport_free(struct transport *transport);
DEFINE_CLEANUP(struct transport *, transport_free)
const char *transport_where(const struct transport *transport); /* credentials masked */
bool transport_is_remote(const struct transport *transport);

/* A whole small file, NUL-terminated. -ENOENT when the source does not have it. */
int transport_get(const struct transport *transport, const char *file, uint64_t max, char **ret,
		  size_t *ret_length, struct error **err) _must_check_;

/*
 * `length` bytes from `offset` on, piece by piece in order; a negative value of `on_data` ends it
 * and is returned. Returning 0 does not promise that all bytes came: the file may be shorter.
 */
int transport_read(const struct transport *transport, const char *file, uint64_t offset,
		   uint64_t length, int (*on_data)(const void *bytes, size_t length, void *data),
		   void *data, struct error **err) _must_check_;
/* From any thread: the read at work ends with a failure, as if the connection had been lost, and so
 * does each further one. */
void transport_break(struct transport *transport);
/* True for a failure after which trying again later makes sense. */
bool transport_error_is_transient(const struct transport *transport, const struct error *error);
