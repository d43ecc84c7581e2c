/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include "workload.h"

/*
 * The descriptors are the worker's first cell->kept objects; the state is the
 * first of them, so that it is not NULL once they are filled.
 */

static int
prepare(struct bench_worker *worker)
{
	const unsigned int ring = worker->cell->kept;
	unsigned int got, n;

	worker->state = NULL;
	for (got = 0; got < ring; got += n) {
		n = RTE_MIN(ring - got, worker->cell->bulk);
		if (rte_mempool_get_bulk(worker->mp, &worker->objects[got], n) != 0)
			break;
	}
	if (got == ring) {
		worker->state = worker->objects;
		return 0;
	}
	if (got > 0)
		bench_put(worker, worker->objects, got);
	return -1;
}

/** A burst arrives, its descriptors get other buffers, and it is sent away. */
static uint64_t
iterate(struct bench_worker *worker, uint64_t iterations)
{
	const unsigned int ring = worker->cell->kept, bulk = worker->cell->bulk;
	const unsigned int lines = worker->cell->touch_lines;
	void **next = worker->state, **end = &worker->objects[ring], **burst = end;
	unsigned int n;
	uint64_t i, done = 0;

	for (i = 0; i < iterations; i++) {
		n = RTE_MIN(bulk, (unsigned int)(end - next));
		memcpy(burst, next, n * sizeof(*burst));
		if (!bench_get(worker, next, n)) {
			memcpy(next, burst, n * sizeof(*burst));
			break;
		}
		bench_touch_objects(burst, n, lines);
		bench_put(worker, burst, n);
		next = next + n == end ? worker->objects : next + n;
		done += n;
	}
	worker->state = next;
	return done;
}

static void
finish(struct bench_worker *worker)
{
	unsigned int put, n;

	for (put = 0; worker->state != NULL && put < worker->cell->kept; put += n) {
		n = RTE_MIN(worker->cell->kept - put, worker->cell->bulk);
		bench_put(worker, &worker->objects[put], n);
	}
	worker->state = NULL;
}

const struct bench_workload bench_rxring = {
	.name = "rxring",
	.meaning = "a ring of --ring descriptors: bursts leave it, are touched, others go in",
	.flags = BENCH_RING,
	.patience = 1,
	.prepare = prepare,
	.iterate = iterate,
	.finish = finish,
};
