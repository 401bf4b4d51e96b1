/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/payload/stream.h"

#include <errno.h>
#include <pthread.h>
#include <time.h>

#include "common/clock.h"
#include "common/proc.h"
#include "common/str.h"
#include "installer/payload/chunk.h"
#include "installer/payload/manifest.h"

#define PATIENCE_S 600
/* Longest pause between two attempts: a server that comes back is noticed soon. */
#define PAUSE_S 5
/* What O_DIRECT asks of memory on any disk. */
#define SLOT_ALIGNMENT 4096

struct slot {
	const struct source_chunk *chunk;
	void *bytes;
};

/* What the two threads share. Above the lock: the reading thread's alone until it has ended. */
struct pipe {
	struct line *line;
	const struct transport *transport; /* of the line, while it is not cut */
	const struct source *source;
	struct assembler *assembler;
	unsigned patience_s;
	double last_byte;
	struct error *failure;
	int result;

	pthread_mutex_t lock;
	pthread_cond_t changed;
	struct slot slots[STREAM_SLOTS];
	size_t n_filled, next_fill, next_take;
	bool finished, stop;
	char *why; /* a notice for on_wait */
	unsigned silent_s;
};

static void pipe_wait(struct pipe *pipe, unsigned milliseconds)
{
	struct timespec until;

	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += (long)milliseconds * 1000000;
	until.tv_sec += until.tv_nsec / 1000000000;
	until.tv_nsec %= 1000000000;
	pthread_cond_timedwait(&pipe->changed, &pipe->lock, &until);
}

/* A free slot, or NULL when nobody wants more. */
static struct slot *slot_to_fill(struct pipe *pipe)
{
	struct slot *slot;

	pthread_mutex_lock(&pipe->lock);
	line_hold(pipe->line, true);
	while (pipe->n_filled == STREAM_SLOTS && !pipe->stop)
		pthread_cond_wait(&pipe->changed, &pipe->lock);
	line_hold(pipe->line, false);
	slot = pipe->stop ? NULL : &pipe->slots[pipe->next_fill];
	pthread_mutex_unlock(&pipe->lock);
	return slot;
}

static void slot_filled(struct pipe *pipe)
{
	pthread_mutex_lock(&pipe->lock);
	pipe->next_fill = (pipe->next_fill + 1) % STREAM_SLOTS;
	pipe->n_filled++;
	pthread_cond_broadcast(&pipe->changed);
	pthread_mutex_unlock(&pipe->lock);
}

static int take_bytes(const void *bytes, size_t length, void *data)
{
	struct pipe *pipe = data;

	line_count(pipe->line, length);
	while (length > 0) {
		size_t taken = assembler_add(pipe->assembler, bytes, length);
		const struct source_chunk *chunk = assembler_ready(pipe->assembler);

		/* More than was asked for: the server's fault, and the digests would notice. */
		if (taken == 0)
			return 0;
		bytes = (const char *)bytes + taken;
		length -= taken;
		if (chunk) {
			struct slot *slot = slot_to_fill(pipe);
			int r = slot ? assembler_take(pipe->assembler, slot->bytes, &pipe->failure)
				     : -ECANCELED;

			if (r < 0)
				return r;
			slot->chunk = chunk;
			slot_filled(pipe);
		}
	}
	pipe->last_byte = clock_seconds();
	return 0;
}

static void say_why(struct pipe *pipe, const struct error *why)
{
	pthread_mutex_lock(&pipe->lock);
	free(pipe->why);
	pipe->why = error_text(why);
	pipe->silent_s = (unsigned)(clock_seconds() - pipe->last_byte);
	pthread_cond_broadcast(&pipe->changed);
	pthread_mutex_unlock(&pipe->lock);
}

/* Says why nothing comes and pauses; false when the patience is used up or nobody wants more. */
static bool wait_for_source(struct pipe *pipe, const struct error *why, unsigned pause_s)
{
	double silent = clock_seconds() - pipe->last_byte, until = clock_seconds() + pause_s;
	bool stop;

	if (silent > pipe->patience_s)
		return false;
	say_why(pipe, why);
	pthread_mutex_lock(&pipe->lock);
	while (!pipe->stop && !line_is_cut(pipe->line) && clock_seconds() < until)
		pipe_wait(pipe, 200);
	stop = pipe->stop;
	pthread_mutex_unlock(&pipe->lock);
	return !stop;
}

