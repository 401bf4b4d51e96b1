/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/payload/payload.h"

#include <errno.h>
#include <time.h>

#include "common/proc.h"
#include "common/str.h"
#include "installer/payload/manifest.h"
#include "installer/payload/stream.h"
#include "installer/payload/treeinfo.h"
#include "installer/payload/trust.h"

#define TREEINFO           ".treeinfo"
#define TREEINFO_MAX_BYTES ((uint64_t)64 << 10)
/* After the first one; 1, 2, 4 and 8 s later. */
#define TRIES 4

struct payload {
	struct line *line;
	struct source *source;
	struct trust *trust;
	char **mirrors; /* every place that was named, in order */
	size_t mirror;  /* the one that was opened last */
};

void payload_free(struct payload *payload)
{
	if (!payload)
		return;
	line_free(payload->line);
	source_free(payload->source);
	trust_free(payload->trust);
	strv_free(payload->mirrors);
	free(payload);
}

void payload_hold_to(const char *certificate_sha256)
{
	transport_hold_to(certificate_sha256);
}

const struct source *payload_source(const struct payload *payload)
{
	return payload->source;
}

const char *payload_where(const struct payload *payload)
{
	return transport_where(line_transport(payload->line));
}

/* There is no manifest: says what is there instead, if it is something known. */
static int refuse_other(const struct transport *transport, struct error **err)
{
	_cleanup_free_ char *text = NULL, *product = NULL;
	const char *where = transport_where(transport);
	size_t length;

	if (transport_get(transport, TREEINFO, TREEINFO_MAX_BYTES, &text, &length, NULL) == 0)
		product = treeinfo_product(text);
	if (product) {
		error_set(err, ERROR_MEDIA,
			  "%s is the package repository of %s, from which xenhost "
			  "cannot install",
			  where, product);
		return error_hint(err, "Name an xenhost source: xenhost.source=URL on the boot "
				       "line, or <xenhost-source> in the answer file.");
	}
	error_set(err, ERROR_MEDIA, "%s holds no xenhost source: there is no %s", where,
		  MANIFEST_NAME);
	return error_hint(err, "Name the folder that holds %s, %s and %s.", MANIFEST_NAME,
			  MANIFEST_SIGNATURE, MANIFEST_IMAGE);
}

/*
 * A server that stumbles once, or a switch port that is not forwarding yet, ends no installation:
 * pauses, forgets the failure and says true, unless it will not pass or did not in 15 seconds.
 */
static bool is_tried_again(const struct transport *transport, unsigned *attempt,
			   struct error **problem)
{
	struct timespec pause = {.tv_sec = 1L << *attempt};

	if (*attempt == TRIES || proc_cancelled() ||
	    !transport_error_is_transient(transport, *problem))
		return false;
	(*attempt)++;
	/* A signal ends it early; whether it was a cancellation is asked above. */
	(void)nanosleep(&pause, NULL);
	error_free(TAKE_PTR(*problem));
	return true;
}

/* Where another mirror is at hand nobody is waited for: patience is one try then. */
static int get_patiently(const struct transport *transport, bool patient, const char *file,
			 uint64_t max, char **ret, size_t *ret_length, struct error **problem)
{
	unsigned attempt = patient ? 0 : TRIES;
	int r;

	do
		r = transport_get(transport, file, max, ret, ret_length, problem);
	while (r < 0 && r != -ENOENT && is_tried_again(transport, &attempt, problem));
	return r;
}

static int open_verified(struct transport *transport, bool patient, const struct trust *trust,
			 struct source **ret, struct error **err)
{
	_cleanup_free_ char *manifest = NULL, *signatures = NULL, *key_id = NULL;
	_cleanup_error_ struct error *problem = NULL;
	const char *where = transport_where(transport);
	size_t length, signatures_length;
	int r;

	r = get_patiently(transport, patient, MANIFEST_NAME, MANIFEST_MAX_BYTES, &manifest, &length,
			  &problem);
	if (r == -ENOENT)
		return refuse_other(transport, err);
	if (r == 0)
		r = get_patiently(transport, patient, MANIFEST_SIGNATURE, TRUST_MAX_BYTES,
				  &signatures, &signatures_length, &problem);
	if (r == -ENOENT) {
		error_set(err, ERROR_MEDIA, "%s has no %s", where, MANIFEST_SIGNATURE);
		return error_hint(err, "Copy the whole source: %s, %s and %s.", MANIFEST_NAME,
				  MANIFEST_SIGNATURE, MANIFEST_IMAGE);
	}
	if (r < 0) {
		if (err)
			*err = TAKE_PTR(problem);
		return r;
	}
	/* Nothing of the manifest is looked at before its signature is known to be good. */
	r = trust_verify(trust, where, manifest, length, signatures, &key_id, err);
	if (r == 0)
		r = source_from_manifest(manifest, length, where, ret, err);
	if (r == 0)
		(*ret)->key_id = TAKE_PTR(key_id);
	return r;
}

/* Paths may hold blanks, URLs cannot. */
static char **split_places(const char *where)
{
	char **places = NULL;

	if (!strstr(where, "://") || str_starts(where, "file:"))
		strv_add(&places, where);
	else
		places = strv_split(where, " \t\r\n");
	if (!places)
		strv_add(&places, "");
	return places;
}

static int open_place(struct payload *payload, const char *where, bool patient, struct error **err)
{
	_cleanup_(transport_freep) struct transport *transport = NULL;
	int r = transport_open(where, &transport, err);

	if (r == 0)
		r = open_verified(transport, patient, payload->trust, &payload->source, err);
	if (r == 0)
		payload->line = line_new(TAKE_PTR(transport));
	return r;
}

