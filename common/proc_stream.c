/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/proc_stream.h"

#include <errno.h>

#include "common/log.h"

#define LINE_MAX_LENGTH 65536

void proc_stream_end_line(struct proc_stream *stream)
{
	if (stream->line.length == 0)
		return;
	if (!stream->proc->quiet)
		log_debug(stream->tag, "%s", stream->line.text);
	if (stream->proc->on_line)
		stream->proc->on_line(stream->line.text, stream->proc->data);
	strbuf_done(&stream->line);
}

static void stream_keep(struct proc_stream *stream, const char *bytes, size_t length)
{
	struct strbuf *kept = &stream->kept;

	if (!stream->keep_end) {
		if (length > stream->max - kept->length)
			length = stream->max - kept->length;
		strbuf_add_bytes(kept, bytes, length);
		return;
	}
	strbuf_add_bytes(kept, bytes, length);
	if (kept->length > stream->max) {
		size_t surplus = kept->length - stream->max;

		memmove(kept->text, kept->text + surplus, stream->max + 1);
		kept->length = stream->max;
	}
}

static void stream_add(struct proc_stream *stream, const char *bytes, size_t length)
{
	stream_keep(stream, bytes, length);
	for (size_t i = 0; i < length; i++) {
		/* Progress bars end their lines with a carriage return. */
		if (bytes[i] == '\n' || bytes[i] == '\r')
			proc_stream_end_line(stream);
		else if (bytes[i] != '\0')
			strbuf_add_bytes(&stream->line, &bytes[i], 1);
		if (stream->line.length >= LINE_MAX_LENGTH)
			proc_stream_end_line(stream);
	}
}

void proc_stream_read(struct proc_stream *stream)
{
	char buffer[16384];

	/* A bound, so that an endless writer cannot keep its own deadline from being seen. */
	for (unsigned i = 0; i < 128 && *stream->fd >= 0; i++) {
		ssize_t n = read(*stream->fd, buffer, sizeof(buffer));

		if (n > 0) {
			stream_add(stream, buffer, (size_t)n);
			continue;
		}
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && errno == EAGAIN)
			return;
		close(TAKE_FD(*stream->fd));
	}
}

void proc_stream_done(struct proc_stream *stream)
{
	strbuf_done(&stream->kept);
	strbuf_done(&stream->line);
}
