/* SPDX-License-Identifier: ISC */
/* queue.c - which records wait to be written, and who waits for them? */
#include "config.h"

#include "log/queue.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/mem.h"
#include "log/clock.h"

static void
cond_init(pthread_cond_t *cond)
{
	pthread_condattr_t attr;

	(void)pthread_condattr_init(&attr); /* these fail for lack of memory */
	(void)pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	(void)pthread_cond_init(cond, &attr);
	(void)pthread_condattr_destroy(&attr);
}

void
queue_init(struct queue *queue)
{
	*queue = (struct queue){ .first = NULL };
	queue->last = &queue->first;
	(void)pthread_mutex_init(&queue->lock, NULL); /* cannot fail */
	cond_init(&queue->filled);
	cond_init(&queue->gone);
}

static void
queued_free(struct queued *entry)
{
	if (entry->waited) {
		(void)pthread_cond_destroy(&entry->told); /* nobody waits */
		(void)pthread_mutex_destroy(&entry->lock);
	}
	free(entry);
}

void
queue_done(struct queue *queue)
{
	while (queue->first != NULL) {
		struct queued *next = queue->first->next;

		queued_free(queue->first);
		queue->first = next;
	}
	(void)pthread_cond_destroy(&queue->gone); /* nobody waits */
	(void)pthread_cond_destroy(&queue->filled);
	(void)pthread_mutex_destroy(&queue->lock);
}

/* Waits until the time until_ms (-1: none); false once it is past. */
static bool
wait_until(pthread_cond_t *cond, pthread_mutex_t *lock, int64_t until_ms)
{
	struct timespec until = { .tv_sec = (time_t)(until_ms / 1000),
		.tv_nsec = (long)(until_ms % 1000) * 1000000 };

	if (until_ms < 0)
		return pthread_cond_wait(cond, lock) == 0;

	return pthread_cond_timedwait(cond, lock, &until) == 0;
}

static bool
has_room(const struct queue *queue, size_t len, bool wait)
{
	size_t times = wait ? 2 : 1;

	return queue->count < times * QUEUE_RECORDS &&
	    queue->bytes + len <= times * QUEUE_BYTES;
}

static void
put(struct queue *queue, struct queued *entry)
{
	*queue->last = entry;
	queue->last = &entry->next;
	queue->count++;
	queue->bytes += entry->len;
	(void)pthread_cond_signal(&queue->filled); /* cannot fail */
}

static struct queued *
queued_new(const struct record_line *line, bool waited)
{
	struct queued *entry =
	    mem_new(1, sizeof(struct queued) + line->text.len);

	entry->waited = waited;
	if (waited) {
		(void)pthread_mutex_init(&entry->lock, NULL); /* cannot fail */
		cond_init(&entry->told);
	}
	entry->sequence_at = line->sequence_at;
	entry->len = line->text.len;
	memcpy(entry->text, line->text.data, line->text.len);

	return entry;
}

/* Is it written?  One that is left belongs to the writer. */
static bool
wait_told(struct queued *entry, int64_t wait_ms)
{
	int64_t until_ms = clock_now_ms() + wait_ms;
	enum queued_fate fate;

	(void)pthread_mutex_lock(&entry->lock); /* cannot fail */
	while (entry->fate == QUEUED_PENDING &&
	    wait_until(&entry->told, &entry->lock, until_ms))
		;
	if (entry->fate == QUEUED_PENDING)
		entry->fate = QUEUED_LEFT;
	fate = entry->fate;
	(void)pthread_mutex_unlock(&entry->lock);
	if (fate != QUEUED_LEFT)
		queued_free(entry);

	return fate == QUEUED_WRITTEN;
}

bool
queue_add(struct queue *queue, const struct record_line *line, bool wait,
    int64_t wait_ms, bool *refused)
{
	struct queued *entry = queued_new(line, wait);

	(void)pthread_mutex_lock(&queue->lock); /* cannot fail */
	*refused = !has_room(queue, entry->len, wait);
	if (*refused)
		queue->refused++;
	else
		put(queue, entry);
	(void)pthread_mutex_unlock(&queue->lock);
	if (*refused) {
		queued_free(entry);
		return false;
	}

	return !wait || wait_told(entry, wait_ms);
}

/* As many as a batch may hold, one at least. */
static struct queued *
take_batch(struct queue *queue)
{
	struct queued *first = queue->first;
	struct queued **end = &queue->first;
	size_t bytes = 0;

	while (*end != NULL &&
	    (bytes == 0 || bytes + (*end)->len <= QUEUE_BATCH)) {
		bytes += (*end)->len;
		queue->count--;
		end = &(*end)->next;
	}
	queue->bytes -= bytes;
	queue->first = *end;
	*end = NULL;
	if (queue->first == NULL)
		queue->last = &queue->first;

	return first;
}

void
queue_take(struct queue *queue, int64_t until_ms, struct work *work)
{
	(void)pthread_mutex_lock(&queue->lock); /* cannot fail */
	while (queue->first == NULL && !queue->closing &&
	    wait_until(&queue->filled, &queue->lock, until_ms))
		;
	*work = (struct work){ .refused = queue->refused,
		.closing = queue->closing && queue->first == NULL };
	work->first = queue->first == NULL ? NULL : take_batch(queue);
	queue->refused = 0;
	(void)pthread_mutex_unlock(&queue->lock);
}

/* Has its waiter gone?  Else it is told, and the entry is the waiter's. */
static bool
is_left(struct queued *entry, bool ok)
{
	bool left;

	(void)pthread_mutex_lock(&entry->lock); /* cannot fail */
	left = entry->fate == QUEUED_LEFT;
	if (!left) {
		entry->fate = ok ? QUEUED_WRITTEN : QUEUED_FAILED;
		(void)pthread_cond_signal(&entry->told);
	}
	(void)pthread_mutex_unlock(&entry->lock);

	return left;
}

static void
tell(struct queued *entry, bool ok, struct log_gap *gap)
{
	uint64_t sequence = entry->sequence;

	if (!entry->waited) {
		queued_free(entry);
	} else if (is_left(entry, ok)) {
		queued_free(entry);
		if (!ok)
			return;
		if (gap->late++ == 0)
			gap->late_from = sequence;
		gap->late_to = sequence;
	}
}

void
queue_tell(struct queued *first, bool ok, struct log_gap *gap)
{
	while (first != NULL) {
		struct queued *next = first->next;

		tell(first, ok, gap);
		first = next;
	}
}

void
queue_close(struct queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock); /* cannot fail */
	queue->closing = true;
	(void)pthread_cond_signal(&queue->filled);
	(void)pthread_mutex_unlock(&queue->lock);
}

void
queue_end(struct queue *queue)
{
	(void)pthread_mutex_lock(&queue->lock); /* cannot fail */
	queue->ended = true;
	(void)pthread_cond_signal(&queue->gone);
	(void)pthread_mutex_unlock(&queue->lock);
}

bool
queue_wait_end(struct queue *queue, int64_t wait_ms)
{
	int64_t until_ms = clock_now_ms() + wait_ms;
	bool ended;

	(void)pthread_mutex_lock(&queue->lock); /* cannot fail */
	while (
	    !queue->ended && wait_until(&queue->gone, &queue->lock, until_ms))
		;
	ended = queue->ended;
	(void)pthread_mutex_unlock(&queue->lock);

	return ended;
}