/* The first of them that has it; when none does, the first again, with patience. */
static int open_any(struct payload *payload, struct error **err)
{
	size_t count = strv_length(payload->mirrors);

	for (size_t i = 0; count > 1 && i < count; i++) {
		payload->mirror = i;
		if (open_place(payload, payload->mirrors[i], false, NULL) == 0)
			return 0;
	}
	payload->mirror = 0;
	return open_place(payload, payload->mirrors[0], true, err);
}

static int change_to(struct payload *payload, struct payload *other, struct error **err)
{
	struct transport *transport;
	int r;

	if (!str_eq(other->source->manifest_sha256, payload->source->manifest_sha256)) {
		error_set(err, ERROR_MEDIA,
			  "%s holds another build of the system, %s %s, not the one that is being "
			  "installed",
			  payload_where(other), other->source->product_name,
			  other->source->product_version);
		return error_hint(err, "Name a copy of the very source that it began with: the "
				       "manifest must be the same to the byte.");
	}
	r = transport_again(line_transport(other->line), &transport, err);
	if (r == 0)
		line_replace(payload->line, transport);
	return r;
}

/* Another mirror with the same manifest, for the stream; from the reading thread. */
static bool next_mirror(void *data)
{
	struct payload *payload = data;
	size_t count = strv_length(payload->mirrors);

	for (size_t i = 1; i < count; i++) {
		size_t at = (payload->mirror + i) % count;
		struct payload other = {.trust = payload->trust};
		bool changed = open_place(&other, payload->mirrors[at], false, NULL) == 0 &&
			       change_to(payload, &other, NULL) == 0;

		line_free(other.line);
		source_free(other.source);
		if (changed) {
			payload->mirror = at;
			return true;
		}
	}
	return false;
}

int payload_open(const char *where, const struct fsroot *root, struct payload **ret,
		 struct error **err)
{
	_cleanup_payload_ struct payload *payload = xcalloc(1, sizeof(*payload));
	int r = trust_load(root, &payload->trust, err);

	payload->mirrors = split_places(where);
	if (r == 0)
		r = open_any(payload, err);
	if (r < 0)
		return r;
	if (strv_length(payload->mirrors) > 1)
		line_set_spare(payload->line, next_mirror, payload);
	*ret = TAKE_PTR(payload);
	return 0;
}

int payload_retry(struct payload *payload, struct error **err)
{
	return line_cut(payload->line, err);
}

int payload_change(struct payload *payload, const char *where, const struct fsroot *root,
		   struct error **err)
{
	_cleanup_payload_ struct payload *other = NULL;
	int r = payload_open(where, root, &other, err);

	return r < 0 ? r : change_to(payload, other, err);
}

void payload_flow(const struct payload *payload, struct payload_flow *ret)
{
	line_flow(payload->line, ret);
}

static int probe_chunk(const struct payload *payload, size_t number, struct error **err)
{
	const struct transport *transport = line_transport(payload->line);
	_cleanup_error_ struct error *problem = NULL;
	unsigned attempt = 0;
	int r;

	do
		r = stream_verify_chunk(transport, payload->source, number, &problem);
	while (r < 0 && is_tried_again(transport, &attempt, &problem));
	if (r < 0 && err)
		*err = TAKE_PTR(problem);
	return r;
}

int payload_probe(struct payload *payload, struct error **err)
{
	const struct source *source = payload->source;
	size_t first = source->n_chunks, last = 0;
	int r;

	for (size_t i = 0; i < source->n_chunks; i++) {
		if (source->chunks[i].kind != CHUNK_DATA)
			continue;
		if (first == source->n_chunks)
			first = i;
		last = i;
	}
	r = probe_chunk(payload, first, err);
	if (r == 0 && last != first)
		r = probe_chunk(payload, last, err);
	return r;
}

int payload_read(struct payload *payload, const struct payload_stream *stream, struct error **err)
{
	return stream_read(payload->line, payload->source, stream, err);
}

/* "DIR/FILE.json" as folder and file; anything else is a folder with a manifest.json. */
static void split_manifest(const char *where, char **ret_folder, char **ret_file)
{
	const char *slash = strrchr(where, '/');

	if (!str_ends(where, ".json")) {
		*ret_folder = xstrdup(where);
		*ret_file = xstrdup(MANIFEST_NAME);
	} else if (!slash) {
		*ret_folder = xstrdup(".");
		*ret_file = xstrdup(where);
	} else {
		*ret_folder = xstrndup(where, (size_t)(slash - where) + 1);
		*ret_file = xstrdup(slash + 1);
	}
}

int payload_load_source(const char *manifest, const struct fsroot *root, struct source **ret,
			struct error **err)
{
	_cleanup_free_ char *folder = NULL, *file = NULL, *text = NULL, *signatures = NULL;
	_cleanup_free_ char *key_id = NULL;
	_cleanup_(transport_freep) struct transport *transport = NULL;
	_cleanup_(trust_freep) struct trust *trust = NULL;
	size_t length, signatures_length;
	int r;

	split_manifest(manifest, &folder, &file);
	r = trust_load(root, &trust, err);
	if (r == 0)
		r = transport_open(folder, &transport, err);
	if (r == 0)
		r = transport_get(transport, file, MANIFEST_MAX_BYTES, &text, &length, err);
	if (r < 0)
		return r;
	if (!trust_is_empty(trust) && transport_get(transport, MANIFEST_SIGNATURE, TRUST_MAX_BYTES,
						    &signatures, &signatures_length, NULL) == 0)
		r = trust_verify(trust, transport_where(transport), text, length, signatures,
				 &key_id, err);
	if (r == 0)
		r = source_from_manifest(text, length, manifest, ret, err);
	if (r == 0)
		(*ret)->key_id = TAKE_PTR(key_id);
	return r;
}
