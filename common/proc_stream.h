/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a program prints: kept up to a limit, and passed on line by line to the log and to the
 * caller. Used by proc.c alone; never blocks.
 */
#pragma once

#include "common/proc.h"
#include "common/str.h"

/* One of the program's two output streams. */
struct proc_stream {
	const struct proc *proc;
	const char *tag;
	int *fd;
	bool keep_end; /* of what is too much the last bytes are kept, not the first */
	size_t max;
	struct strbuf kept;
	struct strbuf line; /* begun, not ended yet */
};

/* Reads what is there now; closes the pipe at its end. */
void proc_stream_read(struct proc_stream *stream);
/* Passes on what has no end of line yet. */
void proc_stream_end_line(struct proc_stream *stream);
void proc_stream_done(struct proc_stream *stream);