static int give_up(struct pipe *pipe, struct error **why, int r)
{
	bool patient = transport_error_is_transient(pipe->transport, *why);

	if (!transport_is_remote(pipe->transport)) {
		assembler_broken(pipe->assembler, &pipe->failure);
		pipe->failure->cause = TAKE_PTR(*why);
		return r;
	}
	pipe->failure = TAKE_PTR(*why);
	if (patient)
		error_prefix(&pipe->failure, "the source sent nothing for %u seconds",
			     pipe->patience_s);
	return r;
}

/* Reads to the end, taking up again where a connection broke, or was made to. */
static int read_source(struct pipe *pipe)
{
	unsigned pause_s = 1;
	bool changed = false; /* to another mirror, which sent nothing yet */

	pipe->last_byte = clock_seconds();
	while (assembler_missing(pipe->assembler) > 0) {
		_cleanup_error_ struct error *why = NULL;
		uint64_t position = assembler_position(pipe->assembler);
		int r;

		pipe->transport = line_take(pipe->line);
		r = transport_read(pipe->transport, pipe->source->image_file, position,
				   assembler_missing(pipe->assembler), take_bytes, pipe, &why);
		/* Damage is found inside take_bytes(): transport_read() only passes it on. */
		if (pipe->failure || r == -ECANCELED)
			return r;
		if (r == 0 && assembler_missing(pipe->assembler) > 0)
			return assembler_broken(pipe->assembler, &pipe->failure);
		if (r == 0)
			return 0;
		if (line_is_cut(pipe->line)) {
			pipe->last_byte = clock_seconds();
			pause_s = 1;
			continue;
		}
		if (assembler_position(pipe->assembler) > position) {
			pause_s = 1;
			changed = false;
		}
		if (!changed && line_spare(pipe->line)) {
			changed = true;
			say_why(pipe, why);
			continue;
		}
		changed = false;
		if (!transport_error_is_transient(pipe->transport, why))
			return give_up(pipe, &why, r);
		if (!wait_for_source(pipe, why, pause_s))
			return give_up(pipe, &why, r);
		pause_s = pause_s * 2 < PAUSE_S ? pause_s * 2 : PAUSE_S;
	}
	return 0;
}

static void *reading_thread(void *data)
{
	struct pipe *pipe = data;
	int r;

	line_reading(pipe->line, true);
	r = read_source(pipe);
	line_reading(pipe->line, false);
	pthread_mutex_lock(&pipe->lock);
	pipe->result = r;
	pipe->finished = true;
	pthread_cond_broadcast(&pipe->changed);
	pthread_mutex_unlock(&pipe->lock);
	return NULL;
}

static void pipe_done(struct pipe *pipe)
{
	assembler_free(pipe->assembler);
	error_free(pipe->failure);
	for (size_t i = 0; i < STREAM_SLOTS; i++)
		free(pipe->slots[i].bytes);
	free(pipe->why);
	pthread_cond_destroy(&pipe->changed);
	pthread_mutex_destroy(&pipe->lock);
}

static void pipe_init(struct pipe *pipe, struct line *line, const struct source *source,
		      unsigned patience_s)
{
	pthread_condattr_t attributes;
	uint64_t largest = MANIFEST_BLOCK_BYTES;

	*pipe = (struct pipe){.line = line, .source = source};
	pipe->patience_s = patience_s ? patience_s : PATIENCE_S;
	pipe->assembler = assembler_new(source, 0, 0);
	for (size_t i = 0; i < source->n_chunks; i++)
		if (source->chunks[i].kind == CHUNK_DATA && source->chunks[i].image_bytes > largest)
			largest = source->chunks[i].image_bytes;
	for (size_t i = 0; i < STREAM_SLOTS; i++)
		if (posix_memalign(&pipe->slots[i].bytes, SLOT_ALIGNMENT, (size_t)largest) != 0)
			abort();
	pthread_mutex_init(&pipe->lock, NULL);
	pthread_condattr_init(&attributes);
	pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC);
	pthread_cond_init(&pipe->changed, &attributes);
	pthread_condattr_destroy(&attributes);
}

