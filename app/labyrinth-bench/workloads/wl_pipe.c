/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <stdio.h>

#include <rte_ring.h>

#include "workload.h"

/* The ring between a producer and the consumer behind it is the producer's state. */

static bool
is_producer(const struct bench_worker *worker)
{
	return worker->index % 2 == 0;
}

static int
prepare(struct bench_worker *worker)
{
	char name[RTE_RING_NAMESIZE];

	worker->state = NULL;
	if (!is_producer(worker)) {
		worker->state = bench_worker_other(worker, worker->index - 1)->state;
		return 0;
	}
	snprintf(name, sizeof(name), "bench_pipe_%u", worker->index);
	worker->state = rte_ring_create(name, worker->cell->kept, SOCKET_ID_ANY,
	                                RING_F_SP_ENQ | RING_F_SC_DEQ | RING_F_EXACT_SZ);
	return worker->state != NULL ? 0 : -1;
}

/* Without a pool only the pointers are passed on, whatever they are. */

static bool
get_some(struct bench_worker *worker, void **objects, unsigned int n)
{
	if (worker->mp == NULL)
		return true;
	if (!bench_get(worker, objects, n))
		return false;
	bench_touch_objects(objects, n, worker->cell->touch_lines);
	return true;
}

static void
put_some(struct bench_worker *worker, void *const *objects, unsigned int n)
{
	if (worker->mp != NULL)
		bench_put(worker, objects, n);
}

static uint64_t
produce(struct bench_worker *worker, struct rte_ring *ring, uint64_t bulks)
{
	const unsigned int bulk = worker->cell->bulk;
	void **objects = worker->objects;
	uint64_t i;

	for (i = 0; i < bulks; i++) {
		if (!get_some(worker, objects, bulk))
			break;
		while (rte_ring_sp_enqueue_bulk(ring, objects, bulk, NULL) == 0) {
			if (bench_worker_failed(worker)) {
				put_some(worker, objects, bulk);
				return i * bulk;
			}
			bench_worker_wait(worker);
		}
	}
	return i * bulk;
}

static uint64_t
consume(struct bench_worker *worker, struct rte_ring *ring, uint64_t bulks)
{
	const unsigned int bulk = worker->cell->bulk;
	void **objects = worker->objects;
	uint64_t i;

	for (i = 0; i < bulks; i++) {
		while (rte_ring_sc_dequeue_bulk(ring, objects, bulk, NULL) == 0) {
			if (bench_worker_failed(worker))
				return i * bulk;
			bench_worker_wait(worker);
		}
		put_some(worker, objects, bulk);
	}
	return i * bulk;
}

static uint64_t
iterate(struct bench_worker *worker, uint64_t iterations)
{
	if (is_producer(worker))
		return produce(worker, worker->state, iterations);
	return consume(worker, worker->state, iterations);
}

/** What a run that failed left in the ring goes back to the pool. */
static void
finish(struct bench_worker *worker)
{
	void *object;

	if (!is_producer(worker) || worker->state == NULL)
		return;
	while (rte_ring_sc_dequeue(worker->state, &object) == 0)
		put_some(worker, &object, 1);
	rte_ring_free(worker->state);
	worker->state = NULL;
}

const struct bench_workload bench_pipe = {
	.name = "pipe",
	.meaning = "every other lcore gets, as touch, its neighbour puts; a ring of --kept between",
	.flags = BENCH_PAIRS,
	.patience = 1,
	.prepare = prepare,
	.iterate = iterate,
	.finish = finish,
};

const struct bench_workload bench_pass = {
	.name = "pass",
	.meaning = "the physical limit of pipe: only pass the pointers on",
	.flags = BENCH_PAIRS | BENCH_NO_POOL,
	.patience = 1,
	.prepare = prepare,
	.iterate = iterate,
	.finish = finish,
};
