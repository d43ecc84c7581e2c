/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdlib.h>
#include <time.h>

#include <rte_branch_prediction.h>
#include <rte_common.h>
#include <rte_mbuf.h>

#include "harness.h"
#include "queue.h"

#define RECENT  8
#define ROUNDS  15
#define PASSES  12
#define NO_KEY  UINT32_MAX
#define PER_SEC 1000000000.0

struct recent {
	struct nics_range range;
	uint32_t key;
};

struct queue {
	struct recent recent[RECENT];
	unsigned int last;    /* the one that fitted last */
	unsigned int replace; /* the one that is replaced next */
	const struct nics_range *all;
	unsigned int n;
};

static inline bool
within(const struct nics_range *range, uintptr_t at)
{
	return at >= range->begin && at < range->end;
}

/* The range with the greatest begin that is not above. */
static uint32_t
key_search(const struct queue *queue, uintptr_t at)
{
	unsigned int low = 0;
	unsigned int len = queue->n;

	while (len > 1) {
		unsigned int half = len / 2;

		if (queue->all[low + half].begin <= at)
			low += half;
		len -= half;
	}
	return within(&queue->all[low], at) ? low : NO_KEY;
}

static uint32_t __attribute__((noinline)) key_slow(struct queue *queue, uintptr_t at)
{
	struct recent *place;
	uint32_t key;
	unsigned int i;

	for (i = 0; i < RECENT; i++) {
		if (within(&queue->recent[i].range, at)) {
			queue->last = i;
			return queue->recent[i].key;
		}
	}
	key = key_search(queue, at);
	if (key == NO_KEY)
		die("a buffer lies in no region of its pool");
	place = &queue->recent[queue->replace];
	*place = (struct recent){queue->all[key], key};
	queue->last = queue->replace;
	queue->replace = (queue->replace + 1) % RECENT;
	return key;
}

static inline uint32_t
key_of(struct queue *queue, uintptr_t at)
{
	const struct recent *last = &queue->recent[queue->last];

	return likely(within(&last->range, at)) ? last->key : key_slow(queue, at);
}

static double
now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return (double)at.tv_sec * PER_SEC + (double)at.tv_nsec;
}

double
nics_lookup_ns(struct rte_mempool *mp, const struct nics_range *ranges, unsigned int n,
               unsigned int mbufs)
{
	struct queue queue = {.all = ranges, .n = n};
	uintptr_t *at = calloc(mbufs, sizeof(*at));
	void **objects = calloc(mbufs, sizeof(*objects));
	double best = PER_SEC;
	unsigned int round;
	unsigned int i;

	if (at == NULL || objects == NULL || rte_mempool_get_bulk(mp, objects, mbufs) != 0)
		die("no %u buffers to look up", mbufs);
	for (i = 0; i < mbufs; i++)
		at[i] = (uintptr_t)((struct rte_mbuf *)objects[i])->buf_addr;
	for (round = 0; round < ROUNDS; round++) {
		double begin = now();
		unsigned int pass;
		uint32_t keys = 0;
		double each;

		for (pass = 0; pass < PASSES; pass++) {
			for (i = 0; i < mbufs; i++)
				keys += key_of(&queue, at[i]);
		}
		/* The sum counts as used, so that it is worked out. */
		__asm__ volatile("" : : "r"(keys));
		each = (now() - begin) / PASSES / mbufs;
		best = RTE_MIN(best, each);
	}
	rte_mempool_put_bulk(mp, objects, mbufs);
	free(objects);
	free(at);
	return best;
}
