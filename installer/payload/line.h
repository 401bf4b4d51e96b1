/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What a stream is read from, while another thread may want it begun anew, or from another place.
 * payload.c passes on what is wanted, stream.c takes it up. Reads nothing itself.
 */
#pragma once

#include "installer/payload/payload.h"
#include "installer/payload/transport.h"

struct line;

struct line *line_new(struct transport *transport); /* takes it over */
void line_free(struct line *line);
/* Of now; it stays valid as long as the line, whatever comes after it. */
const struct transport *line_transport(struct line *line);

/* For whoever reads: the transport to read from, new when a new connection is wanted. */
const struct transport *line_take(struct line *line);
/* The one that line_take() gave is not to be read from any longer. */
bool line_is_cut(struct line *line);
/* Who finds another place with the same files and calls line_replace(), false when there is none.
 */
void line_set_spare(struct line *line, bool (*spare)(void *data), void *data);
/* Has it looked for, in the thread that reads; false where nobody was set. */
bool line_spare(struct line *line);
void line_reading(struct line *line, bool reading);
void line_count(struct line *line, size_t bytes);
/* What was read waits for its writer, or does so no more. */
void line_hold(struct line *line, bool held);

/* For whoever watches, from any thread. A transport is taken over. */
int line_cut(struct line *line, struct error **err) _must_check_;
void line_replace(struct line *line, struct transport *transport);
void line_flow(struct line *line, struct payload_flow *ret);
