/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/payload/line.h"

#include <pthread.h>

#include "common/clock.h"
#include "common/str.h"

struct line {
	pthread_mutex_t lock;
	/* The last one counts. The others stay: a reader may not have let go of them. */
	struct transport **transports;
	size_t n_transports;
	size_t taken; /* number of the one that is read from */
	bool reading;
	bool (*spare)(void *data); /* set before anything is read */
	void *spare_data;
	uint64_t bytes;
	double held_seconds, held_since; /* since: 0 when nothing waits */
};

struct line *line_new(struct transport *transport)
{
	struct line *line = xcalloc(1, sizeof(*line));

	pthread_mutex_init(&line->lock, NULL);
	*ARRAY_APPEND(line->transports, line->n_transports) = transport;
	return line;
}

void line_free(struct line *line)
{
	if (!line)
		return;
	for (size_t i = 0; i < line->n_transports; i++)
		transport_free(line->transports[i]);
	free(line->transports);
	pthread_mutex_destroy(&line->lock);
	free(line);
}

const struct transport *line_transport(struct line *line)
{
	const struct transport *transport;

	pthread_mutex_lock(&line->lock);
	transport = line->transports[line->n_transports - 1];
	pthread_mutex_unlock(&line->lock);
	return transport;
}

const struct transport *line_take(struct line *line)
{
	const struct transport *transport;

	pthread_mutex_lock(&line->lock);
	line->taken = line->n_transports - 1;
	transport = line->transports[line->taken];
	pthread_mutex_unlock(&line->lock);
	return transport;
}

void line_set_spare(struct line *line, bool (*spare)(void *data), void *data)
{
	line->spare = spare;
	line->spare_data = data;
}

bool line_spare(struct line *line)
{
	return line->spare && line->spare(line->spare_data);
}

bool line_is_cut(struct line *line)
{
	bool cut;

	pthread_mutex_lock(&line->lock);
	cut = line->taken != line->n_transports - 1;
	pthread_mutex_unlock(&line->lock);
	return cut;
}

void line_reading(struct line *line, bool reading)
{
	pthread_mutex_lock(&line->lock);
	line->reading = reading;
	pthread_mutex_unlock(&line->lock);
}

void line_count(struct line *line, size_t bytes)
{
	pthread_mutex_lock(&line->lock);
	line->bytes += bytes;
	pthread_mutex_unlock(&line->lock);
}

void line_hold(struct line *line, bool held)
{
	double now = clock_seconds();

	pthread_mutex_lock(&line->lock);
	if (!held && line->held_since > 0)
		line->held_seconds += now - line->held_since;
	line->held_since = held ? now : 0;
	pthread_mutex_unlock(&line->lock);
}

void line_replace(struct line *line, struct transport *transport)
{
	pthread_mutex_lock(&line->lock);
	transport_break(line->transports[line->n_transports - 1]);
	*ARRAY_APPEND(line->transports, line->n_transports) = transport;
	pthread_mutex_unlock(&line->lock);
}

int line_cut(struct line *line, struct error **err)
{
	struct transport *again;
	int r = transport_again(line_transport(line), &again, err);

	if (r == 0)
		line_replace(line, again);
	return r;
}

void line_flow(struct line *line, struct payload_flow *ret)
{
	pthread_mutex_lock(&line->lock);
	*ret = (struct payload_flow){
		.reading = line->reading,
		.remote = transport_is_remote(line->transports[line->n_transports - 1]),
		.bytes = line->bytes,
		.held_seconds = line->held_seconds};
	if (line->held_since > 0)
		ret->held_seconds += clock_seconds() - line->held_since;
	pthread_mutex_unlock(&line->lock);
}
