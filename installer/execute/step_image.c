/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The system itself: the image onto its partition, its own identity and size, the other file
 * systems beside it. */
#include <errno.h>
#include <fcntl.h>

#include "common/log.h"
#include "common/proc.h"
#include "installer/execute/device.h"
#include "installer/execute/engine.h"

struct writing {
	struct execution *execution;
	int fd;
	const char *node;
	uint64_t done, total;
	bool waiting; /* nothing came for a while; told once in the report */
};

static int write_failed(const struct writing *writing, int r, uint64_t offset, struct error **err)
{
	r = error_errno(err, ERROR_INTERNAL, r, "cannot write to %s at offset %llu", writing->node,
			(unsigned long long)offset);
	error_hint(err, "The disk or its controller fails: look at the kernel's messages and "
			"replace it.");
	return r;
}

static int write_chunk(const struct source_chunk *chunk, const void *bytes, void *data,
		       struct error **err)
{
	struct writing *writing = data;
	int r = device_write(writing->fd, bytes, chunk->image_bytes, chunk->image_offset);

	if (r < 0)
		return write_failed(writing, r, chunk->image_offset, err);
	if (writing->waiting)
		log_info(EXECUTE_TAG, "the source is back");
	writing->waiting = false;
	writing->done += chunk->image_bytes;
	execution_progress(writing->execution, writing->done, writing->total);
	return 0;
}

static void tell_waiting(const char *why, unsigned seconds, void *data)
{
	struct writing *writing = data;
	_cleanup_free_ char *text = NULL;

	if (!writing->waiting) {
		execution_warn(writing->execution, "the source went away while it was read: %s",
			       why);
		writing->waiting = true;
		return;
	}
	text = xasprintf("waiting for the source, %u seconds by now: %s", seconds, why);
	execution_emit(writing->execution, EVENT_WARNING, text, NULL);
}

static int write_zero_ranges(struct writing *writing, const struct source *source,
			     struct error **err)
{
	for (size_t i = 0; i < source->n_chunks; i++) {
		const struct source_chunk *chunk = &source->chunks[i];
		int r;

		if (chunk->kind != CHUNK_ZERO)
			continue;
		r = device_zero(writing->fd, chunk->image_offset, chunk->image_bytes);
		if (r < 0)
			return write_failed(writing, r, chunk->image_offset, err);
	}
	return 0;
}

/* Past the page cache: nothing reads these bytes soon, and a machine may have little memory. */
static int open_for_image(const char *node)
{
	int fd = open(node, O_RDWR | O_DIRECT | O_CLOEXEC);

	return fd < 0 && errno == EINVAL ? open(node, O_RDWR | O_CLOEXEC) : fd;
}

static int write_image(struct writing *writing, const struct source *source, struct error **err)
{
	const struct payload_stream stream = {
		.on_chunk = write_chunk, .on_wait = tell_waiting, .data = writing};
	uint64_t bytes;
	int r = device_size(writing->fd, &bytes);

	if (r < 0 || bytes < source->image_bytes)
		return error_errno(err, ERROR_INTERNAL, r < 0 ? r : ENOSPC, "%s", writing->node);
	r = write_zero_ranges(writing, source, err);
	if (r == 0)
		r = payload_read(writing->execution->job->payload, &stream, err);
	if (r == 0 && fsync(writing->fd) < 0)
		r = write_failed(writing, errno, 0, err);
	return r;
}

/* The node of a partition of the plan. */
static int partition_node(struct execution *execution, const struct plan_partition *partition,
			  char **ret, struct error **err)
{
	return device_partition_node(execution->job->root,
				     execution_disk(execution, partition->disk)->node,
				     partition->number, ret, err);
}

int run_write_image(struct execution *execution, const struct plan_step *step, struct error **err)
{
	const struct source *source = payload_source(execution->job->payload);
	struct writing writing = {.execution = execution, .total = source->data_bytes};
	_cleanup_free_ char *node = NULL;
	_cleanup_close_ int fd = -1;
	int r;

	r = partition_node(execution, plan_find_partition(execution->plan, step->partition), &node,
			   err);
	if (r < 0)
		return r;
	fd = open_for_image(node);
	if (fd < 0)
		return error_errno(err, ERROR_INTERNAL, errno, "cannot open %s", node);
	writing.fd = fd;
	writing.node = node;
	return write_image(&writing, source, err);
}

/*
 * A fresh image needs no check before it is resized: it was never mounted since it was made. With
 * ext4 in the kernel its tools leave new inode tables to be filled in later; without they write
 * all of them.
 */
int run_grow(struct execution *execution, const struct plan_step *step, struct error **err)
{
	const struct plan_partition *partition =
		plan_find_partition(execution->plan, step->partition);
	_cleanup_free_ char *node = NULL;
	int r = partition_node(execution, partition, &node, err);

	if (r == 0)
		r = proc_runl(err, EXECUTE_TAG, "modprobe", "ext4", NULL);
	if (r == 0)
		r = proc_runl(err, EXECUTE_TAG, "tune2fs", "-U", partition->fs_uuid, "-L",
			      partition->label, node, NULL);
	if (r == 0)
		r = proc_runl(err, EXECUTE_TAG, "resize2fs", node, NULL);
	return r;
}

static int make_ext4(const char *node, const struct plan_partition *partition, struct error **err)
{
	return proc_runl(err, EXECUTE_TAG, "mkfs.ext4", "-q", "-F", "-L", partition->label, "-U",
			 partition->fs_uuid, node, NULL);
}

static int make_vfat(const char *node, const struct plan_partition *partition, struct error **err)
{
	_cleanup_free_ char *id = xstrdup(partition->fs_uuid);
	char *dash = strchr(id, '-');

	if (dash)
		memmove(dash, dash + 1, strlen(dash));
	return proc_runl(err, EXECUTE_TAG, "mkfs.vfat", "-F", "32", "-n", partition->label, "-i",
			 id, node, NULL);
}

static int make_swap(const char *node, const struct plan_partition *partition, struct error **err)
{
	return proc_runl(err, EXECUTE_TAG, "mkswap", "-L", partition->label, "-U",
			 partition->fs_uuid, node, NULL);
}

int run_make_filesystem(struct execution *execution, const struct plan_step *step,
			struct error **err)
{
	static const struct {
		const char *name;
		int (*make)(const char *node, const struct plan_partition *partition,
			    struct error **err);
	} makers[] = {{"ext4", make_ext4}, {"vfat", make_vfat}, {"swap", make_swap}};
	const struct plan_partition *partition =
		plan_find_partition(execution->plan, step->partition);
	_cleanup_free_ char *node = NULL;
	int r = partition_node(execution, partition, &node, err);

	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(makers); i++)
		if (str_eq(makers[i].name, partition->filesystem))
			return makers[i].make(node, partition, err);
	return error_set(err, ERROR_INTERNAL, "no way to make a file system %s",
			 partition->filesystem);
}
