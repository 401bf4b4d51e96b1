/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/payload/image_pack.h"

#include <errno.h>
#include <pthread.h>
#include <unistd.h>
#include <zstd.h>

#include "common/str.h"
#include "installer/payload/manifest.h"

/* One chunk on its way through a thread of its own. */
struct job {
	struct source_chunk *chunk;
	ZSTD_CCtx *context;
	int level;
	void *plain, *packed;
	size_t result; /* as zstd returns it */
	pthread_t thread;
};

static void *job_run(void *data)
{
	struct job *job = data;

	job->result = ZSTD_compressCCtx(job->context, job->packed, CHUNK_MAX_FILE_BYTES, job->plain,
					job->chunk->image_bytes, job->level);
	if (!ZSTD_isError(job->result))
		digest_sha512_256(job->packed, job->result, job->chunk->digest);
	return NULL;
}

static struct job *jobs_new(size_t n, int level)
{
	struct job *jobs = xcalloc(n, sizeof(*jobs));

	for (size_t i = 0; i < n; i++) {
		jobs[i].level = level;
		jobs[i].plain = xmalloc(CHUNK_MAX_BYTES);
		jobs[i].packed = xmalloc(CHUNK_MAX_FILE_BYTES);
		jobs[i].context = ZSTD_createCCtx();
		if (!jobs[i].context)
			abort();
	}
	return jobs;
}

static void jobs_free(struct job *jobs, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		ZSTD_freeCCtx(jobs[i].context);
		free(jobs[i].plain);
		free(jobs[i].packed);
	}
	free(jobs);
}

static int write_all(int fd, const void *bytes, size_t length, struct error **err)
{
	const char *at = bytes;

	while (length > 0) {
		ssize_t n = write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return error_errno(err, ERROR_USAGE, errno, "cannot write the chunks");
		at += n;
		length -= (size_t)n;
	}
	return 0;
}

/* Waits for the threads in order and writes what they made behind each other. */
static int jobs_finish(struct job *jobs, size_t n, int fd, uint64_t *transfer, struct error **err)
{
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		pthread_join(jobs[i].thread, NULL);
		if (r == 0 && ZSTD_isError(jobs[i].result))
			r = error_set(err, ERROR_USAGE, "cannot compress: %s",
				      ZSTD_getErrorName(jobs[i].result));
		if (r < 0)
			continue;
		jobs[i].chunk->file_offset = *transfer;
		jobs[i].chunk->file_bytes = jobs[i].result;
		*transfer += jobs[i].result;
		r = write_all(fd, jobs[i].packed, jobs[i].result, err);
	}
	return r;
}

static int job_start(struct job *job, struct source_chunk *chunk, const struct image_pack *pack,
		     struct error **err)
{
	int r;

	job->chunk = chunk;
	r = pack->fill(chunk, job->plain, pack->data, err);
	if (r < 0)
		return r;
	r = pthread_create(&job->thread, NULL, job_run, job);
	if (r != 0)
		return error_errno(err, ERROR_USAGE, r, "cannot start a thread");
	return 0;
}

static uint64_t count_data(const struct image_pack *pack)
{
	uint64_t bytes = 0;

	for (size_t i = 0; i < pack->n_chunks; i++)
		if (pack->chunks[i].kind == CHUNK_DATA)
			bytes += pack->chunks[i].image_bytes;
	return bytes;
}

static int pack_batches(const struct image_pack *pack, struct job *jobs, size_t n_jobs, int fd,
			uint64_t *transfer, struct error **err)
{
	uint64_t done = 0, total = count_data(pack);
	size_t i = 0;

	while (i < pack->n_chunks) {
		size_t started = 0;
		int r = 0, finished;

		for (; r == 0 && i < pack->n_chunks && started < n_jobs; i++) {
			if (pack->chunks[i].kind != CHUNK_DATA)
				continue;
			r = job_start(&jobs[started], &pack->chunks[i], pack, err);
			if (r == 0) {
				started++;
				done += pack->chunks[i].image_bytes;
			}
		}
		finished = jobs_finish(jobs, started, fd, transfer, r < 0 ? NULL : err);
		if (r < 0 || finished < 0)
			return r < 0 ? r : finished;
		if (pack->on_progress)
			pack->on_progress(done, total, pack->data);
	}
	return 0;
}

int image_pack_write(const struct image_pack *pack, int fd, uint64_t *ret_data_bytes,
		     uint64_t *ret_transfer_bytes, struct error **err)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	size_t n_jobs = pack->threads ? pack->threads : processors > 0 ? (size_t)processors : 1;
	struct job *jobs = jobs_new(n_jobs, pack->level);
	uint64_t transfer = 0;
	int r;

	r = pack_batches(pack, jobs, n_jobs, fd, &transfer, err);
	jobs_free(jobs, n_jobs);
	if (r < 0)
		return r;
	*ret_data_bytes = count_data(pack);
	*ret_transfer_bytes = transfer;
	return 0;
}
