/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_malloc.h>

#include "workload.h"

/* Objects whose turn is drawn beforehand, so that drawing is not timed. */
#define DRAWN 16384

/** Which of the objects held go back next: no place twice in a bulk. */
struct hold {
	uint32_t next;   /**< place in the order */
	uint32_t length; /**< of the order, whole bulks */
	uint32_t *order; /**< indexes of worker->objects */
	uint32_t *last;  /**< for drawing: the bulk in which a place was drawn last */
};

/** The same numbers for every handler: a fixed seed for each worker. */
static void
draw(struct hold *hold, const struct bench_worker *worker)
{
	uint64_t x = BENCH_SEED * (worker->index + 1);
	const uint32_t kept = worker->cell->kept, bulk = worker->cell->bulk;
	uint32_t i = 0, place;

	while (i < hold->length) {
		place = bench_draw(&x, kept);
		if (hold->last[place] == i / bulk + 1)
			continue;
		hold->last[place] = i / bulk + 1;
		hold->order[i++] = place;
	}
}

static struct hold *
hold_new(const struct bench_worker *worker)
{
	const uint32_t kept = worker->cell->kept, bulk = worker->cell->bulk;
	const uint32_t length = RTE_MAX(DRAWN / bulk, 1u) * bulk;
	struct hold *hold;

	hold = rte_zmalloc("bench_hold", sizeof(*hold) + (length + kept) * sizeof(uint32_t),
	                   RTE_CACHE_LINE_SIZE);
	if (hold == NULL)
		return NULL;
	hold->length = length;
	hold->order = (uint32_t *)(hold + 1);
	hold->last = hold->order + length;
	draw(hold, worker);
	return hold;
}

static int
prepare(struct bench_worker *worker)
{
	const unsigned int kept = worker->cell->kept;
	unsigned int got, n;

	worker->state = hold_new(worker);
	if (worker->state == NULL)
		return -1;
	for (got = 0; got < kept; got += n) {
		n = RTE_MIN(kept - got, worker->cell->bulk);
		if (rte_mempool_get_bulk(worker->mp, &worker->objects[got], n) != 0)
			break;
	}
	if (got == kept)
		return 0;
	if (got > 0)
		bench_put(worker, worker->objects, got);
	rte_free(worker->state);
	worker->state = NULL;
	return -1;
}

/** Objects leave in another order than they came, as packets do that wait in queues. */
static uint64_t
iterate(struct bench_worker *worker, uint64_t iterations)
{
	const unsigned int bulk = worker->cell->bulk, lines = worker->cell->touch_lines;
	void **held = worker->objects, **burst = &held[worker->cell->kept];
	struct hold *hold = worker->state;
	const uint32_t *order;
	unsigned int n;
	uint64_t i;

	for (i = 0; i < iterations; i++) {
		if (!bench_get(worker, burst, bulk))
			break;
		bench_touch_objects(burst, bulk, lines);
		order = &hold->order[hold->next];
		for (n = 0; n < bulk; n++)
			RTE_SWAP(burst[n], held[order[n]]);
		bench_put(worker, burst, bulk);
		hold->next += bulk;
		if (hold->next == hold->length)
			hold->next = 0;
	}
	return i * bulk;
}

static void
finish(struct bench_worker *worker)
{
	const unsigned int kept = worker->cell->kept;
	unsigned int put, n;

	for (put = 0; worker->state != NULL && put < kept; put += n) {
		n = RTE_MIN(kept - put, worker->cell->bulk);
		bench_put(worker, &worker->objects[put], n);
	}
	rte_free(worker->state);
	worker->state = NULL;
}

const struct bench_workload bench_hold = {
	.name = "hold",
	.meaning = "--kept are held, each for a random time: touched, put back in no order",
	.patience = 1,
	.prepare = prepare,
	.iterate = iterate,
	.finish = finish,
};