/* What the writing side does next: a chunk, a notice, or neither at the end. */
static struct slot *slot_to_take(struct pipe *pipe, char **ret_why, unsigned *ret_silent_s)
{
	struct slot *slot = NULL;

	pthread_mutex_lock(&pipe->lock);
	while (pipe->n_filled == 0 && !pipe->why && !pipe->finished && !proc_cancelled())
		pipe_wait(pipe, 500);
	*ret_why = TAKE_PTR(pipe->why);
	*ret_silent_s = pipe->silent_s;
	if (pipe->n_filled > 0)
		slot = &pipe->slots[pipe->next_take];
	pthread_mutex_unlock(&pipe->lock);
	return slot;
}

static void slot_taken(struct pipe *pipe)
{
	pthread_mutex_lock(&pipe->lock);
	pipe->next_take = (pipe->next_take + 1) % STREAM_SLOTS;
	pipe->n_filled--;
	pthread_cond_broadcast(&pipe->changed);
	pthread_mutex_unlock(&pipe->lock);
}

static int write_chunks(struct pipe *pipe, const struct payload_stream *stream, struct error **err)
{
	for (;;) {
		_cleanup_free_ char *why = NULL;
		unsigned silent_s;
		struct slot *slot = slot_to_take(pipe, &why, &silent_s);
		int r;

		if (proc_cancelled())
			return error_errno(err, ERROR_CANCELLED, ECANCELED, "cancelled");
		if (why && stream->on_wait)
			stream->on_wait(why, silent_s, stream->data);
		if (!slot && why)
			continue;
		if (!slot)
			return 0;
		r = stream->on_chunk(slot->chunk, slot->bytes, stream->data, err);
		if (r < 0)
			return r;
		slot_taken(pipe);
	}
}

int stream_read(struct line *line, const struct source *source, const struct payload_stream *stream,
		struct error **err)
{
	_cleanup_(pipe_done) struct pipe pipe;
	pthread_t thread;
	int r;

	pipe_init(&pipe, line, source, stream->patience_s);
	r = pthread_create(&thread, NULL, reading_thread, &pipe);
	if (r != 0)
		return error_errno(err, ERROR_INTERNAL, r, "cannot start a thread");
	r = write_chunks(&pipe, stream, err);
	pthread_mutex_lock(&pipe.lock);
	pipe.stop = true;
	pthread_cond_broadcast(&pipe.changed);
	pthread_mutex_unlock(&pipe.lock);
	pthread_join(thread, NULL);
	if (r < 0 || pipe.result >= 0)
		return r;
	if (err)
		*err = TAKE_PTR(pipe.failure);
	return pipe.result;
}

struct verification {
	struct assembler *assembler;
	struct error *failure;
};

static int verify_bytes(const void *bytes, size_t length, void *data)
{
	struct verification *verification = data;

	assembler_add(verification->assembler, bytes, length);
	if (assembler_ready(verification->assembler))
		return assembler_take(verification->assembler, NULL, &verification->failure);
	return 0;
}

int stream_verify_chunk(const struct transport *transport, const struct source *source,
			size_t index, struct error **err)
{
	_cleanup_(assembler_freep) struct assembler *assembler = assembler_new(source, index, 1);
	struct verification verification = {.assembler = assembler};
	int r;

	r = transport_read(transport, source->image_file, assembler_position(assembler),
			   assembler_missing(assembler), verify_bytes, &verification, err);
	if (verification.failure) {
		if (err) {
			error_free(*err);
			*err = verification.failure;
		} else {
			error_free(verification.failure);
		}
		return -EBADMSG;
	}
	if (r == 0 && assembler_missing(assembler) > 0)
		return assembler_broken(assembler, err);
	return r;
}
