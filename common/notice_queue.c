/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "common/notice_queue.h"

#include "common/str.h"

void notice_item_done(struct notice_item *item)
{
	json_free(item->json);
	*item = (struct notice_item){0};
}

void notice_queue_done(struct notice_queue *queue)
{
	for (size_t i = 0; i < queue->count; i++)
		notice_item_done(&queue->items[i]);
	notice_item_done(&queue->progress);
	queue->count = 0;
}

static struct notice_item take_at(struct notice_queue *queue, size_t index)
{
	struct notice_item item = queue->items[index];

	queue->count--;
	memmove(&queue->items[index], &queue->items[index + 1],
		(queue->count - index) * sizeof(queue->items[0]));
	return item;
}

/* The oldest of that kind, or the count when there is none. */
static size_t oldest(const struct notice_queue *queue, enum notice_kind kind)
{
	size_t i = 0;

	while (i < queue->count && (queue->items[i].is_document || queue->items[i].kind != kind))
		i++;
	return i;
}

static void make_room(struct notice_queue *queue)
{
	struct notice_item item;
	size_t index = oldest(queue, NOTICE_WARNING);

	if (index == queue->count)
		index = oldest(queue, NOTICE_PHASE);
	if (index == queue->count)
		index = 0;
	item = take_at(queue, index);
	notice_item_done(&item);
	queue->lost++;
}

void notice_queue_push(struct notice_queue *queue, struct notice_item item)
{
	bool is_progress = !item.is_document && item.kind == NOTICE_PROGRESS;

	if (is_progress || item.is_document || item.kind != NOTICE_WARNING)
		notice_item_done(&queue->progress);
	if (is_progress) {
		queue->progress = item;
		return;
	}
	if (queue->count == NOTICE_QUEUE_MAX)
		make_room(queue);
	queue->items[queue->count++] = item;
}

bool notice_queue_pop(struct notice_queue *queue, double now, struct notice_item *ret)
{
	if (queue->count > 0) {
		*ret = take_at(queue, 0);
		return true;
	}
	if (!queue->progress.json || now < queue->progress_due)
		return false;
	*ret = queue->progress;
	queue->progress = (struct notice_item){0};
	queue->progress_due = now + NOTICE_PROGRESS_S;
	return true;
}

double notice_queue_wait(const struct notice_queue *queue, double now)
{
	if (queue->count > 0)
		return 0;
	if (!queue->progress.json)
		return -1;
	return now < queue->progress_due ? queue->progress_due - now : 0;
}
