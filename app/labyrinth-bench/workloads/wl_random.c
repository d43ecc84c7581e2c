/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <rte_malloc.h>

#include "workload.h"

/* Sizes drawn beforehand, so that drawing is not timed. */
#define SIZES 4096

struct sizes {
	unsigned int next;
	uint16_t size[SIZES];
};

/** The same numbers for every handler: a fixed seed for each worker. */
static int
prepare(struct bench_worker *worker)
{
	uint64_t x = BENCH_SEED * (worker->index + 1);
	struct sizes *sizes = rte_zmalloc("bench_sizes", sizeof(*sizes), RTE_CACHE_LINE_SIZE);
	unsigned int i;

	worker->state = sizes;
	if (sizes == NULL)
		return -1;
	for (i = 0; i < SIZES; i++) {
		sizes->size[i] = (uint16_t)(1 + bench_draw(&x, worker->cell->bulk));
	}
	return 0;
}

static unsigned int
draw(struct sizes *sizes, unsigned int left)
{
	return RTE_MIN(sizes->size[sizes->next++ % SIZES], left);
}

static uint64_t
iterate(struct bench_worker *worker, uint64_t iterations)
{
	const unsigned int kept = worker->cell->kept;
	void **objects = worker->objects;
	unsigned int got, put, n;
	uint64_t i;

	for (i = 0; i < iterations; i++) {
		for (got = 0; got < kept; got += n) {
			n = draw(worker->state, kept - got);
			if (!bench_get(worker, &objects[got], n))
				break;
		}
		for (put = 0; put < got; put += n) {
			n = draw(worker->state, got - put);
			bench_put(worker, &objects[put], n);
		}
		if (got < kept)
			break;
	}
	return i * kept;
}

static void
finish(struct bench_worker *worker)
{
	rte_free(worker->state);
	worker->state = NULL;
}

const struct bench_workload bench_random = {
	.name = "random",
	.meaning = "as loop, with bulks of random sizes up to --bulk",
	.patience = 1,
	.prepare = prepare,
	.iterate = iterate,
	.finish = finish,
};
