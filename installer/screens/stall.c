/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "installer/screens/stall.h"

#include <string.h>

#define PART ((double)STALL_SECONDS / STALL_PARTS)

/* Bytes a second of the time in which the source could have sent some; -1: it hardly had any. */
static double rate_between(const struct stall_sample *from, const struct stall_sample *to)
{
	double free = to->time - from->time - (to->held - from->held);

	if (free < (to->time - from->time) / 2)
		return -1;
	return (double)(to->bytes - from->bytes) / free;
}

static bool is_slow(double rate)
{
	return rate >= 0 && rate < STALL_RATE;
}

void stall_reset(struct stall *stall)
{
	double quiet_until = stall->quiet_until;

	*stall = (struct stall){.quiet_until = quiet_until};
}

void stall_wait(struct stall *stall, double now)
{
	stall->quiet_until = now + STALL_PATIENCE;
}

static void add_sample(struct stall *stall, const struct stall_sample *sample)
{
	if (stall->count == STALL_PARTS + 1) {
		memmove(stall->samples, stall->samples + 1,
			STALL_PARTS * sizeof(stall->samples[0]));
		stall->count--;
	}
	stall->samples[stall->count++] = *sample;
}

/* A look that comes late, after somebody read the log, stands for those that were left out. */
static void add_parts(struct stall *stall, const struct stall_sample *now)
{
	struct stall_sample from = stall->samples[stall->count - 1], part = *now;
	unsigned parts = (unsigned)((now->time - from.time) / PART);

	parts = parts < STALL_PARTS ? parts : STALL_PARTS;
	for (unsigned i = 1; i <= parts; i++) {
		double share = (double)i / parts;

		part.time = from.time + (now->time - from.time) * share;
		part.held = from.held + (now->held - from.held) * share;
		part.bytes = from.bytes + (uint64_t)((double)(now->bytes - from.bytes) * share);
		add_sample(stall, &part);
	}
}

static void measure(struct stall *stall, const struct stall_sample *now)
{
	/* As soon as it is fast again nobody has to wait for the minute to be over. */
	if (!stall->count || !is_slow(rate_between(&stall->samples[stall->count - 1], now))) {
		stall_reset(stall);
		add_sample(stall, now);
		return;
	}
	add_parts(stall, now);
	stall->stalled = false;
	if (stall->count <= STALL_PARTS)
		return;
	stall->rate = rate_between(&stall->samples[0], now);
	stall->stalled = is_slow(stall->rate);
}

bool stall_feed(struct stall *stall, double now, const struct screens_supply *supply)
{
	const struct stall_sample sample = {
		.time = now, .held = supply->held_seconds, .bytes = supply->bytes};

	if (!supply->reading)
		stall_reset(stall);
	else if (!stall->count || now - stall->samples[stall->count - 1].time >= PART)
		measure(stall, &sample);
	return stall->stalled && now >= stall->quiet_until;
}
