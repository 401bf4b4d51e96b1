/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * What waits to be sent, and what is given up when too much does. The process that sends is its
 * only user (notifier_process.c). No I/O, no clock of its own: the caller says what time it is.
 */
#pragma once

#include "common/notice.h"

#define NOTICE_QUEUE_MAX 256
/* Seconds between two notices of progress. */
#define NOTICE_PROGRESS_S 5

struct notice_item {
	bool is_document; /* sent as it is: no notice, but a report */
	enum notice_kind kind;
	struct json *json; /* owned */
};
void notice_item_done(struct notice_item *item);

struct notice_queue {
	struct notice_item items[NOTICE_QUEUE_MAX];
	size_t count;
	struct notice_item progress; /* the newest alone; json is NULL without */
	double progress_due;
	uint64_t lost;
};
void notice_queue_done(struct notice_queue *queue);

/*
 * Takes the item. Progress replaces progress and is dropped by whatever says more. In a full queue
 * the oldest warning gives way, then the oldest phase, then the oldest of all; they are counted.
 */
void notice_queue_push(struct notice_queue *queue, struct notice_item item);
/* The next to be sent; false when nothing is due. */
bool notice_queue_pop(struct notice_queue *queue, double now, struct notice_item *ret);
/* Seconds until something is due, 0 for now, negative for nothing at all. */
double notice_queue_wait(const struct notice_queue *queue, double now);
