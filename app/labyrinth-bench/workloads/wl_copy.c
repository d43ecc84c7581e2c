/* SPDX-License-Identifier: BSD-3-Clause
 * Copyright(c) 2026 The Labyrinth authors
 */

#include <string.h>

#include <rte_malloc.h>

#include "workload.h"

/** As many pointers as a pool would hand out. */
static int
prepare(struct bench_worker *worker)
{
	worker->state =
		rte_zmalloc("bench_copy", worker->cell->kept * sizeof(void *), RTE_CACHE_LINE_SIZE);
	return worker->state != NULL ? 0 : -1;
}

/** What no handler can beat: the pointers go from a table to the caller, and back. */
static uint64_t
iterate(struct bench_worker *worker, uint64_t iterations)
{
	const unsigned int kept = worker->cell->kept, bulk = worker->cell->bulk;
	void **objects = worker->objects, **table = worker->state;
	unsigned int at, n;
	uint64_t i;

	for (i = 0; i < iterations; i++) {
		for (at = 0; at < kept; at += n) {
			n = RTE_MIN(bulk, kept - at);
			memcpy(&objects[at], &table[at], n * sizeof(*table));
			/* The compiler must not see that it all comes back. */
			rte_compiler_barrier();
		}
		for (at = 0; at < kept; at += n) {
			n = RTE_MIN(bulk, kept - at);
			memcpy(&table[at], &objects[at], n * sizeof(*table));
			rte_compiler_barrier();
		}
	}
	return i * kept;
}

static void
finish(struct bench_worker *worker)
{
	rte_free(worker->state);
	worker->state = NULL;
}

const struct bench_workload bench_copy = {
	.name = "copy",
	.meaning = "the physical limit: only copy the pointers of each bulk there and back",
	.flags = BENCH_NO_POOL,
	.patience = 1,
	.prepare = prepare,
	.iterate = iterate,
	.finish = finish,
};
