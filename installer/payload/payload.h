/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Where the system comes from: a folder on local media or a URL. Opens it, verifies the manifest's
 * signature with the installer's own keys, hands out chunks whose bytes were verified before the
 * caller sees one of them. Never writes to a disk.
 */
#pragma once

#include "common/error.h"
#include "common/fsroot.h"
#include "installer/payload/source.h"

struct payload;

/*
 * The one certificate (64 lower-case hex digits; NULL: an authority vouches) that the server of
 * every https source opened from here on must have. For all of this process, as http_configure().
 */
void payload_hold_to(const char *certificate_sha256);

/*
 * `where` is a folder, a file: or an http(s), ftp or nfs URL, or several URLs with blanks between:
 * mirrors of one source. The first that can be opened is read from; when it fails on the way, the
 * next one that has the same manifest goes on at the same byte. Keys are every *.pem below
 * /etc/xenhost/keys of `root`. A XenServer or XCP-ng repository is recognised and refused by name.
 * Kind ERROR_MEDIA for what is wrong with it, ERROR_NETWORK for what lies between.
 */
int payload_open(const char *where, const struct fsroot *root, struct payload **ret,
		 struct error **err) _must_check_;
void payload_free(struct payload *payload);
DEFINE_CLEANUP(struct payload *, payload_free)
#define _cleanup_payload_ _cleanup_(payload_freep)
const struct source *payload_source(const struct payload *payload);
const char *payload_where(const struct payload *payload); /* credentials masked */

/* That every byte range exists, without reading it all: file size, or a HEAD and a range request.
 */
int payload_probe(struct payload *payload, struct error **err) _must_check_;

/*
 * Streams all data chunks in order. For each one `on_chunk` gets the decompressed bytes of a chunk
 * whose transferred bytes matched the manifest. A lost connection is taken up again where it was
 * (`on_wait` hears of it, may be NULL), up to `patience_s` seconds without a byte (0: 600).
 */
struct payload_stream {
	int (*on_chunk)(const struct source_chunk *chunk, const void *bytes, void *data,
			struct error **err);
	void (*on_wait)(const char *why, unsigned seconds, void *data);
	unsigned patience_s;
	void *data;
};
int payload_read(struct payload *payload, const struct payload_stream *stream,
		 struct error **err) _must_check_;

/* How payload_read() fares, for whoever watches it; from any thread, as are the two below. */
struct payload_flow {
	bool reading;        /* it is at work */
	bool remote;         /* over a network */
	uint64_t bytes;      /* that came so far, as transferred */
	double held_seconds; /* so long the source had to wait, because the disk was slower */
};
void payload_flow(const struct payload *payload, struct payload_flow *ret);
/* Breaks its connection off and takes up at the same byte over a new one. */
int payload_retry(struct payload *payload, struct error **err) _must_check_;
/* The same from another place, once that has shown the same manifest with a good signature; else
 * nothing changes. */
int payload_change(struct payload *payload, const char *where, const struct fsroot *root,
		   struct error **err) _must_check_;

/* For `plan` on a laptop: a manifest by path or URL, its signature checked when keys are there. */
int payload_load_source(const char *manifest, const struct fsroot *root, struct source **ret,
			struct error **err) _must_check_;
