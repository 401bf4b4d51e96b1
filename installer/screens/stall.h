/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Tells a source that has become slow from one that is fast, waits for the disk, or is not read at
 * all. Fed by watch.c twice a second. Pure: the time is a parameter.
 */
#pragma once

#include "installer/screens/progress.h"

/* A minute, in parts: whatever happens in one of them alone is no stall. */
#define STALL_SECONDS 60
#define STALL_PARTS   12
/* Slower than a tenth of the slowest network that anybody installs over. */
#define STALL_RATE 100000
/* Who waits is left alone for so long. */
#define STALL_PATIENCE 300

struct stall {
	struct stall_sample {
		double time, held;
		uint64_t bytes;
	} samples[STALL_PARTS + 1]; /* the last one is the newest */
	size_t count;
	double quiet_until;
	bool stalled;
	double rate; /* bytes a second over the last minute, while it is stalled */
};

/* True while the operator should be asked. */
bool stall_feed(struct stall *stall, double now, const struct screens_supply *supply);
/* He waits. */
void stall_wait(struct stall *stall, double now);
/* He did something about it: all is measured anew. */
void stall_reset(struct stall *stall);
